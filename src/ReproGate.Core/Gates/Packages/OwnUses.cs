using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>The uses that hand-written code makes of an assembly: what the rules about undeclared references judge.</summary>
internal static class OwnUses
{
    /// <summary>The uses a person can answer for: no mentions, nothing that only generated code does, nothing a declared package forwards.</summary>
    public static IEnumerable<(UsedType Type, TypeUse Use)> Of(UsedAssembly reference, AssemblyDependencies project, IUseEvidence evidence)
    {
        List<(UsedType Type, TypeUse Use)> uses =
        [
            .. from type in reference.Types
               from use in type.Uses
               where use.Kind != UseKind.Mentioned && !use.Generated && !IsOfMarkup(reference, use) && !IsOfLanguage(type)
               select (type, use),
        ];
        if (uses.Count == 0)
        {
            return [];
        }

        List<OwnedAssembly> declared = [.. project.Assemblies.Where(assembly => assembly.Owner == AssemblyOwner.Project || (assembly.Owner == AssemblyOwner.Package && project.Declares(assembly.Id)))];
        return uses.Where(use => !declared.Exists(assembly => evidence.Forwards(assembly.Path, use.Type.Name)));
    }

    /// <summary>
    /// Whether an assembly of this simple name is the project's by declaration, or comes with the framework: two packages may bring the same name
    /// (extern aliases), and which of them the code means its metadata does not say.
    /// </summary>
    public static bool HasDeclaredNamesake(string name, AssemblyDependencies project) => project.Assemblies.Any(assembly =>
        assembly.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        && (assembly.Owner is AssemblyOwner.Project or AssemblyOwner.Framework or AssemblyOwner.File || (assembly.Owner == AssemblyOwner.Package && project.Declares(assembly.Id))));

    // What the Razor compiler writes around markup (bindings, event callbacks) has the markup's own lines.
    private static bool IsOfMarkup(UsedAssembly reference, TypeUse use) =>
        use.Location is { } location
        && (location.File.EndsWith(".razor", StringComparison.OrdinalIgnoreCase) || location.File.EndsWith(".cshtml", StringComparison.OrdinalIgnoreCase))
        && reference.Name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal);

    // Tuple syntax, with the names of its elements, and async methods become these types; on old frameworks they come in a package that no code names by them.
    private static bool IsOfLanguage(UsedType type) =>
        type.Name.StartsWith("System.ValueTuple", StringComparison.Ordinal)
        || type.Name == "System.Runtime.CompilerServices.TupleElementNamesAttribute"
        || (type.Name.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal) && type.Name.Split('`')[0].EndsWith("MethodBuilder", StringComparison.Ordinal));

    /// <summary>The use to show: one whose line is known before one without, then in order of kind and name.</summary>
    public static (UsedType Type, TypeUse Use, SourceLocation? Location) Best(IEnumerable<(UsedType Type, TypeUse Use)> uses, IUseEvidence evidence)
    {
        (UsedType type, TypeUse use, SourceLocation? location) = uses
            .Select(use => (use.Type, use.Use, Location: use.Use.Location is { } place ? evidence.Locate(place) : null))
            .OrderByDescending(static use => use.Location is null ? 0 : use.Location.Line > 0 ? 2 : 1)
            .ThenBy(static use => use.Use.Kind)
            .ThenBy(static use => use.Type.Name, StringComparer.Ordinal)
            .First();
        // What is no code has the line of the code nearest to it, or none.
        bool isCode = location is { Line: > 0 } && use.Kind is not (UseKind.Inherited or UseKind.Implemented or UseKind.Signature or UseKind.Attribute);
        return (type, use, location is null || isCode ? location : evidence.FindName(location, type.Name) ?? location);
    }

    /// <summary>The use in words: <c>calls Far.Thing.Do</c>.</summary>
    public static string Describe(UsedType type, TypeUse use)
    {
        string name = type.Name.Replace('+', '.');
        string member = use.Member.Length > 0 ? $"{name}.{use.Member}" : name;
        return use.Kind switch
        {
            UseKind.Called when use.Member.Length == 0 => $"calls the constructor of {name}",
            UseKind.Called when use.Member.StartsWith("get_", StringComparison.Ordinal) || use.Member.StartsWith("set_", StringComparison.Ordinal) => $"uses {name}.{use.Member[4..]}",
            UseKind.Called => $"calls {member}",
            UseKind.Accessed => $"reads or writes {member}",
            UseKind.Instantiated => $"creates {name}",
            UseKind.Inherited => $"derives from {name}",
            UseKind.Implemented => $"implements {name}",
            UseKind.Signature => $"has {name} in its own signature",
            UseKind.Attribute => $"applies {name}",
            UseKind.TypeArgument => $"passes {name} as a type argument",
            UseKind.Cast => $"casts to or tests for {name}",
            UseKind.Forwarded => $"forwards {name}",
            _ => $"names {name}",
        };
    }

    /// <summary>The project's file name, with the target framework where there are several.</summary>
    public static string NameOf(AssemblyDependencies project) => project.TargetFrameworks.Length > 1
        ? $"{Path.GetFileName(project.ProjectPath)} ({project.TargetFramework})"
        : Path.GetFileName(project.ProjectPath);

    /// <summary>
    /// An edit that puts an element before the first of its kind that sorts behind it, else before the last one; where the file has no such element,
    /// or has them only for some target frameworks, into a group of its own at the end. None where all of its kind stand under other conditions: which of them is meant a person has to say.
    /// </summary>
    public static IEnumerable<TextEdit> Insert(IDeclarationPositions positions, string file, string itemType, string id, IEnumerable<string> siblings, string element)
    {
        List<(string Sibling, DeclarationPosition Position)> found =
        [
            .. from sibling in siblings.Order(StringComparer.OrdinalIgnoreCase)
               let position = positions.Item(file, itemType, sibling)
               where position.Found && position.Location.Column > 0
               select (sibling, position),
        ];
        List<(string Sibling, DeclarationPosition Position)> beside = found.FindAll(static entry => entry.Position.Condition.Length == 0);
        if (beside.Count > 0)
        {
            int next = beside.FindIndex(entry => string.Compare(entry.Sibling, id, StringComparison.OrdinalIgnoreCase) > 0);
            SourceLocation at = beside[next < 0 ? beside.Count - 1 : next].Position.Location;
            yield return new TextEdit(file, at.Line, at.Column, at.Line, at.Column, $"{element}\n{new string(' ', at.Column - 1)}");
        }
        else if (found.TrueForAll(static entry => FrameworkCondition.IsOnly(entry.Position.Condition)) && positions.End(file) is { } end)
        {
            (int line, int column, string indent) = (end.Location.Line, end.Location.Column, end.Indent);
            yield return new TextEdit(file, line, column, line, column, $"{indent}<ItemGroup>\n{indent}{indent}{element}\n{indent}</ItemGroup>\n");
        }
    }
}
