namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// One at a time among the runs of this user: between looking for a packages volume and making the room that holds it, no other run may fill
/// or forget it. The system frees it when its holder is killed.
/// </summary>
internal static class EngineLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Waits for it.</summary>
    /// <exception cref="EngineException">Another run held it for too long.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder cannot be written.</exception>
    public static async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        string path = Path.Combine(Path.GetTempPath(), $"reprogate-room-{Environment.UserName}.lock");
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (System.Diagnostics.Stopwatch.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(100, cancellation).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                throw new EngineException($"another run holds {path}: {exception.Message.TrimEnd('.')}");
            }
        }
    }
}
