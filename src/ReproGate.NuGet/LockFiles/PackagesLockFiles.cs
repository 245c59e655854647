using ReproGate.Facts;

namespace ReproGate.NuGet.LockFiles;

/// <summary>
/// Lock files that were read last, while they stay as they are: the checks of a project read the same file one after the other, and in a chain of
/// projects it is as long as the chain.
/// </summary>
public sealed class PackagesLockFiles
{
    // Of a node's projects a few take turns.
    private const int Kept = 4;

    private readonly Lock _access = new();
    private readonly List<Known> _known = [];

    /// <summary>Reads a file where it is not known as it is now.</summary>
    /// <param name="path">Absolute path of a lock file that exists.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public PackagesLockReading Read(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return PackagesLockReader.Read(path);
        }

        lock (_access)
        {
            if (_known.Find(known => known.Path == path && known.Written == info.LastWriteTimeUtc.Ticks && known.Length == info.Length) is { } known)
            {
                return known.Reading;
            }
        }

        // Taken before it is read: a file that is written meanwhile is not known as what it then is.
        var read = new Known(path, info.LastWriteTimeUtc.Ticks, info.Length, PackagesLockReader.Read(path));
        lock (_access)
        {
            _known.RemoveAll(known => known.Path == path);
            _known.Insert(0, read);
            if (_known.Count > Kept)
            {
                _known.RemoveAt(Kept);
            }
        }

        return read.Reading;
    }

    private sealed record Known(string Path, long Written, long Length, PackagesLockReading Reading);
}
