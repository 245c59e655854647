using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>RGATE41xx through the packed package, in real containers.</summary>
public sealed class CleanRoomTests
{
    [Fact]
    public void A_healthy_project_builds_in_the_room_and_again_to_the_same_bits()
    {
        using TestRepository repo = RoomRepository.Create("répo with space");
        repo.Project("App/App.csproj").Write("App/Program.cs", "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n").Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom");

        result.AssertGreen();
        using JsonDocument report = RoomRepository.Report(repo);
        Assert.True(report.RootElement.GetProperty("whole").GetBoolean(), result.Describe());
        Assert.Equal(2, report.RootElement.GetProperty("rebuild").GetProperty("builds").GetInt32());
    }
}
