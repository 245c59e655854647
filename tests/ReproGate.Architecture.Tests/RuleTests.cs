using System.Text.RegularExpressions;

namespace ReproGate.Architecture.Tests;

/// <summary>Every rule is catalogued once, has a page that helps, and is proven red through the package.</summary>
public sealed partial class RuleTests
{
    private static readonly string[] Headings = ["## Description", "## Cause", "## Resolution", "## When to suppress"];

    // Gates other than locked restore that are on their way: their rules may be catalogued before pages and tests are whole. RGATE0xxx and RGATE1xxx never stand here.
    private static readonly string[] OnTheirWay = ["RGATE2", "RGATE3", "RGATE4"];

    [Fact]
    public void Ids_and_names_are_unique_and_well_formed()
    {
        Assert.Equal(RuleCatalog.All.Length, RuleCatalog.All.DistinctBy(static rule => rule.Id).Count());
        Assert.Equal(RuleCatalog.All.Length, RuleCatalog.All.DistinctBy(static rule => rule.Name).Count());
        Assert.All(RuleCatalog.All, static rule =>
        {
            Assert.Matches("^RGATE[0-9]{4}$", rule.Id);
            Assert.Matches("^[A-Z][A-Za-z]+$", rule.Name);
            Assert.False(string.IsNullOrWhiteSpace(rule.Title) || rule.Title.EndsWith('.'), rule.Id);
            Assert.True(rule.DefaultSeverity is Severity.Error or Severity.Warning, rule.Id);
        });
    }

    [Fact]
    public void The_locked_restore_gate_has_no_gap()
    {
        string[] ids = [.. RuleCatalog.All.Select(static rule => rule.Id).Where(static id => id.StartsWith("RGATE1", StringComparison.Ordinal))];

        Assert.Equal(Enumerable.Range(1001, 13).Select(static number => $"RGATE{number}"), ids);
    }

    [Fact]
    public void The_catalogue_is_in_order_of_ids()
    {
        string[][] declared = [.. Source.Files("src/ReproGate.Core/Rules", "RuleCatalog.*.cs").Select(static file => IdInCatalogue().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value).ToArray())];

        Assert.Equal(RuleCatalog.All.Length, declared.Sum(static ids => ids.Length));
        Assert.All(declared, static ids => Assert.Equal(ids.Order(StringComparer.Ordinal), ids));
    }

    [Fact]
    public void Every_page_belongs_to_a_rule() =>
        Assert.All(Directory.GetFiles(Source.PathOf("docs/rules"), "RGATE*.md"), static page => Assert.NotNull(RuleCatalog.Find(Path.GetFileNameWithoutExtension(page))));

    [Fact]
    public void Every_rule_has_a_page_with_the_four_headings_and_a_red_test()
    {
        string tests = string.Concat(Source.Files("tests/ReproGate.Integration.Tests", "*.cs").Select(File.ReadAllText));
        var faults = new List<string>();
        foreach (Rule rule in RuleCatalog.All.Where(static rule => !OnTheirWay.Any(prefix => rule.Id.StartsWith(prefix, StringComparison.Ordinal))))
        {
            string page = Source.PathOf($"docs/rules/{rule.Id}.md");
            string text = File.Exists(page) ? File.ReadAllText(page) : "";
            if (!text.StartsWith($"# {rule.Id}: ", StringComparison.Ordinal))
            {
                faults.Add($"{rule.Id}: no page docs/rules/{rule.Id}.md that begins with '# {rule.Id}: '");
                continue;
            }

            faults.AddRange(Headings.Where(heading => !Section(text, heading)).Select(heading => $"{rule.Id}: its page has nothing under '{heading}'"));
            if (!text.Contains($"dotnet_diagnostic.{rule.Id}.severity", StringComparison.Ordinal) && !text.Contains("NoWarn", StringComparison.Ordinal))
            {
                faults.Add($"{rule.Id}: its page does not say how to suppress it");
            }

            if (!tests.Contains($"\"{rule.Id}\"", StringComparison.Ordinal))
            {
                faults.Add($"{rule.Id}: no integration test names it");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static bool Section(string page, string heading)
    {
        int start = page.IndexOf(heading + "\n", StringComparison.Ordinal);
        if (start < 0)
        {
            return false;
        }

        int end = page.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        return page[(start + heading.Length)..(end < 0 ? page.Length : end)].Trim().Length > 20;
    }

    [GeneratedRegex("new\\(\"(RGATE[0-9]{4})\"")]
    private static partial Regex IdInCatalogue();
}
