using System.Text.Json;
using ReproGate.Cli.Commands;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Tests;

public sealed class JobListTests
{
    [Fact]
    public void Solutions_are_the_jobs_and_projects_where_there_are_none()
    {
        Assert.Equal(["B.slnx", "a/A.sln"], JobEntries.Choose(["a/A.sln", "B.sln", "B.slnx", "a/App.csproj", "only.slnf", "readme.md"]));
        Assert.Equal(["a/App.csproj", "b/Lib.fsproj"], JobEntries.Choose(["b/Lib.fsproj", "a/App.csproj", "x.proj"]));
        Assert.Empty(JobEntries.Choose(["a\\b.sln", "readme.md"]));
    }

    [Fact]
    public void GitHub_gets_an_include_with_a_runner_for_each_platform()
    {
        JobMatrix matrix = JobMatrix.Create("", ["src/Größe.slnx"], ["linux/amd64", "linux/arm64", "linux/riscv64"], []);

        string text = GitHubMatrix.Write(matrix, new Dictionary<string, string> { ["linux/riscv64"] = "my-runner" });

        Assert.Equal(1, text.Count(static letter => letter == '\n'));
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Equal(
            [(0, "src-Gr--e.slnx-linux-amd64", "src/Größe.slnx", "linux/amd64", "ubuntu-latest"), (1, "src-Gr--e.slnx-linux-arm64", "src/Größe.slnx", "linux/arm64", "ubuntu-24.04-arm"), (2, "src-Gr--e.slnx-linux-riscv64", "src/Größe.slnx", "linux/riscv64", "my-runner")],
            document.RootElement.GetProperty("include").EnumerateArray().Select(static job => (job.GetProperty("index").GetInt32(), Text(job, "name"), Text(job, "entry"), Text(job, "platform"), Text(job, "runner"))));
        Assert.Contains("--runner linux/riscv64=label", Assert.Throws<ToolException>(() => GitHubMatrix.Write(matrix, new Dictionary<string, string>())).Message, StringComparison.Ordinal);
        Assert.Contains("holds 256", Assert.Throws<ToolException>(() => GitHubMatrix.Write(JobMatrix.Create("", Enumerable.Range(0, 257).Select(static number => $"{number}.sln"), [], []), new Dictionary<string, string>())).Message, StringComparison.Ordinal);

        static string Text(JsonElement job, string name) => job.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData("linux/arm64", null)]
    [InlineData("arm64", "'arm64' is not a platform, as linux/amd64")]
    public void A_platform_is_checked(string platform, string? message)
    {
        if (message is null)
        {
            Assert.Equal([platform], JobOptions.Platforms([platform, platform]));
            return;
        }

        Assert.Contains(message, Assert.Throws<ToolException>(() => JobOptions.Platforms([platform])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_contradicts_itself_is_told()
    {
        Assert.Contains("belong together", await FaultAsync(Asked() with { Job = 1 }), StringComparison.Ordinal);
        Assert.Contains("belong together", await FaultAsync(Asked() with { Matrix = "m.json" }), StringComparison.Ordinal);
        Assert.Contains("leave paths, --all", await FaultAsync(Asked() with { Job = 1, Matrix = "m.json", All = true }), StringComparison.Ordinal);
        Assert.Contains("needs two contexts", await FaultAsync(Asked() with { All = true, CompareContexts = true, Contexts = ["one"] }), StringComparison.Ordinal);
        Assert.Contains("--all takes one folder", await FaultAsync(Asked() with { All = true, Paths = ["a", "b"] }), StringComparison.Ordinal);
        Assert.Contains("the matrix none.json cannot be used", await FaultAsync(Asked() with { Job = 1, Matrix = "none.json" }), StringComparison.Ordinal);

        Assert.Contains("Pin with one room first", (await Assert.ThrowsAsync<ToolException>(() => CleanRoomJobs.RunAsync(Asked() with { All = true, Pin = true }, [], "text", CancellationToken.None))).Message, StringComparison.Ordinal);

        static async Task<string> FaultAsync(JobsAsked asked) => (await Assert.ThrowsAsync<ToolException>(() => CleanRoomJobs.MatrixAsync(asked, CancellationToken.None))).Message;
    }

    [Fact]
    public void One_path_one_platform_and_one_context_are_one_room()
    {
        Assert.True((Asked() with { Paths = ["a"], Platforms = ["linux/amd64"], Contexts = ["one"] }).IsOne);
        Assert.False((Asked() with { Paths = ["a", "b"] }).IsOne);
        Assert.False((Asked() with { Contexts = ["one", "two"] }).IsOne);
        Assert.False((Asked() with { All = true }).IsOne);
    }

    private static JobsAsked Asked() => new([], false, [], [], false, null, null, "auto");
}
