using System.Collections.Immutable;
using System.Xml;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;

namespace ReproGate.Settings.Matrix;

/// <summary>What in a repository runs an application, as far as its files say so by themselves: a service that compose builds, a resource of an app host.</summary>
internal static class InferredSources
{
    // Folders that are looked through for app hosts: a repository of thousands of projects has far fewer above its project files.
    private const int MaxFolders = 5000;
    private const int MaxDepth = 8;

    private static readonly ImmutableArray<string> ComposeFiles = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly SourceLocation Nowhere = new("");

    /// <summary>The service that builds a project, in a compose file of the root or of a folder above the project, and the .NET environment it runs in.</summary>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="project">The project file, relative to it with <c>/</c>.</param>
    public static (MatrixSource Source, string Environment)? Compose(string root, string project)
    {
        var files = new SettingsFiles(root);
        string folder = "";
        foreach (string next in project.Split('/'))
        {
            if (ComposeFiles.FirstOrDefault(name => files.FileExists(Path.Combine(root, folder, name))) is { } name && Compose(files, folder, name, project) is { } found)
            {
                return found;
            }

            folder += $"{next}/";
        }

        return null;
    }

    /// <summary>The resource that an app host of the repository adds for a project; null where none does, or where several do.</summary>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="projectPath">Absolute path of the project file.</param>
    public static MatrixSource? AppHost(string root, string projectPath)
    {
        var files = new SettingsFiles(root);
        var faults = new FaultList();
        MatrixSource[] found =
        [
            .. from host in ProjectFiles(files, root, faults)
               where Runs(files, host, projectPath, faults)
               let resource = AspireAppHost.ResourceOf(files, Path.GetDirectoryName(host)!, Path.GetFileNameWithoutExtension(projectPath), faults)
               where resource is not null
               select new MatrixSource("aspire", [files.Relative(Path.GetDirectoryName(host)!)], resource, Nowhere),
        ];
        return found is [var one] ? one : null;
    }

    private static (MatrixSource Source, string Environment)? Compose(SettingsFiles files, string folder, string main, string project)
    {
        string root = Path.Combine(files.Root, folder);
        var faults = new FaultList();
        foreach (SettingsNode document in files.Yaml(Path.Combine(root, main), root, faults))
        {
            foreach (KeyValuePair<ScalarNode, SettingsNode> service in (document as MappingNode)?.Mapping("services")?.Entries ?? [])
            {
                if (service.Value is MappingNode body && Builds(body, root, Path.Combine(files.Root, project)))
                {
                    string stem = Path.GetFileNameWithoutExtension(main);
                    string? overriding = new[] { $"{stem}.override.yaml", $"{stem}.override.yml" }.FirstOrDefault(name => files.FileExists(Path.Combine(root, name)));
                    ImmutableArray<string> all = overriding is null ? [main] : [main, overriding];
                    return (new MatrixSource("compose", [.. all.Select(name => folder + name)], service.Key.Text, Nowhere), EnvironmentOf(files, root, all, service.Key.Text, faults));
                }
            }
        }

        return null;
    }

    private static bool Builds(MappingNode service, string root, string projectPath)
    {
        string context = service.Scalar("build")?.Text ?? service.Mapping("build")?.Scalar("context")?.Text ?? "";
        if (context.Length == 0 || context.Contains("://", StringComparison.Ordinal))
        {
            return false;
        }

        string dockerfile = service.Mapping("build")?.Scalar("dockerfile")?.Text ?? "Dockerfile";
        string folder = Path.GetFullPath(Path.Combine(root, context));
        string file = Path.GetFullPath(Path.Combine(folder, dockerfile));
        string own = Path.GetDirectoryName(projectPath)!;
        return folder.Equals(own, StringComparison.Ordinal) || Path.GetDirectoryName(file) == own;
    }

    private static string EnvironmentOf(SettingsFiles files, string root, ImmutableArray<string> names, string service, FaultList faults)
    {
        string found = "Production";
        foreach (string name in names)
        {
            foreach (SettingsNode document in files.Yaml(Path.Combine(root, name), root, faults))
            {
                SettingsNode? variables = (document as MappingNode)?.Mapping("services")?.Mapping(service)?["environment"];
                IEnumerable<string> given = variables switch
                {
                    SequenceNode list => list.Items.OfType<ScalarNode>().Select(static item => item.Text),
                    MappingNode map => map.Entries.Select(static entry => $"{entry.Key.Text}={(entry.Value as ScalarNode)?.Text}"),
                    _ => [],
                };
                foreach (string variable in given)
                {
                    string[] parts = variable.Split('=', 2);
                    if (parts.Length == 2 && parts[0] is "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT" && MatrixInit.IsName(parts[1]))
                    {
                        found = parts[1];
                    }
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> ProjectFiles(SettingsFiles files, string root, FaultList faults)
    {
        var folders = new Queue<(string Path, int Depth)>([(root, 0)]);
        for (int i = 0; i < MaxFolders && folders.TryDequeue(out (string Path, int Depth) folder); i++)
        {
            string[] projects = [.. files.FilesIn(folder.Path, faults).Where(static file => file.EndsWith("proj", StringComparison.OrdinalIgnoreCase))];
            foreach (string project in projects)
            {
                yield return project;
            }

            // Below a project lie its own folders, and none of another project.
            foreach (string below in projects.Length > 0 || folder.Depth == MaxDepth ? [] : files.FoldersIn(folder.Path, faults))
            {
                if (Path.GetFileName(below) is not (['.', ..] or "bin" or "obj" or "artifacts" or "node_modules"))
                {
                    folders.Enqueue((below, folder.Depth + 1));
                }
            }
        }
    }

    // Whether it is an app host with a reference to the project. What cannot be read runs nothing that could be named.
    private static bool Runs(SettingsFiles files, string host, string projectPath, FaultList faults)
    {
        if (files.Text(host, faults) is not { } text || !text.Contains("Aspire", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "ProjectReference" }
                    && reader.GetAttribute("Include") is { Length: > 0 } reference
                    && Path.GetFullPath(Path.Combine(Path.GetDirectoryName(host)!, reference.Replace('\\', '/'))).Equals(projectPath, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is XmlException or ArgumentException)
        {
            return false;
        }

        return false;
    }
}
