using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Somebody who runs a method.</summary>
/// <param name="Method">The method in which that happens.</param>
/// <param name="Site">The call; null where a closure or state machine is made without a call of its own.</param>
/// <param name="ByDelegate">Whether the call is handed the method as a delegate.</param>
internal sealed record Caller(MethodNode Method, CodeSite? Site, bool ByDelegate);

/// <summary>Who calls what, and who stores into which field, among the methods that may run.</summary>
internal sealed class CallGraph
{
    private readonly CodeProgram _program;
    private readonly Dictionary<MethodNode, List<Caller>> _callers = [];
    private readonly Dictionary<(string Owner, string Name), List<(MethodNode, CodeStore)>> _stores = [];
    private readonly Dictionary<string, List<MethodNode>> _makers = new(StringComparer.Ordinal);

    public CallGraph(CodeProgram program)
    {
        _program = program;
        foreach (MethodNode node in program.Methods.Where(static node => node.Reached))
        {
            foreach (CodeStore store in node.Body.Stores)
            {
                string owner = CodeTypeName.Definition(store.Field.Owner);
                if (!_stores.TryGetValue((owner, store.Field.Name), out List<(MethodNode, CodeStore)>? list))
                {
                    _stores[(owner, store.Field.Name)] = list = [];
                }

                list.Add((node, store));
                if (program.Type(owner) is { IsGenerated: true } && node.Method.Reference.TypeDefinition != owner)
                {
                    AddMaker(owner, node);
                }
            }

            foreach (CodeSite site in node.Body.Sites)
            {
                foreach (MethodNode target in program.Resolve(site.Target, site.IsVirtual))
                {
                    Add(target, new Caller(node, site, ByDelegate: false));
                }

                foreach (CodeValue argument in site.Arguments)
                {
                    AddDelegates(argument, node, site, 0);
                }
            }

            if (node.Method.StateMachine.Length > 0)
            {
                AddMaker(CodeTypeName.Definition(node.Method.StateMachine), node);
            }
        }

        // A lambda that is in no call's arguments was kept in a variable: its closure's maker still decides what it captured.
        foreach (MethodNode node in program.Methods.Where(static node => node.Reached))
        {
            foreach (CodeMethodReference made in node.Body.Delegates)
            {
                foreach (MethodNode target in program.Resolve(made, isVirtual: true))
                {
                    if (!_callers.TryGetValue(target, out List<Caller>? known) || known.Count == 0)
                    {
                        Add(target, new Caller(node, null, ByDelegate: false));
                    }
                }
            }
        }
    }

    /// <summary>Who runs a method.</summary>
    public IReadOnlyList<Caller> CallersOf(MethodNode method)
    {
        if (_callers.TryGetValue(method, out List<Caller>? callers))
        {
            return callers;
        }

        var found = new List<Caller>();
        if (method.Owner is { IsGenerated: true } owner && _makers.TryGetValue(owner.Name, out List<MethodNode>? makers))
        {
            found.AddRange(makers.Where(maker => !ReferenceEquals(maker, method)).Select(static maker => new Caller(maker, null, ByDelegate: false)));
        }

        _callers[method] = found;
        return found;
    }

    /// <summary>Stores into a field.</summary>
    public IReadOnlyList<(MethodNode Method, CodeStore Store)> StoresTo(string owner, string name) =>
        _stores.TryGetValue((owner, name), out List<(MethodNode, CodeStore)>? stores) ? stores : [];

    private void AddDelegates(CodeValue value, MethodNode node, CodeSite site, int depth)
    {
        if (depth > 3)
        {
            return;
        }

        if (value is DelegateValue made)
        {
            foreach (MethodNode target in _program.Resolve(made.Method, isVirtual: true))
            {
                Add(target, new Caller(node, site, ByDelegate: true));
            }
        }
        else if (value is ChoiceValue choice)
        {
            foreach (CodeValue part in choice.Values)
            {
                AddDelegates(part, node, site, depth + 1);
            }
        }
        else if (value is ListValue list)
        {
            foreach (CodeValue part in list.Elements)
            {
                AddDelegates(part, node, site, depth + 1);
            }
        }
    }

    private void Add(MethodNode target, Caller caller)
    {
        if (!_callers.TryGetValue(target, out List<Caller>? list))
        {
            _callers[target] = list = [];
        }

        if (list.Count == 0 || list[^1] != caller)
        {
            list.Add(caller);
        }
    }

    private void AddMaker(string type, MethodNode node)
    {
        if (!_makers.TryGetValue(type, out List<MethodNode>? list))
        {
            _makers[type] = list = [];
        }

        if (!list.Contains(node))
        {
            list.Add(node);
        }
    }
}
