using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Reporting;

/// <summary>A warning stands until it is mended: it is told again on an up-to-date build, once per build, and loads nothing of ours for it.</summary>
public sealed class StandingWarningTests
{
    [Fact]
    public void It_is_told_once_per_build_and_again_by_an_up_to_date_one_that_loads_nothing()
    {
        using TestRepository repo = TestRepository.Create("répo 'a' (b) & c");
        repo.Project("App/App.csproj", project => project.Property("RestorePackagesWithLockFile", "false"));
        repo.Write(".editorconfig", "root = true\n[*.csproj]\ndotnet_diagnostic.RGATE1001.severity = warning\n").Commit();

        ProcessResult first = repo.Dotnet("build", "App/App.csproj");
        ProcessResult second = repo.Dotnet("build", "App/App.csproj");

        Diagnostic told = first.AssertWarns("RGATE1001", repo.PathOf("App/App.csproj"));
        Assert.Equal(1, Told(first));
        Assert.Equal(told, second.AssertWarns("RGATE1001", repo.PathOf("App/App.csproj")));
        Assert.Equal(1, Told(second));
        Assert.DoesNotContain("CheckDeclaredRestore", BuildLog.Read(second).GateTasks);

        // A restore alone tells it, the build behind it does not repeat it, a later build without restore does.
        Assert.Equal(1, Told(repo.Dotnet("restore", "App/App.csproj")));
        Assert.Equal(0, Told(repo.Dotnet("build", "App/App.csproj", "--no-restore")));
        Assert.Equal(1, Told(repo.Dotnet("build", "App/App.csproj", "--no-restore")));

        string state = repo.PathOf("App/obj/reprogate/App.csproj");
        Assert.True(Directory.Exists(state));
        Assert.Equal(0, repo.Dotnet("clean", "App/App.csproj").ExitCode);
        Assert.False(Directory.Exists(state));
    }

    /// <summary>As where a command restores and ends, or another project's restore fails: the second restore, up to date, tells nothing, so the build behind it has to.</summary>
    [Fact]
    public void What_a_restore_told_whose_build_never_came_is_told_by_the_next_build()
    {
        using TestRepository repo = TestRepository.Create();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(repo.Root)!, "Shared.cs"), "namespace Shared; public static class Thing { }");
        repo.Project("App/App.csproj", static project => project.Item("Compile", "../../Shared.cs"));
        repo.Write(".editorconfig", "root = true\n[*.csproj]\ndotnet_diagnostic.RGATE4002.severity = warning\n");
        repo.Lock("App/App.csproj");

        Assert.Equal(1, Told(repo.Dotnet("restore", "App/App.csproj"), "RGATE4002"));
        Assert.Equal(0, Told(repo.Dotnet("restore", "App/App.csproj"), "RGATE4002"));
        Assert.Equal(1, Told(repo.Dotnet("build", "App/App.csproj"), "RGATE4002"));
    }

    [Fact]
    public void A_multi_targeting_project_tells_it_too()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", project => project
            .Property("TargetFrameworks", "net10.0;net10.0-windows")
            .Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true")
            .Property("RestorePackagesWithLockFile", "false"));
        repo.Write(".globalconfig", "is_global = true\ndotnet_diagnostic.RGATE1001.severity = warning\n").Commit();

        ProcessResult first = repo.Dotnet("build", "App/App.csproj");
        ProcessResult second = repo.Dotnet("build", "App/App.csproj", "--no-restore");

        first.AssertWarns("RGATE1001", repo.PathOf("App/App.csproj"));
        second.AssertWarns("RGATE1001", repo.PathOf("App/App.csproj"));
    }

    private static int Told(ProcessResult result, string id = "RGATE1001") =>
        TestRepository.ReadBinlog(result).FindChildrenRecursive<Warning>(warning => warning.Code == id).Count;
}
