using System.Collections.Frozen;
using System.Formats.Tar;

namespace ReproGate.CleanRoom.Building;

/// <summary>
/// Takes what a build made out of an archive of its folder. Nothing of the archive is trusted: names that lead outside, files below links,
/// and more bytes or files than the limits are refused; links are made last and never followed.
/// </summary>
public static class RoomOutputs
{
    private const long MostBytes = 16L << 30;
    private const int MostFiles = 500_000;

    /// <summary>Writes the outputs below a folder: every file git does not hold, without MSBuild's intermediate folders (<c>obj</c>), logs and test results.</summary>
    /// <param name="archive">A tar archive whose entries begin with the folder's own name.</param>
    /// <param name="tracked">The repository's files, relative, with forward slashes.</param>
    /// <param name="target">Absolute path of the folder to write to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">A limit is exceeded, or the archive is damaged.</exception>
    public static Task<OutputCount> ReadAsync(Stream archive, FrozenSet<string> tracked, string target, CancellationToken cancellation) =>
        UnpackAsync(archive, target, path => IsOutput(path) && !tracked.Contains(path), cancellation);

    /// <summary>Writes every file of an archive below a folder.</summary>
    /// <exception cref="InvalidDataException">A limit is exceeded, or the archive is damaged.</exception>
    public static Task<OutputCount> ReadAllAsync(Stream archive, string target, CancellationToken cancellation) => UnpackAsync(archive, target, static _ => true, cancellation);

    /// <summary>Whether a path of the build's folder is something it ships or runs, rather than its notes to itself.</summary>
    public static bool IsOutput(string path)
    {
        string[] parts = path.Split('/');
        return parts[0] != ".git"
            && !parts.Contains("obj", StringComparer.OrdinalIgnoreCase)
            && !parts.Contains("TestResults", StringComparer.Ordinal)
            && !parts[^1].EndsWith(".binlog", StringComparison.OrdinalIgnoreCase)
            // A map from the development server to the sources' absolute paths; publish leaves it out.
            && !parts[^1].EndsWith(".staticwebassets.runtime.json", StringComparison.OrdinalIgnoreCase)
            // Where Microsoft.AspNetCore.Mvc.Testing finds the content of the project under test on this machine.
            && !parts[^1].Equals("MvcTestingAppManifest.json", StringComparison.OrdinalIgnoreCase)
            // What Microsoft.NET.Test.Sdk and coverlet note for a coverage run on the same machine: where its sources lie.
            && !parts[^1].StartsWith(".msCoverageSourceRootsMapping_", StringComparison.OrdinalIgnoreCase)
            && !parts[^1].StartsWith("CoverletSourceRootsMapping_", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<OutputCount> UnpackAsync(Stream archive, string target, Func<string, bool> wanted, CancellationToken cancellation)
    {
        Directory.CreateDirectory(target);
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        int files = 0, refused = 0;
        long bytes = 0;
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false) is { } entry)
        {
            if (Relative(entry.Name) is not { Length: > 0 } path)
            {
                refused += entry.Name.Contains("..", StringComparison.Ordinal) ? 1 : 0;
                continue;
            }

            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.SymbolicLink or TarEntryType.HardLink) || !wanted(path))
            {
                continue;
            }

            files++;
            bytes += entry.Length;
            Bound(files, bytes);

            string file = Path.Combine(target, path.Replace('/', Path.DirectorySeparatorChar));
            if (entry.EntryType == TarEntryType.SymbolicLink)
            {
                links[file] = entry.LinkName;
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (entry.EntryType == TarEntryType.HardLink)
            {
                // A second name of a file that came before, inside the same folder.
                if (Relative(entry.LinkName) is { Length: > 0 } first && File.Exists(Path.Combine(target, first)))
                {
                    // It has no bytes of its own in the archive, yet takes as many here.
                    bytes += new FileInfo(Path.Combine(target, first)).Length;
                    Bound(files, bytes);
                    File.Copy(Path.Combine(target, first), file, overwrite: true);
                }
                else
                {
                    refused++;
                }

                continue;
            }

            await using var content = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(content, 1 << 17, cancellation).ConfigureAwait(false);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(content.SafeFileHandle, (entry.Mode & UnixFileMode.UserExecute) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        foreach ((string link, string to) in links)
        {
            if (!File.Exists(link) && !Directory.Exists(link))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                File.CreateSymbolicLink(link, to);
            }
        }

        return new OutputCount(files, bytes, refused);
    }

    private static void Bound(int files, long bytes)
    {
        if (files > MostFiles || bytes > MostBytes)
        {
            throw new InvalidDataException($"the build left more than {MostFiles} files or {MostBytes >> 30} GB behind");
        }
    }

    /// <summary>An entry's path below the archive's first folder; null where it leads outside, empty for the folder itself.</summary>
    private static string? Relative(string name)
    {
        if (name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = [.. name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".")];
        return parts.Contains("..", StringComparer.Ordinal) ? null : string.Join('/', parts.Skip(1));
    }
}

/// <summary>What was taken out.</summary>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Refused">How many entries led outside.</param>
public sealed record OutputCount(int Files, long Bytes, int Refused);
