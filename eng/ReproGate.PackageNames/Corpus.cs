using System.Text.RegularExpressions;

namespace ReproGate.PackageNames;

/// <summary>One id that somebody wrote, and what was meant.</summary>
internal sealed record Slip(string Id, string Intended, string Kind);

/// <summary>The corpus in testassets/package-names, cut in two: one half to tune on, one that only measures.</summary>
internal sealed partial record Corpus(Slip[] Slips, string[] Legitimate)
{
    public static Corpus Read(string folder) => new(
        [.. Lines(Path.Combine(folder, "misspelt.txt")).Select(static line => line.Split('\t')).Select(static fields => new Slip(Escape().Replace(fields[0], static match => ((char)Convert.ToUInt16(match.Groups[1].Value, 16)).ToString()), fields[1], fields[2]))],
        [.. Lines(Path.Combine(folder, "legitimate.txt"))]);

    /// <summary>The half that an id belongs to, by a hash of its letters: adding entries moves none of the others.</summary>
    public Corpus Half(bool tune) => new([.. Slips.Where(slip => IsTuning(slip.Id) == tune)], [.. Legitimate.Where(id => IsTuning(id) == tune)]);

    private static bool IsTuning(string id)
    {
        uint hash = 2166136261;
        foreach (char unit in id)
        {
            hash = (hash ^ unit) * 16777619;
        }

        return ((hash >> 13) & 1) == 0;
    }

    private static IEnumerable<string> Lines(string path) => File.ReadLines(path).Where(static line => line.Length > 0 && line[0] != '#');

    [GeneratedRegex(@"\\u([0-9A-F]{4})")]
    private static partial Regex Escape();
}
