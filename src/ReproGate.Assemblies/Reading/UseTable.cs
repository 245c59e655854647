using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Reading;

/// <summary>How much is known of where a use is; the best known place of each kind of use is kept.</summary>
internal enum Placed : byte
{
    /// <summary>Not used in this way.</summary>
    No,

    /// <summary>Used, place unknown.</summary>
    Nowhere,

    /// <summary>In generated code.</summary>
    Generated,

    /// <summary>In hand-written code, only the file is known.</summary>
    File,

    /// <summary>In hand-written code.</summary>
    Line,
}

/// <summary>Collects, per type reference and kind of use, the first best place.</summary>
internal sealed class UseTable(MetadataReader metadata, Effort effort)
{
    private const int Kinds = (int)UseKind.Mentioned + 1;
    private const int MaximumNesting = 32;

    private readonly Placed[] _best = new Placed[(metadata.TypeReferences.Count + 1) * Kinds];
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly Dictionary<string, NamedUse> _named = new(StringComparer.Ordinal);
    private readonly int[] _assemblies = new int[metadata.TypeReferences.Count + 1];

    /// <summary>What is known so far of one kind of use.</summary>
    public Placed Known(TypeReferenceHandle type, UseKind kind) => _best[Index(type, kind)];

    /// <summary>Records a use.</summary>
    public void Add(EntityHandle type, UseKind kind, EntityHandle member, SourcePlace? place)
    {
        if (type.Kind != HandleKind.TypeReference)
        {
            return;
        }

        int index = Index((TypeReferenceHandle)type, kind);
        Placed quality = QualityOf(place);
        if (quality > _best[index])
        {
            _best[index] = quality;
            _entries[index] = new Entry(member, place ?? default);
        }
    }

    /// <summary>Records a use of a type that is known only by the name an attribute holds.</summary>
    public void AddNamed(string assembly, string type, UseKind kind, SourcePlace? place)
    {
        string key = $"{(int)kind}\0{assembly}\0{type}";
        if (!_named.TryGetValue(key, out NamedUse? old) || QualityOf(place) > QualityOf(old.Place))
        {
            _named[key] = new NamedUse(assembly, type, kind, place ?? default);
        }
    }

    /// <summary>The row of the assembly a type reference comes from; 0 for this assembly, a module, or a broken chain.</summary>
    public int AssemblyOf(TypeReferenceHandle type)
    {
        int row = MetadataTokens.GetRowNumber(type);
        if (_assemblies[row] != 0)
        {
            return _assemblies[row] - 1;
        }

        TypeReferenceHandle current = type;
        int assembly = 0;
        for (int depth = 0; depth < MaximumNesting; depth++)
        {
            effort.Spend(1);
            EntityHandle scope = metadata.GetTypeReference(current).ResolutionScope;
            if (scope.Kind == HandleKind.AssemblyReference)
            {
                assembly = MetadataTokens.GetRowNumber(scope);
                assembly = assembly <= metadata.AssemblyReferences.Count ? assembly : 0;
                break;
            }

            if (scope.Kind != HandleKind.TypeReference || scope.IsNil)
            {
                break;
            }

            current = (TypeReferenceHandle)scope;
        }

        _assemblies[row] = assembly + 1;
        return assembly;
    }

    /// <summary>Whether a type reference has this name and namespace.</summary>
    public bool Is(EntityHandle type, string space, string name)
    {
        if (type.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)type);
        return metadata.StringComparer.Equals(reference.Name, name) && metadata.StringComparer.Equals(reference.Namespace, space);
    }

    /// <summary>Everything recorded, with every type reference that has no use listed as mentioned.</summary>
    public ImmutableArray<UsedAssembly> ToFacts()
    {
        var assemblies = new SortedDictionary<string, SortedDictionary<string, List<TypeUse>>>(StringComparer.Ordinal);
        foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
        {
            assemblies.TryAdd(Text(metadata.GetAssemblyReference(handle).Name), new(StringComparer.Ordinal));
        }

        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            int assembly = AssemblyOf(handle);
            if (assembly == 0)
            {
                continue;
            }

            List<TypeUse> uses = Uses(assemblies, Text(metadata.GetAssemblyReference(MetadataTokens.AssemblyReferenceHandle(assembly)).Name), FullName(handle));
            int before = uses.Count;
            for (int kind = 0; kind < Kinds; kind++)
            {
                int index = Index(handle, (UseKind)kind);
                if (_best[index] != Placed.No)
                {
                    Entry entry = _entries[index];
                    Merge(uses, ToUse((UseKind)kind, MemberName(entry.Member), entry.Place));
                }
            }

            if (before == 0 && uses.Count == 0)
            {
                uses.Add(new TypeUse(UseKind.Mentioned, "", null, Generated: false));
            }
        }

        foreach (NamedUse named in _named.Values)
        {
            Merge(Uses(assemblies, named.Assembly, named.Type), ToUse(named.Kind, "", named.Place));
        }

        var facts = ImmutableArray.CreateBuilder<UsedAssembly>(assemblies.Count);
        foreach ((string assembly, SortedDictionary<string, List<TypeUse>> types) in assemblies)
        {
            var used = ImmutableArray.CreateBuilder<UsedType>(types.Count);
            foreach ((string type, List<TypeUse> uses) in types)
            {
                // One of each kind.
                uses.Sort(static (left, right) => ((int)left.Kind).CompareTo((int)right.Kind));
                used.Add(new UsedType(type, [.. uses]));
            }

            facts.Add(new UsedAssembly(assembly, used.MoveToImmutable()));
        }

        return facts.MoveToImmutable();
    }

    private static List<TypeUse> Uses(SortedDictionary<string, SortedDictionary<string, List<TypeUse>>> assemblies, string assembly, string type)
    {
        if (!assemblies.TryGetValue(assembly, out SortedDictionary<string, List<TypeUse>>? types))
        {
            assemblies[assembly] = types = new(StringComparer.Ordinal);
        }

        if (!types.TryGetValue(type, out List<TypeUse>? uses))
        {
            types[type] = uses = [];
        }

        return uses;
    }

    // A hostile or merged assembly can hold the same type twice; the better place wins and a mention never hides a use.
    private static void Merge(List<TypeUse> uses, TypeUse use)
    {
        uses.RemoveAll(static old => old.Kind == UseKind.Mentioned);
        int same = uses.FindIndex(old => old.Kind == use.Kind);
        if (same < 0)
        {
            uses.Add(use);
        }
        else if (uses[same].Location is null && use.Location is not null)
        {
            uses[same] = use;
        }
    }

    private static TypeUse ToUse(UseKind kind, string member, SourcePlace place) => place.Document is null
        ? new TypeUse(kind, member, null, Generated: false)
        : new TypeUse(kind, member, new SourceLocation(place.Document.Name, place.Line, place.Column), place.Document.Generated);

    private string MemberName(EntityHandle member)
    {
        if (member.Kind != HandleKind.MemberReference)
        {
            return "";
        }

        string name = Text(metadata.GetMemberReference((MemberReferenceHandle)member).Name);
        return name is ".ctor" or ".cctor" ? "" : name;
    }

    private string FullName(TypeReferenceHandle handle)
    {
        var parts = new List<string>();
        TypeReferenceHandle current = handle;
        for (int depth = 0; depth < MaximumNesting; depth++)
        {
            TypeReference type = metadata.GetTypeReference(current);
            string space = Text(type.Namespace);
            string name = Text(type.Name);
            parts.Add(space.Length > 0 ? $"{space}.{name}" : name);
            if (type.ResolutionScope.Kind != HandleKind.TypeReference || type.ResolutionScope.IsNil)
            {
                break;
            }

            current = (TypeReferenceHandle)type.ResolutionScope;
        }

        parts.Reverse();
        return string.Join('+', parts);
    }

    // Overlapping names in the string heap could be made to cost the heap's length each.
    private string Text(StringHandle handle)
    {
        string text = metadata.GetString(handle);
        effort.Spend(text.Length);
        return text.Length <= 1024 ? text : text[..1024];
    }

    private static Placed QualityOf(SourcePlace? place) => place switch
    {
        null or { Document: null } => Placed.Nowhere,
        { Document.Generated: true } => Placed.Generated,
        { Line: 0 } => Placed.File,
        _ => Placed.Line,
    };

    private int Index(TypeReferenceHandle type, UseKind kind)
    {
        int row = MetadataTokens.GetRowNumber(type);
        return row < _assemblies.Length ? (row * Kinds) + (int)kind : throw new BadImageFormatException("A type reference lies outside its table.");
    }

    // By reference, for the same reason as Rows.
    private sealed record Entry(EntityHandle Member, SourcePlace Place);

    private sealed record NamedUse(string Assembly, string Type, UseKind Kind, SourcePlace Place);
}
