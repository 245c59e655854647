using System.Collections.Immutable;
using System.Xml;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;
using ReproGate.Settings.Sources.Compose;

namespace ReproGate.Settings.Matrix;

/// <summary>What in a repository runs an application, as far as its files say so by themselves: a service that compose builds, a resource of an app host.</summary>
internal static class InferredSources
{
    // Folders that are looked through for app hosts and compose files: a repository of thousands of projects has far fewer above its project files.
    private const int MaxFolders = 5000;
    private const int MaxDepth = 8;

    // Files beside the compose file that are written for a purpose of their own: "compose.full.yaml".
    private const int MaxVariants = 20;

    private static readonly ImmutableArray<string> ComposeFiles = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly SourceLocation Nowhere = new("");

    /// <summary>
    /// The service that builds a project, and the .NET environment it runs in: in a compose file of the root or of a folder above the project, else of any other folder
    /// of the repository (<c>deploy/</c>, <c>docker/</c>) where only one builds it.
    /// </summary>
    /// <param name="root">Absolute path of the repository's root.</param>
    /// <param name="project">The project file, relative to it with <c>/</c>.</param>
    public static (MatrixSource Source, string Environment)? Compose(string root, string project)
    {
        var files = new SettingsFiles(root);
        string folder = "";
        foreach (string next in project.Split('/'))
        {
            if (ComposeIn(files, folder, project) is { } found)
            {
                return found;
            }

            folder += $"{next}/";
        }

        (MatrixSource Source, string Environment)?[] elsewhere =
        [
            .. Folders(files, root, new FaultList())
                .Select(files.Relative)
                .Where(path => path != "." && !project.StartsWith($"{path}/", StringComparison.Ordinal))
                .Select(path => ComposeIn(files, $"{path}/", project))
                .Where(static found => found is not null)
                .Take(2),
        ];
        return elsewhere is [var one] ? one : null;
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

    /// <summary>The service of a folder's compose files: of the first with the override that compose joins by itself, else with the one file beside them that has it.</summary>
    private static (MatrixSource Source, string Environment)? ComposeIn(SettingsFiles files, string folder, string project)
    {
        string path = Path.Combine(files.Root, folder);
        if (ComposeFiles.FirstOrDefault(name => files.FileExists(Path.Combine(path, name))) is not { } main)
        {
            return null;
        }

        string stem = Path.GetFileNameWithoutExtension(main);
        string? overriding = new[] { $"{stem}.override.yaml", $"{stem}.override.yml" }.FirstOrDefault(name => files.FileExists(Path.Combine(path, name)));
        if (Compose(files, folder, overriding is null ? [main] : [main, overriding], project) is { } found)
        {
            return found;
        }

        // With files named, compose joins no override by itself.
        (MatrixSource Source, string Environment)?[] variants =
        [
            .. files.FilesIn(path, new FaultList())
                .Select(static file => Path.GetFileName(file))
                .Where(name => name != main && name != overriding && name.StartsWith($"{stem}.", StringComparison.Ordinal) && Path.GetExtension(name) is ".yml" or ".yaml")
                .Take(MaxVariants)
                .Select(variant => Compose(files, folder, [main, variant], project))
                .Where(static variant => variant is not null),
        ];
        return variants is [var one] ? one : null;
    }

    private static (MatrixSource Source, string Environment)? Compose(SettingsFiles files, string folder, ImmutableArray<string> names, string project)
    {
        string root = Path.Combine(files.Root, folder);
        // As compose itself joins them, so that a Dockerfile named by a variable of .env is found.
        ComposeProject joined = ComposeProject.Load(files, [.. names.Select(name => Path.Combine(root, name))], new FaultList(), Nowhere);
        foreach (KeyValuePair<ScalarNode, SettingsNode> service in joined.Root?.Mapping("services")?.Entries ?? [])
        {
            if (service.Value is MappingNode body && Builds(body, root, Path.Combine(files.Root, project)))
            {
                return (new MatrixSource("compose", [.. names.Select(name => folder + name)], service.Key.Text, Nowhere), EnvironmentOf(body));
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
        if (SettingsFiles.Combine(root, context) is not { } folder || SettingsFiles.Combine(folder, dockerfile) is not { } file)
        {
            return false;
        }

        string own = Path.GetDirectoryName(projectPath)!;
        return folder.Equals(own, StringComparison.Ordinal) || Path.GetDirectoryName(file) == own;
    }

    private static string EnvironmentOf(MappingNode service)
    {
        string found = "Production";
        IEnumerable<(string Name, string Value)> given = ComposeMerge.ToMapping(service["environment"] ?? new MappingNode(service.Source, 1, 1, [])) is MappingNode variables
            ? variables.Entries.Where(static entry => entry.Value is ScalarNode { Known: true }).Select(static entry => (entry.Key.Text, ((ScalarNode)entry.Value).Text))
            : [];
        foreach ((string name, string value) in given)
        {
            if (name is "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT" && MatrixInit.IsName(value))
            {
                found = value;
            }
        }

        return found;
    }

    private static IEnumerable<string> ProjectFiles(SettingsFiles files, string root, FaultList faults) =>
        Folders(files, root, faults).SelectMany(folder => ProjectFilesIn(files, folder, faults));

    private static IEnumerable<string> ProjectFilesIn(SettingsFiles files, string folder, FaultList faults) =>
        files.FilesIn(folder, faults).Where(static file => file.EndsWith("proj", StringComparison.OrdinalIgnoreCase));

    /// <summary>The repository's folders, nearest to the root first; below a project lie its own folders, and none of another project.</summary>
    private static IEnumerable<string> Folders(SettingsFiles files, string root, FaultList faults)
    {
        var folders = new Queue<(string Path, int Depth)>([(root, 0)]);
        for (int i = 0; i < MaxFolders && folders.TryDequeue(out (string Path, int Depth) folder); i++)
        {
            yield return folder.Path;
            // Visual Studio's docker-compose.dcproj lies beside the solution, above all projects.
            bool ends = folder.Depth == MaxDepth || ProjectFilesIn(files, folder.Path, faults).Any(static file => !file.EndsWith(".dcproj", StringComparison.OrdinalIgnoreCase));
            foreach (string below in ends ? [] : files.FoldersIn(folder.Path, faults))
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
