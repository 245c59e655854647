using System.Text.RegularExpressions;
using ReproGate.TestKit;

namespace ReproGate.Core.Tests.Documentation;

/// <summary>What is written about rules and properties follows the code.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Rules => [.. RuleCatalog.All.Select(static rule => rule.Id)];

    [Fact]
    public void The_readme_lists_every_rule_with_its_title_and_severity() => Assert.Equal(
        RuleCatalog.All.Select(static rule => $"| [{rule.Id}](docs/rules/{rule.Id}.md) | {rule.Title} | {rule.DefaultSeverity.ToString().ToLowerInvariant()} |"),
        Read("README.md").Split('\n').Where(static line => line.StartsWith("| [RGATE", StringComparison.Ordinal)));

    [Fact]
    public void The_changelog_has_one_line_for_each_rule() => Assert.Equal(
        RuleCatalog.All.Select(static rule => rule.Id),
        ChangelogRule().Matches(Read("CHANGELOG.md")).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_page_has_the_catalogue_s_title_and_its_four_sections(string id)
    {
        string[] lines = Read($"docs/rules/{id}.md").Split('\n');

        Assert.Equal($"# {id}: {RuleCatalog.Find(id)!.Title}", lines[0]);
        Assert.Equal(["## Description", "## Cause", "## Resolution", "## When to suppress"], lines.Where(static line => line.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_rule_page_is_without_a_rule() =>
        Assert.All(Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, "docs", "rules"), "RGATE*.md"), static path => Assert.NotNull(RuleCatalog.Find(Path.GetFileNameWithoutExtension(path))));

    [Fact]
    public void Every_public_property_is_described() => Assert.Equal(
        DefaultedProperty().Matches(Read("sdk/targets/ReproGate.Defaults.props") + Read("sdk/targets/ReproGate.Common.targets")).Select(static match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
        DescribedProperty().Matches(Read("docs/properties.md")).Select(static match => match.Groups[1].Value).Where(static name => name is not ("ReproGateLock" or "ReproGateInit" or "ReproGateExplainConfig")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_index_lists_every_decision()
    {
        string index = Read("docs/decisions/README.md");

        Assert.All(
            Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, "docs", "decisions"), "0*.md"),
            path => Assert.Contains($"[{File.ReadLines(path).First()[2..]}]({Path.GetFileName(path)})", index, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Relative_links_lead_somewhere(string page) => Assert.All(
        Link().Matches(Read(page)).Select(static match => match.Groups[1].Value).Where(static target => !target.Contains("://", StringComparison.Ordinal)),
        static target => Assert.True(Path.Exists(Path.Combine(TestEnvironment.SourceRoot, target)), target));

    private static string Read(string relative) => File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, relative)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^- (RGATE\d{4}) ", RegexOptions.Multiline)]
    private static partial Regex ChangelogRule();

    [GeneratedRegex(@"<(ReproGate\w+) Condition=")]
    private static partial Regex DefaultedProperty();

    [GeneratedRegex(@"^\| `(ReproGate\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex DescribedProperty();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
