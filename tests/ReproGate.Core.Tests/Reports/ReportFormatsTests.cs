using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using ReproGate.Reports;

namespace ReproGate.Core.Tests.Reports;

/// <summary>What a finding becomes in each form, and that SARIF reads back as it was written.</summary>
public sealed class ReportFormatsTests
{
    private const string Root = "/répo root";

    private static readonly ReportedFinding Nasty = new("RGATE2001", Severity.Error, "src/a b/ü.csproj", 3, 7, "What <script>alert(1)</script> | `x`. Why. Fix: 100%, a,b:c\nsecond")
    {
        What = "What <script>alert(1)</script> | `x`.",
        Why = "Why.",
        Fix = "Fix: 100%, a,b:c\nsecond",
        Command = "dotnet restore \"a b\"",
    };

    [Fact]
    public void Sarif_reads_back_as_it_was_written()
    {
        var finding = new Finding(RuleCatalog.TransitivePackageUsed, new SourceLocation(Root + "/src/a b/ü.csproj", 3, 7), "What.", "Why.", "Fix.")
        {
            Subject = "Acme net10.0",
            Command = "dotnet restore",
            Edits = [new TextEdit(Root + "/src/a b/ü.csproj", 4, 1, 4, 1, "<X />\n")],
        };
        var paths = new ReportPaths(Root);
        byte[] part = SarifPart.Write("net10.0", [new JudgedFinding(finding, Severity.Warning) { Enforced = Severity.Error }, new JudgedFinding(finding with { Subject = "other" }, Severity.None)], paths);

        ImmutableArray<ReportedFinding> read = SarifReader.Read(SarifReport.Merge([part], paths.Locate(Root + "/src/a b/ü.csproj").Uri, "1.0.0", static _ => null, null));

        ReportedFinding told = Assert.Single(read, static result => !result.Suppressed);
        Assert.Equal(("RGATE2001", Severity.Error, "src/a b/ü.csproj", 3, 7), (told.RuleId, told.Level, told.File, told.Line, told.Column));
        Assert.Equal(("What.", "Why.", "Fix.", "Acme net10.0", "dotnet restore", "src/a b/ü.csproj"), (told.What, told.Why, told.Fix, told.Subject, told.Command, told.Project));
        Assert.Equal([new ReportedEdit("src/a b/ü.csproj", 4, 1, 4, 1, "<X />\n")], told.Edits.AsEnumerable());
        Assert.Equal(Fingerprint.Of(finding, paths), told.Fingerprint);
        Assert.Single(read, static result => result.Suppressed);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"runs\":[{}]}")]
    [InlineData("{\"runs\":7}")]
    [InlineData("nothing")]
    public void What_is_no_sarif_of_ours_is_told_as_such(string text) => Assert.ThrowsAny<JsonException>(() => SarifReader.Read(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_page_escapes_what_it_shows_and_makes_no_request()
    {
        string page = HtmlReport.Write("<repo>", "abc", [Nasty], static _ => new SourceExcerpt(2, ["<a>", "<b>", "<c>"]));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<mark>    3  &lt;b&gt;</mark>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("src/a b/&#252;.csproj(3,7)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clean_page_says_so() => Assert.Contains("Nothing was found", HtmlReport.Write("r", "", [], static _ => null), StringComparison.Ordinal);

    [Fact]
    public void Annotations_of_github_escape_data_and_properties() => Assert.Equal(
        "::error file=src/a b/ü.csproj,line=3,col=7,title=RGATE2001 Code uses a package it gets only transitively::What <script>alert(1)</script> | `x`. Why. Fix: 100%25, a,b:c%0Asecond\n",
        LineReports.GitHub([Nasty]));

    [Fact]
    public void Text_is_what_problem_matchers_know() =>
        Assert.Equal("src/a b/ü.csproj(3,7): error RGATE2001: What <script>alert(1)</script> | `x`. Why. Fix: 100%, a,b:c second\n", LineReports.Text([Nasty]));

    [Fact]
    public void JUnit_has_a_failed_case_a_finding_and_a_passed_one_a_clean_gate()
    {
        XElement suites = XDocument.Parse(LineReports.JUnit([Nasty with { Message = "bell \a and half \ud800" }])).Root!;

        Assert.Equal("1", suites.Attribute("failures")!.Value);
        Assert.Equal(suites.Descendants("testcase").Count(), int.Parse(suites.Attribute("tests")!.Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Single(suites.Descendants("failure"));
    }

    [Fact]
    public void Markdown_escapes_markup_and_tables()
    {
        string text = MarkdownReport.Write([Nasty]);

        Assert.Contains("1 error, 0 warnings", text, StringComparison.Ordinal);
        Assert.Contains("What &lt;script&gt;alert(1)&lt;/script&gt; \\| \\`x\\`.", text, StringComparison.Ordinal);
        Assert.Equal("### ✅ ReproGate: nothing found\n", MarkdownReport.Write([]));
    }

    [Fact]
    public void Json_lines_carry_fix_forbidden_ways_and_proof()
    {
        string[] lines = JsonLinesReport.Write([Nasty with { IsNew = true }, Nasty], "verify").TrimEnd('\n').Split('\n');

        Assert.Equal(2, lines.Length);
        using JsonDocument line = JsonDocument.Parse(lines[0]);
        Assert.Equal("new", line.RootElement.GetProperty("state").GetString());
        Assert.Equal("dotnet restore \"a b\"", line.RootElement.GetProperty("fix").GetProperty("command").GetString());
        Assert.Equal(JsonLinesReport.Forbidden.Length, line.RootElement.GetProperty("forbidden").GetArrayLength());
        Assert.Equal("verify", line.RootElement.GetProperty("verify").GetString());
    }
}
