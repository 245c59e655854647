using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>
/// Marks the methods that may run. Rather too many than too few: what a framework may find by reflection counts, and so
/// does every override of what is called.
/// </summary>
internal sealed class Reachability(CodeProgram program)
{
    private readonly Queue<MethodNode> _open = new();
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly HashSet<string> _offered = new(StringComparer.Ordinal);

    /// <summary>Marks everything that is reachable from an entry point, or from anything public where there is none.</summary>
    public void Mark(CodeFacts executable)
    {
        if (executable.EntryPoint.Length > 0 && program.Method(executable.EntryPoint) is { } entry)
        {
            Reach(entry);
        }
        else
        {
            foreach (CodeType type in executable.Types.Where(static type => !type.IsGenerated))
            {
                Offer(type.Name);
            }
        }

        foreach (CodeType type in program.Types)
        {
            if (!type.IsGenerated && IsFoundByFrameworks(type))
            {
                Offer(type.Name);
            }
        }

        while (_open.TryDequeue(out MethodNode? method))
        {
            Follow(method);
        }
    }

    // Controllers, pages, components, hubs, hosted services, handlers, validators: whatever builds on a library's type.
    private bool IsFoundByFrameworks(CodeType type)
    {
        if (type.Kind is not (CodeTypeKind.Class or CodeTypeKind.Struct) || CodeProgram.IsBindingGenerator(type.Name))
        {
            return false;
        }

        for (int depth = 0; depth < 32; depth++)
        {
            if (type.Interfaces.Any(face => IsLibrary(face)))
            {
                return true;
            }

            if (program.Type(type.Base) is not { } next)
            {
                return type.Base.Length > 0 && IsLibrary(type.Base);
            }

            type = next;
        }

        return false;
    }

    private bool IsLibrary(string type) => program.Type(type) is null && !type.StartsWith("System.", StringComparison.Ordinal);

    private void Reach(MethodNode method)
    {
        if (!method.Reached)
        {
            method.Reached = true;
            _open.Enqueue(method);
        }
    }

    private void Follow(MethodNode node)
    {
        CodeMethod method = node.Method;
        Touch(method.Reference.TypeDefinition);
        if (method.StateMachine.Length > 0)
        {
            foreach (MethodNode part in program.MethodsOf(method.StateMachine))
            {
                Reach(part);
            }
        }

        foreach (CodeSite site in node.Body.Sites)
        {
            foreach (MethodNode target in program.Resolve(site.Target, site.IsVirtual))
            {
                Reach(target);
            }

            if (program.Type(site.Target.TypeDefinition) is { } type)
            {
                Touch(type.Name);
                if (site.IsNew)
                {
                    Make(type);
                }
            }

            foreach (string argument in site.TypeArguments)
            {
                OfferAll(argument);
            }

            foreach (string argument in CodeTypeName.Arguments(site.Target.Type))
            {
                OfferAll(argument);
            }
        }

        foreach (CodeMethodReference target in node.Body.Delegates)
        {
            foreach (MethodNode called in program.Resolve(target, isVirtual: true))
            {
                Reach(called);
            }
        }

        foreach (string type in node.Body.Types)
        {
            OfferAll(type);
        }

        foreach (string type in node.Body.StaticsOf)
        {
            Touch(type);
        }
    }

    private void Touch(string type)
    {
        if (_touched.Add(type))
        {
            foreach (MethodNode method in program.MethodsOf(type))
            {
                if (method.Method.Reference.Name == ".cctor")
                {
                    Reach(method);
                }
            }
        }
    }

    // An object exists: what a library calls through its own interface or base class may run.
    private void Make(CodeType type)
    {
        if (!_made.Add(type.Name))
        {
            return;
        }

        CodeType? current = type;
        bool foreign = false;
        var chain = new List<CodeType>();
        for (int depth = 0; current is not null && depth < 32; depth++)
        {
            chain.Add(current);
            foreign |= current.Interfaces.Any(face => program.Type(face) is null);
            CodeType? next = program.Type(current.Base);
            foreign |= next is null && current.Base is not ("" or "System.Object" or "System.ValueType");
            current = next;
        }

        if (!foreign)
        {
            return;
        }

        foreach (CodeType part in chain)
        {
            foreach (MethodNode method in program.MethodsOf(part.Name))
            {
                if (method.Method.IsVirtual)
                {
                    Reach(method);
                }
            }
        }
    }

    private void OfferAll(string type)
    {
        Offer(CodeTypeName.Definition(type).TrimEnd('[', ']', '&'));
        foreach (string argument in CodeTypeName.Arguments(type))
        {
            OfferAll(argument);
        }
    }

    // A type is named where a library may make and use it.
    private void Offer(string name)
    {
        if (!_offered.Add(name) || program.Type(name) is not { } type)
        {
            return;
        }

        Touch(type.Name);
        Make(type);
        CodeType? current = type;
        for (int depth = 0; current is not null && depth < 32; depth++)
        {
            foreach (MethodNode method in program.MethodsOf(current.Name))
            {
                if (method.Method.IsPublic || method.Method.Reference.Name == ".ctor")
                {
                    Reach(method);
                }
            }

            current = program.Type(current.Base);
        }
    }
}
