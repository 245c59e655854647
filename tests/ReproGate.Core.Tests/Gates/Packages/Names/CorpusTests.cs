using System.Text.RegularExpressions;
using ReproGate.Gates.Packages.Names;
using ReproGate.TestKit;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

/// <summary>What eng/package-names.sh publishes holds: the corpus of slips and honest ids, judged whole.</summary>
public sealed partial class CorpusTests
{
    private static readonly (string Id, string Intended, string Kind)[] Slips =
        [.. Lines("misspelt.txt").Select(static line => line.Split('\t')).Select(static fields => (Escape().Replace(fields[0], static match => ((char)Convert.ToUInt16(match.Groups[1].Value, 16)).ToString()), fields[1], fields[2]))];

    [Fact]
    public void Nine_of_ten_slips_find_what_was_meant()
    {
        Assert.True(Slips.Length >= 300);
        Assert.True(Slips.Count(static slip => NameSuggestions.FromKnown(slip.Id, KnownNames.None).Any(candidate => candidate.Id.Equals(slip.Intended, StringComparison.OrdinalIgnoreCase))) >= 0.9 * Slips.Length);
    }

    [Fact]
    public void Every_homoglyph_is_told_with_the_id_it_imitates() => Assert.All(
        Slips.Where(static slip => slip.Kind == "homoglyph"),
        static slip => Assert.Equal((LookalikeKind.Homoglyph, slip.Intended), Lookalikes.Find(slip.Id, KnownNames.None) is { } found ? (found.Kind, found.Resembles) : default));

    [Fact]
    public void Honest_ids_are_not_accused()
    {
        string[] honest = [.. Lines("legitimate.txt")];
        string[] accused = [.. honest.Where(static id => Lookalikes.Find(id, KnownNames.None) is not null)];

        Assert.True(honest.Length >= 300);
        Assert.True(accused.Length <= honest.Length / 100, string.Join(", ", accused));
    }

    private static IEnumerable<string> Lines(string file) => File.ReadLines(Path.Combine(TestEnvironment.SourceRoot, "testassets", "package-names", file)).Where(static line => line.Length > 0 && line[0] != '#');

    [GeneratedRegex(@"\\u([0-9A-F]{4})")]
    private static partial Regex Escape();
}
