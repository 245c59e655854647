using System.Globalization;
using System.Text;

namespace ReproGate.Bench;

/// <summary>The section of the page about what is the gate's own, and what of it is over its bar.</summary>
internal static class GatePartsReport
{
    /// <summary>The section; empty where nothing was taken apart.</summary>
    /// <param name="parts">What was taken apart.</param>
    /// <param name="repeats">Of how many builds the least stands there.</param>
    public static string Markdown(IReadOnlyList<GateParts> parts, int repeats)
    {
        if (parts.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""

            ## The gate's own, in one node
            MSBuild's own times of the targets that stand in the gate's files, from binary logs of builds with `-maxcpucount:1`, the least of {repeats}. What a node pays
            once: by how much the first call of each of the gate's tasks takes longer than the median of its others, summed.

            | solution | up to date | a project | one changed source file | clean build with restore | a project | once in a node | bar | kept |
            |---:|---:|---:|---:|---:|---:|---:|---|---|

            """);
        foreach (GateParts part in parts)
        {
            (string first, string kept) = part.First is { } once ? (string.Create(CultureInfo.InvariantCulture, $"{once:0} ms"), once <= GateParts.FirstBar ? "yes" : "**no**") : ("–", "–");
            text.Append(CultureInfo.InvariantCulture, $"| {part.Subject.Name} | {part.UpToDate:0} ms | {part.UpToDate / part.Subject.Projects:0.0} ms | {part.Changed:0} ms | {part.Clean:0} ms | {part.Clean / part.Subject.Projects:0.0} ms | {first} | ≤ {GateParts.FirstBar:0} ms | {kept} |\n");
        }

        foreach ((string what, double growth) in Growth(parts))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{what}: {growth:0.00} (bar {GateParts.GrowthBar:0.00}).\n");
        }

        return text.ToString();
    }

    /// <summary>What is over its bar, a line each.</summary>
    public static IEnumerable<string> Broken(IReadOnlyList<GateParts> parts) =>
    [
        .. parts.Where(static part => part.First > GateParts.FirstBar).Select(static part => string.Create(CultureInfo.InvariantCulture, $"{part.Subject.Name}: a node pays {part.First:0} ms once, bar {GateParts.FirstBar:0}")),
        .. Growth(parts).Where(static growth => growth.Factor > GateParts.GrowthBar).Select(static growth => string.Create(CultureInfo.InvariantCulture, $"{growth.What}: {growth.Factor:0.00}, bar {GateParts.GrowthBar:0.00}")),
    ];

    // From twenty projects on: with fewer, what is paid once counts for most.
    private static IEnumerable<(string What, double Factor)> Growth(IReadOnlyList<GateParts> parts)
    {
        GateParts[] sizes = [.. parts.Where(static part => part.Subject.Projects >= 20).OrderBy(static part => part.Subject.Projects)];
        if (sizes.Length < 2)
        {
            yield break;
        }

        (GateParts small, GateParts large) = (sizes[0], sizes[^1]);
        string of = $"A project of {large.Subject.Name} over one of {small.Subject.Name}";
        yield return ($"{of}, up to date", large.UpToDate / large.Subject.Projects / (small.UpToDate / small.Subject.Projects));
        yield return ($"{of}, clean", large.Clean / large.Subject.Projects / (small.Clean / small.Subject.Projects));
    }
}
