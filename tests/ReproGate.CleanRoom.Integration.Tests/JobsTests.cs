using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>Several clean rooms of a repository, over contexts that all lead to the engine of these tests.</summary>
// One after the other: each asks the engine whether anything of its own is left.
[Collection("engine")]
public sealed class JobsTests
{
    [Fact]
    public void Jobs_go_over_the_contexts_that_answer_and_done_one_by_one_they_find_the_same()
    {
        using TestRepository repo = Create("one", "two");
        repo.Project("App/App.csproj").Write("App/Program.cs", "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n").Solution("Shop.slnx", "App/App.csproj").Lock("Shop.slnx")
            .Write("Tool/Tool.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Exec Command=\"machine-own-tool --version\" />\n  </Target>\n</Project>\n")
            .Write("Tool/Thing.cs", "namespace Tool;\n\ninternal static class Thing;\n").Solution("Tools.slnx", "Tool/Tool.csproj").Lock("Tools.slnx");

        ProcessResult all = RoomRepository.Reprogate(repo, "cleanroom", "--all", "--no-test", "--no-rebuild", "--context", "one", "--context", "gone", "--context", "two");

        Assert.True(all.ExitCode == 1, all.Describe());
        Assert.Contains("the context gone does not answer", all.Output, StringComparison.Ordinal);
        Assert.Contains("clean room Shop.slnx on ", all.Output, StringComparison.Ordinal);
        (string Name, string State)[] jobs = Jobs(repo, "obj/reprogate/cleanroom");
        Assert.Equal([("Shop.slnx", "passed"), ("Tools.slnx", "findings")], jobs);
        (string, string, int, string) expected = ("RGATE4104", "Tool/Tool.csproj", 6, "Tools.slnx");
        Assert.Equal([expected], Findings(repo, "obj/reprogate/cleanroom"));
        Assert.Contains("href=\"Shop.slnx/cleanroom.html\"", repo.Read("obj/reprogate/cleanroom/cleanroom.jobs.html"), StringComparison.Ordinal);
        // A run a job: whose, its id says.
        using (JsonDocument sarif = JsonDocument.Parse(repo.Read("obj/reprogate/cleanroom/cleanroom.jobs.sarif")))
        {
            Assert.Equal(["reprogate/cleanroom/Shop.slnx/", "reprogate/cleanroom/Tools.slnx/", "reprogate/cleanroom/"], sarif.RootElement.GetProperty("runs").EnumerateArray().Select(static run => run.GetProperty("automationDetails").GetProperty("id").GetString()!));
        }

        Assert.Equal(2, jobs.Select(job => Report(repo, $"obj/reprogate/cleanroom/{job.Name}/cleanroom.json").GetProperty("context").GetString()).Distinct().Count());
        Assert.Equal("", repo.Git("status", "--porcelain").Output.Trim());
        RoomRepository.AssertNothingLeft();

        // The same as other machines would do it: the list first, then one job of it, then all results as one.
        ProcessResult matrix = RoomRepository.Reprogate(repo, "cleanroom", "matrix");
        repo.Write("../matrix.json", matrix.Output);
        Directory.CreateDirectory(repo.PathOf("../results"));
        Directory.Move(repo.PathOf("obj/reprogate/cleanroom/Shop.slnx"), repo.PathOf("../results/shop"));
        ProcessResult job = RoomRepository.Reprogate(repo, "cleanroom", "--job", "1", "--of", repo.PathOf("../matrix.json"), "--no-test", "--no-rebuild");
        Assert.True(job.ExitCode == 1, job.Describe());
        Directory.Move(repo.PathOf("obj/reprogate/cleanroom/Tools.slnx"), repo.PathOf("../results/artifact"));

        ProcessResult merged = RoomRepository.Reprogate(repo, "cleanroom", "merge", repo.PathOf("../results"), "--of", repo.PathOf("../matrix.json"));
        Assert.True(merged.ExitCode == 1, merged.Describe());
        Assert.Equal(jobs, Jobs(repo, "../results"));
        Assert.Equal([expected], Findings(repo, "../results"));

        Directory.Delete(repo.PathOf("../results/shop"), recursive: true);
        ProcessResult missing = RoomRepository.Reprogate(repo, "cleanroom", "merge", repo.PathOf("../results"), "--of", repo.PathOf("../matrix.json"));
        Assert.True(missing.ExitCode == 2, missing.Describe());
        Assert.Contains(("RGATE0090", "Shop.slnx", 0, ""), Findings(repo, "../results"));
    }

    [Fact]
    public void Where_no_context_answers_or_no_image_is_of_the_platform_it_is_said()
    {
        using TestRepository repo = Create("one");
        repo.Project("App/App.csproj").Lock("App/App.csproj");

        ProcessResult none = RoomRepository.Reprogate(repo, "cleanroom", "--all", "--context", "gone", "--context", "lost");
        Assert.True(none.ExitCode == 2, none.Describe());
        Assert.Contains("App/App.csproj: error RGATE4101: The clean room was not built, because no engine answers. Tried: docker --context gone: ", none.Output, StringComparison.Ordinal);

        string other = TestEngine.Docker("image", "inspect", "--format", "{{.Architecture}}", TestEngine.Image).Trim() == "arm64" ? "linux/amd64" : "linux/arm64";
        ProcessResult platform = RoomRepository.Reprogate(repo, "cleanroom", "App/App.csproj", "--platform", other, "--context", "one");
        Assert.True(platform.ExitCode == 2, platform.Describe());
        Assert.Contains($", not for {other}, and could not fetch that: ", platform.Output, StringComparison.Ordinal);
        Assert.Contains($"docker --context one has the image {TestEngine.Image} for linux/", platform.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_ends_every_job_and_leaves_no_room()
    {
        using TestRepository repo = Create("one", "two");
        foreach (string name in (string[])["One", "Two"])
        {
            // Neither ends by itself before the interrupt comes.
            repo.Write($"{name}/{name}.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <Target Name=\"Long\" BeforeTargets=\"CoreCompile\">\n    <Exec Command=\"sleep 600\" />\n  </Target>\n</Project>\n");
        }

        repo.Solution("One.slnx", "One/One.csproj").Solution("Two.slnx", "Two/Two.csproj").Lock("One.slnx").Lock("Two.slnx");

        // As a terminal does it: a job of its own, which a signal reaches even where whoever runs the tests ignores it.
        ProcessResult result = repo.Run("bash", ["-c", """
            set -m
            : > ../log
            env --default-signal=INT dotnet "$1" cleanroom --all --no-rebuild --context one --context two > ../log 2>&1 &
            pid=$!
            while kill -0 $pid 2>/dev/null && [ "$(grep -c 'build: restore: passed' ../log)" -lt 2 ]; do sleep 0.2; done
            kill -INT $pid
            wait $pid
            echo "ended with $?"
            cat ../log
            """, "bash", RoomRepository.Tool]);

        Assert.Contains("ended with 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("reprogate: cancelled", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split("build: restore: passed").Length - 1);
        RoomRepository.AssertNothingLeft();
    }

    /// <summary>A repository whose docker client has contexts of its own, in a folder of its own.</summary>
    private static TestRepository Create(params string[] contexts)
    {
        TestRepository repo = RoomRepository.Create(properties: "<ReproGatePackagesEnabled>false</ReproGatePackagesEnabled><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        string folder = repo.PathOf("../docker"), host = TestEngine.Docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").Trim();
        foreach (string context in contexts)
        {
            TestEngine.Docker("--config", folder, "context", "create", context, "--docker", $"host={host}");
        }

        repo.Environment["DOCKER_CONFIG"] = folder;
        return repo;
    }

    private static JsonElement Report(TestRepository repo, string path)
    {
        using JsonDocument document = JsonDocument.Parse(repo.Read(path));
        return document.RootElement.Clone();
    }

    private static (string Name, string State)[] Jobs(TestRepository repo, string folder) =>
        [.. Report(repo, folder + "/cleanroom.jobs.json").GetProperty("jobs").EnumerateArray().Select(static job => (job.GetProperty("name").GetString()!, job.GetProperty("state").GetString()!))];

    private static (string Id, string File, int Line, string Jobs)[] Findings(TestRepository repo, string folder) =>
        [.. Report(repo, folder + "/cleanroom.jobs.json").GetProperty("findings").EnumerateArray().Select(static finding => (finding.GetProperty("id").GetString()!, finding.GetProperty("file").GetString()!, finding.GetProperty("line").GetInt32(), string.Join(',', finding.GetProperty("jobs").EnumerateArray().Select(static job => job.GetString()))))];
}
