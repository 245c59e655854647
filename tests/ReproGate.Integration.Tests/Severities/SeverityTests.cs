using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Severities;

/// <summary>Every standard way to set a severity, in restore (outer build) and build (inner builds) of single- and multi-targeting projects.</summary>
public sealed class SeverityTests
{
    private const string Warning = "[*.cs]\ndotnet_diagnostic.RGATE1001.severity = warning\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Properties_and_configuration_decide(bool multi)
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", project =>
        {
            project.Property("RestorePackagesWithLockFile", "false");
            if (multi)
            {
                project.Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true");
            }
        });
        repo.Write("App/Class1.cs", "public class Class1;\n").Commit();

        Expect(Level.Error);
        Expect(Level.None, "-p:NoWarn=CS1591%3BRGATE1001");
        Expect(Level.None, "-p:ReproGateEnabled=false");
        Expect(Level.None, "-p:ReproGateLockedRestoreEnabled=false");
        Expect(Level.None, "-p:DesignTimeBuild=true");
        Expect(Level.Warning, "-p:ReproGateMode=observe");
        Expect(Level.Warning, "-p:ReproGateMode=observe", "-p:WarningsAsErrors=RGATE1001", "-p:TreatWarningsAsErrors=true");

        repo.Write(".editorconfig", Warning);
        Expect(Level.Warning);
        Expect(Level.Error, "-p:TreatWarningsAsErrors=true");
        Expect(Level.Warning, "-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=RGATE1001");
        Expect(Level.Error, "-p:WarningsAsErrors=rgate1001");

        repo.Write("App/.editorconfig", "[*.csproj]\ndotnet_diagnostic.RGATE1001.severity = suggestion\n");
        Expect(Level.None);
        File.Delete(repo.PathOf("App/.editorconfig"));
        File.Delete(repo.PathOf(".editorconfig"));
        repo.Write(".globalconfig", "dotnet_diagnostic.RGATE1001.severity = none\n");
        Expect(Level.None);

        void Expect(Level level, params string[] arguments)
        {
            // A fresh state each time, so that every row is judged and none is read from a stamp.
            string state = repo.PathOf("App/obj/reprogate");
            if (Directory.Exists(state))
            {
                Directory.Delete(state, recursive: true);
            }

            ProcessResult result = repo.Dotnet(["restore", "App/App.csproj", .. arguments]);
            string project = repo.PathOf("App/App.csproj");
            switch (level)
            {
                case Level.Error:
                    result.AssertRed("RGATE1001", project);
                    break;
                case Level.Warning:
                    result.AssertWarns("RGATE1001", project);
                    break;
                default:
                    result.AssertGreen();
                    break;
            }
        }
    }

    [Theory]
    [InlineData(".editorconfig", "[*.cs]\n")]
    [InlineData(".globalconfig", "")]
    public void A_severity_changed_in_a_file_is_noticed_by_an_up_to_date_build(string file, string section)
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", static project => project.Property("RestorePackagesWithLockFile", "false"));
        string project = repo.PathOf("App/App.csproj");
        repo.Write("App/Class1.cs", "public class Class1;\n").Write(file, $"{section}dotnet_diagnostic.RGATE1001.severity = none\n").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Assert.NotEmpty(Directory.GetFiles(repo.PathOf("App/obj/reprogate"), "*.before.guard", SearchOption.AllDirectories));

        repo.Write(file, $"{section}dotnet_diagnostic.RGATE1001.severity = error\n");
        // A restore alone leaves it to the build (decision 107).
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
        repo.Dotnet("build", "App/App.csproj", "--no-restore").AssertRed("RGATE1001", project);
        repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE1001", project);
    }

    [Theory]
    [InlineData("-p:NoWarn=RGATE1001", "", Level.None)]
    [InlineData("-p:ReproGateMode=observe", "", Level.Warning)]
    [InlineData("-p:ReproGateMode=enforce", "", Level.Error)]
    [InlineData("-p:ReproGateMode=enforce", "[*.cs]\ndotnet_diagnostic.RGATE1001.severity = warning\n", Level.Warning)]
    [InlineData("-p:ReproGateMode=enforce", "[*.csproj]\ndotnet_diagnostic.RGATE1001.severity = none\n", Level.None)]
    // A section about other files says nothing of the project file.
    [InlineData("-p:ReproGateMode=enforce", "[*.md]\ndotnet_diagnostic.RGATE1001.severity = none\n", Level.Error)]
    public void The_inner_builds_agree(string argument, string editorConfig, Level expected)
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", project => project
            .Property("TargetFrameworks", "net10.0;net10.0-windows")
            .Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true")
            .Property("RestorePackagesWithLockFile", "false"));
        repo.Write(".editorconfig", editorConfig).Commit();
        Assert.Equal(0, repo.Dotnet("restore", "App/App.csproj", "-p:ReproGateEnabled=false").ExitCode);

        ProcessResult result = repo.Dotnet("build", "App/App.csproj", "--no-restore", argument);

        switch (expected)
        {
            case Level.Error:
                result.AssertRed("RGATE1001", repo.PathOf("App/App.csproj"));
                break;
            case Level.Warning:
                result.AssertWarns("RGATE1001", repo.PathOf("App/App.csproj"));
                break;
            default:
                result.AssertGreen();
                break;
        }
    }

    [Fact]
    public void Roslyn_is_loaded_only_for_a_finding()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj");
        repo.Lock("App/App.csproj");
        // As IL the tasks have a copy of Roslyn beside them; compiled ahead they take MSBuild's own, which the host may have loaded for itself.
        string il = $"-p:ReproGateTasksAssembly={Path.Combine(TestEnvironment.ExtractedSdk, "tools", "net10.0", "ReproGate.Tasks.dll")}";
        ProcessResult green = repo.Dotnet("restore", "App/App.csproj", "-p:ReproGateMode=observe", il);
        File.Delete(repo.PathOf("App/packages.lock.json"));
        ProcessResult red = repo.Dotnet("restore", "App/App.csproj", il);

        green.AssertGreen();
        Assert.Contains("CheckDeclaredRestore", BuildLog.Read(green).GateTasks);
        Assert.Empty(RoslynLoads(green));
        red.AssertRed("RGATE1001", repo.PathOf("App/App.csproj"));
        Assert.NotEmpty(RoslynLoads(red));
    }

    private static IEnumerable<string> RoslynLoads(ProcessResult result) =>
        BuildLog.Read(result).Build.FindChildrenRecursive<BaseNode>()
            .Select(static node => node.ToString() ?? "")
            .Where(static text => text.Contains("Assembly loaded", StringComparison.Ordinal) && text.Contains("CheckDeclaredRestore", StringComparison.Ordinal) && text.Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal));

    public enum Level
    {
        None,
        Warning,
        Error,
    }
}
