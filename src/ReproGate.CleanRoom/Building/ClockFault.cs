using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>
/// What it says when a rebuild fails under another clock and passes by the clock as it is: that libfaketime broke it, which is no matter of the
/// repository's, or that the other day did.
/// </summary>
internal static class ClockFault
{
    // What a program says that crashes instead of failing: MSBuild about itself and its nodes, the runtime, the shell, the library.
    private static readonly string[] Crashes = ["MSB0001", "MSB1025", "MSB4166", "libfaketime:", "Fatal error.", "Failed to create CoreCLR", "Segmentation fault", "Aborted (core dumped)"];

    /// <summary>How libfaketime broke the build, one clause; empty where it failed as a build does.</summary>
    /// <param name="failures">What failed in it.</param>
    /// <param name="output">The last lines of the phase that failed.</param>
    /// <param name="limit">How long a phase may take.</param>
    public static string Of(ImmutableArray<RoomFailure> failures, ImmutableArray<string> output, TimeSpan limit)
    {
        if (failures.Any(static failure => failure.Missing == MissingInput.Time))
        {
            return string.Create(CultureInfo.InvariantCulture, $"the build did not end under libfaketime within {limit.TotalMinutes:0} minutes");
        }

        string crash = Crashes.FirstOrDefault(crash => output.Any(line => line.Contains(crash, StringComparison.Ordinal)) || failures.Any(failure => failure.Error.Code == crash)) ?? "";
        return crash.Length == 0 ? "" : $"a program of the build crashed under libfaketime ({crash.TrimEnd('.', ':')})";
    }

    /// <summary>The failures as the other day's. A room that lacked nothing when it had the clock as it is lacks nothing now, whatever the error looks like.</summary>
    /// <param name="failures">What failed.</param>
    /// <param name="ahead">How far ahead the clock stood.</param>
    public static ImmutableArray<RoomFailure> OfTheDay(ImmutableArray<RoomFailure> failures, TimeSpan ahead) =>
        [.. failures.Select(failure => failure with { Phase = RoomPhase.Rebuild, Missing = MissingInput.Unknown, Input = "", AskedAt = null, Suspects = [], ClockAhead = ahead })];
}
