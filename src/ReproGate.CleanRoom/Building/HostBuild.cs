using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.IO.Enumeration;
using CliWrap;
using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>What the steps of the room did on this machine.</summary>
/// <param name="SourcePath">Absolute path of the copy that was built.</param>
/// <param name="FailedAt">The phase that failed; null where all passed.</param>
/// <param name="Failed">The log of the phase that failed.</param>
/// <param name="Output">The last lines of the phase that failed.</param>
/// <param name="BuildLog">Absolute path of the build's binary log; the file is missing where it was not reached.</param>
internal sealed record HostBuildResult(string SourcePath, RoomPhase? FailedAt, RoomLog Failed, ImmutableArray<string> Output, string BuildLog);

/// <summary>
/// Does on this machine what failed in the room, so that the two logs can be compared: the same commands, in a copy of the work tree. The copy
/// is the snapshot with what the work tree has besides and git does not hold, but for <c>bin</c> and <c>obj</c>. It runs the repository's own
/// build with this machine's variables and network, as its owner does every day; sources of others are never built so.
/// </summary>
internal static class HostBuild
{
    private const int MostFiles = 200_000;
    private const long MostBytes = 8L << 30;

    // What builds and editors leave behind.
    private static readonly string[] LeftBehind = ["bin", "obj", "TestResults", ".vs", ".idea"];

    /// <summary>Copies and runs the steps up to the phase that failed in the room.</summary>
    /// <param name="request">What was asked of the room.</param>
    /// <param name="snapshot">The room's sources.</param>
    /// <param name="last">The phase that failed in the room.</param>
    /// <param name="cancellation">Ends it, and every program it started.</param>
    /// <returns>What came of it, or why it could not be done, one clause.</returns>
    public static async Task<(HostBuildResult? Result, string Obstacle)> RunAsync(CleanRoomRequest request, Snapshot snapshot, RoomPhase last, CancellationToken cancellation)
    {
        string folder = Path.Combine(request.WorkDirectory, "host");
        string source = Path.Combine(folder, "src");
        try
        {
            if (await CopyAsync(request.RepositoryRoot, snapshot, source, folder, cancellation).ConfigureAwait(false) is { } obstacle)
            {
                return (null, obstacle);
            }

            string entry = Path.Combine(source, Path.GetRelativePath(request.RepositoryRoot, request.Entry));
            string[] properties = [.. request.Properties.Select(static property => "-p:" + property)];
            List<(RoomPhase Phase, string Name, string[] Command)> steps = [(RoomPhase.Restore, "restore", ["restore", entry, "--locked-mode", .. properties])];
            if (last is RoomPhase.Build or RoomPhase.Test)
            {
                // A compiler server would outlive the build.
                steps.Add((RoomPhase.Build, "build", ["build", entry, "--no-restore", "-c", request.Configuration, "-p:UseSharedCompilation=false", .. properties]));
            }

            if (last == RoomPhase.Test)
            {
                steps.Add((RoomPhase.Test, "test", ["test", .. TestTarget.Of(snapshot, entry), "--no-build", "-c", request.Configuration]));
            }

            string buildLog = Path.Combine(folder, "build.binlog");
            foreach ((RoomPhase phase, string name, string[] command) in steps)
            {
                string log = Path.Combine(folder, name + ".binlog");
                (int exitCode, ImmutableArray<string> output, bool timedOut) = await StepAsync(request, snapshot, source, [.. command, "-bl:" + log], cancellation).ConfigureAwait(false);
                if (timedOut)
                {
                    return (null, string.Create(CultureInfo.InvariantCulture, $"dotnet {name} did not end within {request.Limits.Phase.TotalMinutes:0} minutes"));
                }

                if (exitCode != 0)
                {
                    return (new HostBuildResult(source, phase, RoomLog.Read(log), output, buildLog), "");
                }
            }

            return (new HostBuildResult(source, null, RoomLog.Empty, [], buildLog), "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SnapshotException or Win32Exception)
        {
            return (null, exception.Message.TrimEnd('.'));
        }
    }

    /// <summary>Whether a path of the work tree comes along: what a build made stays out, for it may be of another day.</summary>
    internal static bool IsTaken(string path) =>
        !path.Split('/').Any(static part => LeftBehind.Contains(part, StringComparer.OrdinalIgnoreCase)) && !path.EndsWith(".binlog", StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies the snapshot and what the work tree has besides; null, or why not.</summary>
    internal static async Task<string?> CopyAsync(string root, Snapshot snapshot, string target, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        string config = Path.Combine(folder, "gitconfig");
        await File.WriteAllTextAsync(config, "[safe]\n\tdirectory = *\n", cancellation).ConfigureAwait(false);
        // Ignored files, too: they are what a build most often leans on. A repository inside is named with a slash at its end, and is not followed.
        string listed = await new GitCommand(config, cancellation).RunAsync(root, ["ls-files", "--others", "-z"]).ConfigureAwait(false);
        IEnumerable<(string From, string Path)> files = Held(snapshot.Directory).Concat(listed.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(static path => !path.EndsWith('/') && IsTaken(path))
            .Select(path => (Path.Combine(root, path), path)));
        long bytes = 0;
        int count = 0;
        var links = new List<(string From, string To)>();
        foreach ((string from, string path) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = new FileInfo(from);
            string to = Path.Combine(target, path);
            bool isLink = file.LinkTarget is not null;
            if (!isLink && !file.Exists)
            {
                continue;
            }

            bytes += isLink ? 0 : file.Length;
            if (++count > MostFiles || bytes > MostBytes)
            {
                return string.Create(CultureInfo.InvariantCulture, $"the work tree holds more than {MostFiles} files or {MostBytes >> 30} GB beside bin and obj");
            }

            if (isLink)
            {
                links.Add((file.LinkTarget!, to));
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            file.CopyTo(to, overwrite: true);
        }

        // Last, so that nothing is written through one.
        foreach ((string from, string to) in links.Where(static link => !File.Exists(link.To) && !Directory.Exists(link.To)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.CreateSymbolicLink(to, from);
        }

        return null;
    }

    // Everything of the snapshot, its history too: version tools ask for it. Links are listed and not followed: they may lead in a circle.
    private static IEnumerable<(string From, string Path)> Held(string directory) => new FileSystemEnumerable<string>(
        directory,
        static (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None })
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory || entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    }.Select(file => (file, Path.GetRelativePath(directory, file)));

    private static async Task<(int ExitCode, ImmutableArray<string> Output, bool TimedOut)> StepAsync(CleanRoomRequest request, Snapshot snapshot, string directory, string[] command, CancellationToken cancellation)
    {
        var last = new LastLines();
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(request.Limits.Phase);
        try
        {
            CommandResult result = await Cli.Wrap(request.DotnetHost)
                .WithArguments(command)
                .WithWorkingDirectory(directory)
                .WithValidation(CommandResultValidation.None)
                .WithEnvironmentVariables(variables =>
                {
                    // What the room says of itself; every other variable is this machine's.
                    foreach ((string name, string value) in RoomEnvironment.Asked(snapshot))
                    {
                        variables.Set(name, value);
                    }
                })
                .WithStandardOutputPipe(last.Target)
                .WithStandardErrorPipe(last.Target)
                .ExecuteAsync(watchdog.Token).ConfigureAwait(false);
            return (result.ExitCode, last.ToImmutableArray(), false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (-1, last.ToImmutableArray(), true);
        }
    }
}
