using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>What the rules about rebuilds say alike.</summary>
internal static class RebuildText
{
    private const int MostNamed = 5;
    private const int Longest = 120;

    /// <summary>A finding about an output.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="output">The output.</param>
    /// <param name="what">What happened.</param>
    /// <param name="why">Why that breaks.</param>
    /// <param name="repositoryRoot">Where the repository lies: the place of last resort.</param>
    public static Finding Finding(Rule rule, DifferingOutput output, string what, string why, string repositoryRoot)
    {
        SourceLocation location = output.Cause.Location ?? new SourceLocation(output.Project.Length > 0 ? output.Project : Path.Combine(repositoryRoot, output.Path.Replace('/', Path.DirectorySeparatorChar)));
        string mend = output.Cause.Mend.Length > 0
            ? output.Cause.Mend
            : $"Look at what wrote it{(output.Producer.Length > 0 ? $", {output.Producer}" : "")}; the report shows both sides.";
        return new Finding(rule, location, what, why, mend)
        {
            Subject = $"{output.Path} {output.Cause.Class}",
            Edits = output.Cause.Edits,
        };
    }

    /// <summary>The sentence that says what differs, where, by whom written, and the cause.</summary>
    public static string What(DifferingOutput output)
    {
        string values = (output.Left.Length, output.Right.Length) switch
        {
            (0, 0) => "",
            (0, _) => $": only the second build has {Quote(output.Right)}",
            (_, 0) => $": only the first build has {Quote(output.Left)}",
            _ => $": {Quote(output.Left)} became {Quote(output.Right)}",
        };
        string place = output.Where == output.Path || output.Where.Length == 0 ? output.Path : $"{output.Path} differs in {Inner(output)},";
        string variations = output.Variations.IsEmpty ? "" : $" as soon as {Names(output.Variations)} {(output.Variations.Length == 1 ? "is" : "are")} varied";
        string differs = output.Where == output.Path || output.Where.Length == 0 ? $"{place} differs between two builds{variations}" : $"{place} between two builds{variations}";
        string cause = output.Cause.Evidence.Length > 0 ? $"; {output.Cause.Evidence}" : "";
        string origin = output.Cause.Origin.Length > 0 ? $" (from {output.Cause.Origin})" : "";
        string producer = output.Producer.Length > 0 ? $" It is written by {output.Producer}." : "";
        return $"{differs}, {output.Kind}{values}{cause}{origin}.{producer}";
    }

    private static string Inner(DifferingOutput output)
    {
        int separator = output.Where.IndexOf(" › ", StringComparison.Ordinal);
        return separator < 0 ? output.Where : output.Where[(separator + 3)..];
    }

    private static string Names(ImmutableArray<string> names) => names.Length <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more";

    private static string Quote(string text)
    {
        string line = text.ReplaceLineEndings(" ").Trim().Trim('"');
        return $"'{(line.Length <= Longest ? line : line[..Longest] + "…")}'";
    }
}
