using System.Collections.Immutable;
using CliWrap;
using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Engines;

/// <summary>What a room may use of the machine.</summary>
public sealed record RoomLimits
{
    /// <summary>Memory in bytes; only a container is held to it.</summary>
    public long Memory { get; init; } = 8L << 30;

    /// <summary>Processes and threads.</summary>
    public int Processes { get; init; } = 4096;

    /// <summary>How many bytes the room's files may take on the disk. Nothing gives a room's folder a quota by itself, so <see cref="DiskWatch"/> looks.</summary>
    public long Disk { get; init; } = 20L << 30;

    /// <summary>How long one phase may take.</summary>
    public TimeSpan Phase { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>How a program in the room ended.</summary>
/// <param name="ExitCode">Its exit code; -1 where it was ended by the watchdog.</param>
/// <param name="Output">The last lines of what it wrote.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="TimedOut">Whether the watchdog ended it because it took too long.</param>
public sealed record RoomExit(int ExitCode, ImmutableArray<string> Output, TimeSpan Elapsed, bool TimedOut)
{
    /// <summary>Whether it was ended because the room's files took more of the disk than they may.</summary>
    public bool OverDisk { get; init; }

    /// <summary>Whether the watchdog ended it, and the room with it.</summary>
    public bool IsEnded => TimedOut || OverDisk;
}

/// <summary>A place where a build has what it was given and nothing else: no network, no file and no variable of this machine, a user of its own. Its files come and go as archives.</summary>
public abstract class Room : IAsyncDisposable
{
    /// <summary>The only folder the user of the room may write, beside <c>/tmp</c>.</summary>
    public const string Root = "/room";

    /// <summary>Where binary logs are written.</summary>
    public const string Logs = "/room/log";

    /// <summary>An empty folder: what every package source of the room is.</summary>
    public const string Nowhere = "/room/nowhere";

    internal const string PackagesMark = ".reprogate-complete";

    private readonly RoomLimits _limits;
    private readonly ImmutableArray<string> _environment;

    /// <summary>A room with these settings.</summary>
    /// <param name="settings">What the build may see.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="environment">The variables of every program in the room, each <c>NAME=value</c>.</param>
    protected Room(RoomSettings settings, RoomLimits limits, ImmutableArray<string> environment) => (Settings, _limits, _environment) = (settings, limits, environment);

    /// <summary>What it was made with.</summary>
    public RoomSettings Settings { get; }

    /// <summary>Runs a program in the room, in its sources' folder, with the room's variables and no other.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="line">Called with each line it writes, one at a time.</param>
    /// <param name="cancellation">Ends it, and the room.</param>
    /// <param name="limit">How long it may take; the room's limit where null.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public async Task<RoomExit> RunAsync(IReadOnlyList<string> command, Action<string>? line, CancellationToken cancellation, TimeSpan? limit = null)
    {
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(limit ?? _limits.Phase);
        var last = new LastLines(line);
        string[] program = ["/usr/bin/env", "-i", .. _environment, "/bin/sh", "-c", $"umask {Settings.Umask}; exec \"$@\"", "sh", .. command];
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        using var disk = CancellationTokenSource.CreateLinkedTokenSource(watchdog.Token);
        Task<bool> overDisk = WatchDiskAsync();
        try
        {
            CommandResult result = await ExecuteAsync(program, last.Target, watchdog.Token).ConfigureAwait(false);
            await disk.CancelAsync().ConfigureAwait(false);
            bool over = await overDisk.ConfigureAwait(false);
            return new RoomExit(over ? -1 : result.ExitCode, last.ToImmutableArray(), result.RunTime, TimedOut: false) { OverDisk = over };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await EndAsync().ConfigureAwait(false);
            bool over = await overDisk.ConfigureAwait(false);
            return new RoomExit(-1, last.ToImmutableArray(), System.Diagnostics.Stopwatch.GetElapsedTime(start), TimedOut: !over) { OverDisk = over };
        }
        finally
        {
            await disk.CancelAsync().ConfigureAwait(false);
        }

        async Task<bool> WatchDiskAsync()
        {
            if (!await DiskWatch.IsExceededAsync(FreeAsync, UsedAsync, _limits.Disk, disk.Token).ConfigureAwait(false))
            {
                return false;
            }

            await watchdog.CancelAsync().ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Reads a folder of the room as an archive.</summary>
    /// <param name="path">Absolute path in the room.</param>
    /// <param name="read">Reads the archive; its entries begin with the folder's own name.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public abstract Task ReadAsync(string path, Func<Stream, Task> read, CancellationToken cancellation);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    /// <summary>Runs a program in the sources' folder; its output goes to the target.</summary>
    private protected abstract Task<CommandResult> ExecuteAsync(IReadOnlyList<string> program, PipeTarget output, CancellationToken cancellation);

    /// <summary>Ends everything that still runs in the room, behind a program that was cancelled.</summary>
    private protected abstract Task EndAsync();

    /// <summary>How many bytes are free where the room's files lie; null where that cannot be said.</summary>
    private protected abstract Task<long?> FreeAsync(CancellationToken cancellation);

    /// <summary>How many bytes the room's files take; null where they cannot be counted to the end.</summary>
    private protected abstract Task<long?> UsedAsync(CancellationToken cancellation);

    /// <summary>A target that gives the whole output to a reader of archives.</summary>
    private protected static PipeTarget ToReader(Func<Stream, Task> read, CancellationToken cancellation) => PipeTarget.Create(async (stream, _) =>
    {
        await read(stream).ConfigureAwait(false);
        // A reader of archives stops at their end mark; what is padded behind it must be taken too, or the writer fails on a closed pipe.
        await stream.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
    });

    /// <summary>A source that is written as it is read.</summary>
    private protected static PipeSource FromWriter(Func<Stream, Task> write) => PipeSource.Create(async (stream, _) => await write(stream).ConfigureAwait(false));
}
