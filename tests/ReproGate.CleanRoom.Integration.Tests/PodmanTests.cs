using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>The same room by podman, which eng/podman.sh installs where it is missing.</summary>
[Collection("engine")]
public sealed class PodmanTests
{
    [Fact]
    public void A_project_is_built_and_built_again_by_podman()
    {
        (string image, string configuration) = TestEngine.Podman;
        Environment.SetEnvironmentVariable("CONTAINERS_CONF", configuration);
        using TestRepository repo = RoomRepository.Create(properties: $"<ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGateCleanRoomEngine>podman</ReproGateCleanRoomEngine><ReproGateCleanRoomEngineArguments>--ulimit nofile=1024:1024 --ulimit nproc=4096:4096</ReproGateCleanRoomEngineArguments>", pinned: false);
        repo.Environment["CONTAINERS_CONF"] = configuration;
        repo.Replace("Directory.Build.props", TestEngine.Image, image)
            .Project("App/App.csproj").Write("App/Program.cs", "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n").Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomPin=true");

        result.AssertGreen();
        using JsonDocument report = RoomRepository.Report(repo);
        Assert.StartsWith("podman ", report.RootElement.GetProperty("engine").GetString(), StringComparison.Ordinal);
        Assert.Equal((2, 0), (report.RootElement.GetProperty("builds").GetInt32(), report.RootElement.GetProperty("comparison").GetProperty("differences").GetArrayLength()));
        Assert.Equal("", TestEngine.Run("podman", "ps", "--all", "--quiet", "--filter", "label=reprogate.room"));
    }
}
