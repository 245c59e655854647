using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

/// <summary>What a restore judges again after a change, and what it tells.</summary>
public sealed class RestoreAfterChangeTests
{
    [Fact]
    public void Only_what_was_changed_is_judged_again_and_the_next_restore_is_up_to_date()
    {
        using TestRepository repo = AppOnLibrary();
        repo.Replace("App/App.csproj", "</Project>", "<!-- changed --></Project>");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Equal(["App.csproj"], Judged(restore));
        Assert.Empty(Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
    }

    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Packages.props")]
    public void A_change_of_what_all_projects_share_makes_a_restore_judge_all_of_them(string file)
    {
        using TestRepository repo = AppOnLibrary();
        if (!File.Exists(repo.PathOf(file)))
        {
            repo.Write(file, "<Project></Project>");
            repo.Dotnet("restore", "App/App.csproj").AssertGreen();
        }

        repo.Replace(file, "</Project>", "<!-- changed --></Project>");
        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        Assert.Equal(["App.csproj", "Library.csproj"], Judged(restore));
        Assert.Empty(Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
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

    /// <summary>The library is up to date; what it declares is asked for all the same.</summary>
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

    /// <summary>What a target adds before restore collects is no false accusation, and leaves no restore stale for ever.</summary>
    [Fact]
    public void A_reference_that_a_target_adds_is_seen()
    {
        using TestRepository repo = AppOnLibrary(added: true);
        Assert.Contains("Acme.Added", repo.Read("App/packages.lock.json"), StringComparison.Ordinal);
        repo.Replace("App/App.csproj", "</Project>", "<!-- changed --></Project>");

        Assert.Equal(["App.csproj"], Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));

        BuildLog.Read(repo.Dotnet("restore", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
    }

    [Fact]
    public void Each_framework_has_a_guard_of_its_own()
    {
        using TestRepository repo = AppOnLibrary(frameworks: "net10.0;net10.0-windows");

        Assert.Empty(Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
        repo.Replace("Library/Library.csproj", "</Project>", "<!-- changed --></Project>");

        Assert.Equal(["Library.csproj"], Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
        Assert.Empty(Judged(repo.Dotnet("restore", "App/App.csproj").AssertGreen()));
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

        Assert.Equal(1, restore.ExitCode);
        Assert.Single(BuildLog.Read(restore).GateTasks, "CheckRepository");
        Assert.Equal(["RGATE1009", "RGATE1010"], restore.Findings.Select(static found => found.Code).Order(StringComparer.Ordinal));
    }

    /// <summary>A target that hangs on restore may build something: what is compiled there is judged as in a build.</summary>
    [Fact]
    public void What_a_restore_compiles_is_judged()
    {
        using TestRepository repo = AppOnLibrary();
        repo.Write("App/Directory.Build.targets", """
            <Project>
              <Target Name="BuildLibrary" BeforeTargets="CollectPackageReferences" Condition="'$(MSBuildIsRestoring)' == 'true'">
                <MSBuild Projects="../Library/Library.csproj" Targets="Build" />
              </Target>
            </Project>
            """).Commit();
        Assert.Empty(repo.Dotnet("restore", "App/App.csproj").AssertGreen().Findings);

        repo.Replace("Library/Library.cs", "AcmeJson.Thing.Do()", "1");

        ProcessResult restore = repo.Dotnet("restore", "App/App.csproj");
        Assert.Equal(0, restore.ExitCode);
        restore.AssertWarns("RGATE2003", repo.PathOf("Library/Library.csproj"), repo.LineOf("Library/Library.csproj", "Acme.Json"));
    }

    /// <summary>The projects whose declarations were judged.</summary>
    private static IEnumerable<string> Judged(ProcessResult result) => BuildLog.Read(result).Tasks
        .Where(static task => task.Name == "CheckDeclaredRestore")
        .Select(static task => Path.GetFileName(task.GetNearestParent<Project>().ProjectFile))
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

    private static TestRepository UpToDate(TestRepository repo)
    {
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj").AssertGreen()).AssertNothingOfOursLoaded();
        return repo;
    }
}
