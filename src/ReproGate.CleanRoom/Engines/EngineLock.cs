using System.Security.Cryptography;
using System.Text;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// One at a time among this user's runs on an engine: between looking for a packages volume and making the room that holds it, no other run need fill
/// or forget it. The system frees it when its holder is killed. Runs of other machines, and those that name the same engine otherwise, it does not keep
/// apart: what they might do is looked for (<see cref="PackagesVolume"/>); the lock only spares the waiting.
/// </summary>
internal static class EngineLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Waits for it.</summary>
    /// <exception cref="EngineException">Another run held it for too long.</exception>
    /// <exception cref="UnauthorizedAccessException">The temporary folder cannot be written.</exception>
    public static async Task<IDisposable> TakeAsync(ContainerEngine engine, CancellationToken cancellation)
    {
        // Engines of several contexts need not wait for one another.
        string address = string.Join('\n', Path.GetFileName(engine.Program), engine.Context, Environment.GetEnvironmentVariable("DOCKER_HOST"), Environment.GetEnvironmentVariable("DOCKER_CONTEXT"), Environment.GetEnvironmentVariable("CONTAINER_HOST"));
        string path = Path.Combine(Path.GetTempPath(), $"reprogate-room-{Environment.UserName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..8]}.lock");
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
