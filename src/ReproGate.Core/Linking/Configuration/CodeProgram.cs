using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>A method of the program that is linked.</summary>
internal sealed class MethodNode(CodeMethod method, CodeFacts assembly, CodeType? owner)
{
    public CodeMethod Method { get; } = method;

    public CodeFacts Assembly { get; } = assembly;

    /// <summary>What its code does; read when it is asked for first, since not every method may run.</summary>
    public CodeBody Body => field ??= Assembly.Bodies.Read(Method.Body);

    /// <summary>The type that declares it; null where it could not be read.</summary>
    public CodeType? Owner { get; } = owner;

    public bool Reached { get; set; }

    /// <summary>Type and member as a person names them: the method in which a lambda or state machine was written.</summary>
    public string DisplayName => field ??= Display();

    private string Display()
    {
        string type = Method.Reference.TypeDefinition, name = Method.Reference.Name;
        for (int plus = type.LastIndexOf("+<", StringComparison.Ordinal); plus > 0; plus = type.LastIndexOf("+<", StringComparison.Ordinal))
        {
            // A state machine is named after its method: <Run>d__3; that of top-level statements, which is <Main>$ itself, <<Main>$>d__0.
            int close = type.IndexOf('>', plus);
            if (close > plus + 2)
            {
                name = type[(plus + 2)..close].TrimStart('<');
            }

            type = type[..plus];
        }

        if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
        {
            name = name[1..end].TrimStart('<');
        }

        return $"{type.Replace('+', '.')}.{name}";
    }
}

/// <summary>All project assemblies of an executable, indexed for linking.</summary>
internal sealed class CodeProgram
{
    private readonly Dictionary<string, MethodNode> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MethodNode>> _byType = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CodeType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, int Count), List<MethodNode>> _virtuals = [];
    private readonly Dictionary<string, List<MethodNode>> _explicit = new(StringComparer.Ordinal);
    private readonly Dictionary<(CodeMethodReference, bool), MethodNode[]> _resolved = [];
    private readonly HashSet<string> _assemblies;

    public CodeProgram(IReadOnlyList<CodeFacts> assemblies)
    {
        Assemblies = assemblies;
        _assemblies = [.. assemblies.Select(static assembly => assembly.Name)];
        foreach (CodeFacts assembly in assemblies)
        {
            foreach (CodeType type in assembly.Types)
            {
                _types.TryAdd(type.Name, type);
            }
        }

        foreach (CodeFacts assembly in assemblies)
        {
            foreach (CodeMethod method in assembly.Methods)
            {
                CodeMethodReference reference = method.Reference;
                var node = new MethodNode(method, assembly, _types.GetValueOrDefault(reference.TypeDefinition));
                if (!_methods.TryAdd(reference.Key, node))
                {
                    continue;
                }

                Add(_byType, reference.TypeDefinition, node);
                if (method.IsVirtual)
                {
                    Add(_virtuals, (reference.Name, reference.Parameters.Length), node);
                }

                foreach (string implemented in method.Implements)
                {
                    Add(_explicit, implemented, node);
                }
            }
        }
    }

    public IReadOnlyList<CodeFacts> Assemblies { get; }

    public IEnumerable<CodeType> Types => _types.Values;

    public IEnumerable<MethodNode> Methods => _methods.Values;

    public CodeType? Type(string name) => _types.GetValueOrDefault(CodeTypeName.Definition(name));

    public MethodNode? Method(string key) => _methods.GetValueOrDefault(key);

    public IReadOnlyList<MethodNode> MethodsOf(string type) => _byType.TryGetValue(CodeTypeName.Definition(type), out List<MethodNode>? methods) ? methods : [];

    /// <summary>Whether code of the program itself is called.</summary>
    public bool IsOwn(CodeMethodReference method) =>
        _assemblies.Contains(method.Assembly) && _types.ContainsKey(method.TypeDefinition) && !IsBindingGenerator(method.TypeDefinition);

    /// <summary>The binding source generator's interceptors do what the methods of the same names do; their bodies are of no interest.</summary>
    public static bool IsBindingGenerator(string type) => type.StartsWith("Microsoft.Extensions.Configuration.Binder.SourceGeneration.", StringComparison.Ordinal);

    /// <summary>The methods of the program that a call may run.</summary>
    public IReadOnlyList<MethodNode> Resolve(CodeMethodReference target, bool isVirtual)
    {
        if (_resolved.TryGetValue((target, isVirtual), out MethodNode[]? known))
        {
            return known;
        }

        var found = new List<MethodNode>();
        if (IsOwn(target))
        {
            string signature = target.Signature;
            CodeType? type = Type(target.TypeDefinition);
            for (int depth = 0; type is not null && depth < 32; depth++)
            {
                if (_methods.TryGetValue($"{type.Name}::{signature}", out MethodNode? declared))
                {
                    found.Add(declared);
                    break;
                }

                type = Type(type.Base);
            }

            if (isVirtual && (found.Count == 0 || found[0].Method.IsVirtual) && !target.IsStatic)
            {
                foreach (MethodNode candidate in _virtuals.GetValueOrDefault((target.Name, target.Parameters.Length)) ?? [])
                {
                    if (!found.Contains(candidate) && IsSubtype(candidate.Method.Reference.TypeDefinition, target.TypeDefinition))
                    {
                        found.Add(candidate);
                    }
                }

                found.AddRange((_explicit.GetValueOrDefault(target.Key) ?? []).Where(candidate => !found.Contains(candidate)));
            }
        }

        known = [.. found];
        _resolved[(target, isVirtual)] = known;
        return known;
    }

    /// <summary>Whether a type is another, derives from it or implements it, as far as the program's own types tell.</summary>
    public bool IsSubtype(string type, string of)
    {
        var open = new Stack<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        open.Push(type);
        while (open.TryPop(out string? next))
        {
            string name = CodeTypeName.Definition(next);
            if (name == of)
            {
                return true;
            }

            if (!seen.Add(name) || seen.Count > 200 || Type(name) is not { } known)
            {
                continue;
            }

            if (known.Base.Length > 0)
            {
                open.Push(known.Base);
            }

            foreach (string face in known.Interfaces)
            {
                open.Push(face);
            }
        }

        return false;
    }

    private static void Add<TKey>(Dictionary<TKey, List<MethodNode>> index, TKey key, MethodNode node)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out List<MethodNode>? list))
        {
            index[key] = list = [];
        }

        list.Add(node);
    }
}
