using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>The target that writes the lock files: what all projects share it does once.</summary>
public sealed class LockWritingTests
{
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
