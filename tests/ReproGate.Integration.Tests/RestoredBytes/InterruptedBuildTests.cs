using System.Diagnostics;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>Builds that run at once, and builds that are killed.</summary>
public sealed class InterruptedBuildTests
{
    [Fact]
    public void Two_builds_at_once_on_one_tree_both_pass()
    {
        using TestRepository repo = Solution();

        // Restores share obj, as NuGet means them to; compilations cannot, with or without a gate.
        TestRepositoryFiles.Delete(repo.PathOf("A/obj"), repo.PathOf("B/obj"));
        ProcessResult[] results =
        [
            .. AtOnce(_ => ["restore", "S.slnx", "-m:2"]),
            .. AtOnce(index => ["build", "S.slnx", "-m:2", "--no-restore", $"-p:OutDir={repo.Root}/bin{index}/", $"-p:IntermediateOutputPath=obj/{index}/"]),
        ];

        Assert.All(results, static result => Assert.True(result.ExitCode == 0, result.ToString()));
        Assert.All(results, static result => Assert.Empty(result.Findings));

        ProcessResult[] AtOnce(Func<int, string[]> arguments)
        {
            Task<ProcessResult>[] started = [.. Enumerable.Range(0, 2).Select(index => Task.Factory.StartNew(() => repo.Run("dotnet", arguments(index)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            return [.. started.Select(static run => run.GetAwaiter().GetResult())];
        }
    }

    /// <summary>Fifty kills at random moments, the next build after each: <c>eng/build-kills.sh</c>.</summary>
    [Fact]
    public void Killed_builds_leave_nothing_that_breaks_the_next_one()
    {
        const int kills = 12;
        using TestRepository repo = Solution();
        string lockText = repo.Read("reprogate.lock.json");
        // Compiled once before, as in the builds that are killed.
        Assert.Equal(0, repo.Run("dotnet", ["build", "S.slnx", "--no-restore"]).ExitCode);
        TestRepositoryFiles.Delete(repo.PathOf("A/obj/reprogate"), repo.PathOf("B/obj/reprogate"));
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, repo.Run("dotnet", ["build", "S.slnx", "--no-restore"]).ExitCode);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        for (int kill = 0; kill < kills; kill++)
        {
            // Every look has to be made anew, so that a kill can hit any of its steps; the gate's own begin where MSBuild has started.
            TestRepositoryFiles.Delete(repo.PathOf("A/obj/reprogate"), repo.PathOf("B/obj/reprogate"));
            using var cancellation = new CancellationTokenSource(whole * (0.3 + (0.7 * kill / kills)));
            try
            {
                repo.Run("dotnet", ["build", "S.slnx", "--no-restore"], cancellation: cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                // Killed, as it should be; a build that was faster is no harm.
            }
        }

        ProcessResult result = repo.Dotnet("build", "S.slnx", "--no-restore");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(result.Findings);
        Assert.Equal(lockText, repo.Read("reprogate.lock.json"));

        string dll = Path.Combine(repo.Packages, "acme.json/1.0.0/lib/netstandard2.0/Acme.Json.dll");
        File.WriteAllBytes(dll, PackageFixture.Assembly("Acme.Json", "1.0.0.1"));
        Assert.Contains(repo.Dotnet("build", "S.slnx", "--no-restore").Errors, static error => error.Code == "RGATE1006");
    }

    private static TestRepository Solution()
    {
        TestRepository repo = TestRepository.Create(privatePackages: true);
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        repo.Environment["ReproGateCacheDirectory"] = Path.Combine(Path.GetDirectoryName(repo.Root)!, "cache");
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("A/A.csproj", project => project.Package("Acme.Json", "1.0.0"));
        repo.Project("B/B.csproj", project => project.Package("Acme.Json", "1.0.0").Reference("../A/A.csproj"));
        repo.Write("S.slnx", """<Solution><Project Path="A/A.csproj" /><Project Path="B/B.csproj" /></Solution>""");
        return repo.Lock("S.slnx");
    }

    private static class TestRepositoryFiles
    {
        public static void Delete(params ReadOnlySpan<string> directories)
        {
            foreach (string directory in directories)
            {
                if (Directory.Exists(directory))
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
        }
    }
}
