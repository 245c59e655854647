using ReproGate.Cli.Building;
using ReproGate.Cli.Commands;
using ReproGate.Reports;

namespace ReproGate.Cli.Tests;

public sealed class CleanRoomCommandTests
{
    private static readonly Repo Repository = new(Path.Combine(Path.GetTempPath(), "my répo"), Path.Combine(Path.GetTempPath(), "my répo", "All.slnx"));

    [Theory]
    [InlineData("  clean room: build: restore: passed (1.2 s)", "build: restore: passed (1.2 s)")]
    [InlineData("clean room: engine: docker 28 (0.1 s)", "engine: docker 28 (0.1 s)")]
    [InlineData("/x/A.csproj(1,1): error RGATE4104: in the clean room: no", null)]
    [InlineData("", null)]
    public void Progress_is_told_from_findings(string line, string? progress) => Assert.Equal(progress, CleanRoomCommand.ProgressOf(line));

    [Theory]
    [InlineData("/x/A.csproj : warning : clean room: the room of bubblewrap 0.8.0 is weaker [it says why] than a container. [/p/ReproGate.CleanRoom.proj]", "the room of bubblewrap 0.8.0 is weaker [it says why] than a container.")]
    [InlineData("/x/A.csproj : warning : clean room: weaker.", "weaker.")]
    [InlineData("  clean room: build: passed (1.2 s)", null)]
    [InlineData("/x/A.csproj : warning CS0612: clean room: obsolete", null)]
    public void The_note_of_a_weaker_room_is_told_from_progress_and_findings(string line, string? note) => Assert.Equal(note, CleanRoomCommand.WeakerOf(line));

    [Fact]
    public void The_note_of_a_weaker_room_stands_in_the_sarif_that_the_tool_writes()
    {
        string sarif = MergedSarif.Of(Repository, [], ["the room is weaker"]);

        Assert.Contains("toolExecutionNotifications", sarif, StringComparison.Ordinal);
        Assert.Contains("the room is weaker", sarif, StringComparison.Ordinal);
        Assert.DoesNotContain("invocations", MergedSarif.Of(Repository, []), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b:1@sha256:00", "-p:N=a/b:1@sha256:00")]
    [InlineData("a;b,c", "-p:N=a%3Bb%2Cc")]
    [InlineData("100%3B", "-p:N=100%253B")]
    [InlineData("C:\\with space\\podman.exe", "-p:N=C:\\with space\\podman.exe")]
    public void A_value_stays_one_value_on_the_command_line(string value, string argument) => Assert.Equal(argument, CommandLineProperty.Of("N", value));

    [Theory]
    // Passed; a finding; the room could not be had; it could not be built; a warning only; the same id as a remark of a check.
    [InlineData(0, "", 0)]
    [InlineData(1, "RGATE4201", 1)]
    [InlineData(1, "RGATE4101", 2)]
    [InlineData(1, "RGATE0090", 2)]
    [InlineData(0, "RGATE4202 warning", 1)]
    [InlineData(0, "RGATE0090 warning", 1)]
    [InlineData(1, "", 2)]
    public void The_exit_code_says_whether_it_is_known(int exitCode, string finding, int expected)
    {
        ReportedFinding[] findings = finding.Length == 0 ? [] : [new(finding[..9], finding.Contains("warning", StringComparison.Ordinal) ? Severity.Warning : Severity.Error, "All.slnx", 1, 1, "text")];

        Assert.Equal(expected, CleanRoomCommand.Conclude(Repository, exitCode, ran: true, findings, []));
    }

    [Fact]
    public void An_error_of_the_build_that_is_not_ours_is_no_finding()
    {
        Assert.Equal(2, CleanRoomCommand.Conclude(Repository, 1, ran: true, [], ["MSBUILD : error MSB1009: Project file does not exist."]));
    }

    [Fact]
    public void What_has_no_room_is_told_what_to_do()
    {
        string none = Assert.Throws<ToolException>(() => CleanRoomCommand.Conclude(Repository, 1, ran: false, [], ["/x/A.csproj : error MSB4057: The target \"CleanRoom\" does not exist in the project."])).Message;
        Assert.Contains("All.slnx has no clean room: it does not use ReproGate.Sdk. `reprogate init`", none, StringComparison.Ordinal);

        string off = Assert.Throws<ToolException>(() => CleanRoomCommand.Conclude(Repository, 0, ran: false, [], [])).Message;
        Assert.Contains("ReproGateCleanRoomEnabled", off, StringComparison.Ordinal);
    }
}
