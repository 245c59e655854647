using System.Xml;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Matrix;

/// <summary>A repository as Init looks through it for what runs one project: its folders, its project files.</summary>
/// <param name="root">Absolute path of the repository's root.</param>
/// <param name="projectPath">Absolute path of the project file.</param>
internal sealed class RepositoryTree(string root, string projectPath)
{
    // A repository of thousands of projects has far fewer folders above its project files.
    private const int MaxFolders = 5000;
    private const int MaxDepth = 8;

    private IReadOnlyList<string>? _folders;

    /// <summary>The repository's files.</summary>
    public SettingsFiles Files { get; } = new(root);

    /// <summary>Takes what is wrong with files that were only looked at: no fault of anybody while nothing names them.</summary>
    public FaultList Faults { get; } = new();

    /// <summary>Absolute path of the project file.</summary>
    public string ProjectPath { get; } = projectPath;

    /// <summary>Absolute path of its folder.</summary>
    public string ProjectDirectory { get; } = Path.GetDirectoryName(projectPath)!;

    /// <summary>The project file, relative to the root with <c>/</c>.</summary>
    public string Project { get; } = Path.GetRelativePath(root, projectPath).Replace('\\', '/');

    /// <summary>The repository's folders, absolute, nearest to the root first; of what lies below projects only what is below this one.</summary>
    public IReadOnlyList<string> Folders => _folders ??= [.. Walk()];

    /// <summary>Project files, absolute.</summary>
    public IEnumerable<string> ProjectFiles => Folders.SelectMany(ProjectFilesIn);

    /// <summary>YAML files right in a folder.</summary>
    public IEnumerable<string> YamlIn(string folder) =>
        Files.FilesIn(folder, Faults).Where(static file => file.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".yml", StringComparison.OrdinalIgnoreCase));

    /// <summary>The elements of a project file with their texts and <c>Include</c>s; none of a file that is no project. Entities are not read.</summary>
    /// <param name="path">Absolute path.</param>
    public IEnumerable<(string Name, string Include, string Text)> Elements(string path)
    {
        if (Files.Text(path, Faults) is not { } text)
        {
            return [];
        }

        var found = new List<(string, string, string)>();
        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            string name = "";
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.LocalName;
                    if (reader.GetAttribute("Include") is { Length: > 0 } include)
                    {
                        found.Add((name, include, ""));
                    }
                }
                else if (reader.NodeType == XmlNodeType.Text)
                {
                    found.Add((name, "", reader.Value.Trim()));
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or ArgumentException)
        {
            return [];
        }

        return found;
    }

    /// <summary>Whether two absolute paths are one file.</summary>
    public static bool IsSame(string left, string right) => left.Equals(right, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> Walk()
    {
        var folders = new Queue<(string Path, int Depth)>([(Files.Root, 0)]);
        for (int i = 0; i < MaxFolders && folders.TryDequeue(out (string Path, int Depth) folder); i++)
        {
            yield return folder.Path;
            // Visual Studio's docker-compose.dcproj lies beside the solution, above all projects.
            bool ends = folder.Depth == MaxDepth
                || (!IsSame(folder.Path, ProjectDirectory) && ProjectFilesIn(folder.Path).Any(static file => !file.EndsWith(".dcproj", StringComparison.OrdinalIgnoreCase)));
            foreach (string below in ends ? [] : Files.FoldersIn(folder.Path, Faults))
            {
                if (Path.GetFileName(below) is not (['.', ..] or "bin" or "obj" or "artifacts" or "node_modules"))
                {
                    folders.Enqueue((below, folder.Depth + 1));
                }
            }
        }
    }

    private IEnumerable<string> ProjectFilesIn(string folder) => Files.FilesIn(folder, Faults).Where(static file => file.EndsWith("proj", StringComparison.OrdinalIgnoreCase));
}
