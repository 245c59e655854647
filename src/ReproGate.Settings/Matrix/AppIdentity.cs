using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Sources;

namespace ReproGate.Settings.Matrix;

/// <summary>By what names deployments know an application: images that are certainly built from its project, services of compose that build it, its own name.</summary>
internal sealed partial class AppIdentity
{
    private const int MaxWorkflows = 100;
    private static readonly SourceLocation Nowhere = new("");

    // Words that many projects of one repository end in.
    private static readonly ImmutableArray<string> Common = ["api", "app", "web", "worker", "service", "services", "server", "host", "client"];

    private readonly RepositoryTree _tree;
    private readonly List<(string Image, MatrixSource? Dockerfile)> _images = [];
    private readonly Dictionary<string, MatrixSource?> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);
    private readonly string _word;

    /// <summary>Gathers the names.</summary>
    public AppIdentity(RepositoryTree tree)
    {
        _tree = tree;
        string name = Path.GetFileNameWithoutExtension(tree.ProjectPath);
        string assembly = name;
        foreach ((string element, _, string text) in tree.Elements(tree.ProjectPath).Where(static element => !element.Text.Contains("$(", StringComparison.Ordinal)))
        {
            if (element is "ContainerRepository" or "ContainerImageName" && ImageName.Literal(text) is { Length: > 0 } image)
            {
                _images.Add((image, null));
            }
            else if (element == "AssemblyName" && text.Length > 0)
            {
                assembly = text;
            }
        }

        foreach (ComposeService service in InferredSources.ComposeServices(tree))
        {
            MatrixSource? dockerfile = Dockerfile(service.Dockerfile, service.Stage);
            _names.TryAdd(Plain(service.Source.Target), dockerfile);
            if (ImageName.Literal(service.Image) is { Length: > 0 } image)
            {
                _images.Add((image, dockerfile));
            }
        }

        foreach ((string dockerfile, string context, string tag, string stage) in Builds())
        {
            if (IsBuiltBy(dockerfile, context) && ImageName.Literal(tag) is { Length: > 0 } image)
            {
                _images.Add((image, Dockerfile(dockerfile, stage)));
            }
        }

        // Of two projects with one name neither can be meant by it.
        if (tree.ProjectFiles.Count(other => Plain(Path.GetFileNameWithoutExtension(other)) == Plain(name)) <= 1)
        {
            _own.UnionWith([Plain(name), Plain(assembly)]);
            _names.TryAdd(Plain(name), null);
            _names.TryAdd(Plain(assembly), null);
        }

        string[] words = [.. name.Split(['.', '-', '_'], StringSplitOptions.RemoveEmptyEntries).Select(static word => word.ToLowerInvariant())];
        _word = words.LastOrDefault(word => word.Length > 2 && !Common.Contains(word)) ?? Plain(name);
    }

    /// <summary>Whether an image is certainly the application's, by what builds it.</summary>
    /// <param name="image">As a manifest has it.</param>
    /// <param name="dockerfile">The Dockerfile it is built from; null where none is known.</param>
    public bool IsImage(string image, out MatrixSource? dockerfile)
    {
        string literal = ImageName.Literal(image);
        (string Image, MatrixSource? Dockerfile) found = _images.Find(own => ImageName.IsSame(own.Image, literal));
        dockerfile = found.Dockerfile;
        return found.Image is not null;
    }

    /// <summary>Whether one of the names that a workload has is the application's, or a service's that builds it, and its image does not say otherwise.</summary>
    /// <param name="image">As a manifest has it.</param>
    /// <param name="dockerfile">The Dockerfile it is built from; null where none is known.</param>
    /// <param name="names">Of the workload and its container.</param>
    public bool IsNamed(string image, out MatrixSource? dockerfile, params ReadOnlySpan<string> names)
    {
        string last = Plain(ImageName.Last(ImageName.Literal(image)));
        if (_own.Contains(last))
        {
            dockerfile = _names[last];
            return true;
        }

        foreach (string name in names)
        {
            string plain = Plain(WithoutKind(name));
            if (plain.Length > 0 && _names.TryGetValue(plain, out dockerfile) && (last.Length == 0 || last.Contains(plain, StringComparison.Ordinal) || plain.Contains(last, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        dockerfile = null;
        return false;
    }

    /// <summary>Whether a name or an image resembles the application's so much that a person should look at it.</summary>
    public bool Resembles(string image, string name) =>
        Plain(name).Contains(_word, StringComparison.Ordinal) || Plain(ImageName.Last(ImageName.Literal(image))).Contains(_word, StringComparison.Ordinal);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string WithoutKind(string name) => KindWord().Replace(name, "");

    private MatrixSource? Dockerfile(string path, string stage)
    {
        var faults = new FaultList();
        return _tree.Files.FileExists(path) && DockerfileSource.Read(_tree.Files, path, stage, new Dictionary<string, string?>(StringComparer.Ordinal), faults, Nowhere) is not null && faults.Count == 0
            ? new MatrixSource("dockerfile", [_tree.Files.Relative(path)], stage, Nowhere)
            : null;
    }

    // The Dockerfile lies beside the project, the project's folder is all it gets, or it starts the project's assembly.
    private bool IsBuiltBy(string dockerfile, string context) =>
        Path.GetDirectoryName(dockerfile) == _tree.ProjectDirectory || context == _tree.ProjectDirectory
        || (_tree.Files.FileExists(dockerfile) && _tree.Files.Text(dockerfile, new FaultList()) is { } text
            && text.Split('\n').LastOrDefault(static line => line.TrimStart().StartsWith("ENTRYPOINT", StringComparison.OrdinalIgnoreCase)) is { } entry
            && Regex.IsMatch(entry, $@"[\s""/]{Regex.Escape(Path.GetFileNameWithoutExtension(_tree.ProjectPath))}\.dll\b", RegexOptions.CultureInvariant));

    /// <summary>What workflows of GitHub Actions build by docker: Dockerfile, context, tag, stage.</summary>
    private IEnumerable<(string Dockerfile, string Context, string Tag, string Stage)> Builds()
    {
        string folder = Path.Combine(_tree.Files.Root, ".github", "workflows");
        foreach (string workflow in _tree.YamlIn(folder).Take(MaxWorkflows))
        {
            foreach (MappingNode step in InferredJobs.Steps(_tree, workflow).Select(static step => step.Step))
            {
                if (step.Text("uses").StartsWith("docker/build-push-action", StringComparison.Ordinal) && step.Mapping("with") is { } with)
                {
                    foreach (string tag in with.Text("tags").Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    {
                        if (Build(with.Text("file"), with.Text("context"), tag, with.Text("target")) is { } build)
                        {
                            yield return build;
                        }
                    }
                }

                foreach (string command in InferredJobs.Commands(step))
                {
                    foreach ((string dockerfile, string context, string tag, string stage) build in OfCommand(command))
                    {
                        yield return build;
                    }
                }
            }
        }
    }

    private IEnumerable<(string Dockerfile, string Context, string Tag, string Stage)> OfCommand(string command)
    {
        if (DockerBuild().Match(command) is not { Success: true } start)
        {
            yield break;
        }

        string file = "", stage = "", context = "";
        var tags = new List<string>();
        string[] words = [.. command[(start.Index + start.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static word => word.Trim('"', '\''))];
        for (int i = 0; i < words.Length && words[i] is not ("&&" or ";" or "|" or "||"); i++)
        {
            (string option, string? value) = words[i].StartsWith("--", StringComparison.Ordinal) && words[i].IndexOf('=', StringComparison.Ordinal) is > 0 and int equals
                ? (words[i][..equals], words[i][(equals + 1)..])
                : (words[i], i + 1 < words.Length ? words[i + 1] : "");
            bool apart = option == words[i];
            switch (option)
            {
                case "-f" or "--file":
                    file = value;
                    break;
                case "-t" or "--tag":
                    tags.Add(value);
                    break;
                case "--target":
                    stage = value;
                    break;
                case "--build-arg" or "--platform" or "--label" or "--secret" or "--cache-from" or "--cache-to" or "--network" or "-o" or "--output" or "--progress":
                    break;
                default:
                    apart = false;
                    context = option.StartsWith('-') ? context : option;
                    break;
            }

            i += apart ? 1 : 0;
        }

        foreach (string tag in tags)
        {
            if (Build(file, context, tag, stage) is { } build)
            {
                yield return build;
            }
        }
    }

    private (string Dockerfile, string Context, string Tag, string Stage)? Build(string file, string context, string tag, string stage) =>
        !file.Contains('$', StringComparison.Ordinal) && !context.Contains('$', StringComparison.Ordinal) && !context.Contains("://", StringComparison.Ordinal)
        && SettingsFiles.Combine(_tree.Files.Root, context.Length > 0 ? context : ".") is { } folder
        && (file.Length > 0 ? SettingsFiles.Combine(_tree.Files.Root, file) : Path.Combine(folder, "Dockerfile")) is { } dockerfile
            ? (dockerfile, Path.TrimEndingDirectorySeparator(folder), tag, stage.Contains('$', StringComparison.Ordinal) ? "" : stage)
            : null;

    [GeneratedRegex(@"[-_](?:deployment|deploy|pod|statefulset|container)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex KindWord();

    [GeneratedRegex(@"\bdocker\s+(?:buildx\s+)?build\s", RegexOptions.CultureInvariant)]
    private static partial Regex DockerBuild();
}
