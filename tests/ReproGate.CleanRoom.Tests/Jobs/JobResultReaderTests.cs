using System.Text.Json.Nodes;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Tests.Jobs;

public sealed class JobResultReaderTests : IDisposable
{
    private static readonly string Hash = new('a', 64);
    private readonly ResultFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_is_read_with_its_outputs()
    {
        JsonObject json = ResultFolder.Result("shop", "src/Shop.slnx");
        json["context"] = "build-2";
        json["findings"] = new JsonArray(ResultFolder.Finding("RGATE4104", "src/Shop.csproj", 6), ResultFolder.Finding("RGATE4202", "/usr/share/dotnet/sdk/x.targets", 3, "warning"), ResultFolder.Finding("RGATE4110", "a", 1, "none"));
        string file = _folder.Write("shop", json, $"{Hash}  bin/Shop.dll\n\\{Hash}  bin/a\\\\b\\nc\n");

        JobResult result = JobResultReader.Read(file);

        Assert.Equal((new Job("shop", "src/Shop.slnx"), "build-2", "linux/amd64", 7, JobState.Findings), (result.Job, result.Context, result.ImagePlatform, result.Compared, result.State));
        Assert.Equal(["bin/Shop.dll", "bin/a\\b\nc"], result.Outputs!.Keys);
        Assert.Equal([("RGATE4104", "src/Shop.csproj", 6, true), ("RGATE4202", "x.targets", 3, false)], result.Findings.Select(static finding => (finding.RuleId, finding.File, finding.Line, finding.InRepository)));
        Assert.Equal("docker 29 of build-2", result.Built!.Machine);
        Assert.Equal("shop/cleanroom.json", result.Place);
    }

    [Fact]
    public void Without_a_job_of_its_own_it_is_called_by_what_it_built()
    {
        JsonObject json = ResultFolder.Result("", "src/Shop.slnx");
        json.Remove("job");
        json["platform"] = "linux/arm64";

        JobResult result = JobResultReader.Read(_folder.Write("x", json));

        Assert.Equal("src-Shop.slnx-linux-arm64", result.Job.Name);
        Assert.Null(result.Built);
    }

    [Fact]
    public void What_sarif_knows_besides_comes_along()
    {
        var finding = new Finding(RuleCatalog.BuildFailsInRoom, new SourceLocation(Path.Combine(_folder.Root, "src/Shop.csproj"), 6, 1), "It is so.", "", "Mend it.") { Command = "mend it" };
        JsonObject json = ResultFolder.Result("shop", "Shop.slnx");
        json["findings"] = new JsonArray(ResultFolder.Finding("RGATE4104", "src/Shop.csproj", 6));
        string file = _folder.Write("shop", json);
        File.WriteAllBytes(Path.Combine(_folder.Root, "shop", "reprogate.sarif"), SarifReport.Merge([SarifPart.Write("", [new JudgedFinding(finding, Severity.Error)], new ReportPaths(_folder.Root))], "p", "1", static _ => null, null));

        ReportedFinding read = Assert.Single(JobResultReader.Read(file).Findings);

        Assert.Equal(("It is so.", "Mend it.", "mend it", "src/Shop.csproj"), (read.What, read.Fix, read.Command, read.File));
    }

    [Theory]
    [InlineData(true, "", 0, "", JobState.Passed)]
    [InlineData(false, "", 0, "", JobState.CouldNotRun)]
    [InlineData(true, "no disk", 0, "", JobState.CouldNotRun)]
    [InlineData(false, "", 1, "error", JobState.Findings)]
    [InlineData(true, "", 1, "warning", JobState.Findings)]
    [InlineData(true, "", 1, "info", JobState.Passed)]
    public void The_state_says_whether_it_is_known(bool whole, string obstacle, int findings, string severity, JobState state)
    {
        JsonObject json = ResultFolder.Result("x", "x.sln");
        json["whole"] = whole;
        json["obstacle"] = obstacle;
        json["findings"] = new JsonArray([.. Enumerable.Range(0, findings).Select(_ => ResultFolder.Finding("RGATE4104", "a", 1, severity))]);

        Assert.Equal(state, JobResultReader.Read(_folder.Write("x", json)).State);
    }

    [Fact]
    public void A_missing_engine_and_a_check_that_could_not_run_are_nothing_known()
    {
        foreach ((string id, string severity, JobState state) in ((string, string, JobState)[])[("RGATE4101", "error", JobState.CouldNotRun), ("RGATE0090", "error", JobState.CouldNotRun), ("RGATE0090", "warning", JobState.Findings)])
        {
            JsonObject json = ResultFolder.Result("x", "x.sln");
            json["findings"] = new JsonArray(ResultFolder.Finding(id, "x.sln", 0, severity));
            Assert.Equal(state, JobResultReader.Read(_folder.Write("x", json)).State);
        }
    }

    [Theory]
    [InlineData("entry", "../../etc/x.sln", "its entry \"../../etc/x.sln\" is no path below")]
    [InlineData("entry", "/etc/x.sln", "is no path below")]
    [InlineData("job", "../up", "is no name of such a thing")]
    [InlineData("platform", "--privileged", "is no name of such a thing")]
    [InlineData("context", "-H tcp://x", "is no name of such a thing")]
    public void Names_that_lead_outside_are_refused(string member, string value, string message)
    {
        JsonObject json = ResultFolder.Result("x", "x.sln");
        json[member] = value;

        Assert.Contains(message, Message(_folder.Write("x", json)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("bin/../../x")]
    public void Outputs_that_lead_outside_are_refused(string path) =>
        Assert.Contains("no output's hash and a path below the root", Message(_folder.Write("x", ResultFolder.Result("x", "x.sln"), $"{Hash}  {path}\n")), StringComparison.Ordinal);

    [Fact]
    public void What_is_not_whole_too_deep_or_another_thing_is_refused()
    {
        string whole = ResultFolder.Result("x", "x.sln").ToJsonString();

        Assert.Contains("not whole", Message(_folder.WriteText("a/cleanroom.json", whole[..(whole.Length / 2)])), StringComparison.Ordinal);
        Assert.Contains("not whole", Message(_folder.WriteText("b/cleanroom.json", "")), StringComparison.Ordinal);
        Assert.Contains("not whole, or no JSON", Message(_folder.WriteText("c/cleanroom.json", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))), StringComparison.Ordinal);
        Assert.Contains("lacks something", Message(_folder.WriteText("d/cleanroom.json", """{"version":1,"entry":"x.sln"}""")), StringComparison.Ordinal);
        Assert.Contains("lacks something", Message(_folder.WriteText("e/cleanroom.json", whole.Replace("\"whole\":true", "\"whole\":\"yes\"", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("has version 7", Message(_folder.WriteText("f/cleanroom.json", whole.Replace("\"version\":1", "\"version\":7", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("no rule's id", Message(_folder.Write("g", With(ResultFolder.Finding("<script>", "a", 1)))), StringComparison.Ordinal);
        Assert.Contains("the severity of a finding", Message(_folder.Write("h", With(ResultFolder.Finding("RGATE4104", "a", 1, "fatal")))), StringComparison.Ordinal);
        _folder.WriteText("i/reprogate.sarif", "{");
        Assert.Contains("reprogate.sarif beside it cannot be read", Message(_folder.Write("i", ResultFolder.Result("x", "x.sln"))), StringComparison.Ordinal);

        static JsonObject With(JsonObject finding)
        {
            JsonObject json = ResultFolder.Result("x", "x.sln");
            json["findings"] = new JsonArray(finding);
            return json;
        }
    }

    [Fact]
    public void What_is_too_long_is_not_read()
    {
        string file = _folder.WriteText("x/cleanroom.json", "{");
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.SetLength((64L << 20) + 1);
        }

        Assert.Contains("more than the 67108864 that are read", Message(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_found_at_any_depth_and_links_are_not_followed()
    {
        string one = _folder.Write("artifacts/run/results-shop/obj/reprogate/cleanroom/shop", ResultFolder.Result("x", "x.sln"));
        string two = _folder.Write("more", ResultFolder.Result("y", "y.sln"));
        _folder.WriteText("artifacts/cleanroom.jobs.json", "{}");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "artifacts", "loop"), _folder.Root);

        Assert.Equal((string[])[one, two], JobResultFiles.Find([Path.Combine(_folder.Root, "artifacts"), two, Path.Combine(_folder.Root, "artifacts/run")]).ToArray());
        Assert.Contains("does not exist", Assert.Throws<InvalidDataException>(() => JobResultFiles.Find([Path.Combine(_folder.Root, "none")])).Message, StringComparison.Ordinal);
    }

    private static string Message(string file) => Assert.Throws<InvalidDataException>(() => JobResultReader.Read(file)).Message;
}
