namespace ReproGate.Assemblies;

/// <summary>Undoes the compiler's path maps: from a document's path in a PDB to the file on this machine.</summary>
public sealed class SourcePaths
{
    private readonly List<Map> _maps = [];
    private readonly List<string> _generated;
    private readonly string _directory;

    /// <summary>Creates it.</summary>
    /// <param name="projectDirectory">Absolute folder of the project: relative documents are relative to it.</param>
    /// <param name="maps">Pairs of mapped prefix and real prefix (PathMap and SourceRoot).</param>
    /// <param name="generatedFolders">Absolute folders whose files nobody edits: intermediate output, packages, SDK.</param>
    public SourcePaths(string projectDirectory, IEnumerable<(string Mapped, string Real)> maps, IEnumerable<string> generatedFolders)
    {
        _directory = projectDirectory;
        foreach ((string mapped, string real) in maps.Where(static map => map.Mapped.Length > 0 && map.Real.Length > 0))
        {
            // The longest first, and of equal ones the first.
            _maps.Insert(_maps.FindLastIndex(map => map.Mapped.Length >= mapped.Length) + 1, new Map(mapped, real));
        }

        _generated = [.. generatedFolders.Where(Path.IsPathFullyQualified).Select(static folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The absolute path a document stands for on this machine; the document itself where it is no path.</summary>
    public string Resolve(string document)
    {
        foreach (Map map in _maps)
        {
            if (document.StartsWith(map.Mapped, StringComparison.Ordinal))
            {
                return Normalize(Path.Combine(map.Real, document[map.Mapped.Length..].TrimStart('/', '\\')));
            }
        }

        return Normalize(document);
    }

    /// <summary>Whether a document is of generated code.</summary>
    public bool IsGenerated(string document)
    {
        string path = Resolve(document);
        // Files of source generators that are not written to disk have a path below the intermediate folder, or a relative one.
        return !Path.IsPathFullyQualified(path)
            || _generated.Exists(folder => path.StartsWith(folder, StringComparison.OrdinalIgnoreCase))
            || (!File.Exists(path) && document.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase));
    }

    private string Normalize(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return path;
        }

        string combined = Path.Combine(_directory, path);
        return Path.IsPathFullyQualified(path) || File.Exists(combined) ? Path.GetFullPath(combined) : path;
    }

    // By reference: the runtime has the code of its collections for these, and none for pairs.
    private sealed record Map(string Mapped, string Real);
}
