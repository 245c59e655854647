using System.Diagnostics;
using System.Text;
using System.Text.Json;
using NJsonSchema;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Reports;
using ReproGate.CleanRoom.Tests.Comparison;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;
using ReproGate.Reports;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Reports;

public sealed class CleanRoomReportTests : IDisposable
{
    private const string Commit = "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed";
    private readonly TwoTrees _trees = new();

    public void Dispose() => _trees.Dispose();

    [Fact]
    public async Task Every_json_report_fits_its_schema()
    {
        CleanRoomReport report = Report();

        await AssertFits("docs/file-formats/cleanroom.schema.json", CleanRoomJson.Write(report));
        await AssertFits("docs/file-formats/cleanroom.schema.json", CleanRoomJson.Write(report with { Comparison = null, Outputs = null, Findings = [], Phases = [] }));
        await AssertFits("docs/file-formats/cleanroom.schema.json", CleanRoomJson.Write(report with { Commit = "", Obstacle = "no disk", IsWhole = false, Comparison = null, FailureOutput = ["error"] }));
        await AssertFits("tests/ReproGate.CleanRoom.Tests/Reports/slsa.schema.json", Provenance.Write(report));
        await AssertFits("tests/ReproGate.CleanRoom.Tests/Reports/cyclonedx.schema.json", BillOfMaterials.Write(report));
    }

    [Fact]
    public async Task The_schemas_refuse_what_is_wrong()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(TestEnvironment.SourceRoot, "docs/file-formats/cleanroom.schema.json")));
        string json = Encoding.UTF8.GetString(CleanRoomJson.Write(Report()));

        Assert.NotEmpty(schema.Validate(json.Replace("\"grade\": \"different\"", "\"grade\": \"equal\"", StringComparison.Ordinal)));
        Assert.NotEmpty(schema.Validate(json.Replace("\"commit\"", "\"sha\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_json_tells_grades_causes_and_places()
    {
        using JsonDocument document = JsonDocument.Parse(CleanRoomJson.Write(Report()));
        JsonElement comparison = document.RootElement.GetProperty("comparison");

        Assert.Equal(1, comparison.GetProperty("grades").GetProperty("identical").GetInt32());
        Assert.Equal(2, comparison.GetProperty("grades").GetProperty("different").GetInt32());
        JsonElement difference = comparison.GetProperty("differences").EnumerateArray().Single(static element => element.GetProperty("path").GetString() == "Shop.dll");
        Assert.Equal("timestamp", difference.GetProperty("cause").GetProperty("class").GetString());
        Assert.Equal("src/Shop.csproj", difference.GetProperty("cause").GetProperty("file").GetString());
        Assert.Equal("RGATE4201", document.RootElement.GetProperty("findings")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void Provenance_names_outputs_sources_and_packages_and_claims_no_more_than_level_one()
    {
        using JsonDocument document = JsonDocument.Parse(Provenance.Write(Report()));
        JsonElement definition = document.RootElement.GetProperty("predicate").GetProperty("buildDefinition");

        Assert.Equal(["Shop.dll", "note.txt", "same.txt"], document.RootElement.GetProperty("subject").EnumerateArray().Select(static subject => subject.GetProperty("name").GetString()!));
        Assert.Contains(definition.GetProperty("resolvedDependencies").EnumerateArray(), static dependency => dependency.TryGetProperty("uri", out JsonElement uri) && uri.GetString() == "pkg:nuget/A.B@1.0.0");
        Assert.StartsWith("1:", definition.GetProperty("internalParameters").GetProperty("slsaBuildLevel").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_report_says_that_the_room_was_weaker()
    {
        CleanRoomReport report = Report() with { Engine = "bubblewrap 0.8.0", Image = "", System = "Debian 12, .NET SDK 10.0.401 in /usr/share/dotnet", Weaker = ["memory is not limited", "system calls are not filtered"] };

        byte[] json = CleanRoomJson.Write(report), provenance = Provenance.Write(report), bill = BillOfMaterials.Write(report);
        await AssertFits("docs/file-formats/cleanroom.schema.json", json);
        await AssertFits("tests/ReproGate.CleanRoom.Tests/Reports/slsa.schema.json", provenance);
        await AssertFits("tests/ReproGate.CleanRoom.Tests/Reports/cyclonedx.schema.json", bill);
        foreach (string text in (string[])[Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(provenance), Encoding.UTF8.GetString(bill), Encoding.UTF8.GetString(CleanRoomPage.Write(report)), RepeatScript.Write(report)])
        {
            Assert.Contains("memory is not limited", text, StringComparison.Ordinal);
        }

        using JsonDocument statement = JsonDocument.Parse(provenance);
        JsonElement predicate = statement.RootElement.GetProperty("predicate");
        Assert.Equal("urn:reprogate:clean-room:weaker", predicate.GetProperty("runDetails").GetProperty("builder").GetProperty("id").GetString());
        Assert.EndsWith("in a room weaker than a container", predicate.GetProperty("buildDefinition").GetProperty("internalParameters").GetProperty("slsaBuildLevel").GetString(), StringComparison.Ordinal);
        // A container's reports say nothing of it.
        Assert.All((string[])[Encoding.UTF8.GetString(CleanRoomPage.Write(Report())), Encoding.UTF8.GetString(BillOfMaterials.Write(Report())), RepeatScript.Write(Report())], static text => Assert.DoesNotContain("weaker", text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_same_run_gives_the_same_bill_of_materials()
    {
        byte[] bill = BillOfMaterials.Write(Report());

        Assert.Equal(bill, BillOfMaterials.Write(Report() with { Started = DateTimeOffset.UnixEpoch }));
        Assert.NotEqual(bill, BillOfMaterials.Write(Report() with { Commit = Commit.Replace('2', '3') }));
    }

    [Fact]
    public void The_page_is_whole_without_script_and_escapes_what_outputs_say()
    {
        string page = Encoding.UTF8.GetString(CleanRoomPage.Write(Report()));

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("&lt;img src=<mark>x</mark>&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<mark>", page, StringComparison.Ordinal);
        Assert.Contains("Cause", page, StringComparison.Ordinal);
        Assert.Contains("src/Shop.csproj(7,5)", page, StringComparison.Ordinal);
        Assert.DoesNotContain(_trees.Left, page, StringComparison.Ordinal);
        // Every element that is opened is closed.
        foreach (string element in new[] { "section", "table", "tbody", "thead", "tr", "td", "th", "details", "summary", "figure", "pre", "dl", "div", "li", "ul", "code", "span", "main", "header", "p", "mark" })
        {
            Assert.Equal(Count(page, $"<{element}[ >]"), Count(page, $"</{element}>"));
        }

        static int Count(string text, string pattern) => System.Text.RegularExpressions.Regex.Count(text, pattern);
    }

    [Fact]
    public void The_whole_set_is_written_and_nothing_beside_it()
    {
        string folder = Path.Combine(_trees.Right, "..", "reports");

        CleanRoomReports.WriteAll(folder, Report());
        CleanRoomReports.WriteAll(folder, Report());

        Assert.Equal(CleanRoomReports.Names.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Contains("\"id\": \"RGATE4201\"", File.ReadAllText(Path.Combine(folder, "cleanroom.json")), StringComparison.Ordinal);

        // Of a run that built nothing no provenance is left, not even an earlier one.
        CleanRoomReports.WriteAll(folder, Report() with { Outputs = null, Comparison = null });
        Assert.Equal(["cleanroom.html", "cleanroom.json"], Directory.GetFiles(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_script_is_one_that_a_shell_reads_and_quotes_what_it_is_given()
    {
        string script = RepeatScript.Write(Report() with { Entry = "it's $(touch pwned).sln", Repository = "a\ntouch pwned" });
        string path = Path.Combine(_trees.Left, "repeat.sh");
        File.WriteAllText(path, script);
        using var process = Process.Start(new ProcessStartInfo("sh", ["-n", path]) { RedirectStandardError = true })!;
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("entry='it'\\''s $(touch pwned).sln'", script, StringComparison.Ordinal);
        Assert.DoesNotContain("\ntouch pwned", script, StringComparison.Ordinal);
        Assert.Contains("  Shop.dll\n", script, StringComparison.Ordinal);
    }

    private CleanRoomReport Report()
    {
        _trees.Write("Shop.dll", CompiledPair.Compile("class C { string M() => \"2024-05-01T10:00:00Z\"; }").Image, CompiledPair.Compile("class C { string M() => \"2024-05-01T10:07:31Z\"; }").Image)
            .Write("note.txt", "<img src=x>\n", "<img src=y>\n")
            .Write("same.txt", "same", "same");
        ComparisonResult comparison = _trees.Compare();
        var cause = new DifferenceCause(CauseClass.Timestamp, "the value is a time", "property BuildStamp", new SourceLocation("/repo/src/Shop.csproj", 7, 5), "Leave it out.", []);
        DifferencePart part = comparison.Differences[0].Parts[0];
        var output = new DifferingOutput("Shop.dll", part.Where, part.Kind, part.Left, part.Right, false, false, ["time zone"], "task Csc in target CoreCompile of Shop.csproj", "/repo/src/Shop.csproj", cause);
        return new CleanRoomReport
        {
            Repository = "shop",
            RepositoryUri = "https://example.invalid/shop.git".Replace("https", "git", StringComparison.Ordinal),
            Commit = Commit,
            Entry = "Shop.slnx",
            ToolVersion = "0.1.0",
            Engine = "docker 27.1",
            Image = "sdk:10.0@sha256:" + new string('a', 64),
            Started = new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero),
            Phases = [new PhaseRecord("restore", TimeSpan.Zero, TimeSpan.FromSeconds(2), "passed"), new PhaseRecord("build", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), "passed")],
            Variations = [new ReportVariation("time zone", "UTC", "Asia/Kathmandu")],
            Comparison = comparison,
            Explained = [output],
            Findings = [.. OutputDiffers.Check([output], "/repo").Select(static finding => new JudgedFinding(finding, Severity.Error))],
            Outputs = OutputManifest.Create(_trees.Left, ComparisonOptions.Default, CancellationToken.None) is var manifest ? manifest with { Entries = [.. manifest.Entries.Where(static entry => entry.Path != "repeat.sh")] } : null,
            Packages = [new ReportPackage("A.B", "1.0.0", Convert.ToBase64String(new byte[64])), new ReportPackage("C", "2.0.0", "")],
            FirstTree = _trees.Left,
            SecondTree = _trees.Right,
            Paths = new ReportPaths("/repo"),
        };
    }

    private static async Task AssertFits(string schemaPath, byte[] json)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(TestEnvironment.SourceRoot, schemaPath)));
        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(json)));
    }
}
