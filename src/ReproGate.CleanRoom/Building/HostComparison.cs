using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>Says of failures in the room what the same steps did on this machine.</summary>
internal static class HostComparison
{
    /// <summary>Whether a comparison could say more of a failure: its cause is not known, or only guessed from what the files read.</summary>
    public static bool Says(RoomFailure failure) => failure.Phase != RoomPhase.Rebuild && failure.Missing is MissingInput.Unknown or MissingInput.Variable;

    /// <summary>Explains each failure that it could say more of.</summary>
    /// <param name="failures">The failures of one phase.</param>
    /// <param name="host">What this machine did.</param>
    /// <param name="roomLog">Absolute path of the room's log of its build.</param>
    /// <param name="room">The room.</param>
    /// <param name="repositoryRoot">Where the repository lies.</param>
    /// <param name="tracked">What git holds.</param>
    /// <param name="machine">What the work tree has.</param>
    public static ImmutableArray<RoomFailure> Explain(ImmutableArray<RoomFailure> failures, HostBuildResult host, string roomLog, BuildMachine room, string repositoryRoot, FrozenSet<string> tracked, IMachine machine)
    {
        if (host.FailedAt is not null)
        {
            return [.. failures.Select(failure => Says(failure) && FailsAlike(failure, host) ? failure with { PassesHere = false, Missing = MissingInput.Unknown, Input = "", AskedAt = null, Suspects = [] } : failure)];
        }

        var here = new BuildMachine
        {
            SourcePath = host.SourcePath,
            Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            Temporary = Path.GetTempPath(),
            Packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        };
        KeyValuePair<string, string>[] variables = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""))];
        DivergenceFinder? finder = DivergenceFinder.Create(host.BuildLog, roomLog, here, room, repositoryRoot, tracked, machine, variables);
        return
        [
            .. failures.Select(failure => !Says(failure) ? failure : failure with { PassesHere = true })
                .Select(failure => failure.PassesHere == true && finder is not null ? finder.Explain(failure) : failure),
        ];
    }

    // The same error of the same project, or the same test; another failure says nothing of this one.
    private static bool FailsAlike(RoomFailure failure, HostBuildResult host) => host.FailedAt == failure.Phase
        && (failure.Tests.IsEmpty
            ? host.Failed.Errors.Any(error => error.Code == failure.Error.Code && (failure.Error.Project.Length == 0 || error.Project.Replace('\\', '/').EndsWith("/" + failure.Error.Project, StringComparison.Ordinal)))
            : host.Output.Any(line => line.Contains(failure.Tests[0], StringComparison.Ordinal)));
}
