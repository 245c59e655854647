namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// Looks whether a room fills the disk. Neither docker nor podman limits a volume's size (only some file systems do), and nobody a folder's, so the free
/// space is looked at every other second, which costs nothing; only where it has shrunk by the limit are the room's files counted, for others
/// may have filled the disk. Both questions are asked where the build can neither end nor mislead them.
/// </summary>
internal static class DiskWatch
{
    private const long Reserve = 1L << 30;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="free">How many bytes are free; null where that cannot be said.</param>
    /// <param name="used">How many bytes the room's files take; null where they cannot be counted to the end.</param>
    /// <param name="limit">How many bytes the room's files may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>True where the room takes more than it may, or has left next to nothing of the disk; false where it was cancelled.</returns>
    public static async Task<bool> IsExceededAsync(Func<CancellationToken, Task<long?>> free, Func<CancellationToken, Task<long?>> used, long limit, CancellationToken cancellation)
    {
        try
        {
            long? before = await free(cancellation).ConfigureAwait(false);
            while (true)
            {
                await Task.Delay(Interval, cancellation).ConfigureAwait(false);
                if (await free(cancellation).ConfigureAwait(false) is not { } left)
                {
                    continue;
                }

                before ??= left;
                bool nearlyFull = left < Reserve && before >= 2 * Reserve;
                if (before - left <= limit && !nearlyFull)
                {
                    continue;
                }

                // What cannot be counted to its end hides something, and what is deleted yet open is counted nowhere: then the free space decides.
                long? taken = await used(cancellation).ConfigureAwait(false);
                if (nearlyFull || taken is null || taken > limit)
                {
                    return true;
                }

                before = left;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or EngineException)
        {
            // Cancelled; or the room is gone, which whoever runs something in it learns by itself.
            return false;
        }
    }
}
