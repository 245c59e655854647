using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>Finds in a room's log what the repository's own files asked the machine for.</summary>
internal static class UndeclaredInputs
{
    // They name the machine, its user or his folders. What else the room sets is said by the repository's own locks and properties.
    private static readonly FrozenSet<string> OfMachine = FrozenSet.ToFrozenSet(["HOME", "USER", "LOGNAME", "HOSTNAME", "PATH", "PWD", "OLDPWD", "TMPDIR", "TZ", "LANG", "LC_ALL", "SHELL"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The reads of variables that name the machine, by files of the repository.</summary>
    /// <param name="log">The log.</param>
    /// <param name="sourcePath">Where the repository lay in the room.</param>
    /// <param name="root">The repository's root on this machine.</param>
    /// <param name="tracked">What git holds.</param>
    public static ImmutableArray<UndeclaredInput> Of(RoomLog log, string sourcePath, string root, FrozenSet<string> tracked) =>
    [
        .. log.Variables
            .Where(read => OfMachine.Contains(read.Name))
            .Select(read => (Read: read, Path: FailureReader.Relative(read.File, sourcePath)))
            .Where(read => read.Path is not null && tracked.Contains(read.Path))
            .Select(read => new UndeclaredInput(MissingInput.Variable, read.Read.Name, new SourceLocation(Path.Combine(root, read.Path!), read.Read.Line, read.Read.Column)))
            .Distinct(),
    ];
}
