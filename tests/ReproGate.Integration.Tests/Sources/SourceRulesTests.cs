using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Sources;

/// <summary>RGATE1007, 1010, 1011, 1012 and 0003 through the packed package.</summary>
public sealed class SourceRulesTests
{
    private static TestRepository Create()
    {
        TestRepository repo = TestRepository.Create();
        // What is judged here is where packages come from, not whether the code uses them.
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Logging", "1.0.0");
        return repo;
    }

    [Fact]
    public void A_floating_version_fails_at_the_version_and_ranges_with_a_lower_bound_pass()
    {
        using TestRepository repo = Create();
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Acme.Json" Version="[1.0.0, 2.0.0)" />
                <PackageReference Include="Acme.Logging" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        repo.Lock("App/App.csproj");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("App/App.csproj", "[1.0.0, 2.0.0)", "1.*");
        Diagnostic error = repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE1007", repo.PathOf("App/App.csproj"), 4);
        Assert.Equal(repo.Read("App/App.csproj").Split('\n')[3].IndexOf("1.*", StringComparison.Ordinal) + 1, error.Column);
        Assert.Contains("\"1.0.0\"", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_floating_tool_fails_once_for_the_repository()
    {
        using TestRepository repo = Create();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        repo.Write(".config/dotnet-tools.json", """
            {
              "version": 1, "isRoot": true,
              "tools": { "acme.tool": {
                "version": "2.*", "commands": ["acme"] } }
            }
            """);

        repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE1007", repo.PathOf(".config/dotnet-tools.json"), 4);

        // A manifest of a folder below the root; one of a folder beside the project is nobody's here.
        repo.Replace(".config/dotnet-tools.json", "2.*", "2.0.0");
        repo.Write("App/dotnet-tools.json", "{ \"version\": 1,\n  \"tools\": { \"acme.inner\": { \"version\": \"1.*\", \"commands\": [\"inner\"] } } }");
        repo.Write("Other/dotnet-tools.json", "{ \"version\": 1,\n  \"tools\": { \"acme.other\": { \"version\": \"1.*\", \"commands\": [\"other\"] } } }");

        ProcessResult result = repo.Dotnet("restore", "App/App.csproj", "-p:ReproGatePackagesEnabled=false");
        result.AssertOnlyRed("RGATE1007", repo.PathOf("App/dotnet-tools.json"), 2);
        Assert.Single(result.WithCode("RGATE1007"));
    }

    [Fact]
    public void Two_sources_without_a_mapping_fail_and_one_source_passes()
    {
        using TestRepository repo = Create();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        string config = repo.Read("NuGet.config");
        repo.Write("NuGet.config", System.Text.RegularExpressions.Regex.Replace(config, @"<packageSourceMapping>[\s\S]*</packageSourceMapping>", ""));
        repo.Commit();

        Diagnostic error = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1010", repo.PathOf("NuGet.config"), repo.LineOf("NuGet.config", "<packageSources>"));
        Assert.Contains("<packageSourceMapping><clear />", error.Text, StringComparison.Ordinal);

        // One folder that holds both: nothing to map.
        foreach (string package in Directory.EnumerateFiles(repo.PathOf(".feeds/gate"), "*.nupkg"))
        {
            File.Copy(package, Path.Combine(repo.Feed, Path.GetFileName(package)));
        }

        repo.Write("NuGet.config", """
            <configuration>
              <packageSources><clear /><add key="feed" value=".feeds/feed" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void A_package_that_no_pattern_maps_fails_although_the_cache_has_it()
    {
        using TestRepository repo = Create();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        repo.Replace("NuGet.config", "pattern=\"*\"", "pattern=\"Acme.Logging\"");

        Diagnostic error = repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE1010", repo.PathOf("NuGet.config"), repo.LineOf("NuGet.config", "<packageSourceMapping>"));
        Assert.Contains("Acme.Json", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void NuGet_lets_force_evaluate_beat_locked_mode_and_the_gate_fails_it_in_CI_only()
    {
        // FACTS: ForceEvaluate silently beats locked mode.
        using TestRepository repo = Create();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");

        repo.Dotnet("restore", "App/App.csproj", "--force-evaluate", "-p:RestoreLockedMode=true", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:ContinuousIntegrationBuild=true").AssertGreen();
        repo.Dotnet("restore", "App/App.csproj", "--force-evaluate").AssertGreen();

        repo.Environment["CI"] = "true";
        repo.Dotnet("restore", "App/App.csproj", "--force-evaluate").AssertOnlyRed("RGATE1011", repo.PathOf("App/App.csproj"));
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("App/App.csproj", "<TargetFramework>", "<RestoreLockedMode>false</RestoreLockedMode>\n<TargetFramework>");
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1011", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "RestoreLockedMode"));
        repo.Environment.Remove("CI");
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void A_package_of_one_configuration_only_is_warned_of_at_its_condition()
    {
        using TestRepository repo = Create();
        repo.Write("App/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <PropertyGroup Condition="'$(Configuration)' == 'Release'"><Optimize>true</Optimize></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Acme.Json" Version="1.0.0" />
                <PackageReference Include="Acme.Logging" Version="1.0.0" Condition="'$(TargetFramework)' == 'net10.0'" />
              </ItemGroup>
            </Project>
            """);
        repo.Lock("App/App.csproj");
        // A condition on something that is not locked, and one on the framework: near misses.
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("App/App.csproj", "'$(TargetFramework)' == 'net10.0'", "'$(Configuration)' == 'Debug'");
        Diagnostic warning = repo.Dotnet("restore", "App/App.csproj").AssertWarns("RGATE1012", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Logging"));
        Assert.Contains("-acme.logging 1.0.0", warning.Text, StringComparison.Ordinal);
        // FACTS: a package of one configuration fails locked restore only in the other one.
        Assert.NotEqual(0, repo.Dotnet("restore", "App/App.csproj", "-p:Configuration=Release", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true").ExitCode);
    }

    [Fact]
    public void A_package_of_one_operating_system_only_is_warned_of_through_a_property()
    {
        using TestRepository repo = Create();
        repo.Write("Directory.Build.targets", """
            <Project>
              <PropertyGroup>
                <OnWindows Condition="$([MSBuild]::IsOSPlatform('Windows'))">true</OnWindows>
              </PropertyGroup>
              <ItemGroup Condition="'$(OnWindows)' == 'true'">
                <PackageReference Include="Acme.Logging" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");

        repo.Dotnet("restore", "App/App.csproj").AssertWarns("RGATE1012", repo.PathOf("Directory.Build.targets"), 6);
    }

    [Fact]
    public void A_package_of_one_runtime_identifier_only_is_warned_of_and_a_source_file_of_one_is_not()
    {
        using TestRepository repo = Create();
        const string Published = "'$(RuntimeIdentifier)' != ''";
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Logging", "1.0.0", Published));
        repo.Project("Lib/Lib.csproj", static project => project.Package("Acme.Json", "1.0.0").Item("Compile", "Native.cs", Published));
        repo.Lock("App/App.csproj");
        repo.Lock("Lib/Lib.csproj");

        Diagnostic warning = repo.Dotnet("restore", "App/App.csproj").AssertWarns("RGATE1012", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Logging"));
        Assert.Contains("the runtime identifier", warning.Text, StringComparison.Ordinal);
        repo.Dotnet("restore", "Lib/Lib.csproj").AssertGreen();
    }

    [Fact]
    public void The_gate_s_version_counts_where_a_nested_file_imports_it_and_an_import_by_path_alone_does_not()
    {
        using TestRepository repo = Create();
        repo.Write("docs/Directory.Build.props", """
            <Project>
              <Import Project="$([System.IO.Path]::Combine($(MSBuildThisFileDirectory), '..', 'Directory.Build.props'))" />
            </Project>
            """);
        repo.Project("docs/Sample/Sample.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("docs/Sample/Sample.csproj");
        repo.Dotnet("restore", "docs/Sample/Sample.csproj").AssertGreen();

        repo.Write("docs/Directory.Build.props", $"<Project>\n  <Import Project=\"{TestEnvironment.ExtractedSdk}/Sdk/Sdk.props\" />\n  <Import Project=\"{TestEnvironment.ExtractedSdk}/Sdk/Sdk.targets\" />\n</Project>\n");
        Diagnostic error = Assert.Single(repo.Dotnet("restore", "docs/Sample/Sample.csproj").WithCode("RGATE0003"));
        Assert.Equal(repo.PathOf("docs/Sample/Sample.csproj"), error.File);
    }

    [Fact]
    public void Two_declared_versions_of_the_gate_fail_at_the_one_that_does_not_run()
    {
        using TestRepository repo = Create();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        repo.Write("global.json", TestRepository.GlobalJson(",\n  \"msbuild-sdks\": {\n    \"ReproGate.Sdk\": \"999.9.9\"\n  }"));
        repo.Dotnet("restore", "App/App.csproj").AssertGreen();

        repo.Replace("global.json", "999.9.9", "999.9.8");
        repo.Dotnet("restore", "App/App.csproj").AssertRed("RGATE0003", repo.PathOf("global.json"), repo.LineOf("global.json", "ReproGate.Sdk"));
    }
}
