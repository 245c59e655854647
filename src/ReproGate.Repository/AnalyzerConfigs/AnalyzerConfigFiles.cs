namespace ReproGate.Repository.AnalyzerConfigs;

/// <summary>Finds the .editorconfig and .globalconfig files that speak for a folder of the repository.</summary>
internal static class AnalyzerConfigFiles
{
    public const string EditorConfig = ".editorconfig";
    public const string GlobalConfig = ".globalconfig";

    /// <summary>
    /// The files in the given folders and all folders above them, up to the repository's root: a file beyond it is not part of what
    /// the repository declares, so it cannot silence a gate. Where a folder lies outside the repository it is not searched.
    /// </summary>
    /// <param name="folders">Absolute folders.</param>
    /// <param name="repositoryRoot">The root, with or without trailing separator.</param>
    /// <param name="named">Files the build names itself; those called .editorconfig or .globalconfig are bound by the root as well.</param>
    public static IReadOnlyList<string> Find(IEnumerable<string> folders, string repositoryRoot, IEnumerable<string> named)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(repositoryRoot));
        StringComparer comparer = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var found = new List<string>();
        var seen = new HashSet<string>(comparer);
        foreach (string folder in folders)
        {
            for (string? current = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)); current is not null && IsWithin(current, root); current = Path.GetDirectoryName(current))
            {
                if (!seen.Add(current))
                {
                    break;
                }

                Add(Path.Combine(current, EditorConfig));
                Add(Path.Combine(current, GlobalConfig));
            }
        }

        foreach (string file in named)
        {
            string path = Path.GetFullPath(file);
            if (Path.GetFileName(path) is not (EditorConfig or GlobalConfig) || IsWithin(path, root))
            {
                Add(path);
            }
        }

        return found;

        void Add(string path)
        {
            if (seen.Add(path) && File.Exists(path))
            {
                found.Add(path);
            }
        }
    }

    public static bool IsWithin(string path, string root)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        string trimmed = Path.TrimEndingDirectorySeparator(root);
        return path.Equals(trimmed, comparison)
            || (path.StartsWith(trimmed, comparison) && (Path.EndsInDirectorySeparator(trimmed) || path[trimmed.Length] == Path.DirectorySeparatorChar));
    }
}
