using System.Collections.Immutable;
using ReproGate.CleanRoom;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.Cli.Verify;

/// <summary>Why a run of the room gave nothing to compare.</summary>
internal static class Obstacle
{
    private const int KeptLines = 15;

    /// <summary>The reason, for a person; null where there are outputs.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="notHere">The locked packages, id and version, that none of the user's sources has.</param>
    public static string? Of(CleanRoomOutcome outcome, IReadOnlyList<(string Id, string Version)>? notHere = null)
    {
        if (outcome.Engine.Length == 0)
        {
            return outcome.Obstacle.Length > 0
                ? $"the clean room was not built, because {outcome.Obstacle}."
                : $"no container engine answers ({string.Join("; ", outcome.Tried.Select(static tried => $"{tried.Command}: {tried.Outcome}"))}). {Mend(outcome)} A foreign repository is not built outside a room.";
        }

        if (outcome.Obstacle.Length > 0)
        {
            return $"the clean room was not built, because {outcome.Obstacle}.";
        }

        if (outcome.Snapshot is { MissingSubmodules.IsEmpty: false } lacking)
        {
            return $"submodules of the commit cannot be had: {string.Join(", ", lacking.MissingSubmodules.Take(5))}.";
        }

        if (outcome.Snapshot is { LfsPointers.IsEmpty: false } pointers)
        {
            return $"files of the commit are kept by Git LFS and are not here: {string.Join(", ", pointers.LfsPointers.Take(5))}. Give a clone that has them: --repository <path>";
        }

        if (outcome.FetchFindings.FirstOrDefault(static finding => (finding.DefaultSeverity ?? finding.Rule.DefaultSeverity) == Severity.Error) is { } finding)
        {
            return $"the locked packages cannot be had as they were locked: {finding.What} ({finding.Rule.Id})";
        }

        if (!outcome.Failures.IsEmpty)
        {
            return string.Join(
                '\n',
                [
                    "the commit does not build in the room, so there is nothing to compare.",
                    .. outcome.Failures.Select(failure => Tell(failure, outcome.Image?.Name ?? "", notHere ?? [])),
                    .. outcome.FailureOutput.TakeLast(KeptLines).Select(static line => "  " + line),
                ]);
        }

        return outcome.FirstOutputs.Length > 0 ? null : "the room made nothing.";
    }

    private static string Mend(CleanRoomOutcome outcome)
    {
        string[] mends = [.. outcome.Tried.Select(static tried => tried.Mend).Where(static mend => mend.Length > 0)];
        return mends.Length > 0 ? string.Join(' ', mends) : $"Start Docker or Podman{(outcome.OffersWeaker ? "; --engine bubblewrap asks for a weaker room without one, on this machine's own system" : "")}.";
    }

    private static string Tell(RoomFailure failure, string image, IReadOnlyList<(string Id, string Version)> notHere) => failure.Missing switch
    {
        MissingInput.Sdk when image.Length == 0 => $"This machine does not have the .NET SDK that the commit asks for{(failure.Input.Length > 0 ? $" ({failure.Input})" : "")}, and a room without an image has no other.",
        MissingInput.Sdk => $"The image does not hold the .NET SDK that the commit asks for{(failure.Input.Length > 0 ? $" ({failure.Input})" : "")}: name one that does with --image.",
        MissingInput.Package when notHere.Where(package => package.Id.Equals(failure.Input.Split('/')[0], StringComparison.OrdinalIgnoreCase)).ToArray() is [var gone, ..] =>
            $"{gone.Id} {gone.Version} is locked, and none of your NuGet sources has it{(notHere.Count > 1 ? $" ({notHere.Count} locked packages cannot be had)" : "")}: what was published was built with bytes that are not to be had here. Where another source has them, start this in a folder whose NuGet.config names it.",
        MissingInput.Package => $"{(failure.Input.Length > 0 ? failure.Input : "A package")} is named by no lock of the commit, so it was not brought: {failure.Error.Message}",
        _ => BuildFailsInRoom.Check(failure, "reprogate.allow.json").What,
    };
}
