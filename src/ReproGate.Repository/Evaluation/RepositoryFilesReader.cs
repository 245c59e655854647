using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Repository.Evaluation;

/// <summary>
/// Reads the files of the repository that an evaluation uses, by following imports from the files the build names.
/// An import whose path needs more than plain properties to resolve is left out: what is not read is not accused.
/// </summary>
public sealed partial class RepositoryFilesReader
{
    // An evaluation reads a few dozen files of a repository at most; more is hostile.
    private const int MaxFiles = 256;

    private readonly string _root;
    private readonly Dictionary<string, string> _properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _seen = new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
    private readonly List<ProjectFileText> _files = [];
    private bool _complete = true;

    private RepositoryFilesReader(string root, IReadOnlyDictionary<string, string> properties)
    {
        _root = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        foreach ((string name, string value) in properties)
        {
            _properties[name] = value;
        }
    }

    /// <summary>Reads files and everything they import inside the root.</summary>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="entries">Absolute paths in order of evaluation: Directory.Build.props, the project, Directory.Packages.props, Directory.Build.targets; those that do not exist or lie outside are left out.</param>
    /// <param name="properties">Properties that import paths may use, such as <c>MSBuildProjectDirectory</c>.</param>
    public static RepositoryFiles Read(string root, IEnumerable<string> entries, IReadOnlyDictionary<string, string> properties)
    {
        var reader = new RepositoryFilesReader(Path.GetFullPath(root), properties);
        foreach (string entry in entries)
        {
            if (entry.Length > 0)
            {
                reader.Add(Path.GetFullPath(entry), []);
            }
        }

        return new RepositoryFiles { Files = [.. reader._files], IsComplete = reader._complete };
    }

    /// <summary>Reads a project and the files its evaluation shares with others.</summary>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="sharedFiles">Directory.Build.props and its like, as the evaluation found them.</param>
    /// <param name="projectPath">Absolute path of the project.</param>
    public static RepositoryFiles ReadProject(string root, IEnumerable<string> sharedFiles, string projectPath) => Read(
        root,
        [.. sharedFiles, projectPath],
        new Dictionary<string, string> { ["ReproGateRepositoryRoot"] = root, ["MSBuildProjectDirectory"] = Path.GetDirectoryName(projectPath)! });

    private void Add(string path, ImmutableArray<string> conditions)
    {
        if (_files.Count >= MaxFiles)
        {
            _complete = false;
            return;
        }

        if (!path.StartsWith(_root, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
            || !_seen.Add(path)
            || ProjectFileReader.Read(path, conditions) is not { } file)
        {
            return;
        }

        _files.Add(file);
        foreach (ProjectElement element in file.Elements)
        {
            if (element.Parent == "PropertyGroup" && !element.Text.Contains('$'))
            {
                _properties[element.Name] = element.Text;
            }
            else if (element.Name == "Import" && element["Sdk"].Length == 0 && element["Project"] is { Length: > 0 } project)
            {
                foreach (string imported in Resolve(project, path))
                {
                    // MSBuild stops at a missing file that no condition guards; where the build went on, the path was read wrongly.
                    _complete &= !element.Conditions.IsEmpty || File.Exists(imported);
                    Add(imported, element.Conditions);
                }
            }
        }
    }

    private IEnumerable<string> Resolve(string project, string importingFile)
    {
        string? expanded = Expand(project, importingFile);
        if (string.IsNullOrWhiteSpace(expanded) || expanded.Contains('$') || expanded.Contains('@') || expanded.Contains('%') || expanded.Contains('\0'))
        {
            _complete = false;
            return [];
        }

        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(importingFile)!, expanded.Replace('\\', Path.DirectorySeparatorChar)));
        string name = Path.GetFileName(path);
        string? directory = Path.GetDirectoryName(path);
        if (!name.Contains('*') && !name.Contains('?'))
        {
            return [path];
        }

        if (directory is null || directory.Contains('*') || directory.Contains('?') || !Directory.Exists(directory))
        {
            return [];
        }

        try
        {
            return [.. Directory.EnumerateFiles(directory, name).Order(StringComparer.OrdinalIgnoreCase).Take(MaxFiles)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string? Expand(string text, string importingFile)
    {
        string directory = Path.GetDirectoryName(importingFile)! + Path.DirectorySeparatorChar;
        string previous;
        // The innermost $(…) first, so that a function's arguments are plain by the time it is reached.
        int rounds = 0;
        do
        {
            previous = text;
            text = Reference().Replace(text, match => Value(match, directory, importingFile) ?? match.Value);
        }
        while (text != previous && ++rounds < 8);
        return text;
    }

    private string? Value(Match match, string directory, string importingFile)
    {
        string inner = match.Groups["inner"].Value.Trim();
        Match function = AboveFunction().Match(inner);
        if (function.Success)
        {
            bool fileFirst = function.Groups["name"].Value.Equals("GetPathOfFileAbove", StringComparison.OrdinalIgnoreCase);
            string first = function.Groups["first"].Value.Trim().Trim('\'', '"');
            string second = function.Groups["second"].Value.Trim().Trim('\'', '"');
            string file = fileFirst ? first : second;
            string start = fileFirst ? second : first;
            string? found = FindAbove(file, start.Length > 0 ? Path.Combine(directory, start) : directory);
            return fileFirst ? found ?? "" : found is null ? "" : Path.GetDirectoryName(found);
        }

        if (PathFunction().Match(inner) is { Success: true } joined)
        {
            return Join(joined.Groups["arguments"].Value) is not { } path ? null
                : joined.Groups["folder"].Success && !Path.EndsInDirectorySeparator(path) ? path + Path.DirectorySeparatorChar
                : path;
        }

        return inner switch
        {
            _ when inner.Equals("MSBuildThisFileDirectory", StringComparison.OrdinalIgnoreCase) => directory,
            _ when inner.Equals("MSBuildThisFileFullPath", StringComparison.OrdinalIgnoreCase) => importingFile,
            _ when inner.Equals("MSBuildThisFile", StringComparison.OrdinalIgnoreCase) => Path.GetFileName(importingFile),
            _ when inner.Equals("MSBuildThisFileName", StringComparison.OrdinalIgnoreCase) => Path.GetFileNameWithoutExtension(importingFile),
            _ => _properties.GetValueOrDefault(inner),
        };
    }

    /// <summary>What the path functions of property functions have in common: they join their arguments. Null where one is not plain text.</summary>
    private static string? Join(string arguments)
    {
        string[] parts = [.. arguments.Split(',').Select(static part => part.Trim().Trim('\'', '"', '`').Replace('\\', Path.DirectorySeparatorChar))];
        return Array.Exists(parts, static part => part.Contains('$') || part.Contains('\0')) ? null : Path.Combine(parts);
    }

    private string? FindAbove(string file, string directory)
    {
        if (file.Length == 0 || file.IndexOfAny(['/', '\\', '$', '\0']) >= 0 || directory.Contains('$') || directory.Contains('\0'))
        {
            return null;
        }

        for (string? current = Path.GetFullPath(directory.Replace('\\', Path.DirectorySeparatorChar)); current is not null; current = Path.GetDirectoryName(current))
        {
            string candidate = Path.Combine(current, file);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\$\((?<inner>[^()$]*(\([^()$]*\))?)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^\[MSBuild\]::(?<name>GetPathOfFileAbove|GetDirectoryNameOfFileAbove)\((?<first>[^,()]*)(,(?<second>[^,()]*))?\)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AboveFunction();

    [GeneratedRegex(@"^\[(System\.IO\.Path\]::(Combine|GetFullPath|Join)|MSBuild\]::(NormalizePath|(?<folder>NormalizeDirectory|EnsureTrailingSlash)))\((?<arguments>[^()]*)\)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathFunction();
}
