using System.Collections.Immutable;

namespace ReproGate.NuGet.Configuration;

/// <summary>
/// The names under which NuGet looks for a configuration file in a folder where file names are case-sensitive (<c>Settings.OrderedSettingsFileNames</c> of NuGet.Configuration).
/// Where they are not, any spelling is found, and a file that is read on Windows and macOS is none on Linux.
/// </summary>
public static class NuGetConfigNames
{
    /// <summary>The spellings, in NuGet's order.</summary>
    public static ImmutableArray<string> All { get; } = ["nuget.config", "NuGet.config", "NuGet.Config"];

    /// <summary>Whether NuGet reads a file of that name on every system.</summary>
    public static bool AreReadEverywhere(string name) => All.Contains(name, StringComparer.Ordinal);

    /// <summary>Absolute paths of files between a directory and the root of its repository, nearest first, that would be configuration if their names were spelled as NuGet spells them.</summary>
    /// <param name="directory">Absolute path of a directory of the repository.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static ImmutableArray<string> Misspelled(string directory, string repositoryRoot)
    {
        // A link to a folder that cannot be listed, or one that is gone, holds no configuration that NuGet could read.
        var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(repositoryRoot));
        var found = ImmutableArray.CreateBuilder<string>();
        for (string? folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "nuget.config", options).Order(StringComparer.Ordinal)] : [];
            // Beside one that is read it decides nothing.
            if (files.Length > 0 && !files.Any(static file => AreReadEverywhere(Path.GetFileName(file))))
            {
                found.Add(files[0]);
            }

            if (folder.Equals(root, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            {
                return found.ToImmutable();
            }
        }

        // The directory lies outside the repository: nothing of it is told.
        return [];
    }
}
