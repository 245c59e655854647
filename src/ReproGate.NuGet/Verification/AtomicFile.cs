namespace ReproGate.NuGet.Verification;

/// <summary>Files that are either the old or the new ones, whatever moment the process dies at.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file beside the target and moves it over it, creating the folder.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        string temporary = Path.Combine(directory, $"{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(content);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Holds a lock between processes while an action runs; waits for it at most the given time, then runs nothing.
    /// The lock is the operating system's on an open file, so it dies with the process.
    /// </summary>
    /// <returns>Whether the action ran.</returns>
    public static bool WhileLocked(string lockFile, TimeSpan patience, CancellationToken cancellation, Action action)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            FileStream? held = null;
            try
            {
                held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Held by another process, or on Windows just being deleted.
                if (Environment.TickCount64 >= end)
                {
                    return false;
                }
            }

            if (held is null)
            {
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
                continue;
            }

            using (held)
            {
                action();
            }

            return true;
        }
    }
}
