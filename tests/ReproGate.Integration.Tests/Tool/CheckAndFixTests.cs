using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary><c>reprogate check</c>, <c>fix</c>, <c>report</c> and <c>hook</c> on a repository with a fault, until it has none.</summary>
public sealed class CheckAndFixTests
{
    [Fact]
    public void A_fault_is_told_in_every_form_mended_and_gone()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        PackageFixture.Create(repo.Feed, "Acme.Far", "2.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/2.0.0"]);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near", "1.0.0"));
        repo.Write("App/Program.cs", """
            public static class Program
            {
                public static int Run() => AcmeNear.Thing.Do()
                    + AcmeFar.Thing.Do();
            }
            """);
        // A project without any package of its own.
        repo.Project("Tool/Tool.csproj", static project => project.Reference("../App/App.csproj"));
        repo.Write("Tool/Tool.cs", "public static class Tool { public static int Run() => AcmeFar.Thing.Do() + Program.Run(); }");
        repo.Solution("All.slnx", "App/App.csproj", "Tool/Tool.csproj");
        repo.Lock();
        string before = repo.Git("rev-parse", "HEAD").Output.Trim();

        ProcessResult why = repo.Reprogate("why", "acme.far");
        Assert.Equal(0, why.ExitCode);
        Assert.Contains("Acme.Near 1.0.0 (referenced [1.0.0, )) → Acme.Far 2.0.0\n    App/packages.lock.json(", why.Output, StringComparison.Ordinal);
        ProcessResult unknown = repo.Reprogate("why", "Acme");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("(but Acme.Far, Acme.Near)", unknown.Output, StringComparison.Ordinal);

        ProcessResult json = repo.Reprogate("check", "--format", "json");
        Assert.Equal(1, json.ExitCode);
        string[] lines = [.. json.Output.Split('\n').Where(static text => text.StartsWith('{'))];
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"Tool/Tool.cs\"", Assert.Single(lines, static text => text.Contains("Tool.csproj", StringComparison.Ordinal)), StringComparison.Ordinal);
        string line = Assert.Single(lines, static text => text.Contains("\"App/Program.cs\"", StringComparison.Ordinal));
        using (JsonDocument finding = JsonDocument.Parse(line))
        {
            JsonElement root = finding.RootElement;
            Assert.Equal(("RGATE2001", "error", "App/Program.cs", 3), (root.GetProperty("id").GetString(), root.GetProperty("level").GetString(), root.GetProperty("file").GetString(), root.GetProperty("line").GetInt32()));
            Assert.True(root.GetProperty("fix").GetProperty("edits").GetArrayLength() > 0, line);
        }

        // Everything is built: the same is told from what stands.
        ProcessResult text = repo.Reprogate("check");
        Assert.Contains("App/Program.cs(3,", text.Output, StringComparison.Ordinal);
        Assert.Contains("error RGATE2001", text.Output, StringComparison.Ordinal);

        ProcessResult hook = repo.ReprogateWithInput($$"""{"cwd":{{JsonSerializer.Serialize(repo.Root)}},"stop_hook_active":false}""", "hook");
        Assert.Equal(2, hook.ExitCode);
        Assert.Contains("\"decision\":\"block\"", hook.Output, StringComparison.Ordinal);
        Assert.Equal(0, repo.ReprogateWithInput("""{"stop_hook_active":true}""", "hook").ExitCode);

        ProcessResult dry = repo.Reprogate("fix", "--dry-run");
        Assert.Contains("+    <PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" />", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Acme.Far", repo.Read("App/App.csproj"), StringComparison.Ordinal);

        // The reference first, then the lock file that it makes stale.
        ProcessResult mended = repo.Reprogate("fix");
        Assert.True(mended.ExitCode == 0, mended.ToString());
        Assert.Contains("Acme.Far", repo.Read("App/App.csproj"), StringComparison.Ordinal);
        Assert.Contains("  <ItemGroup>\n    <PackageReference Include=\"Acme.Far\" Version=\"2.0.0\" />\n  </ItemGroup>\n</Project>", repo.Read("Tool/Tool.csproj").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        repo.Dotnet("build", "All.slnx").AssertGreen();

        ProcessResult report = repo.Reprogate("report", "--html", "out/page.html", "--sarif", "out/all.sarif");
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("Nothing was found", repo.Read("out/page.html"), StringComparison.Ordinal);
        ReproGate.Tests.SarifSchema.AssertValid(repo.Read("out/all.sarif"));

        // A second fault: only it is new since the first commit, where the first one stood.
        repo.Git("checkout", "--quiet", before, "--", ".");
        repo.Write("App/App.csproj", repo.Read("App/App.csproj").Replace("Version=\"1.0.0\"", "Version=\"1.*\"", StringComparison.Ordinal));
        ProcessResult since = repo.Reprogate("check", "--since", before);
        Assert.True(since.ExitCode == 1, since.ToString());
        Assert.Contains("RGATE1007", since.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("RGATE2001", since.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("since", repo.Git("worktree", "list").Output, StringComparison.Ordinal);
    }

    /// <summary>Libraries for several frameworks have central versions for each; what is added must change none of them.</summary>
    [Theory]
    // A bare line would lift Acme.Far from 1.0.0 to 2.0.0 in one of the two.
    [InlineData("1.0.0", " VersionOverride=\"1.0.0\"")]
    [InlineData("2.0.0", "")]
    public void What_is_added_changes_no_version_where_central_versions_depend_on_the_framework(string near, string version)
    {
        using TestRepository repo = TestRepository.Create("frameworks");
        foreach (string each in (string[])["1.0.0", "2.0.0"])
        {
            PackageFixture.Create(repo.Feed, "Acme.Far", each);
            PackageFixture.Create(repo.Feed, "Acme.Near", each, [$"Acme.Far/{each}"]);
        }

        repo.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Acme.Near" Version="1.0.0" />
                <PackageVersion Include="Acme.Far" Version="1.0.0" />
              </ItemGroup>
              <ItemGroup Condition="'$(TargetFramework)' == 'net10.0-windows'">
                <PackageVersion Update="Acme.Near" Version="{near}" />
                <PackageVersion Update="Acme.Far" Version="2.0.0" />
              </ItemGroup>
            </Project>
            """);
        // All it declares stands under conditions that name frameworks.
        repo.Project("App/App.csproj", static project => project
            .Property("TargetFrameworks", "net10.0;net10.0-windows").Property("EnableWindowsTargeting", "true").Property("DisableTransitiveFrameworkReferenceDownloads", "true")
            .Package("Acme.Near", condition: "$(TargetFramework.StartsWith('net10.0'))"));
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => AcmeNear.Thing.Do() + AcmeFar.Thing.Do(); }");
        repo.Lock("App/App.csproj");

        ProcessResult fix = repo.Reprogate("fix", "App/App.csproj");
        Assert.True(fix.ExitCode == 0, fix.ToString());
        Assert.Contains($"  <ItemGroup>\n    <PackageReference Include=\"Acme.Far\"{version} />\n  </ItemGroup>\n</Project>", repo.Read("App/App.csproj").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Theory]
    [InlineData(true, " VersionOverride=\"1.0.0\"")]
    [InlineData(false, "")]
    public void What_is_added_pins_nothing_in_other_projects(bool pinning, string version)
    {
        using TestRepository repo = TestRepository.Create("épinglé");
        foreach (string each in (string[])["1.0.0", "2.0.0"])
        {
            PackageFixture.Create(repo.Feed, "Acme.Far", each);
        }

        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/1.0.0"]);
        PackageFixture.Create(repo.Feed, "Acme.Wide", "1.0.0", ["Acme.Far/2.0.0"]);
        repo.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
                <CentralPackageTransitivePinningEnabled>{(pinning ? "true" : "false")}</CentralPackageTransitivePinningEnabled>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Acme.Near" Version="1.0.0" />
                <PackageVersion Include="Acme.Wide" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near"));
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => AcmeNear.Thing.Do() + AcmeFar.Thing.Do(); }");
        // Another project has a higher version of it: pinned to 1.0.0 it could not be restored (NU1109).
        repo.Project("Wide/Wide.csproj", static project => project.Package("Acme.Wide"));
        repo.Write("Wide/Program.cs", "public static class Wide { public static int Run() => AcmeWide.Thing.Do(); }");
        repo.Solution("All.slnx", "App/App.csproj", "Wide/Wide.csproj");
        repo.Lock("All.slnx");

        ProcessResult fix = repo.Reprogate("fix", "All.slnx");
        Assert.True(fix.ExitCode == 0, fix.ToString());
        Assert.Contains($"<PackageReference Include=\"Acme.Far\"{version} />", repo.Read("App/App.csproj"), StringComparison.Ordinal);
        Assert.Equal(pinning, !repo.Read("Directory.Packages.props").Contains("Acme.Far", StringComparison.Ordinal));
        repo.Dotnet("build", "All.slnx").AssertGreen();
    }

    [Fact]
    public void What_the_build_turns_out_to_need_is_put_back()
    {
        using TestRepository repo = TestRepository.Create("put back");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Near", "1.0.0"));
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => 1; }");
        // A name leaves no trace in the assembly, and the text of generated code is nobody's.
        repo.Replace("App/App.csproj", "</Project>", """
              <Target Name="Generate" BeforeTargets="CoreCompile">
                <WriteLinesToFile File="$(IntermediateOutputPath)Name.g.cs" Lines="class Named { public const string Name = nameof(AcmeNear.Thing)%3B }" Overwrite="true" WriteOnlyWhenDifferent="true" />
                <ItemGroup>
                  <Compile Include="$(IntermediateOutputPath)Name.g.cs" />
                </ItemGroup>
              </Target>
            </Project>
            """);
        repo.Lock("App/App.csproj");
        string declared = repo.Read("App/App.csproj"), locked = repo.Read("App/packages.lock.json");

        ProcessResult fix = repo.Reprogate("fix", "App/App.csproj");
        Assert.True(fix.ExitCode == 1, fix.ToString());
        Assert.Contains("-    <PackageReference Include=\"Acme.Near\" Version=\"1.0.0\" />", fix.Output, StringComparison.Ordinal);
        Assert.Contains("so it is put back", fix.Output, StringComparison.Ordinal);
        Assert.Equal((declared, locked), (repo.Read("App/App.csproj"), repo.Read("App/packages.lock.json")));
        repo.Dotnet("build", "App/App.csproj").AssertWarns("RGATE2003", repo.PathOf("App/App.csproj"));
    }

    [Fact]
    public void What_cannot_run_says_so_and_no_gate_is_no_pass()
    {
        using TestRepository repo = TestRepository.Create(gate: false);
        repo.Project("App/App.csproj");
        repo.Write("App/Program.cs", "public static class Program { public static int Run() => 1; }");
        repo.Solution("All.slnx", "App/App.csproj");

        ProcessResult ungated = repo.Reprogate("check");
        Assert.Equal(2, ungated.ExitCode);
        Assert.Contains("does not use ReproGate.Sdk", ungated.Output, StringComparison.Ordinal);

        repo.Write("App/Program.cs", "broken");
        Assert.Equal(2, repo.Reprogate("check").ExitCode);

        ProcessResult nowhere = repo.Reprogate("check", "Missing.slnx");
        Assert.Equal(2, nowhere.ExitCode);
        Assert.Contains("'Missing.slnx' does not exist", nowhere.Output, StringComparison.Ordinal);
        // System.CommandLine's own code for what it does not understand is the one for findings.
        Assert.Equal(2, repo.Reprogate("no-such-command").ExitCode);
        Assert.Equal(2, repo.Reprogate("check", "--no-such-option").ExitCode);
        Assert.Equal(2, repo.Reprogate("explain").ExitCode);
        ProcessResult help = repo.Reprogate("--help");
        Assert.True(help.ExitCode == 0 && help.Output.Split('\n').All(static line => line.Length < 200), help.ToString());
        ProcessResult rules = repo.Reprogate("rules");
        Assert.Equal(RuleCatalog.All.Select(static rule => rule.Id), rules.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0]));
        Assert.Contains("there is no rule 'RGATE9999'", repo.Reprogate("explain", "RGATE9999").Output, StringComparison.Ordinal);
    }
}
