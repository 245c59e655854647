using System.Collections.Concurrent;

namespace ReproGate.NuGet.Declarations;

/// <summary>
/// Declaration files that were read, while they stay as they are: in a chain each project reaches all below it, so that without a memory the
/// projects of a build would read as many files as there are pairs of them.
/// </summary>
public sealed class DeclarationFiles
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Reads a file where it is not known as it is now; null where it does not exist or is not whole.</summary>
    public DeclarationFile? Read(string file)
    {
        var info = new FileInfo(file);
        if (!info.Exists)
        {
            return null;
        }

        if (_known.TryGetValue(file, out Known? known) && known.Written == info.LastWriteTimeUtc.Ticks && known.Length == info.Length)
        {
            return known.Declaration;
        }

        DeclarationFile? read = DeclarationFile.Read(file);
        _known[file] = new Known(info.LastWriteTimeUtc.Ticks, info.Length, read);
        return read;
    }

    private sealed record Known(long Written, long Length, DeclarationFile? Declaration);
}
