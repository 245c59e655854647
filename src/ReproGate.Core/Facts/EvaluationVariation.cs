using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What one evaluation of a project declares for restore.</summary>
/// <param name="Items">Item type, identity and version of each PackageReference, PackageVersion and ProjectReference.</param>
/// <param name="Properties">TargetFramework(s) and RuntimeIdentifier(s).</param>
public sealed record DeclaredSet(ImmutableHashSet<DeclaredSetItem> Items, ImmutableDictionary<string, string> Properties);

/// <summary>One declared item.</summary>
/// <param name="Type">Item type.</param>
/// <param name="Identity">Its identity, lower case.</param>
/// <param name="Version">Its version or override; empty where it has none.</param>
public sealed record DeclaredSetItem(string Type, string Identity, string Version);

/// <summary>A project evaluated as it is, and with one thing varied.</summary>
/// <param name="Aspect">What was varied.</param>
/// <param name="Description">The variation as a person would write it, for example <c>Configuration=Release</c>.</param>
/// <param name="Actual">What the project declares in this build.</param>
/// <param name="Varied">What it declares with the variation.</param>
public sealed record EvaluationVariation(MachineAspects Aspect, string Description, DeclaredSet Actual, DeclaredSet Varied)
{
    /// <summary>Whether the variation changes what an element declares.</summary>
    public bool Changes(ProjectElement element) => element.Parent == "PropertyGroup"
        ? Value(Actual, element.Name) != Value(Varied, element.Name)
        : Difference(element).Any();

    /// <summary>What differs for an element, as text: added with <c>+</c>, missing with <c>-</c>.</summary>
    public string Summary(ProjectElement element) => element.Parent == "PropertyGroup"
        ? $"{element.Name}={Value(Varied, element.Name)} instead of {Value(Actual, element.Name)}"
        : string.Join(", ", Difference(element)
            .OrderBy(static item => item.Identity, StringComparer.Ordinal)
            .Take(5)
            .Select(item => $"{(Varied.Items.Contains(item) ? "+" : "-")}{item.Identity}{(item.Version.Length > 0 ? " " + item.Version : "")}"));

    private IEnumerable<DeclaredSetItem> Difference(ProjectElement element)
    {
        string include = element["Include"].Length > 0 ? element["Include"] : element["Update"].Length > 0 ? element["Update"] : element["Remove"];
        // An include that is not literal names who knows what; any difference of its type may be its own.
        bool literal = include.IndexOfAny(['$', '@', '*', '%']) < 0;
        string[] names = [.. include.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static name => Path.GetFileName(name.Replace('\\', '/')).ToLowerInvariant())];
        return Actual.Items.Except(Varied.Items).Union(Varied.Items.Except(Actual.Items)).Where(item =>
            (item.Type.Equals(element.Name, StringComparison.OrdinalIgnoreCase) || element.Name.Equals("GlobalPackageReference", StringComparison.OrdinalIgnoreCase))
            && (!literal || names.Contains(Path.GetFileName(item.Identity.Replace('\\', '/')))));
    }

    private static string Value(DeclaredSet set, string name) => set.Properties.GetValueOrDefault(name, "");
}
