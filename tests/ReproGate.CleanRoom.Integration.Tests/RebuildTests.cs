using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>RGATE42xx through the packed package: what a build writes down of the machine and the moment. One repository, one run, a cause a project.</summary>
// One after the other: each asks the engine whether anything of its own is left.
[Collection("engine")]
public sealed class RebuildTests
{
    [Fact]
    public void Each_cause_is_told_with_the_task_and_the_place()
    {
        using TestRepository repo = RoomRepository.Create("répo with space", "<ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGateMachineEnabled>false</ReproGateMachineEnabled>");
        Project("Host", "$([System.Environment]::MachineName)");
        Project("User", "$([System.Environment]::UserName)");
        Project("Guid", "$([System.Guid]::NewGuid())");
        Project("Path", "$(MSBuildProjectDirectory)");
        // Near miss: the same value in every build.
        Project("Fixed", "$([System.DateTimeOffset]::FromUnixTimeSeconds(1000000000))");
        repo.Solution("All.slnx", "Host/Host.csproj", "User/User.csproj", "Guid/Guid.csproj", "Path/Path.csproj", "Fixed/Fixed.csproj").Lock("All.slnx");

        ProcessResult result = repo.Dotnet("build", "All.slnx", "-t:CleanRoom");

        using JsonDocument report = RoomRepository.Report(repo);
        Assert.True(report.RootElement.GetProperty("whole").GetBoolean(), result.Describe());
        Dictionary<string, string> causes = report.RootElement.GetProperty("comparison").GetProperty("differences").EnumerateArray()
            .Where(static output => output.GetProperty("path").GetString()!.EndsWith("note.txt", StringComparison.Ordinal))
            .ToDictionary(static output => output.GetProperty("path").GetString()!.Split('/')[0], static output => output.GetProperty("cause").GetProperty("class").GetString()!);
        Assert.Equal(["Guid", "Host", "Path", "User"], causes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("hostName", "userName", "random", "absolutePath"), (causes["Host"], causes["User"], causes["Guid"], causes["Path"]));
        Assert.NotEqual(0, result.ExitCode);
        Diagnostic[] differs = [.. result.WithCode("RGATE4201")];
        Assert.Contains(differs, static finding => finding.Text.Contains("Host/", StringComparison.Ordinal) && finding.Text.Contains("WriteLinesToFile", StringComparison.Ordinal));
        Assert.Equal(repo.PathOf("Host/Host.csproj"), differs.First(static finding => finding.Text.Contains("Host/", StringComparison.Ordinal)).File);
        Assert.Contains(result.WithCode("RGATE4204"), static finding => finding.Text.Contains("Guid/", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Findings, static finding => finding.Text.Contains("Fixed/", StringComparison.Ordinal));
        Assert.Equal(3, report.RootElement.GetProperty("builds").GetInt32());
        RoomRepository.AssertNothingLeft();

        void Project(string name, string value) => repo.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <Target Name="Note" AfterTargets="Build">
                <PropertyGroup>
                  <Note>{value}</Note>
                </PropertyGroup>
                <WriteLinesToFile File="$(OutDir)note.txt" Lines="$(Note)" Overwrite="true" />
              </Target>
            </Project>

            """);
    }
}
