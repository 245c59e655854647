using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;
using ReproGate.Settings.Sources.Compose;

namespace ReproGate.Settings.Matrix;

/// <summary>An application in one environment, as files of the repository say by themselves.</summary>
/// <param name="Environment">The environment's name for a matrix that has none for it yet.</param>
/// <param name="DotNetName">The value of <c>DOTNET_ENVIRONMENT</c> there.</param>
/// <param name="Network">Where its processes run.</param>
/// <param name="Sources">What gives it its configuration, in order.</param>
internal sealed record InferredRun(string Environment, string DotNetName, NetworkKind Network, ImmutableArray<MatrixSource> Sources);

/// <summary>A service of compose files that builds the project.</summary>
/// <param name="Source">The service as the matrix names it.</param>
/// <param name="Environment">The .NET environment it runs in.</param>
/// <param name="Image">The image's name as written; empty where compose makes one up.</param>
/// <param name="Dockerfile">Absolute path of the Dockerfile.</param>
/// <param name="Stage">The stage of it that is built; empty for the last.</param>
internal sealed record ComposeService(MatrixSource Source, string Environment, string Image, string Dockerfile, string Stage);

/// <summary>What in a repository runs an application, as far as its files say so by themselves: a service that compose builds, a resource of an app host.</summary>
internal static class InferredSources
{
    // Files beside the compose file that are written for a purpose of their own: "compose.full.yaml".
    private const int MaxVariants = 20;

    private static readonly ImmutableArray<string> ComposeFiles = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    private static readonly SourceLocation Nowhere = new("");

    /// <summary>
    /// The service that builds a project, and the .NET environment it runs in: in a compose file of the root or of a folder above the project, else of any other folder
    /// of the repository (<c>deploy/</c>, <c>docker/</c>) where only one builds it.
    /// </summary>
    /// <param name="tree">The repository.</param>
    /// <param name="notes">Takes what a person has to choose from.</param>
    public static (MatrixSource Source, string Environment)? Compose(RepositoryTree tree, List<string> notes)
    {
        string folder = "";
        foreach (string next in tree.Project.Split('/'))
        {
            if (ComposeIn(tree, folder, out _) is { } found)
            {
                return (found.Source, found.Environment);
            }

            folder += $"{next}/";
        }

        ComposeService[] elsewhere =
        [
            .. tree.Folders
                .Select(tree.Files.Relative)
                .Where(path => path != "." && !tree.Project.StartsWith($"{path}/", StringComparison.Ordinal))
                .Select(path => ComposeIn(tree, $"{path}/", out _))
                .OfType<ComposeService>()
                .Take(2),
        ];
        if (elsewhere is [var one])
        {
            return (one.Source, one.Environment);
        }

        if (elsewhere.Length > 1)
        {
            notes.Add($"several compose files build it; where it runs so, name the service: {string.Join(" or ", elsewhere.Select(static service => $"\"{MatrixWriter.Text(service.Source)}\""))}");
        }

        return null;
    }

    /// <summary>Every service of the repository's compose files that builds the project.</summary>
    public static IEnumerable<ComposeService> ComposeServices(RepositoryTree tree)
    {
        foreach (string folder in tree.Folders.Select(tree.Files.Relative))
        {
            ComposeService? found = ComposeIn(tree, folder == "." ? "" : $"{folder}/", out ImmutableArray<ComposeService> variants);
            foreach (ComposeService service in found is not null && variants.IsEmpty ? [found] : variants)
            {
                yield return service;
            }
        }
    }

    /// <summary>The resource that an app host of the repository adds for a project, with the launch profile it names; null where none does, or where several do.</summary>
    /// <param name="tree">The repository.</param>
    /// <param name="notes">Takes what a person has to choose from.</param>
    public static (MatrixSource Source, string? LaunchProfile)? AppHost(RepositoryTree tree, List<string> notes)
    {
        string[] hosts = [.. tree.ProjectFiles.Where(host => Runs(tree, host))];
        (MatrixSource Source, string? LaunchProfile)[] found =
        [
            .. from host in hosts
               let resource = AspireAppHost.ResourceOf(tree.Files, Path.GetDirectoryName(host)!, Path.GetFileNameWithoutExtension(tree.ProjectPath), tree.Faults)
               where resource is not null
               select (new MatrixSource("aspire", [tree.Files.Relative(Path.GetDirectoryName(host)!)], resource.Name, Nowhere), resource.LaunchProfile),
        ];
        if (found is [var one])
        {
            return one;
        }

        if (found.Length > 1)
        {
            notes.Add($"several app hosts start it; where it runs so, name the resource: {string.Join(" or ", found.Select(static one => $"\"{MatrixWriter.Text(one.Source)}\""))}");
        }
        else if (hosts.FirstOrDefault(host => tree.Files.Text(host, tree.Faults)!.Contains("AppHost", StringComparison.OrdinalIgnoreCase)) is { } host)
        {
            notes.Add($"{tree.Files.Relative(host)} references it, and which of its resources it is cannot be seen; if it starts it, add \"aspire:{tree.Files.Relative(Path.GetDirectoryName(host)!)}#RESOURCE\"");
        }

        return null;
    }

    /// <summary>The service of a folder's compose files: of the first with the override that compose joins by itself, else with the one file beside them that has it.</summary>
    private static ComposeService? ComposeIn(RepositoryTree tree, string folder, out ImmutableArray<ComposeService> variants)
    {
        variants = [];
        string path = Path.Combine(tree.Files.Root, folder);
        if (ComposeFiles.FirstOrDefault(name => tree.Files.FileExists(Path.Combine(path, name))) is not { } main)
        {
            return null;
        }

        string stem = Path.GetFileNameWithoutExtension(main);
        string? overriding = new[] { $"{stem}.override.yaml", $"{stem}.override.yml" }.FirstOrDefault(name => tree.Files.FileExists(Path.Combine(path, name)));
        if (Compose(tree, folder, overriding is null ? [main] : [main, overriding]) is { } found)
        {
            return found;
        }

        // With files named, compose joins no override by itself.
        variants =
        [
            .. tree.Files.FilesIn(path, tree.Faults)
                .Select(static file => Path.GetFileName(file))
                .Where(name => name != main && name != overriding && name.StartsWith($"{stem}.", StringComparison.Ordinal) && Path.GetExtension(name) is ".yml" or ".yaml")
                .Take(MaxVariants)
                .Select(variant => Compose(tree, folder, [main, variant]))
                .OfType<ComposeService>(),
        ];
        return variants is [var one] ? one : null;
    }

    private static ComposeService? Compose(RepositoryTree tree, string folder, ImmutableArray<string> names)
    {
        string root = Path.Combine(tree.Files.Root, folder);
        // As compose itself joins them, so that a Dockerfile named by a variable of .env is found.
        ComposeProject joined = ComposeProject.Load(tree.Files, [.. names.Select(name => Path.Combine(root, name))], new FaultList(), Nowhere);
        foreach (KeyValuePair<ScalarNode, SettingsNode> service in joined.Root?.Mapping("services")?.Entries ?? [])
        {
            if (service.Value is MappingNode body && DockerfileOf(tree, body, root) is { } dockerfile)
            {
                return new ComposeService(
                    new MatrixSource("compose", [.. names.Select(name => folder + name)], service.Key.Text, Nowhere),
                    EnvironmentOf(body),
                    body.Text("image"),
                    dockerfile,
                    body.Mapping("build")?.Text("target") ?? "");
            }
        }

        return null;
    }

    // The Dockerfile that a service is built from, where it builds the project.
    private static string? DockerfileOf(RepositoryTree tree, MappingNode service, string root)
    {
        string context = service.Scalar("build")?.Text ?? service.Mapping("build")?.Scalar("context")?.Text ?? "";
        if (context.Length == 0 || context.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }

        string dockerfile = service.Mapping("build")?.Scalar("dockerfile")?.Text ?? "Dockerfile";
        return SettingsFiles.Combine(root, context) is { } folder && SettingsFiles.Combine(folder, dockerfile) is { } file && (folder.Equals(tree.ProjectDirectory, StringComparison.Ordinal) || Path.GetDirectoryName(file) == tree.ProjectDirectory)
            ? file
            : null;
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

    // Whether it is an app host with a reference to the project. What cannot be read runs nothing that could be named.
    private static bool Runs(RepositoryTree tree, string host) =>
        tree.Files.Text(host, tree.Faults)?.Contains("Aspire", StringComparison.OrdinalIgnoreCase) == true
        && tree.Elements(host).Any(element => element.Name == "ProjectReference" && SettingsFiles.Combine(Path.GetDirectoryName(host)!, element.Include) is { } reference && RepositoryTree.IsSame(reference, tree.ProjectPath));
}
