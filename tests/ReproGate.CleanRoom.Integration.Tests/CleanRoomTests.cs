using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>RGATE41xx through the packed package, in real containers.</summary>
// One after the other: each asks the engine whether anything of its own is left.
[Collection("engine")]
public sealed class CleanRoomTests
{
    private const string Program = "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n";

    [Fact]
    public void A_healthy_solution_passes_once_and_is_the_same_bits_again()
    {
        using TestRepository repo = RoomRepository.Create("répo with space", "<ReproGatePackagesEnabled>false</ReproGatePackagesEnabled>");
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Data", "2.0.0", files: [("content/data.txt", "data\n"u8.ToArray())]);
        File.WriteAllBytes(Path.Combine(repo.Feed, "acme.tool.1.0.0.nupkg"), PackageFixture.Tool("acme.tool", "1.0.0", "acme"));
        repo.Write(".config/dotnet-tools.json", "{ \"version\": 1, \"isRoot\": true,\n  \"tools\": { \"acme.tool\": { \"version\": \"1.0.0\", \"commands\": [\"acme\"] } } }\n")
            .Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Item("PackageDownload", "Acme.Data", null, ("Version", "[2.0.0]")).Item("Content", "$(NuGetPackageRoot)/acme.data/2.0.0/content/data.txt", "'$(NuGetPackageRoot)' != ''", ("Link", "data.txt"), ("CopyToOutputDirectory", "Always")))
            .Write("App/Program.cs", Program.Replace("=> 1;", "=> AcmeJson.Thing.Do();", StringComparison.Ordinal))
            .Project("Lib/Lib.csproj", static project => project.Property("GeneratePackageOnBuild", "true").Property("Authors", "Test")).Write("Lib/Thing.cs", "namespace Lib;\n\npublic static class Thing\n{\n    public static int Two => 2;\n}\n")
            .Write("Web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <ItemGroup>\n    <ProjectReference Include=\"../Lib/Lib.csproj\" />\n  </ItemGroup>\n</Project>\n")
            .Write("Web/Program.cs", "Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args).Build().Run(Lib.Thing.Two.ToString());\n").Write("Web/wwwroot/site.css", "body { margin: 0 }\n")
            .Project("Checks/Checks.csproj").Write("Checks/Program.cs", Program.Replace("App", "Checks", StringComparison.Ordinal))
            // A runner of three lines instead of a test framework's packages: VSTest is a target like any other.
            .Write("Checks/Directory.Build.targets", "<Project>\n  <Target Name=\"VSTest\">\n    <Error Text=\"nothing was built\" Condition=\"!Exists('$(TargetPath)')\" />\n    <WriteLinesToFile File=\"$(MSBuildProjectDirectory)/TestResults/ran.txt\" Lines=\"$(TargetPath)\" />\n  </Target>\n</Project>\n")
            .Solution("Shop.slnx", "App/App.csproj", "Lib/Lib.csproj", "Web/Web.csproj", "Checks/Checks.csproj");
        // Tools and what is only downloaded stand in the gate's own lock.
        repo.Dotnet("msbuild", "-t:ReproGateLock", "Shop.slnx").AssertGreen();
        repo.Commit();
        // Untracked and used by nobody: no fault, and not in the room.
        repo.Write("notes.txt", "mine");

        ProcessResult result = repo.Dotnet("build", "Shop.slnx", "-t:CleanRoom", "-p:ReproGateCleanRoomClock=400");

        Assert.True(result.ExitCode == 0, result.Describe());
        using JsonDocument report = RoomRepository.Report(repo);
        Assert.True(report.RootElement.GetProperty("whole").GetBoolean(), result.Describe());
        JsonElement rebuild = report.RootElement.GetProperty("comparison");
        // All the same bits but for what the web SDK says of its files' times, which is a remark.
        Diagnostic served = Assert.Single(result.Findings);
        Assert.Equal(("RGATE4202", false), (served.Code, served.IsError));
        Assert.Contains("Web.staticwebassets.endpoints.json", served.Text, StringComparison.Ordinal);
        Assert.Equal((2, 1), (report.RootElement.GetProperty("builds").GetInt32(), rebuild.GetProperty("differences").GetArrayLength()));
        Assert.True(rebuild.GetProperty("files").GetInt32() >= 18, rebuild.ToString());
        string outputs = File.ReadAllText(repo.PathOf("obj/reprogate/cleanroom/outputs.sha256"));
        Assert.All((string[])["App/bin/Release/net10.0/data.txt", "Lib/bin/Release/Lib.1.0.0.nupkg", "Web/bin/Release/net10.0/Web.dll"], path => Assert.Contains(path, outputs, StringComparison.Ordinal));
        Assert.All((string[])["build: tools: passed", "build: test: passed"], phase => Assert.Contains("clean room: " + phase, result.Output, StringComparison.Ordinal));
        Assert.Equal(1, result.Output.Split('\n').Count(static line => line.Contains("clean room: snapshot:", StringComparison.Ordinal)));
        RoomRepository.AssertReports(repo, result);
        RoomRepository.AssertNothingLeft();
    }

    [Fact]
    public void What_only_this_machine_has_is_named()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");

        // A source that a glob takes in here, and that git ignores.
        repo.Write(".gitignore", repo.Read(".gitignore") + "*.Local.cs\n").Commit();
        repo.Write("App/Own.Local.cs", "namespace App;\n\ninternal static class Own\n{\n    public const int One = 1;\n}\n").Replace("App/Program.cs", "=> 1;", "=> Own.One;");
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Diagnostic file = repo.Dotnet("msbuild", "App/App.csproj", "-t:ReproGateCleanRoom").AssertOnlyRed("RGATE4103", repo.PathOf("App/Own.Local.cs"), 1);
        Assert.Contains("CS0103", file.Text, StringComparison.Ordinal);

        // Near miss: committed by force it is as good as any.
        repo.Git("add", "--force", "App/Own.Local.cs");
        ProcessResult passed = RoomRepository.Reprogate(repo, "cleanroom", "App/App.csproj");
        Assert.True(passed.ExitCode == 0, passed.Describe());
        Assert.Contains("clean room: build: build: passed", passed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("clean room: this machine", passed.Output, StringComparison.Ordinal);

        // No error names it: only the logs of both builds tell what a file outside the repository decided.
        string outside = Path.Combine(repo.Home, "channel");
        File.WriteAllText(outside, "fast");
        repo.Write("App/Directory.Build.targets", $"<Project>\n  <PropertyGroup>\n    <Channel Condition=\"Exists('{outside}')\">fast</Channel>\n  </PropertyGroup>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Error Text=\"no channel\" Condition=\"'$(Channel)' == ''\" />\n  </Target>\n</Project>\n").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Diagnostic divergent = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4104", repo.PathOf("App/Directory.Build.targets"), 3);
        Assert.Contains("The same build passes on this machine. The first input that is not the same: property Channel is 'fast' here and has no value in the room", divergent.Text, StringComparison.Ordinal);
        Assert.Contains("no channel, at Directory.Build.targets(6)", divergent.Text, StringComparison.Ordinal);

        // Near miss: what fails here, too, is no matter of this machine.
        File.Delete(outside);
        Diagnostic alike = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4104", repo.PathOf("App/Directory.Build.targets"), 6);
        Assert.Contains("It fails on this machine, too", alike.Text, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();
    }

    [Fact]
    public void What_ceases_to_build_on_a_day_to_come_is_told_where_it_fails()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        // A licence that ends in 200 days, and a near miss that ends in 900.
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj")
            .Write("App/Directory.Build.targets", $"<Project>\n  <Target Name=\"Licence\" BeforeTargets=\"CoreCompile\">\n{Until("LIC01", 900)}{Until("LIC02", 200)}  </Target>\n</Project>\n").Commit();

        ProcessResult result = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomClock=400");

        Diagnostic told = result.AssertOnlyRed("RGATE4104", repo.PathOf("App/Directory.Build.targets"), 4);
        Assert.Contains("cannot be built in the clean room once the clock stands 400 days ahead: LIC02: the licence ended", told.Text, StringComparison.Ordinal);
        Assert.Contains("By the clock as it is the same build passes", told.Text, StringComparison.Ordinal);
        Assert.Equal(3, RoomRepository.Report(repo).RootElement.GetProperty("builds").GetInt32());
        RoomRepository.AssertNothingLeft();

        static string Until(string code, int days) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"    <Error Code=\"{code}\" Text=\"the licence ended\" Condition=\"$([System.DateTime]::UtcNow.Ticks) &gt; {DateTime.UtcNow.AddDays(days).Ticks}\" />\n");
    }

    [Fact]
    public void Each_project_that_fails_in_the_room_is_told_with_what_it_lacked()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        repo.Environment["ACME_LEVEL"] = "canary-7c1e-secret";
        repo.Write(".gitignore", repo.Read(".gitignore") + "*.Local.cs\n");
        Faulty("Tool", "<Exec Command=\"machine-own-tool --version\" />");
        Faulty("Rooted", "<Exec Command=\"/opt/machine-own/bin/make-it\" />");
        Faulty("Download", "<DownloadFile SourceUrl=\"https://example.invalid/a.txt\" DestinationFolder=\"$(IntermediateOutputPath)\" Retries=\"0\" />");
        Faulty("Outside", "<Copy SourceFiles=\"/var/machine-own/data.txt\" DestinationFolder=\"$(IntermediateOutputPath)\" />");
        Faulty("Level", "<Error Code=\"LVL01\" Text=\"no level\" Condition=\"'$(ACME_LEVEL)' == ''\" />");
        Faulty("Ignored", "").Write("Ignored/Program.cs", "namespace Ignored;\n\npublic static class Program\n{\n    public static int Run() => Own.One;\n}\n")
            .Write("Ignored/Own.Local.cs", "namespace Ignored;\n\ninternal static class Own\n{\n    public const int One = 1;\n}\n");
        // Near misses: one that builds, and one that is only not built because what it needs is not.
        Faulty("Whole", "<Exec Command=\"git --version\" />");
        Faulty("Follows", "").Replace("Follows/Follows.csproj", "</Project>", "  <ItemGroup>\n    <ProjectReference Include=\"../Tool/Tool.csproj\" />\n  </ItemGroup>\n</Project>");
        repo.Solution("All.slnx", "Tool/Tool.csproj", "Rooted/Rooted.csproj", "Download/Download.csproj", "Outside/Outside.csproj", "Level/Level.csproj", "Ignored/Ignored.csproj", "Whole/Whole.csproj", "Follows/Follows.csproj").Lock("All.slnx");

        ProcessResult result = repo.Dotnet("msbuild", "All.slnx", "-t:CleanRoom");

        Diagnostic[] told = [.. result.Findings.OrderBy(static finding => finding.File, StringComparer.Ordinal)];
        Assert.True(told.Length == 6, result.Describe());
        Expect(told[0], "RGATE4104", "Download/Download.csproj", 6, "the room has none");
        Expect(told[1], "RGATE4103", "Ignored/Own.Local.cs", 1, "CS0103");
        Expect(told[2], "RGATE4104", "Level/Level.csproj", 6, "$(ACME_LEVEL) has no value in the room");
        Expect(told[3], "RGATE4104", "Outside/Outside.csproj", 6, "/var/machine-own/data.txt");
        Expect(told[4], "RGATE4104", "Rooted/Rooted.csproj", 6, "runs /opt/machine-own/bin/make-it, which the room does not hold");
        Expect(told[5], "RGATE4104", "Tool/Tool.csproj", 6, "runs machine-own-tool, which the room does not hold");
        Assert.DoesNotContain("canary-7c1e-secret", result.Output, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();

        TestRepository Faulty(string name, string step) => repo.Write($"{name}/{name}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    {step}\n  </Target>\n</Project>\n").Write($"{name}/Thing.cs", $"namespace {name};\n\ninternal static class Thing;\n");

        void Expect(Diagnostic finding, string code, string file, int line, string text)
        {
            Assert.Equal((true, code, repo.PathOf(file), line), (finding.IsError, finding.Code, finding.File, finding.Line));
            Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Variables_of_this_machine_are_named()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        const string asks = "<Project>\n  <Target Name=\"Asks\" AfterTargets=\"Build\">\n    <Exec Command=\"sh asks.sh\" />\n  </Target>\n</Project>\n";
        repo.Environment["ACME_LEVEL"] = "canary-7c1e-secret";
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");
        repo.Write("App/Own.props", "<Project>\n  <PropertyGroup>\n    <From>$(HOME)/x</From>\n    <HasLevel Condition=\"'$(ACME_LEVEL)' != ''\">true</HasLevel>\n  </PropertyGroup>\n</Project>\n")
            .Replace("App/App.csproj", "<PropertyGroup>", "<Import Project=\"Own.props\" />\n  <PropertyGroup>")
            .Write("App/Directory.Build.targets", asks)
            // What a script runs no gate sees that reads build files.
            .Write("App/asks.sh", "set -e\nperl -e 1\ncat /opt/acme/none.txt 2>/dev/null || true\n").Commit();

        // Read, and not decisive: the build passes. What it ran and asked for besides only the system's calls tell.
        ProcessResult read = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomTrace=true", "-p:ReproGateCleanRoomAblation=true");
        Diagnostic[] told = [.. read.Findings.OrderBy(static finding => finding.File, StringComparer.OrdinalIgnoreCase).ThenBy(static finding => finding.Text, StringComparer.Ordinal)];
        Assert.True(told.Length == 3, read.Describe());
        Assert.All(told, static finding => Assert.Equal("RGATE4110", finding.Code));
        Assert.Equal((repo.PathOf("App/asks.sh"), 3), (told[0].File, told[0].Line));
        Assert.Contains("asked for /opt/acme/none.txt, a file outside the repository", told[0].Text, StringComparison.Ordinal);
        Assert.Equal((repo.PathOf("App/asks.sh"), 2), (told[1].File, told[1].Line));
        Assert.Contains("ran the program perl", told[1].Text, StringComparison.Ordinal);
        Assert.Equal((repo.PathOf("App/Own.props"), 3), (told[2].File, told[2].Line));
        Assert.Contains("HOME here; without it", told[2].Text, StringComparison.Ordinal);
        repo.Write("App/Directory.Build.targets", "<Project />\n");

        // Allowed with its reason it is declared; what decides is named, its value nowhere.
        repo.Write("reprogate.allow.json", "{ \"allow\": [ { \"variable\": \"HOME\", \"reason\": \"a test\" } ] }\n")
            .Write("App/Checked.cs", "#if LEVEL\nnamespace App;\n\ninternal static class Level\n{\n    public const int Value = 1;\n}\n#endif\n")
            .Replace("App/Own.props", "<HasLevel", "<DefineConstants Condition=\"'$(ACME_LEVEL)' != ''\">$(DefineConstants);LEVEL</DefineConstants>\n    <HasLevel")
            .Replace("App/Program.cs", "=> 1;", "=> Level.Value;").Commit();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        ProcessResult decided = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom");
        Diagnostic level = decided.AssertOnlyRed("RGATE4104", repo.PathOf("App/Own.props"), 4);
        Assert.Contains("$(ACME_LEVEL) has no value in the room", level.Text, StringComparison.Ordinal);
        foreach (string report in Directory.EnumerateFiles(repo.PathOf("obj/reprogate/cleanroom"), "*.json"))
        {
            Assert.DoesNotContain("canary-7c1e-secret", File.ReadAllText(report), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_published_package_is_built_again_from_its_commit()
    {
        using TestRepository repo = TestRepository.Create(privatePackages: false);
        // No line of ours: whoever published it need not know us.
        repo.Write("Directory.Build.props", "<Project>\n  <PropertyGroup>\n    <RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>\n  </PropertyGroup>\n</Project>\n")
            .Project("src/Lib.csproj", static project => project.Property("PackageId", "Acme.Lib").Property("Authors", "Acme").Property("DebugType", "embedded").Property("PublishRepositoryUrl", "true"))
            .Write("src/Thing.cs", "namespace Lib;\n\npublic static class Thing\n{\n    public static int Two => 2;\n}\n");
        repo.Dotnet("restore", "src/Lib.csproj").AssertGreen();
        repo.Commit();
        repo.Git("remote", "add", "origin", "https://example.invalid/acme/lib");
        repo.Environment["SOURCE_DATE_EPOCH"] = repo.Git("show", "--no-patch", "--format=%ct", "HEAD").Output.Trim();
        repo.Environment["ContinuousIntegrationBuild"] = "true";
        Pack("published");

        ProcessResult same = Verify("published");
        Assert.True(same.ExitCode == 0, same.Describe());
        Assert.Contains("The same bytes.", same.Output, StringComparison.Ordinal);

        // Published with a change that is in no commit.
        repo.Replace("src/Thing.cs", "=> 2;", "=> 3;");
        Pack("other");
        ProcessResult other = Verify("other");
        Assert.True(other.ExitCode == 1, other.Describe());
        Assert.Contains("lib/net10.0/Lib.dll › Lib.Thing.get_Two", other.Output, StringComparison.Ordinal);
        Assert.Contains("although the same compiler made them", other.Output, StringComparison.Ordinal);

        // What its commit does not lock is not built.
        repo.Git("rm", "--quiet", "--cached", "src/packages.lock.json");
        repo.Git("commit", "--quiet", "-m", "no lock");
        Pack("unlocked");
        ProcessResult unlocked = Verify("unlocked");
        Assert.True(unlocked.ExitCode == 2, unlocked.Describe());
        Assert.Contains("locks no packages for src/Lib.csproj", unlocked.Output, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();

        void Pack(string folder) => repo.Dotnet("pack", "src/Lib.csproj", "-c", "Release", "-o", "bin/" + folder).AssertGreen();

        ProcessResult Verify(string folder) => RoomRepository.Reprogate(repo, "verify", $"bin/{folder}/Acme.Lib.1.0.0.nupkg", "--repository", repo.Root, "--image", TestEngine.Image);
    }

    [Fact]
    public void Tests_that_need_this_machine_fail_in_the_room()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild>");
        // A runner of ten lines instead of a test framework's packages: VSTest is a target like any other.
        repo.Project("Checks/Checks.csproj").Write("Checks/Program.cs", Program)
            .Write("Checks/Directory.Build.targets", "<Project>\n  <Target Name=\"VSTest\">\n    <Error Code=\"CHK001\" Text=\"/var/machine-own-data is not there\" Condition=\"!Exists('/var/machine-own-data')\" />\n  </Target>\n</Project>\n")
            .Lock("Checks/Checks.csproj");

        Diagnostic fault = repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4105", repo.PathOf("Checks/Directory.Build.targets"), 3);
        Assert.Contains("/var/machine-own-data is not there", fault.Text, StringComparison.Ordinal);

        Assert.Contains("They fail on this machine, too", fault.Text, StringComparison.Ordinal);

        // Here it is there: what only this machine has.
        string data = Path.Combine(repo.Home, "machine-own-data");
        File.WriteAllText(data, "");
        repo.Replace("Checks/Directory.Build.targets", "!Exists('/var/machine-own-data')", $"!Exists('{data}')").Commit();
        Diagnostic own = repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4105", repo.PathOf("Checks/Directory.Build.targets"), 3);
        Assert.Contains("The same tests pass on this machine", own.Text, StringComparison.Ordinal);

        repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomTest=false").AssertGreen();
    }

    [Fact]
    public void What_a_test_writes_beside_the_assembly_is_no_output_of_the_build()
    {
        using TestRepository repo = RoomRepository.Create();
        repo.Project("Checks/Checks.csproj").Write("Checks/Program.cs", Program)
            .Write("Checks/Directory.Build.targets", "<Project>\n  <Target Name=\"VSTest\">\n    <WriteLinesToFile File=\"$(OutDir)report-$([System.Guid]::NewGuid()).txt\" Lines=\"$([System.DateTime]::UtcNow.Ticks)\" />\n  </Target>\n</Project>\n")
            .Lock("Checks/Checks.csproj");

        ProcessResult result = repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom").AssertGreen();

        Assert.Contains("clean room: build: test: passed", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("report-", File.ReadAllText(repo.PathOf("obj/reprogate/cleanroom/outputs.sha256")), StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();
    }

    [Fact]
    public void An_image_without_pin_is_not_built_with_and_pinned_by_one_command()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest>", pinned: false);
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");

        ProcessResult unpinned = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom");
        unpinned.AssertOnlyRed("RGATE4102", repo.PathOf("reprogate.lock.json"));
        Assert.DoesNotContain("clean room: snapshot:", unpinned.Output, StringComparison.Ordinal);

        repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomPin=true").AssertGreen();
        Assert.Contains($"\"{TestEngine.Image}\": {{ \"digest\": \"{TestEngine.ImageId}\" }}", repo.Read("reprogate.lock.json"), StringComparison.Ordinal);
        Assert.Contains("ReproGate.Sdk/", repo.Read("reprogate.lock.json"), StringComparison.Ordinal);

        // The SDK that global.json asks for is not in the image.
        repo.Write("global.json", "{ \"sdk\": { \"version\": \"10.0.999\", \"rollForward\": \"latestPatch\" } }\n").Commit();
        repo.Write("global.json", TestRepository.GlobalJson());
        repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertGreen();
        repo.Write("reprogate.lock.json", repo.Read("reprogate.lock.json").Replace(TestEngine.ImageId, "sha256:" + new string('0', 64), StringComparison.Ordinal));
        repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4102", repo.PathOf("reprogate.lock.json"));
    }

    [Fact]
    public void Without_an_engine_it_says_what_was_tried_and_without_being_asked_nothing_runs()
    {
        using TestRepository repo = RoomRepository.Create();
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");

        ProcessResult missing = RoomRepository.Reprogate(repo, "cleanroom", "App", "--engine", "no-such-engine");
        Assert.True(missing.ExitCode == 2, missing.Describe());
        Assert.Contains("App/App.csproj: error RGATE4101", missing.Output, StringComparison.Ordinal);
        Assert.Contains("no-such-engine: not on the PATH", missing.Output, StringComparison.Ordinal);

        repo.Environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
        Diagnostic silent = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomEngine=docker").AssertOnlyRed("RGATE4101", repo.PathOf("App/App.csproj"));
        Assert.Contains("/nowhere/docker.sock", silent.Text, StringComparison.Ordinal);

        // Asked for in CI only, a build outside CI makes no room; in CI it is part of the build.
        repo.Dotnet("build", "App/App.csproj", "-p:ReproGateCleanRoomInCI=true").AssertGreen();
        repo.Dotnet("build", "App/App.csproj", "-p:ReproGateCleanRoomInCI=true", "-p:ReproGateContinuousIntegration=true", "-p:ReproGateCleanRoomEngine=docker").AssertRed("RGATE4101", repo.PathOf("App/App.csproj"));
    }
}
