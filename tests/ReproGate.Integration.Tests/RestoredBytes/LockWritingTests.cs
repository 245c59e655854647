using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>The target that writes packages.lock.json and reprogate.lock.json: ReproGateLock.</summary>
public sealed class LockWritingTests
{
    [Fact]
    public void A_first_adoption_is_one_command_for_a_solution_built_in_parallel()
    {
        using TestRepository repo = TestRepository.Create("first adoption", privatePackages: true);
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Pack", "2.0.0");
        repo.Project("A/A.csproj", project => project.Package("Acme.Json", "1.0.0").Item("PackageDownload", "Acme.Pack", null, ("Version", "[2.0.0]")));
        repo.Project("B/B.csproj", project => project.Property("TargetFrameworks", "net10.0").Reference("../A/A.csproj"));
        repo.Write("S.slnx", """<Solution><Project Path="A/A.csproj" /><Project Path="B/B.csproj" /></Solution>""");
        File.Delete(repo.PathOf("reprogate.lock.json"));

        ProcessResult write = repo.Dotnet("msbuild", "-t:ReproGateLock", "S.slnx", "-m");
        Assert.True(write.ExitCode == 0, write.ToString());
        string text = repo.Read("reprogate.lock.json");
        Assert.Contains($"    \"ReproGate.Sdk/999.9.9\": {{ \"contentHash\": \"{PackedSdk.ContentHash}\"", text, StringComparison.Ordinal);
        Assert.Contains("    \"Acme.Pack/2.0.0\": { \"contentHash\": \"", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.True(File.Exists(repo.PathOf("A/packages.lock.json")) && File.Exists(repo.PathOf("B/packages.lock.json")));
        repo.Commit();

        ProcessResult build = repo.Dotnet("build", "S.slnx");
        Assert.True(build.ExitCode == 0, build.ToString());
        Assert.Empty(build.Findings);

        // Again: nothing to write. And a changed entry is not written over.
        DateTime written = File.GetLastWriteTimeUtc(repo.PathOf("reprogate.lock.json"));
        ProcessResult again = repo.Dotnet("msbuild", "-t:ReproGateLock", "S.slnx", "-m");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(written, File.GetLastWriteTimeUtc(repo.PathOf("reprogate.lock.json")));
    }

    [Fact]
    public void A_solution_whose_projects_share_different_files_is_restored_once()
    {
        using TestRepository repo = TestRepository.Create("lock twice", privatePackages: true);
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Reference("../Lib/Lib.csproj"))
            .Project("Lib/Lib.csproj", project => project.Package("Acme.Json", "1.0.0"))
            // Its projects see another file than the rest, and warnings of their own.
            .Write("Lib/Directory.Build.targets", "<Project><PropertyGroup><NoWarn>$(NoWarn);RGATE2003</NoWarn></PropertyGroup></Project>")
            .Solution("Two.slnx", "App/App.csproj", "Lib/Lib.csproj");

        ProcessResult result = repo.Dotnet("msbuild", "-t:ReproGateLock", "Two.slnx");

        Assert.True(result.ExitCode == 0, result.ToString());
        BuildLog log = BuildLog.Read(result);
        Assert.Single(log.Targets, static target => target == "RestoreForLock");
        // Both groups have had their lines written all the same.
        Assert.Equal(2, log.Targets.Count(static target => target == "WriteLock"));
        Assert.True(File.Exists(repo.PathOf("App/packages.lock.json")) && File.Exists(repo.PathOf("Lib/packages.lock.json")));
        Assert.Contains("ReproGate.Sdk", repo.Read("reprogate.lock.json"), StringComparison.Ordinal);
    }
}
