using System.Collections.Immutable;
using ReproGate.CleanRoom;
using ReproGate.Facts;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>Hands what a run found out to the rules.</summary>
internal static class CleanRoomJudge
{
    public static IEnumerable<Finding> Judge(CleanRoomOutcome outcome, string entry, string lockFile, AllowList allowed)
    {
        if (outcome.Obstacle.Length > 0)
        {
            yield return CouldNotRun(entry, outcome.Obstacle);
        }

        if (outcome.Engine.Length == 0)
        {
            if (outcome.Obstacle.Length == 0)
            {
                yield return EngineMissing.Check(entry, outcome.Tried, outcome.OffersWeaker);
            }

            yield break;
        }

        if (outcome.Image is { } image && outcome.ImageIsUnpinned && ImageNotPinned.Check(image, LockedImages.PinOf(lockFile, image.Name), lockFile, entry) is { } unpinned)
        {
            yield return unpinned;
        }

        if (outcome.Snapshot is { } snapshot)
        {
            foreach (Finding finding in SnapshotNotWhole.Check(snapshot with { VersionTools = VersionTools(outcome, entry) }))
            {
                yield return finding;
            }
        }

        foreach (Finding finding in outcome.FetchFindings)
        {
            yield return finding;
        }

        foreach (RoomFailure failure in outcome.Failures)
        {
            string root = outcome.Snapshot!.RepositoryRoot;
            yield return failure switch
            {
                // Without an image there is none to name: this machine lacks it.
                { Missing: MissingInput.Sdk } when outcome.Image is null => CouldNotRun(entry, $"the .NET SDK{(failure.Input.Length > 0 ? $" {failure.Input}" : "")} that global.json asks for is not on this machine ({outcome.System})"),
                { Missing: MissingInput.Sdk } => ImageNotPinned.CheckSdk(outcome.Image.Name, failure.Input, Path.Combine(root, "global.json")),
                { Phase: RoomPhase.Test } => TestsFailInRoom.Check(failure),
                { Missing: MissingInput.File } => SnapshotNotWhole.CheckNeeded(failure, root),
                { Missing: MissingInput.Unknown, Suspects.IsEmpty: false } => SnapshotNotWhole.CheckSuspects(failure, root),
                _ => BuildFailsInRoom.Check(failure, Path.GetFileName(allowed.Path)),
            };
        }

        if (outcome.NotTraced.Length > 0)
        {
            yield return new Finding(
                RuleCatalog.CheckCouldNotRun,
                new SourceLocation(entry),
                $"The system calls of the build were not looked at, because {outcome.NotTraced}.",
                "Which programs it ran, and which files outside and which hosts it asked for, is not known (RGATE4110).",
                "Let the room hold strace: by an image (ReproGateCleanRoomImage), or installed on this machine where the room has none; or leave ReproGateCleanRoomTrace off.")
            {
                Subject = "system calls",
            };
        }

        if (outcome.NotFaked.Length > 0)
        {
            yield return new Finding(
                RuleCatalog.CheckCouldNotRun,
                new SourceLocation(entry),
                $"The rebuild had the machine's own clock, because {outcome.NotFaked}.",
                "What is written to the day or the year is not known to differ (RGATE4201); what is written to the second is.",
                "Name an image that holds libfaketime (ReproGateCleanRoomImage), or leave ReproGateCleanRoomClock at 0.")
            {
                Subject = "clock",
            };
        }

        string repositoryRoot = outcome.Snapshot?.RepositoryRoot ?? "";
        ImmutableArray<DifferingOutput> outputs = outcome.Rebuild?.Outputs ?? [];
        foreach (Finding finding in InputUndeclared.Check(outcome.Undeclared, allowed)
            .Concat(OutputDiffers.Check(outputs, repositoryRoot))
            .Concat(MetadataDiffers.Check(outputs, repositoryRoot))
            .Concat(MachineValueInOutput.Check(outcome.Canaries, repositoryRoot))
            .Concat(OutputDiffersByItself.Check(outputs, repositoryRoot)))
        {
            yield return finding;
        }
    }

    /// <summary>The room was asked for by name, so that it could not be built is an error, not a remark.</summary>
    public static Finding CouldNotRun(string entry, string reason) => new(
        RuleCatalog.CheckCouldNotRun,
        new SourceLocation(entry),
        $"The clean room was not built, because {reason}.",
        "Whether this builds on another machine, and to the same bits, is not known (RGATE41xx, RGATE42xx).",
        "Mend that and ask again.")
    {
        Subject = "clean room",
        DefaultSeverity = Severity.Error,
    };

    private static ImmutableArray<VersionTool> VersionTools(CleanRoomOutcome outcome, string entry) =>
    [
        .. (outcome.Packages?.Packages ?? [])
            .Where(static package => SnapshotNotWhole.IsVersionTool(package.Id))
            .Select(package => new VersionTool(package.Id, new SourceLocation(entry))),
    ];
}
