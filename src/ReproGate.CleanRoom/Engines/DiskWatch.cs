using System.Globalization;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// Looks whether a room fills the engine's disk. Neither docker nor podman limits a volume's size (only some file systems do), so the free
/// space is looked at every other second, which costs nothing; only where it has shrunk by the limit are the room's files counted, for others
/// may have filled the disk. Both questions are asked in the room by another user than the build's, who cannot end them.
/// </summary>
internal static class DiskWatch
{
    private const long Reserve = 1L << 30;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="room">The room's id.</param>
    /// <param name="limit">How many bytes the room's files may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>True where the room takes more than it may, or has left next to nothing of the disk; false where it was cancelled.</returns>
    public static async Task<bool> IsExceededAsync(ContainerEngine engine, string room, long limit, CancellationToken cancellation)
    {
        try
        {
            long? before = await FreeAsync(engine, room, cancellation).ConfigureAwait(false);
            while (true)
            {
                await Task.Delay(Interval, cancellation).ConfigureAwait(false);
                if (await FreeAsync(engine, room, cancellation).ConfigureAwait(false) is not { } free)
                {
                    continue;
                }

                before ??= free;
                bool nearlyFull = free < Reserve && before >= 2 * Reserve;
                if (before - free <= limit && !nearlyFull)
                {
                    continue;
                }

                // What cannot be counted to its end hides something, and what is deleted yet open is counted nowhere: then the free space decides.
                long? used = await UsedAsync(engine, room, cancellation).ConfigureAwait(false);
                if (nearlyFull || used is null || used > limit)
                {
                    return true;
                }

                before = free;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or EngineException)
        {
            // Cancelled; or the room is gone, which whoever runs something in it learns by itself.
            return false;
        }
    }

    private static async Task<long?> FreeAsync(ContainerEngine engine, string room, CancellationToken cancellation)
    {
        (int exitCode, string output, _) = await AskAsync(engine, room, ["df", "-P", "-k", Room.Root], cancellation).ConfigureAwait(false);
        string[] columns = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return exitCode == 0 && columns.Length >= 6 && long.TryParse(columns[^3], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : null;
    }

    private static async Task<long?> UsedAsync(ContainerEngine engine, string room, CancellationToken cancellation)
    {
        (int exitCode, string output, _) = await AskAsync(engine, room, ["du", "-s", "-k", "-x", Room.Root], cancellation).ConfigureAwait(false);
        return exitCode == 0 && long.TryParse(output.Split('\t', ' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : null;
    }

    private static Task<(int ExitCode, string Output, string Error)> AskAsync(ContainerEngine engine, string room, string[] command, CancellationToken cancellation) =>
        engine.TryAsync(["exec", "--user", "0:0", room, "/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", .. command], cancellation);
}
