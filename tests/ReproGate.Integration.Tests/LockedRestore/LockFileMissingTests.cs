using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

public sealed class LockFileMissingTests
{
    [Fact]
    public void A_project_without_lock_file_fails_the_build()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0"));

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Assert.NotEqual(0, result.ExitCode);
        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal("RGATE1001", error.Code);
        Assert.Equal(repo.PathOf("App/App.csproj"), error.File);
        Assert.False(File.Exists(repo.PathOf("App/packages.lock.json")));
    }

    [Fact]
    public void A_locked_project_builds()
    {
        using TestRepository repo = TestRepository.Create();
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0"));
        repo.Write("App/Use.cs", "public static class Use { public static int It() => AcmeJson.Thing.Do(); }\n");
        repo.Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Findings);
    }
}
