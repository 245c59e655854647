using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Sources;

public sealed class ConfigurationFromOutsideTests
{
    private static TestRepository Create(bool gate = true)
    {
        TestRepository repo = TestRepository.Create(privateHome: true, gate: gate);
        // What is judged here is where packages come from, not whether the code uses them.
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        return repo;
    }

    private static string UserConfig(TestRepository repo) =>
        Path.Combine(repo.Home, OperatingSystem.IsWindows() ? @"AppData\Roaming\NuGet\NuGet.Config" : ".nuget/NuGet/NuGet.Config");

    private static string OutsideFeed(TestRepository repo)
    {
        string feed = Path.Combine(Path.GetDirectoryName(repo.Root)!, "outside");
        Directory.CreateDirectory(feed);
        PackageFixture.Create(feed, "Acme.Json", "1.0.0");
        return feed;
    }

    private static int LineIn(string path, string text) => Array.FindIndex(File.ReadAllLines(path), line => line.Contains(text, StringComparison.Ordinal)) + 1;

    [Fact]
    public void A_source_of_the_users_own_configuration_leaks_in_and_fails_at_its_line()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        repo.UserSources(config => config.Source("mine", OutsideFeed(repo)));
        repo.Replace("NuGet.config", "<clear />", "<!-- inherits -->");

        repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE1009", UserConfig(repo), LineIn(UserConfig(repo), "\"mine\""));
    }

    [Fact]
    public void The_users_sources_and_credentials_do_not_matter_where_the_repository_clears_them()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        repo.UserSources(config => config.Source("mine", OutsideFeed(repo)).Credentials("feed", "me", "s3cret").Section("apikeys", ("https://example.org", "k3y")));

        ProcessResult result = repo.Dotnet("restore", "App/App.csproj").AssertGreen();
        Assert.DoesNotContain("s3cret", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void NuGet_lets_a_mapping_of_the_users_own_configuration_leak_in_and_the_gate_does_not()
    {
        // FACTS: user-level mappings leak in. The same edit with and without the gate.
        foreach (bool gate in (bool[])[false, true])
        {
            using TestRepository repo = Create(gate);
            repo.Replace("NuGet.config", "<packageSourceMapping>\n    <clear />", "<packageSourceMapping>");
            repo.Dotnet("restore", "App/App.csproj", "--force-evaluate", "-p:RestorePackagesWithLockFile=true");
            repo.Commit();
            repo.UserSources(static config => config.Source("other", "https://example.invalid/v3/index.json", "Acme.Other.*"));
            repo.Replace("NuGet.config", "</configuration>", "  <disabledPackageSources><clear /></disabledPackageSources>\n</configuration>");

            ProcessResult result = repo.Dotnet("restore", "App/App.csproj", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
            if (gate)
            {
                result.AssertRed("RGATE1009", UserConfig(repo), LineIn(UserConfig(repo), "Acme.Other"));
            }
            else
            {
                Assert.True(result.ExitCode == 0, result.Describe());
            }
        }
    }

    [Fact]
    public void A_configuration_file_above_the_repository_fails()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        string above = Path.Combine(Path.GetDirectoryName(repo.Root)!, "NuGet.config");
        File.WriteAllText(above, "<configuration>\n  <fallbackPackageFolders>\n    <add key=\"old\" value=\"fallback\" />\n  </fallbackPackageFolders>\n</configuration>\n");
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(repo.Root)!, "fallback"));
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Write("NuGet.config", System.Text.RegularExpressions.Regex.Replace(repo.Read("NuGet.config"), @"<fallbackPackageFolders>\s*<clear />\s*</fallbackPackageFolders>", ""));
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1009", above, 3);
    }

    [Fact]
    public void A_configuration_file_that_only_some_systems_read_fails_until_it_is_renamed()
    {
        // The user's own source serves the same packages, so that on Linux nothing else gives the file away.
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        repo.UserSources(config => config.Source("mine", repo.Feed));
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        File.Move(repo.PathOf("NuGet.config"), repo.PathOf("Nuget.config"));
        ProcessResult result = repo.Dotnet("restore", "App/App.csproj");
        result.AssertOnlyRed("RGATE1009", repo.PathOf("Nuget.config"), 1);
        Assert.Contains("git mv \"Nuget.config\" \"NuGet.config\"", result.Output, StringComparison.Ordinal);
        Assert.True(repo.Dotnet("build", "App/App.csproj").ExitCode != 0);

        File.Move(repo.PathOf("Nuget.config"), repo.PathOf("NuGet.Config"));
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void A_file_that_only_some_systems_read_is_found_beside_a_project_and_harmless_beside_one_that_is_read()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        const string empty = "<configuration />\n";
        repo.Write("App/Nuget.config", empty);
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1009", repo.PathOf("App/Nuget.config"), 1);

        File.Delete(repo.PathOf("App/Nuget.config"));
        repo.Write("Docs/Nuget.config", empty);
        if (OperatingSystem.IsLinux())
        {
            repo.Write("Nuget.config", empty);
        }

        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void A_folder_source_outside_the_repository_fails_at_its_line_once_for_a_solution()
    {
        using TestRepository repo = Create();
        repo.Project("Lib/Lib.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Solution("All.slnx", "App/App.csproj", "Lib/Lib.csproj");
        repo.Lock("All.slnx");
        string feed = OutsideFeed(repo);
        repo.Replace("NuGet.config", "</packageSources>", $"  <add key=\"outside\" value=\"{feed}\" />\n  </packageSources>");
        int line = repo.LineOf("NuGet.config", "\"outside\"");

        foreach (string[] arguments in (string[][])[["restore", "All.slnx"], ["restore", "All.slnx", "-p:RestoreUseStaticGraphEvaluation=true"], ["build", "All.slnx", "-m:2"]])
        {
            ProcessResult result = repo.Dotnet(arguments);
            result.AssertOnlyRed("RGATE1009", repo.PathOf("NuGet.config"), line);
            Assert.Single(result.Errors);
            Assert.DoesNotContain("NU1", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_restore_property_that_names_a_folder_outside_fails_where_it_is_set()
    {
        using TestRepository repo = Create();
        repo.Lock("App/App.csproj");
        repo.Replace("App/App.csproj", "<TargetFramework>", $"<RestoreAdditionalProjectSources>{OutsideFeed(repo)}</RestoreAdditionalProjectSources>\n<TargetFramework>");

        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1009", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "RestoreAdditionalProjectSources"));
    }
}
