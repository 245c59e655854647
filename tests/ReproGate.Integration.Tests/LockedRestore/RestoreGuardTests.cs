using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

/// <summary>What makes a restore judge a project again, and what is left to the build behind it (decision 107).</summary>
public sealed class RestoreGuardTests
{
    private const string Manifest = """
        {
          "version": 1, "isRoot": true,
          "tools": {
            "acme.tool": { "version": "1.2.3", "commands": ["acme"] }
          }
        }
        """;

    [Theory]
    [InlineData(".config/dotnet-tools.json")]
    [InlineData("dotnet-tools.json")]
    [InlineData("App/.config/dotnet-tools.json")]
    public void A_manifest_of_tools_is_left_to_the_build_behind_the_restore(string manifest)
    {
        using TestRepository repo = UpToDate();
        File.WriteAllBytes(Path.Combine(repo.Feed, "Acme.Tool.1.2.3.nupkg"), PackageFixture.Tool("Acme.Tool", "1.2.3", "acme"));

        repo.Write(manifest, Manifest);

        BuildLog.Read(repo.Dotnet("restore", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE1013", repo.PathOf(manifest), 4);
    }

    [Fact]
    public void A_source_file_is_left_to_the_build_behind_the_restore()
    {
        using TestRepository repo = UpToDate();

        repo.Write("App/New.cs", "namespace App; public static class New { }");

        BuildLog.Read(repo.Dotnet("restore", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        repo.Dotnet("build", "App/App.csproj").AssertWarns("RGATE4004", repo.PathOf("App/New.cs"));
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    public void One_guard_serves_the_restore_of_a_build_and_a_restore_alone(string command)
    {
        using TestRepository repo = UpToDate();

        // The one leaves default items out, the other does not.
        BuildLog.Read(repo.Dotnet(command, "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        Assert.Single(Directory.GetFiles(repo.PathOf("App/obj/reprogate"), "*.restore*.guard", SearchOption.AllDirectories), static file => !file.EndsWith(".restored.guard", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nuget.config")]
    [InlineData("NuGet.config")]
    public void A_source_is_told_by_the_restore_itself(string file)
    {
        using TestRepository repo = UpToDate();
        repo.Write(file, """<configuration><packageSources><add key="elsewhere" value="https://packages.example.invalid/v3/index.json" /></packageSources></configuration>""");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj");

        Assert.Equal(1, restore.ExitCode);
        Assert.NotEmpty(restore.Errors);
        Assert.All(restore.Errors, static error => Assert.StartsWith("RGATE10", error.Code, StringComparison.Ordinal));
    }

    private static TestRepository UpToDate()
    {
        TestRepository repo = TestRepository.Create();
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Write("App/Class1.cs", "namespace App; public static class Class1 { public static int One => AcmeJson.Thing.Do(); }").Lock("App/App.csproj").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        return repo;
    }
}
