using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Files;

/// <summary>Reads the repository's files, none larger than 4 MB and none outside, and remembers what it parsed.</summary>
/// <param name="root">Absolute path of the repository.</param>
internal sealed class SettingsFiles(string root)
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const long MaxBytes = 4 * 1024 * 1024;

    /// <summary>The most files that are taken from one folder.</summary>
    public const int MaxFilesInFolder = 2000;

    private readonly ConcurrentDictionary<string, (string? Text, SettingsFault? Fault)> _texts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, string), (ImmutableArray<SettingsNode> Documents, ImmutableArray<SettingsFault> Faults)> _yaml = new();
    private readonly ConcurrentDictionary<string, (SettingsNode? Tree, ImmutableArray<SettingsFault> Faults)> _json = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (IReadOnlyList<string> Files, SettingsFault? Fault)> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly string _realRoot = RealPath(Path.GetFullPath(root)) ?? Path.GetFullPath(root);

    /// <summary>Absolute path of the repository.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Joins a path as it is written, with either separator; null where it cannot be a path.</summary>
    public static string? Combine(string folder, string relative)
    {
        if (relative.Length is 0 or > 2000 || relative.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        return Path.GetFullPath(Path.Combine(folder, relative.Replace('\\', '/')));
    }

    /// <summary>Every file that was read or asked for, whether it exists or not; absolute paths.</summary>
    public IEnumerable<string> LookedAt => _texts.Keys.Union(_asked.Keys, StringComparer.Ordinal);

    /// <summary>Every folder whose files were listed.</summary>
    public IEnumerable<string> Listed => _folders.Keys;

    public bool FileExists(string path)
    {
        _asked.TryAdd(path, true);
        return File.Exists(path);
    }

    public static bool DirectoryExists(string path) => Directory.Exists(path);

    /// <summary>Relative to the repository with <c>/</c>.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The file's text, decoded as <c>StreamReader</c> does; null, with a fault, where it cannot be read.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="faults">Takes the fault.</param>
    /// <param name="askedBy">Where the file is named; the fault of a missing file stands there.</param>
    public string? Text(string path, FaultList faults, SourceLocation? askedBy = null)
    {
        (string? text, SettingsFault? fault) = _texts.GetOrAdd(path, Load);
        if (fault is not null)
        {
            faults.Add(fault.Kind == SettingsFaultKind.Missing && askedBy is not null
                ? fault with { Location = askedBy, Problem = $"the file '{FaultList.Shown(Relative(path))}' does not exist" }
                : fault);
        }

        return text;
    }

    /// <summary>The documents of a YAML file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="baseDirectory">Where relative paths in it start.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="askedBy">Where the file is named.</param>
    public ImmutableArray<SettingsNode> Yaml(string path, string baseDirectory, FaultList faults, SourceLocation? askedBy = null)
    {
        if (Text(path, faults, askedBy) is not { } text)
        {
            return [];
        }

        (ImmutableArray<SettingsNode> documents, ImmutableArray<SettingsFault> found) = _yaml.GetOrAdd((path, baseDirectory), key =>
        {
            var own = new FaultList();
            ImmutableArray<SettingsNode> parsed = YamlTree.Parse(text, new NodeSource(key.Item1, key.Item2), own);
            return (parsed, own.ToImmutable());
        });
        faults.AddRange(found);
        return documents;
    }

    /// <summary>A JSON file's tree; null, with a fault, where it is none.</summary>
    public SettingsNode? Json(string path, FaultList faults, SourceLocation? askedBy = null)
    {
        if (Text(path, faults, askedBy) is not { } text)
        {
            return null;
        }

        (SettingsNode? tree, ImmutableArray<SettingsFault> found) = _json.GetOrAdd(path, file =>
        {
            var own = new FaultList();
            SettingsNode? parsed = JsonTree.Parse(text, new NodeSource(file, Path.GetDirectoryName(file)!), own);
            return (parsed, own.ToImmutable());
        });
        faults.AddRange(found);
        return tree;
    }

    /// <summary>Files right in a folder, by name; none where there is no folder.</summary>
    public IReadOnlyList<string> FilesIn(string directory, FaultList faults)
    {
        (IReadOnlyList<string> listed, SettingsFault? fault) = _folders.GetOrAdd(directory, List);
        if (fault is not null)
        {
            faults.Add(fault);
        }

        return listed;
    }

    /// <summary>Folders right in a folder, by name; links to folders are left out, so that none is met twice.</summary>
    public IReadOnlyList<string> FoldersIn(string directory, FaultList faults)
    {
        try
        {
            return !Directory.Exists(directory) || IsOutside(directory)
                ? []
                : [.. Directory.EnumerateDirectories(directory).Where(static folder => new DirectoryInfo(folder).LinkTarget is null).Take(MaxFilesInFolder).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.NotRead(new SourceLocation(directory), $"the folder cannot be listed ({exception.Message})");
            return [];
        }
    }

    /// <summary>By how many characters a block text (<c>|</c>) is moved to the right in its file.</summary>
    public int IndentBelow(ScalarNode block)
    {
        string? line = Text(block.Source.Path, new FaultList())?.Split('\n').Skip(block.Line).FirstOrDefault(static line => line.AsSpan().Trim().Length > 0);
        return line is null ? 0 : line.Length - line.TrimStart(' ').Length;
    }

    private (IReadOnlyList<string> Files, SettingsFault? Fault) List(string directory)
    {
        var location = new SourceLocation(directory);
        try
        {
            if (!Directory.Exists(directory))
            {
                return ([], null);
            }

            if (IsOutside(directory))
            {
                return ([], new SettingsFault(location, "the folder lies outside the repository, where nothing is read", SettingsFaultKind.NotRead));
            }

            string[] found = [.. Directory.EnumerateFiles(directory).Take(MaxFilesInFolder + 1)];
            SettingsFault? fault = null;
            if (found.Length > MaxFilesInFolder)
            {
                fault = new SettingsFault(location, $"the folder holds more than {MaxFilesInFolder} files; the rest is not read", SettingsFaultKind.NotRead);
                found = found[..MaxFilesInFolder];
            }

            Array.Sort(found, StringComparer.Ordinal);
            return (found, fault);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ([], new SettingsFault(location, $"the folder cannot be listed ({exception.Message})", SettingsFaultKind.NotRead));
        }
    }

    private (string? Text, SettingsFault? Fault) Load(string path)
    {
        var location = new SourceLocation(path);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return (null, new SettingsFault(location, Directory.Exists(path) ? "it is a folder, expected a file" : "the file does not exist", SettingsFaultKind.Missing));
            }

            if (IsOutside(path))
            {
                return (null, new SettingsFault(location, "it lies outside the repository, where nothing is read", SettingsFaultKind.NotRead));
            }

            // A device or pipe has no length and may never end: the bound holds while reading too.
            if (file.Length > MaxBytes || (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != 0)
            {
                return (null, new SettingsFault(location, "it is larger than 4 MB, or no plain file", SettingsFaultKind.NotRead));
            }

            if (OperatingSystem.IsLinux() && file.Length == 0)
            {
                // An empty file, or a pipe that would block.
                return ("", null);
            }

            using FileStream stream = file.OpenRead();
            using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            return (reader.ReadToEnd(), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return (null, new SettingsFault(location, $"it cannot be read ({exception.Message})", SettingsFaultKind.NotRead));
        }
    }

    private bool IsOutside(string path)
    {
        string? real = RealPath(path);
        return real is null || !(real.Equals(_realRoot, StringComparison.Ordinal) || real.StartsWith(_realRoot + Path.DirectorySeparatorChar, PathComparison));
    }

    private static StringComparison PathComparison => OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The path with every symbolic link followed; null where links run in a circle.</summary>
    private static string? RealPath(string path)
    {
        string current = Path.GetPathRoot(path) ?? "/";
        var rest = new Stack<string>(Segments(path).Reverse());
        int links = 0;
        while (rest.TryPop(out string? segment))
        {
            string next = Path.GetFullPath(Path.Combine(current, segment));
            var info = new FileInfo(next);
            if (info.LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > 40)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                current = Path.GetPathRoot(target) ?? "/";
            }

            foreach (string part in Segments(target).Reverse())
            {
                rest.Push(part);
            }
        }

        return current;
    }

    private static string[] Segments(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
