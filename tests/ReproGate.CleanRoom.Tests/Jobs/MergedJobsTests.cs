using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using ReproGate.CleanRoom.Jobs;
using ReproGate.CleanRoom.Reports;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Jobs;

public sealed class MergedJobsTests : IDisposable
{
    private static readonly JobMatrix Matrix = JobMatrix.Create(ResultFolder.Commit, ["A.slnx", "B.slnx"], [], []);
    private static readonly string One = new('a', 64), Two = new('b', 64);
    private readonly ResultFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_worst_job_decides_and_what_two_jobs_told_is_told_once()
    {
        JobResult a = Read("a", "A.slnx", static json => json["findings"] = new JsonArray(ResultFolder.Finding("RGATE4202", "Lib/Lib.csproj", 3, "warning"))), b = Read("b", "B.slnx", static json => json["findings"] = new JsonArray(ResultFolder.Finding("RGATE4202", "Lib/Lib.csproj", 3, "warning"), ResultFolder.Finding("RGATE4104", "App/App.csproj", 6)));

        MergedJobs merged = MergedJobs.Of(Matrix, [b, a], []);

        Assert.Equal(JobState.Findings, merged.State);
        Assert.Equal(["A.slnx", "B.slnx"], merged.Jobs.Select(static row => row.Job.Name));
        Assert.Equal([("RGATE4104", 6, "B.slnx"), ("RGATE4202", 3, "A.slnx,B.slnx")], merged.Findings.Select(static found => (found.Finding.RuleId, found.Finding.Line, string.Join(',', found.Jobs))));
        Assert.Equal(JobState.Passed, MergedJobs.Of(Matrix, [Read("c", "A.slnx"), Read("d", "B.slnx")], []).State);
    }

    [Fact]
    public void A_job_without_a_result_did_not_run()
    {
        MergedJobs merged = MergedJobs.Of(Matrix, [Read("a", "A.slnx")], []);

        MergedFinding told = Assert.Single(merged.Findings);
        Assert.Equal(("RGATE0090", Severity.Error, "B.slnx"), (told.Finding.RuleId, told.Finding.Level, told.Finding.File));
        Assert.Contains("The job B.slnx (B.slnx) did not run: it has no result.", told.Finding.Message, StringComparison.Ordinal);
        Assert.Equal((JobState.CouldNotRun, JobState.Missing), (merged.State, merged.Jobs[1].State));
        // Without a matrix nobody knows of it.
        Assert.Equal(JobState.Passed, MergedJobs.Of(null, [Read("a", "A.slnx")], []).State);
    }

    [Fact]
    public void Two_results_of_a_job_are_no_result_and_two_copies_of_one_are_one()
    {
        JobResult first = Read("first", "A.slnx"), copy = Read("copy", "A.slnx"), other = Read("other", "A.slnx", static json => json["seconds"] = 13), b = Read("b", "B.slnx");

        Assert.Equal(JobState.Passed, MergedJobs.Of(Matrix, [first, copy, b], []).State);
        MergedJobs merged = MergedJobs.Of(Matrix, [first, other, b], []);
        Assert.Contains("There are 2 results of the job A.slnx, and they are not the same: first/cleanroom.json, other/cleanroom.json.", Assert.Single(merged.Findings).Finding.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.CouldNotRun, merged.State);
    }

    [Fact]
    public void Results_of_different_commits_say_nothing_together()
    {
        JobResult a = Read("a", "A.slnx"), b = Read("b", "B.slnx", static json => json["commit"] = ResultFolder.Commit.Replace('2', '3'));

        Assert.Contains("The results are of 2 commits: 2aae6c35c94f (the matrix), 3aae6c35c94f (B.slnx).", Assert.Single(MergedJobs.Of(Matrix, [a, b], []).Findings).Finding.Message, StringComparison.Ordinal);
        MergedJobs merged = MergedJobs.Of(null, [a, b], []);
        Assert.Equal(JobState.CouldNotRun, merged.State);
        Assert.Equal("", merged.Commit);
        // Uncommitted changes are a commit of their own; a job that took no snapshot has none.
        Assert.Equal(JobState.Passed, MergedJobs.Of(Matrix, [a, Read("m", "B.slnx", static json => (json["commit"], json["modified"]) = (ResultFolder.Commit.Replace('2', '4'), true))], []).State);
        Assert.DoesNotContain(MergedJobs.Of(Matrix, [a, Read("n", "B.slnx", static json => (json["commit"], json["obstacle"]) = ("", "no disk"))], []).Findings, static found => found.Finding.Message.Contains("commits", StringComparison.Ordinal));
    }

    [Fact]
    public void Strangers_and_what_cannot_be_read_are_told()
    {
        MergedJobs merged = MergedJobs.Of(Matrix, [Read("a", "A.slnx"), Read("b", "B.slnx", static json => json["entry"] = "Other.slnx", job: "B.slnx"), Read("c", "C.slnx")], [new UnreadableResult("x/cleanroom.json", "it is not whole")]);

        string[] texts = [.. merged.Findings.Select(static found => found.Finding.Message)];
        Assert.Equal(3, texts.Length);
        Assert.Contains(texts, static text => text.StartsWith("The result of the job B.slnx is of Other.slnx, and the matrix says B.slnx.", StringComparison.Ordinal));
        Assert.Contains(texts, static text => text.StartsWith("c/cleanroom.json is the result of C.slnx, and the matrix has no such job.", StringComparison.Ordinal));
        Assert.Contains(texts, static text => text.StartsWith("The result x/cleanroom.json cannot be used, because it is not whole.", StringComparison.Ordinal));
        Assert.Equal(JobState.CouldNotRun, merged.State);
    }

    [Fact]
    public void Outputs_are_compared_between_machines_and_platforms()
    {
        JobResult a = Read("a", "A.slnx", outputs: $"{One}  App.dll\n{One}  App\n", job: "a"), b = Read("b", "A.slnx", outputs: $"{One}  App.dll\n{Two}  App\n", job: "b");
        JobResult arm = Read("arm", "A.slnx", static json => json["imagePlatform"] = "linux/arm64", $"{One}  App.dll\n{Two}  App\n", "arm");

        MergedFinding machine = Assert.Single(MergedJobs.Of(null, [a, b], []).Findings);
        Assert.Equal(("RGATE4201", Severity.Error, "A.slnx", "a,b"), (machine.Finding.RuleId, machine.Finding.Level, machine.Finding.File, string.Join(',', machine.Jobs)));
        MergedJobs platforms = MergedJobs.Of(null, [a, arm], []);
        Assert.Equal((Severity.Info, JobState.Passed), (Assert.Single(platforms.Findings).Finding.Level, platforms.State));
        // The same bits, and what the job itself told already.
        Assert.Empty(MergedJobs.Of(null, [b, arm with { Job = arm.Job with { Name = "c" } }], []).Findings);
        Assert.DoesNotContain(MergedJobs.Of(null, [a with { Differing = ["App"] }, b], []).Findings, static found => found.Finding.RuleId == "RGATE4201");
    }

    [Fact]
    public async Task The_merged_report_fits_its_schema_and_escapes_what_results_say()
    {
        JobResult a = Read("a", "A.slnx", static json => json["findings"] = new JsonArray(ResultFolder.Finding("RGATE4104", "App/<b>.csproj", 6, message: "<script>alert(1)</script>")), $"{One}  App\n", "a&b".Replace('&', '-')), b = Read("täg/b", "A.slnx", outputs: $"{Two}  App\n", job: "b");
        _folder.WriteText("a/cleanroom.html", "");
        _folder.WriteText("täg/b/cleanroom.html", "");
        MergedJobs merged = MergedJobs.Of(null, [a, b], [new UnreadableResult("x", "it is not whole")]);

        string json = Encoding.UTF8.GetString(JobsJson.Write(merged, _folder.Root, "1.0.0"));
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(TestEnvironment.SourceRoot, "docs/file-formats/cleanroom.jobs.schema.json")));
        Assert.Empty(schema.Validate(json));
        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(JobsJson.Write(MergedJobs.Of(Matrix, [], []), _folder.Root, "1.0.0"))));
        Assert.NotEmpty(schema.Validate(json.Replace("\"couldNotRun\"", "\"unknown\"", StringComparison.Ordinal)));
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("täg/b/cleanroom.json", document.RootElement.GetProperty("jobs")[1].GetProperty("result").GetString());
        Assert.Equal((One, Two), (document.RootElement.GetProperty("differences")[0].GetProperty("outputs")[0].GetProperty("first").GetString(), document.RootElement.GetProperty("differences")[0].GetProperty("outputs")[0].GetProperty("second").GetString()));

        string page = Encoding.UTF8.GetString(JobsPage.Write(merged, _folder.Root, "1.0.0"));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"a/cleanroom.html\">a-b</a>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"t%C3%A4g/b/cleanroom.html\">b</a>", page, StringComparison.Ordinal);
    }

    private JobResult Read(string folder, string entry, Action<JsonObject>? change = null, string? outputs = null, string? job = null)
    {
        JsonObject json = ResultFolder.Result(job ?? entry, entry);
        change?.Invoke(json);
        return JobResultReader.Read(_folder.Write(folder, json, outputs));
    }
}
