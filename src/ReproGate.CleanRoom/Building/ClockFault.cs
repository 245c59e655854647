using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>Tells a build that libfaketime broke from one that the other day broke: the first says nothing of the repository.</summary>
internal static class ClockFault
{
    // What a program says that falls instead of failing: MSBuild about itself, the runtime, the library.
    private static readonly string[] Falls = ["MSB1025", "MSB4166", "MSB0001", "libfaketime:", "Fatal error.", "Failed to create CoreCLR", "Segmentation fault", "Aborted (core dumped)"];

    /// <summary>Why a failed build says nothing of the repository, one clause; empty where it failed as a build does.</summary>
    /// <param name="failures">What failed in it.</param>
    /// <param name="output">The last lines of the phase that failed.</param>
    /// <param name="limit">How long a phase may take.</param>
    public static string Of(ImmutableArray<RoomFailure> failures, ImmutableArray<string> output, TimeSpan limit)
    {
        if (failures.Any(static failure => failure.Missing == MissingInput.Time))
        {
            return string.Create(CultureInfo.InvariantCulture, $"the build did not end under libfaketime within {limit.TotalMinutes:0} minutes");
        }

        string fall = Falls.FirstOrDefault(fall => output.Any(line => line.Contains(fall, StringComparison.Ordinal)) || failures.Any(failure => failure.Error.Code == fall)) ?? "";
        return fall.Length == 0 ? "" : $"a program of the build fell under libfaketime ({fall.TrimEnd('.', ':')})";
    }
}
