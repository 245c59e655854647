using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>Finds results in folders, as artifacts of a build service are unpacked: any depth, one folder in another.</summary>
public static class JobResultFiles
{
    private const string Name = "cleanroom.json";
    private const int MostFiles = 10_000;
    private const int Deepest = 32;

    /// <summary>Every <c>cleanroom.json</c> below the folders, and the files that are named themselves. Links are not followed.</summary>
    /// <param name="paths">Folders and files.</param>
    /// <returns>Absolute paths, in order, each once.</returns>
    /// <exception cref="InvalidDataException">One of the paths does not exist or cannot be listed, or there are too many results.</exception>
    public static ImmutableArray<string> Find(IEnumerable<string> paths)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in paths.Select(Path.GetFullPath))
        {
            if (File.Exists(path))
            {
                found.Add(path);
                continue;
            }

            try
            {
                foreach (string file in Directory.EnumerateFiles(path, Name, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MaxRecursionDepth = Deepest, MatchCasing = MatchCasing.CaseSensitive }))
                {
                    if (found.Add(file) && found.Count > MostFiles)
                    {
                        throw new InvalidDataException($"there are more than {MostFiles} results below {path}");
                    }
                }
            }
            catch (DirectoryNotFoundException)
            {
                throw new InvalidDataException($"{path} does not exist");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"{path} cannot be read: {exception.Message.TrimEnd('.')}", exception);
            }
        }

        return [.. found];
    }
}
