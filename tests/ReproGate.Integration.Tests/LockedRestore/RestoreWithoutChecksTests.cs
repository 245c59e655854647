using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

/// <summary>A restore that has a guard imports no check, and evaluates a project once more where the guard is stale (decision 108).</summary>
public sealed class RestoreWithoutChecksTests
{
    [Fact]
    public void A_restore_with_nothing_to_do_imports_no_check()
    {
        using TestRepository repo = AppOnLibrary();

        Assert.Empty(ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
    }

    [Fact]
    public void A_restore_without_a_guard_needs_no_second_evaluation()
    {
        using TestRepository repo = AppOnLibrary();
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);
        Directory.Delete(repo.PathOf("Library/obj"), recursive: true);

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Equal(["App.csproj", "Library.csproj"], ProjectsWithChecks(restore));
        Assert.DoesNotContain("_ReproGateStaleRestore", BuildLog.Read(restore).Targets);
    }

    [Fact]
    public void Only_what_was_changed_is_evaluated_once_more_and_the_next_restore_is_up_to_date()
    {
        using TestRepository repo = AppOnLibrary();
        repo.Replace("App/App.csproj", "</Project>", "<!-- changed --></Project>");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Equal(["App.csproj"], ProjectsWithChecks(restore));
        Assert.Contains("CheckDeclaredRestore", BuildLog.Read(restore).GateTasks);
        Assert.Empty(ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
    }

    /// <summary>All projects are stale then, and to evaluate each of them twice would cost more than it saves.</summary>
    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Packages.props")]
    public void What_all_projects_share_is_newer_than_their_guards_so_none_is_evaluated_twice(string file)
    {
        using TestRepository repo = AppOnLibrary();
        if (!File.Exists(repo.PathOf(file)))
        {
            repo.Write(file, "<Project></Project>");
            repo.Dotnet("restore", "App/App.csproj").AssertGreen();
        }

        repo.Replace(file, "</Project>", "<!-- changed --></Project>");
        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Equal(["App.csproj", "Library.csproj"], ProjectsWithChecks(restore));
        Assert.DoesNotContain("_ReproGateStaleRestore", BuildLog.Read(restore).Targets);
        Assert.Empty(ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    [InlineData("restore", "-p:RestoreUseStaticGraphEvaluation=true")]
    [InlineData("restore", "-maxcpucount:1", "--no-dependencies")]
    public void A_fault_is_told_once_by_the_restore_that_brings_it(string command, params string[] arguments)
    {
        using TestRepository repo = AppOnLibrary();
        PackageFixture.Create(repo.Feed, "Acme.Xml", "1.0.0");
        repo.Replace("App/App.csproj", "<ProjectReference ", "<PackageReference Include=\"Acme.Xml\" Version=\"1.0.0\" />\n    <ProjectReference ");

        ProcessResult result = repo.Dotnet([command, "App/App.csproj", .. arguments]);

        result.AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Xml"));
        Assert.Single(result.Errors);
    }

    /// <summary>The library is up to date, so its evaluation has no check; what it declares is asked for all the same.</summary>
    [Fact]
    public void What_an_unchanged_library_declares_counts_in_a_changed_projects_lock()
    {
        using TestRepository repo = AppOnLibrary();
        string whole = repo.Read("App/packages.lock.json");
        string without = System.Text.RegularExpressions.Regex.Replace(whole, """,?\s*"dependencies": \{\s*"Acme.Json": "[^"]*"\s*\}""", "");
        Assert.NotEqual(whole, without);
        repo.Write("App/packages.lock.json", without);

        ProcessResult stale = repo.Dotnet("restore", "App/App.csproj");
        Directory.Delete(repo.PathOf("App/obj/reprogate"), recursive: true);
        Directory.Delete(repo.PathOf("Library/obj/reprogate"), recursive: true);
        ProcessResult absent = repo.Dotnet("restore", "App/App.csproj");

        Assert.Equal(1, stale.ExitCode);
        Assert.NotEmpty(stale.Findings);
        Assert.Equal(absent.Errors.Select(Told), stale.Errors.Select(Told));

        static (string, string, int, string) Told(Diagnostic error) => (error.Code, error.File, error.Line, error.Text);
    }

    /// <summary>The second evaluation sees what a target adds before restore collects: no false accusation, and no restore that is stale for ever.</summary>
    [Fact]
    public void A_reference_that_a_target_adds_is_seen_by_the_second_evaluation_too()
    {
        using TestRepository repo = AppOnLibrary(added: true);
        Assert.Contains("Acme.Added", repo.Read("App/packages.lock.json"), StringComparison.Ordinal);
        repo.Replace("App/App.csproj", "</Project>", "<!-- changed --></Project>");

        Assert.Equal(["App.csproj"], ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));

        BuildLog next = BuildLog.Read(repo.Dotnet("restore", "App/App.csproj").AssertGreen());
        Assert.DoesNotContain("_ReproGateStaleRestore", next.Targets);
        next.AssertNothingOfOursLoaded();
    }

    [Fact]
    public void Each_framework_has_a_guard_of_its_own()
    {
        using TestRepository repo = AppOnLibrary(frameworks: "net10.0;net10.0-windows");

        Assert.Empty(ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
        repo.Replace("Library/Library.csproj", "</Project>", "<!-- changed --></Project>");

        Assert.Equal(["Library.csproj"], ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
        Assert.Empty(ProjectsWithChecks(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
    }

    /// <summary>What another configuration declares is asked of an evaluation that may have a guard of its own.</summary>
    [Fact]
    public void Another_configuration_with_a_guard_still_says_what_it_declares()
    {
        using TestRepository repo = TestRepository.Create();
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0", condition: "'$(Configuration)' == 'Debug'")).Lock("App/App.csproj").Commit();
        repo.Write("App/obj/reprogate/App.csproj/Release.net10.0.restore.guard", "of an earlier version");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj");

        Assert.Equal(0, restore.ExitCode);
        Diagnostic warning = restore.AssertWarns("RGATE1012", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Json"));
        Assert.Contains("with Configuration=Release the project declares", warning.Text, StringComparison.Ordinal);
    }

    /// <summary>One project finds its guard stale and the other has none: the question about the repository is the same.</summary>
    [Fact]
    public void What_concerns_the_repository_is_told_once()
    {
        using TestRepository repo = AppOnLibrary();
        Directory.Delete(repo.PathOf("Library/obj/reprogate"), recursive: true);
        repo.Write("nuget.config", """<configuration><packageSources><add key="elsewhere" value="https://packages.example.invalid/v3/index.json" /></packageSources></configuration>""");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj");

        Assert.Equal(["App.csproj", "Library.csproj"], ProjectsWithChecks(restore));
        Assert.Equal(1, restore.ExitCode);
        Assert.Single(BuildLog.Read(restore).GateTasks, "CheckRepository");
        Assert.Equal(["RGATE1009", "RGATE1010"], restore.Findings.Select(static found => found.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_restore_builds_is_told_not_to_be_judged()
    {
        using TestRepository repo = BuildingLibraryInRestore();

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj");

        Assert.Equal(0, restore.ExitCode);
        Assert.Contains("inside a restore", restore.AssertWarns("RGATE0090", repo.PathOf("Library/Library.csproj")).Text, StringComparison.Ordinal);
        Assert.Empty(repo.Dotnet("build", "Library/Library.csproj").AssertGreen().Findings);
    }

    [Fact]
    public void What_a_restore_builds_is_judged_where_the_restore_is_the_first()
    {
        using TestRepository repo = BuildingLibraryInRestore();
        foreach (string guard in Directory.GetFiles(repo.PathOf("Library/obj/reprogate"), "*.guard", SearchOption.AllDirectories))
        {
            File.Delete(guard);
        }

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Empty(restore.Findings);
        Assert.Contains("_ReproGateCompiled", BuildLog.Read(restore).Targets);
    }

    [Fact]
    public void Who_knows_that_a_restore_builds_is_not_told()
    {
        using TestRepository repo = BuildingLibraryInRestore("RGATE0090");

        Assert.Empty(repo.Dotnet("restore", "App/App.csproj").AssertGreen().Findings);
    }

    /// <summary>The projects whose evaluations imported the checks, one entry for each.</summary>
    private static IEnumerable<string> ProjectsWithChecks(ProcessResult result) => BuildLog.Read(result).Build.FindChildrenRecursive<ProjectEvaluation>()
        .Where(static evaluation => evaluation.FindChildrenRecursive<Import>(static import => Path.GetFileName(import.ImportedProjectFilePath) == "ReproGate.Checks.targets").Count > 0)
        .Select(static evaluation => Path.GetFileName(evaluation.ProjectFile))
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static TestRepository AppOnLibrary(bool added = false, string frameworks = "net10.0")
    {
        TestRepository repo = TestRepository.Create();
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Added", "1.0.0");
        repo.Project("Library/Library.csproj", project => project
                .Property(frameworks.Contains(';', StringComparison.Ordinal) ? "TargetFrameworks" : "TargetFramework", frameworks).Property("EnableWindowsTargeting", "true")
                .Property("DisableTransitiveFrameworkReferenceDownloads", "true").Package("Acme.Json", "1.0.0"))
            .Write("Library/Library.cs", "namespace Library; public static class Numbers { public static int One => AcmeJson.Thing.Do(); }")
            .Project("App/App.csproj", static project => project.Property("TargetFramework", "net10.0").Reference("../Library/Library.csproj"))
            .Write("App/App.cs", $"namespace App; public static class Numbers {{ public static int One => Library.Numbers.One{(added ? " + AcmeAdded.Thing.Do()" : "")}; }}");
        if (added)
        {
            repo.Write("App/Directory.Build.targets", """
                <Project>
                  <Target Name="AddReference" BeforeTargets="CollectPackageReferences">
                    <ItemGroup>
                      <PackageReference Include="Acme.Added" Version="1.0.0" />
                    </ItemGroup>
                  </Target>
                </Project>
                """);
        }

        return UpToDate(repo.Lock("App/App.csproj").Commit());
    }

    private static TestRepository BuildingLibraryInRestore(string noWarn = "")
    {
        TestRepository repo = TestRepository.Create();
        repo.Project("Library/Library.csproj", project => project.Property("NoWarn", $"$(NoWarn);{noWarn}"))
            .Write("Library/Library.cs", "namespace Library; public static class Numbers { public static int One => 1; }")
            .Project("App/App.csproj", static project => project.Property("TargetFramework", "net10.0"))
            .Write("App/App.cs", "namespace App; public static class Numbers { public static int One => 1; }")
            .Lock("App/App.csproj")
            .Lock("Library/Library.csproj");
        repo.Dotnet("build", "Library/Library.csproj").AssertGreen();
        repo.Write("App/Directory.Build.targets", """
            <Project>
              <Target Name="BuildLibrary" BeforeTargets="CollectPackageReferences" Condition="'$(MSBuildIsRestoring)' == 'true'">
                <MSBuild Projects="../Library/Library.csproj" Targets="Build" />
              </Target>
            </Project>
            """);
        return repo.Commit();
    }

    private static TestRepository UpToDate(TestRepository repo)
    {
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        return repo;
    }
}
