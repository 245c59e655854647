using ReproGate.Cli.Why;

namespace ReproGate.Cli.Tests;

public sealed class OutputAnswerTests : IDisposable
{
    private const string Report = """
        { "comparison": { "differences": [
            { "path": "src/App/bin/Release/net10.0/App.dll", "grade": "different", "flaky": false, "variations": [ "time zone", "clock" ], "producer": "src/App/App.csproj: CoreCompile",
              "cause": { "class": "time", "evidence": "2026-01-01", "origin": "property Stamp", "mend": "Take the commit's time.", "file": "src/App/App.csproj", "line": 7 },
              "parts": [ { "where": "attribute", "kind": "value", "left": "a", "right": "b" } ] },
            { "path": "src/App/bin/Release/net10.0/OtherApp.dll", "grade": "metadataOnly", "parts": [] } ] } }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-why-").FullName;

    private Repo Repository => new(_root, Path.Combine(_root, "All.slnx"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("src/App/bin/Release/net10.0/App.dll")]
    [InlineData("App.dll")]
    [InlineData("net10.0\\App.dll")]
    public void An_output_that_differs_is_told_with_its_cause(string subject)
    {
        Write(Report);

        Assert.Equal(
            [
                "src/App/bin/Release/net10.0/App.dll: different",
                "  varied: time zone, clock",
                "  built by: src/App/App.csproj: CoreCompile",
                "  cause: time",
                "  evidence: 2026-01-01",
                "  from: property Stamp",
                "  at: src/App/App.csproj(7)",
                "  mend: Take the commit's time.",
                "  attribute (value): a ≠ b",
            ],
            OutputAnswer.Find(Repository, subject).SkipLast(1));
    }

    [Fact]
    public void What_does_not_differ_or_was_never_compared_has_no_answer()
    {
        Assert.Empty(OutputAnswer.Find(Repository, "App.dll"));
        Write(Report);
        Assert.Empty(OutputAnswer.Find(Repository, "pp.dll"));
        Write("""{ "comparison": null }""");
        Assert.Empty(OutputAnswer.Find(Repository, "App.dll"));
    }

    [Theory]
    [InlineData("{ \"comparison\": {")]
    [InlineData("{ \"comparison\": { \"differences\": [ { } ] } }")]
    [InlineData("{ \"comparison\": { \"differences\": 7 } }")]
    [InlineData("[]")]
    public void A_damaged_report_is_named(string content)
    {
        Write(content);

        Assert.Contains("cleanroom.json cannot be read", Assert.Throws<ToolException>(() => OutputAnswer.Find(Repository, "App.dll")).Message, StringComparison.Ordinal);
    }

    private void Write(string content)
    {
        Directory.CreateDirectory(Path.Combine(_root, "artifacts"));
        File.WriteAllText(Path.Combine(_root, "artifacts", "cleanroom.json"), content);
    }
}
