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
        DefaultedProperty().Matches(Read("sdk/targets/ReproGate.Defaults.props") + Read("sdk/targets/ReproGate.Common.targets") + Read("sdk/targets/ReproGate.CleanRoom.targets")).Select(static match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
        DescribedProperty().Matches(Read("docs/properties.md")).Select(static match => match.Groups[1].Value).Where(static name => name is not ("ReproGateLock" or "ReproGateInit" or "ReproGateExplainConfig")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_index_lists_every_decision()
    {
        string index = Read("docs/decisions/README.md");

        Assert.All(
            Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, "docs", "decisions"), "0*.md"),
            path => Assert.Contains($"[{File.ReadLines(path).First()[2..]}]({Path.GetFileName(path)})", index, StringComparison.Ordinal));
    }

    public static TheoryData<string> Pages =>
    [
        "README.md",
        "CONTRIBUTING.md",
        .. Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, "docs"), "*.md", SearchOption.AllDirectories).Select(static path => Path.GetRelativePath(TestEnvironment.SourceRoot, path).Replace('\\', '/')),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_somewhere(string page) => Assert.All(
        Link().Matches(CodeBlock().Replace(Read(page), "")).Select(static match => match.Groups[1].Value).Where(static target => !target.Contains("://", StringComparison.Ordinal)),
        target => Assert.True(Path.Exists(Path.Combine(TestEnvironment.SourceRoot, Path.GetDirectoryName(page)!, target)), target));

    [Fact]
    public void The_index_leads_to_every_page()
    {
        string index = Read("docs/README.md");
        string[] folders = ["docs", "docs/recipes", "docs/benchmarks"];

        Assert.All(
            folders.SelectMany(static folder => Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, folder), "*.md")).Select(static path => Path.GetRelativePath(Path.Combine(TestEnvironment.SourceRoot, "docs"), path).Replace('\\', '/')).Where(static page => page != "README.md"),
            page => Assert.Contains($"]({page})", index, StringComparison.Ordinal));
    }

    /// <summary>Each rule is in the guide of its gate, by its page.</summary>
    [Theory]
    [InlineData("docs/locked-restore.md", "RGATE1")]
    [InlineData("docs/packages.md", "RGATE2")]
    [InlineData("docs/machine.md", "RGATE40")]
    [InlineData("docs/clean-room.md", "RGATE41")]
    [InlineData("docs/clean-room.md", "RGATE42")]
    public void A_gate_s_guide_leads_to_its_rules(string page, string ids)
    {
        string text = Read(page);

        Assert.All(RuleCatalog.All.Where(rule => rule.Id.StartsWith(ids, StringComparison.Ordinal)), rule => Assert.Contains($"(rules/{rule.Id}.md)", text, StringComparison.Ordinal));
    }

    private static string Read(string relative) => File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, relative)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^- (RGATE\d{4}) ", RegexOptions.Multiline)]
    private static partial Regex ChangelogRule();

    [GeneratedRegex(@"<(ReproGate\w+) Condition=")]
    private static partial Regex DefaultedProperty();

    [GeneratedRegex(@"^\| `(ReproGate\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex DescribedProperty();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
