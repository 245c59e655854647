using ReproGate.CleanRoom.Building;
using ReproGate.Facts;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Building;

/// <summary>A build that libfaketime broke says nothing of the repository.</summary>
public sealed class ClockFaultTests
{
    [Theory]
    [InlineData("MSBUILD : error MSB1025: An internal failure occurred while running MSBuild.", "MSB1025")]
    [InlineData("libfaketime: In ft_shm_create(), shm_open failed: File exists", "libfaketime")]
    [InlineData("Fatal error.", "Fatal error")]
    public void What_crashes_is_laid_to_the_clock(string line, string named) => Assert.Equal($"a program of the build crashed under libfaketime ({named})", ClockFault.Of([Failure("", MissingInput.Unknown)], ["Restore complete", line], TimeSpan.FromMinutes(30)));

    [Fact]
    public void A_code_is_enough_where_the_last_lines_are_others() => Assert.Contains("MSB1025", ClockFault.Of([Failure("MSB1025", MissingInput.Unknown)], [], TimeSpan.FromMinutes(30)), StringComparison.Ordinal);

    [Fact]
    public void What_does_not_end_is_laid_to_the_clock() => Assert.Equal("the build did not end under libfaketime within 30 minutes", ClockFault.Of([Failure("", MissingInput.Time)], [], TimeSpan.FromMinutes(30)));

    [Theory]
    [InlineData("CS0103", "error CS0103: The name 'Own' does not exist")]
    [InlineData("LIC01", "error LIC01: The licence ended. Fatal errors: 1")]
    public void What_fails_as_a_build_does_is_not(string code, string line) => Assert.Equal("", ClockFault.Of([Failure(code, MissingInput.Unknown)], [line], TimeSpan.FromMinutes(30)));

    [Theory]
    [InlineData(MissingInput.Program)]
    [InlineData(MissingInput.File)]
    [InlineData(MissingInput.Variable)]
    public void What_the_other_day_broke_lacks_nothing(MissingInput looksLike)
    {
        RoomFailure failure = Assert.Single(ClockFault.OfTheDay([Failure("MSB3073", looksLike) with { Input = "tool", AskedAt = new SourceLocation("/src/b.targets", 9), Suspects = ["a/B.cs"] }], TimeSpan.FromDays(400)));

        Assert.Equal((RoomPhase.Rebuild, MissingInput.Unknown, "", TimeSpan.FromDays(400)), (failure.Phase, failure.Missing, failure.Input, failure.ClockAhead));
        Assert.Null(failure.AskedAt);
        Assert.Empty(failure.Suspects);
    }

    private static RoomFailure Failure(string code, MissingInput missing) => new(RoomPhase.Build, new RoomError(code, "it failed", new SourceLocation("/src/a.csproj", 3), "a.csproj"), missing, "");
}
