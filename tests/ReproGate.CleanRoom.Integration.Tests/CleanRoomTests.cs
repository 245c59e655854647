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
        using TestRepository repo = RoomRepository.Create("répo with space");
        repo.Project("App/App.csproj").Write("App/Program.cs", Program)
            .Project("Lib/Lib.csproj", static project => project.Property("GeneratePackageOnBuild", "true").Property("Authors", "Test")).Write("Lib/Thing.cs", "namespace Lib;\n\npublic static class Thing\n{\n    public static int Two => 2;\n}\n")
            .Solution("Shop.slnx", "App/App.csproj", "Lib/Lib.csproj")
            .Lock("Shop.slnx");
        // Untracked and used by nobody: no fault, and not in the room.
        repo.Write("notes.txt", "mine");

        ProcessResult result = repo.Dotnet("build", "Shop.slnx", "-t:CleanRoom");

        result.AssertGreen();
        using JsonDocument report = RoomRepository.Report(repo);
        Assert.True(report.RootElement.GetProperty("whole").GetBoolean(), result.Describe());
        JsonElement rebuild = report.RootElement.GetProperty("comparison");
        Assert.Equal((2, 0), (report.RootElement.GetProperty("builds").GetInt32(), rebuild.GetProperty("differences").GetArrayLength()));
        Assert.True(rebuild.GetProperty("files").GetInt32() >= 7, rebuild.ToString());
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
        repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertGreen();

        // A program of this machine.
        repo.Write("Directory.Build.targets", "<Project>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <Exec Command=\"machine-own-tool --version\" />\n  </Target>\n</Project>\n").Commit();
        Diagnostic program = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4104", repo.PathOf("Directory.Build.targets"), 3);
        Assert.Contains("runs machine-own-tool, which the image does not hold", program.Text, StringComparison.Ordinal);

        // A request while building.
        repo.Write("Directory.Build.targets", "<Project>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    <DownloadFile SourceUrl=\"https://example.invalid/a.txt\" DestinationFolder=\"$(IntermediateOutputPath)\" Retries=\"0\" />\n  </Target>\n</Project>\n").Commit();
        Diagnostic network = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4104", repo.PathOf("Directory.Build.targets"), 3);
        Assert.Contains("the room has none", network.Text, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();
    }

    [Fact]
    public void Variables_of_this_machine_are_named()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        repo.Environment["ACME_LEVEL"] = "canary-7c1e-secret";
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");
        repo.Write("App/Own.props", "<Project>\n  <PropertyGroup>\n    <From>$(HOME)/x</From>\n    <HasLevel Condition=\"'$(ACME_LEVEL)' != ''\">true</HasLevel>\n  </PropertyGroup>\n</Project>\n")
            .Replace("App/App.csproj", "<PropertyGroup>", "<Import Project=\"Own.props\" />\n  <PropertyGroup>").Commit();

        // Read, and not decisive: the build passes.
        ProcessResult read = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom");
        Diagnostic home = read.AssertOnlyRed("RGATE4110", repo.PathOf("App/Own.props"), 3);
        Assert.Contains("HOME", home.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(read.Errors, static error => error.Text.Contains("ACME_LEVEL", StringComparison.Ordinal));

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
    public void Tests_that_need_this_machine_fail_in_the_room()
    {
        using TestRepository repo = RoomRepository.Create(properties: "<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild>");
        // A runner of ten lines instead of a test framework's packages: VSTest is a target like any other.
        repo.Project("Checks/Checks.csproj").Write("Checks/Program.cs", Program)
            .Write("Checks/Directory.Build.targets", "<Project>\n  <Target Name=\"VSTest\">\n    <Error Code=\"CHK001\" Text=\"/var/machine-own-data is not there\" Condition=\"!Exists('/var/machine-own-data')\" />\n  </Target>\n</Project>\n")
            .Lock("Checks/Checks.csproj");

        Diagnostic fault = repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom").AssertOnlyRed("RGATE4105", repo.PathOf("Checks/Directory.Build.targets"), 3);
        Assert.Contains("/var/machine-own-data is not there", fault.Text, StringComparison.Ordinal);

        repo.Dotnet("msbuild", "Checks/Checks.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomTest=false").AssertGreen();
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

        Diagnostic missing = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomEngine=no-such-engine").AssertOnlyRed("RGATE4101", repo.PathOf("App/App.csproj"));
        Assert.Contains("no-such-engine: not on the PATH", missing.Text, StringComparison.Ordinal);

        repo.Environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
        Diagnostic silent = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomEngine=docker").AssertOnlyRed("RGATE4101", repo.PathOf("App/App.csproj"));
        Assert.Contains("/nowhere/docker.sock", silent.Text, StringComparison.Ordinal);

        // Asked for in CI only, a build outside CI makes no room; in CI it is part of the build.
        repo.Dotnet("build", "App/App.csproj", "-p:ReproGateCleanRoomInCI=true").AssertGreen();
        repo.Dotnet("build", "App/App.csproj", "-p:ReproGateCleanRoomInCI=true", "-p:ReproGateContinuousIntegration=true", "-p:ReproGateCleanRoomEngine=docker").AssertRed("RGATE4101", repo.PathOf("App/App.csproj"));
    }
}
