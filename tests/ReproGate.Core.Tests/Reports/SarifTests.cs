using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReproGate.Reports;
using ReproGate.Tests;

namespace ReproGate.Core.Tests.Reports;

public sealed class SarifTests
{
    private static readonly ReportPaths Paths = new("/home/ann/r", [("HOME", "/home/ann", "~")]);

    private static readonly Finding Floating = new(
        RuleCatalog.FloatingVersion,
        new SourceLocation("/home/ann/r/src/Ä b/App.csproj", 5, 9),
        "Version 1.* of Acme.Json in /home/ann/r/src/Ä b/App.csproj floats; \"quoted\" \\ 日本.",
        "Why.",
        "Write /home/ann/x 1.0.0.")
    {
        Subject = "Acme.Json",
        Edits = [new TextEdit("/home/ann/r/src/Ä b/App.csproj", 5, 20, 5, 23, "1.0.0")],
    };

    private static readonly Finding Missing = new(RuleCatalog.LockFileMissing, new SourceLocation("/home/ann/r/App.csproj"), "What.", "Why.", "Fix.")
    {
        Subject = "missing",
        Command = "dotnet restore \"/home/ann/r/App.csproj\" --force-evaluate",
    };

    [Fact]
    public void It_fits_the_schema_of_OASIS_and_carries_all_of_a_finding()
    {
        JsonObject run = Merge(Part("net10.0", new JudgedFinding(Floating, Severity.Error), new JudgedFinding(Missing, Severity.Warning)));

        JsonArray results = run["results"]!.AsArray();
        JsonNode missing = results[0]!;
        Assert.Equal("RGATE1001", (string?)missing["ruleId"]);
        Assert.Equal("warning", (string?)missing["level"]);
        Assert.Equal("dotnet restore \"App.csproj\" --force-evaluate", (string?)missing["properties"]!["command"]);
        Assert.Null(missing["locations"]![0]!["physicalLocation"]!["region"]);
        Assert.Null(missing["fixes"]);
        JsonNode floating = results[1]!;
        Assert.Equal("error", (string?)floating["level"]);
        JsonNode place = floating["locations"]![0]!["physicalLocation"]!;
        Assert.Equal("src/%C3%84%20b/App.csproj", (string?)place["artifactLocation"]!["uri"]);
        Assert.Equal("SRCROOT", (string?)place["artifactLocation"]!["uriBaseId"]);
        Assert.Equal(5, (int)place["region"]!["startLine"]!);
        Assert.Equal(9, (int)place["region"]!["startColumn"]!);
        Assert.Equal(Fingerprint.Of(Floating, Paths), (string?)floating["partialFingerprints"]![Fingerprint.Name]);
        JsonNode replacement = floating["fixes"]![0]!["artifactChanges"]![0]!["replacements"]![0]!;
        Assert.Equal("1.0.0", (string?)replacement["insertedContent"]!["text"]);
        Assert.Equal(23, (int)replacement["deletedRegion"]!["endColumn"]!);
        JsonArray rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.Equal(["RGATE1001", "RGATE1007"], rules.Select(static rule => (string)rule!["id"]!));
        Assert.Equal("error", (string?)rules[1]!["defaultConfiguration"]!["level"]);
        Assert.Equal("page of RGATE1007", (string?)rules[1]!["help"]!["markdown"]);
    }

    [Fact]
    public void No_machine_path_stays()
    {
        string text = Encoding.UTF8.GetString(SarifReport.Merge([Part("", new JudgedFinding(Floating, Severity.Error), new JudgedFinding(Missing, Severity.Error))], "App.csproj", "1.2.3", static _ => null, null));

        Assert.DoesNotContain("/home", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_frameworks_that_say_the_same_say_it_once_and_the_order_of_parts_does_not_matter()
    {
        byte[] first = Part("net9.0", new JudgedFinding(Missing, Severity.Error), new JudgedFinding(Floating, Severity.Error));
        byte[] second = Part("net10.0", new JudgedFinding(Missing, Severity.Error));

        Assert.Equal(2, Merge(first, second)["results"]!.AsArray().Count);
        Assert.Equal(Merge(first, second).ToJsonString(), Merge(second, first).ToJsonString());
    }

    [Fact]
    public void A_suppressed_finding_is_kept_as_suppressed()
    {
        JsonNode result = Merge(Part("", new JudgedFinding(Missing, Severity.None)))["results"]![0]!;

        Assert.Equal("external", (string?)result["suppressions"]![0]!["kind"]);
        Assert.Equal("error", (string?)result["level"]);
    }

    [Fact]
    public void Information_is_a_note_and_no_finding_an_empty_run()
    {
        Assert.Equal("note", (string?)Merge(Part("", new JudgedFinding(Missing, Severity.Info)))["results"]![0]!["level"]);
        Assert.Empty(Merge()["results"]!.AsArray());
    }

    [Fact]
    public void What_is_to_be_known_of_the_check_itself_is_a_notification_and_no_result()
    {
        JsonObject run = Merge(SarifPart.Write("", [], Paths, remarks: ["weaker, in /home/ann/repo/x"]), SarifPart.Write("net10.0", [], Paths));

        JsonNode told = Assert.Single(Assert.Single(run["invocations"]!.AsArray())!["toolExecutionNotifications"]!.AsArray())!;
        Assert.Equal("warning", (string?)told["level"]);
        Assert.StartsWith("weaker, in ", (string?)told["message"]!["text"], StringComparison.Ordinal);
        Assert.DoesNotContain("/home/ann", run.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(run["results"]!.AsArray());
        Assert.Null(Merge(Part(""))["invocations"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"results\":{}}")]
    [InlineData("{\"results\":[],\"targetFramework\":1}")]
    [InlineData("{\"results\":[1],\"targetFramework\":\"\"}")]
    [InlineData("{\"results\":[{\"ruleId\":1}],\"targetFramework\":\"\"}")]
    public void A_damaged_part_is_recognised(string content) =>
        Assert.ThrowsAny<JsonException>(() => SarifReport.TargetFrameworkOf(Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void A_part_says_its_framework() => Assert.Equal("net10.0-windows", SarifReport.TargetFrameworkOf(Part("net10.0-windows")));

    private static byte[] Part(string framework, params JudgedFinding[] findings) => SarifPart.Write(framework, findings, Paths);

    private static JsonObject Merge(params byte[][] parts)
    {
        byte[] merged = SarifReport.Merge(parts.Select(static part => new ReadOnlyMemory<byte>(part)), "src/App.csproj", "1.2.3", static rule => $"page of {rule.Id}", "https://example.invalid/rules/");
        SarifSchema.AssertValid(Encoding.UTF8.GetString(merged));
        return JsonNode.Parse(merged)!["runs"]![0]!.AsObject();
    }
}
