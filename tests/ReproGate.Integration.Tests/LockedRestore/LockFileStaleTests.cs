using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

public sealed class LockFileStaleTests
{
    [Fact]
    public void Every_form_of_restore_tells_a_stale_lock_and_passes_a_fresh_one()
    {
        using TestRepository repo = Repository();
        repo.Write("Docs/Docs.csproj", "<Project><Target Name=\"Build\" /></Project>");
        repo.Solution("All.slnx", "App/App.csproj", "Lib/Lib.csproj").Write("All.sln", ClassicSolution).SolutionFilter("App.slnf", "All.sln", "App/App.csproj");
        repo.Write("dirs.proj", """
            <Project>
              <Target Name="Restore">
                <MSBuild Projects="App/App.csproj" Targets="Restore" />
              </Target>
            </Project>
            """);
        repo.Lock("App/App.csproj");
        string[][] forms = [["App/App.csproj"], ["All.slnx"], ["All.sln"], ["App.slnf"], ["dirs.proj"], ["All.slnx", "-p:RestoreUseStaticGraphEvaluation=true"]];

        foreach (string[] form in forms)
        {
            repo.Dotnet(["restore", .. form]).AssertGreen();
        }

        repo.Replace("App/App.csproj", "1.0.0", "1.1.0").Commit();
        foreach (string[] form in forms)
        {
            ProcessResult result = repo.Dotnet(["restore", .. form]);
            Diagnostic error = result.AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Json"));
            Assert.Contains("Acme.Json 1.0.0 → 1.1.0", error.Text, StringComparison.Ordinal);
            Assert.Empty(result.WithCode("NU1004"));
        }

        repo.Lock("All.slnx");
        repo.Dotnet("restore", "All.slnx").AssertGreen();
    }

    [Fact]
    public void A_bot_that_wrote_one_lock_of_two_is_found_though_the_dependent_is_up_to_date()
    {
        using TestRepository repo = Repository();
        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("Lib/Lib.csproj", "1.0.0", "1.1.0");
        repo.Solution("Libs.slnx", "Lib/Lib.csproj").Lock("Lib/Lib.csproj").Commit();
        Diagnostic error = Assert.Single(repo.Dotnet("restore", "Libs.slnx").WithCode("RGATE1003"));
        Assert.Equal(repo.PathOf("App/packages.lock.json"), error.File);
        Assert.Equal(repo.LineOf("App/packages.lock.json", "\"Acme.Core\": \"[1.0.0, )\""), error.Line);
        Assert.Contains("(App.csproj)", error.Text, StringComparison.Ordinal);
        Assert.Contains("Lib now needs Acme.Core 1.1.0 instead of 1.0.0", error.Text, StringComparison.Ordinal);
        // The solution that was restored does not hold App.
        Assert.Contains($"commit the lock files: dotnet restore \"{repo.PathOf("App/App.csproj")}\" --force-evaluate", error.Text, StringComparison.Ordinal);

        // A copy, what builds left in it included, is another repository: it says nothing of the original's locks.
        string copy = Path.Combine(repo.Home, "copy");
        foreach (string file in Directory.EnumerateFiles(repo.Root, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(repo.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        repo.Run("dotnet", ["restore", "Lib/Lib.csproj"], directory: copy).AssertGreen();
        Assert.Empty(Directory.GetFiles(Path.Combine(copy, "Lib", "obj", "reprogate", "Lib.csproj"), "*.dependent"));

        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "Lib/Lib.csproj").AssertGreen();
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void A_dependent_of_a_dependent_is_found_and_one_that_the_change_does_not_reach_is_not_accused()
    {
        using TestRepository repo = Repository();
        repo.Project("Top/Top.csproj", static project => project.Reference("../App/App.csproj"))
            .Project("Shut/Shut.csproj", static project => project.Item("ProjectReference", "../Lib/Lib.csproj", null, ("PrivateAssets", "all")))
            .Project("Far/Far.csproj", static project => project.Reference("../Shut/Shut.csproj"))
            .Solution("All.slnx", "Lib/Lib.csproj", "App/App.csproj", "Top/Top.csproj", "Shut/Shut.csproj", "Far/Far.csproj").Lock("All.slnx").Commit();
        repo.Dotnet("restore", "All.slnx").AssertGreen();
        string[] Checked() => Directory.GetFiles(repo.PathOf("Top/obj/reprogate/Top.csproj"), "declared.*.ok");
        Assert.NotEmpty(Checked());

        repo.Replace("Lib/Lib.csproj", "1.0.0", "1.1.0");
        repo.Solution("Libs.slnx", "Lib/Lib.csproj").Lock("Lib/Lib.csproj").Commit();
        ProcessResult result = repo.Dotnet("restore", "Libs.slnx");

        string told = string.Join('\n', result.WithCode("RGATE1003").Select(static error => error.Text));
        Assert.All((string[])["App.csproj", "Top.csproj", "Shut.csproj"], name => Assert.Contains(name, told, StringComparison.Ordinal));
        Assert.DoesNotContain("Far.csproj", told, StringComparison.Ordinal);
        // Its own check was up to date and is no more: the next restore of it looks by itself.
        Assert.Empty(Checked());
        // A marker of each project that references it, and none of the others: a long chain would fill with them.
        Assert.Equal(2, Directory.GetFiles(repo.PathOf("Lib/obj/reprogate/Lib.csproj"), "*.dependent").Length);
    }

    [Fact]
    public void A_reference_that_was_added_is_missed_in_a_dependents_lock_and_one_that_this_one_has_is_not()
    {
        using TestRepository repo = Repository();
        repo.Project("Base/Base.csproj").Solution("Libs.slnx", "Lib/Lib.csproj", "Base/Base.csproj").Lock("Base/Base.csproj").Lock("App/App.csproj").Commit();
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Project("Lib/Lib.csproj", static project => project.Package("Acme.Core", "1.0.0").Reference("../Base/Base.csproj"));
        repo.Lock("Lib/Lib.csproj").Commit();
        Diagnostic told = repo.Dotnet("restore", "Libs.slnx").AssertOnlyRed("RGATE1003", repo.PathOf("App/packages.lock.json"), repo.LineOf("App/packages.lock.json", "\"lib\""));
        Assert.Contains("Base", told.Text, StringComparison.OrdinalIgnoreCase);

        repo.Lock("App/App.csproj").Commit();
        repo.Dotnet("restore", "Libs.slnx").AssertGreen();
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void What_a_dependent_prunes_is_not_held_against_its_lock()
    {
        using TestRepository repo = Repository();
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Reference("../Lib/Lib.csproj").Item("PrunePackageReference", "Acme.Core", null, ("Version", "9.0.0")));
        repo.Lock("App/App.csproj");
        Assert.DoesNotContain("Acme.Core", repo.Read("App/packages.lock.json"), StringComparison.Ordinal);
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        // Anything that makes Lib's own check run again, and with it the look at its dependents.
        repo.Replace("Lib/Lib.csproj", "<ItemGroup>", "<PropertyGroup><NoWarn>CS0168</NoWarn></PropertyGroup><ItemGroup>");
        repo.Dotnet("restore", "Lib/Lib.csproj").AssertGreen();
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void What_one_framework_hands_on_is_not_held_against_a_dependent_that_sees_another()
    {
        using TestRepository repo = Repository();
        repo.Project("Lib/Lib.csproj", static project => project
            .Property("TargetFramework", "").Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true")
            .Item("PackageReference", "Acme.Core", "'$(TargetFramework)' == 'net10.0'", ("Version", "1.0.0"))
            .Item("PackageReference", "Acme.Core", "'$(TargetFramework)' != 'net10.0'", ("Version", "1.1.0")));
        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        // Anything that makes Lib's own checks run again, and with them the look at its dependents.
        repo.Replace("Lib/Lib.csproj", "<EnableWindowsTargeting>", "<NoWarn>CS0168</NoWarn><EnableWindowsTargeting>");
        repo.Dotnet("restore", "Lib/Lib.csproj").AssertGreen();

        // What App does see is held against its lock.
        repo.Replace("Lib/Lib.csproj", "1.0.0", "1.1.0").Solution("Libs.slnx", "Lib/Lib.csproj").Lock("Lib/Lib.csproj").Commit();
        Assert.Equal(repo.PathOf("App/packages.lock.json"), Assert.Single(repo.Dotnet("restore", "Libs.slnx").WithCode("RGATE1003")).File);
    }

    /// <summary>NuGet's outer restore takes the identifiers of every inner build; one framework's alone would make the others look as if it had gone.</summary>
    [Fact]
    public void Runtime_identifiers_that_only_an_inner_build_knows_are_in_the_lock_rightly()
    {
        using TestRepository repo = TestRepository.Create("inner identifiers");
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        // The feed has no runtime packs, and restore needs none for the lock.
        repo.Environment["EnableRuntimePackDownload"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        PackageFixture.Create(repo.Feed, "NETStandard.Library", "2.0.3");
        repo.Project("App/App.csproj", project => project
            .Property("TargetFramework", "")
            .Property("TargetFrameworks", "net10.0;netstandard2.0")
            .Property("RuntimeIdentifiers", "linux-x64", "'$(TargetFramework)' == 'net10.0'")
            .Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("App/App.csproj", "linux-x64", "linux-arm64");
        Diagnostic error = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "<RuntimeIdentifiers"));
        Assert.Contains("runtime identifier linux-arm64 added", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_build_of_a_chain_of_projects_has_nothing_to_look_at()
    {
        using TestRepository repo = Repository();
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        repo.Project("Top/Top.csproj", static project => project.Property("TargetFramework", "").Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true").Reference("../App/App.csproj"));
        repo.Solution("All.slnx", "Lib/Lib.csproj", "App/App.csproj", "Top/Top.csproj");
        repo.Lock("All.slnx").Commit();
        repo.Dotnet("build", "All.slnx").AssertGreen();

        BuildLog.Read(repo.Dotnet("build", "All.slnx").AssertGreen()).AssertNothingOfOursLoaded();

        // A restore by itself sees more than the one inside a build; neither undoes what the other has found.
        repo.Dotnet("restore", "All.slnx").AssertGreen();
        Assert.DoesNotContain("_ReproGateBefore", BuildLog.Read(repo.Dotnet("build", "All.slnx").AssertGreen()).Targets);
        Assert.DoesNotContain("_ReproGateBefore", BuildLog.Read(repo.Dotnet("restore", "All.slnx").AssertGreen()).Targets);

        // Here the reference is asked for its files only, so its packages are resolved without a build of it.
        BuildLog alone = BuildLog.Read(repo.Dotnet("build", "App/App.csproj", "--no-dependencies").AssertGreen());
        alone.AssertRan("_ReproGateGuard").AssertNothingOfOursLoaded();
        Assert.DoesNotContain("_ReproGateBytesKey", alone.Targets);
    }

    [Fact]
    public void A_no_op_restore_does_not_hide_an_edited_lock()
    {
        using TestRepository repo = Repository();
        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
        string fresh = repo.Read("App/packages.lock.json");

        repo.Replace("App/packages.lock.json", "\"type\": \"Transitive\"", "\"type\": \"Direct\", \"requested\": \"[1.0.0, )\"").Commit();
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/packages.lock.json"));

        repo.Write("App/packages.lock.json", fresh.Insert(fresh.IndexOf('\n', StringComparison.Ordinal) + 1, "<<<<<<< HEAD\n")).Commit();
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1004", repo.PathOf("App/packages.lock.json"), 2);

        repo.Write("App/packages.lock.json", fresh).Commit();
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    private const string ClassicSolution = """

        Microsoft Visual Studio Solution File, Format Version 12.00
        Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "App", "App\App.csproj", "{11111111-1111-1111-1111-111111111111}"
        EndProject
        Global
        	GlobalSection(SolutionConfigurationPlatforms) = preSolution
        		Debug|Any CPU = Debug|Any CPU
        	EndGlobalSection
        	GlobalSection(ProjectConfigurationPlatforms) = postSolution
        		{11111111-1111-1111-1111-111111111111}.Debug|Any CPU.ActiveCfg = Debug|Any CPU
        		{11111111-1111-1111-1111-111111111111}.Debug|Any CPU.Build.0 = Debug|Any CPU
        	EndGlobalSection
        EndGlobal

        """;

    /// <summary>App uses Acme.Json and Lib, Lib uses Acme.Core.</summary>
    private static TestRepository Repository()
    {
        TestRepository repo = TestRepository.Create();
        foreach (string version in (string[])["1.0.0", "1.1.0"])
        {
            PackageFixture.Create(repo.Feed, "Acme.Json", version, ["Acme.Log/1.0.0"]);
            PackageFixture.Create(repo.Feed, "Acme.Core", version);
        }

        PackageFixture.Create(repo.Feed, "Acme.Log", "1.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Reference("../Lib/Lib.csproj"));
        repo.Project("Lib/Lib.csproj", project => project.Package("Acme.Core", "1.0.0"));
        return repo;
    }
}
