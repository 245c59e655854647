using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Package;

/// <summary>However the package is brought in, the gate judges restore and build; where it has no business it stays silent.</summary>
public sealed class WaysOfUseTests
{
    [Theory]
    [InlineData("Microsoft.NET.Sdk", true)]
    [InlineData("Microsoft.NET.Sdk;ReproGate.Sdk/999.9.9", false)]
    [InlineData("ReproGate.Sdk/999.9.9", false)]
    [InlineData("Microsoft.NET.Sdk;ReproGate.Sdk/999.9.9", true)]
    public void It_judges_restore_and_build(string sdk, bool inDirectoryBuildProps)
    {
        using TestRepository repo = TestRepository.Create();
        if (!inDirectoryBuildProps)
        {
            repo.Write("Directory.Build.props", "<Project />");
        }

        repo.Project("App/App.csproj", project => project.Sdk(sdk).Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true"));
        repo.Write("App/Class1.cs", "public class Class1;\n").Commit();

        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1001", repo.PathOf("App/App.csproj"));
        repo.Lock("App/App.csproj");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");

        green.AssertGreen();
        Assert.True(File.Exists(repo.PathOf("App/bin/Debug/net10.0/App.dll")));
        Assert.True(File.Exists(repo.PathOf("App/bin/Debug/net10.0-windows/App.dll")));
        File.Delete(repo.PathOf("App/packages.lock.json"));
        repo.Dotnet("build", "App/App.csproj", "--no-restore").AssertOnlyRed("RGATE1001", repo.PathOf("App/App.csproj"));
    }

    [Theory]
    [InlineData("restore")]
    [InlineData("build")]
    public void As_only_SDK_below_a_Directory_Build_props_that_names_it_too_it_says_what_to_write(string verb)
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", static project => project.Sdk("ReproGate.Sdk/999.9.9")).Commit();

        Diagnostic red = repo.Dotnet(verb, "App/App.csproj").AssertOnlyRed("RGATE0003", repo.PathOf("App/App.csproj"));

        Assert.Contains("write Sdk=\"Microsoft.NET.Sdk\" here", red.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_judges_whatever_dotnet_is_asked_to_do()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj", static project => project.Property("OutputType", "Exe"));
        repo.Write("App/Program.cs", "System.Console.WriteLine(\"ran\");\n").Commit();
        repo.Solution("All.slnx", "App/App.csproj");
        string[][] commands =
        [
            ["build", "App/App.csproj"], ["test", "App/App.csproj"], ["publish", "App/App.csproj"], ["pack", "App/App.csproj"], ["msbuild", "-restore", "App/App.csproj"],
            ["build", "All.slnx"], ["test", "All.slnx"], ["publish", "All.slnx"], ["pack", "All.slnx"],
        ];

        foreach (string[] command in commands)
        {
            repo.Dotnet(command).AssertOnlyRed("RGATE1001", repo.PathOf("App/App.csproj"));
        }

        repo.Lock("App/App.csproj");
        foreach (string[] command in commands)
        {
            repo.Dotnet(command).AssertGreen();
        }
    }

    [Fact]
    public void Its_version_may_stand_in_global_json()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Write("Directory.Build.props", "<Project>\n  <Sdk Name=\"ReproGate.Sdk\" />\n</Project>\n");
        repo.Write("global.json", TestRepository.GlobalJson($", \"msbuild-sdks\": {{ \"ReproGate.Sdk\": \"{TestEnvironment.SdkVersion}\" }}"));
        repo.Project("App/App.csproj").Commit();

        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1001", repo.PathOf("App/App.csproj"));
        repo.Lock("App/App.csproj");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void It_judges_web_and_Visual_Basic_projects_of_a_solution()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("Web/Web.csproj", static project => project.Sdk("Microsoft.NET.Sdk.Web").Property("OutputType", "Exe"));
        repo.Write("Web/Program.cs", "System.Console.WriteLine();\n");
        repo.Project("Basic/Basic.vbproj");
        repo.Solution("All.slnx", "Web/Web.csproj", "Basic/Basic.vbproj").Commit();

        ProcessResult red = repo.Dotnet("restore", "All.slnx");
        red.AssertRed("RGATE1001", repo.PathOf("Web/Web.csproj"));
        red.AssertRed("RGATE1001", repo.PathOf("Basic/Basic.vbproj"));
        repo.Lock("All.slnx");
        repo.Dotnet("build", "All.slnx").AssertGreen();
    }

    [Fact]
    public void A_project_without_NuGet_is_left_alone()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Write("Plain/Plain.proj", """
            <Project DefaultTargets="Build">
              <Import Project="$(MSBuildThisFileDirectory)../Directory.Build.props" />
              <Target Name="Restore" />
              <Target Name="Build"><Message Importance="high" Text="built" /></Target>
            </Project>
            """).Commit();

        Assert.Contains("built", repo.Dotnet("build", "Plain/Plain.proj").AssertGreen().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_folder_whose_name_MSBuild_takes_for_two_nothing_is_accused_and_that_nothing_was_judged_is_told()
    {
        using TestRepository repo = TestRepository.Create("a;b", privateHome: true);
        repo.Project("App/App.csproj", static project => project.Property("NoWarn", "CS0168")).Write("App/Program.cs", "class Program { static void Main() { } }").Commit();
        // NuGet itself reads no configuration there.
        Directory.CreateDirectory(Path.Combine(repo.Home, ".nuget", "NuGet"));
        File.WriteAllText(Path.Combine(repo.Home, ".nuget", "NuGet", "NuGet.Config"), repo.Read("NuGet.config").Replace("\".feeds", $"\"{repo.PathOf(".feeds")}", StringComparison.Ordinal));
        File.Delete(repo.PathOf("NuGet.config"));

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Assert.True(result.ExitCode == 0, result.Describe());
        Diagnostic told = Assert.Single(result.Findings);
        Assert.Equal(("RGATE0090", false, repo.PathOf("App/App.csproj")), (told.Code, told.IsError, told.File));
        Assert.Contains("semicolon", told.Text, StringComparison.Ordinal);
        Assert.Empty(repo.Dotnet("build", "App/App.csproj", "-p:NoWarn=RGATE0090").Findings);
    }

    [Fact]
    public void An_old_host_is_told_and_runs_no_task()
    {
        using TestRepository repo = TestRepository.Create();
        repo.Project("App/App.csproj").Commit();

        ProcessResult red = repo.Dotnet("restore", "App/App.csproj", "-p:BundledNETCoreAppTargetFrameworkVersion=9.0");
        ProcessResult observed = repo.Dotnet("restore", "App/App.csproj", "-p:BundledNETCoreAppTargetFrameworkVersion=9.0", "-p:ReproGateMode=observe", "-p:RestoreLockedMode=false");
        ProcessResult suppressed = repo.Dotnet("restore", "App/App.csproj", "-p:BundledNETCoreAppTargetFrameworkVersion=9.0", "-p:NoWarn=rgate0002");
        ProcessResult current = repo.Dotnet("restore", "App/App.csproj", "-p:BundledNETCoreAppTargetFrameworkVersion=11.0", "-p:ReproGateMode=observe");

        red.AssertOnlyRed("RGATE0002", repo.PathOf("App/App.csproj"));
        Assert.Empty(BuildLog.Read(red).GateTasks);
        Assert.Contains(observed.Warnings, static warning => warning.Code == "RGATE0002");
        Assert.DoesNotContain(observed.Errors, static error => error.Code == "RGATE0002");
        Assert.DoesNotContain(suppressed.Findings, static finding => finding.Code == "RGATE0002");
        Assert.DoesNotContain(current.Findings, static finding => finding.Code == "RGATE0002");
    }
}
