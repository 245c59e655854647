using System.Globalization;
using System.Text;
using ReproGate.CleanRoom.Jobs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ReproGate.Cli.Jobs;

/// <summary>What a manifest for Kubernetes leaves to its user.</summary>
internal sealed record KubernetesSettings
{
    /// <summary>The address that a pod clones.</summary>
    public required string Repository { get; init; }

    /// <summary>The image of the pods, with the .NET SDK and git.</summary>
    public required string PodImage { get; init; }

    /// <summary>The address of an engine outside; empty for one in each pod.</summary>
    public string DockerHost { get; init; } = "";

    /// <summary>The persistent volume claim that takes the results.</summary>
    public required string Claim { get; init; }

    /// <summary>How many pods run at once.</summary>
    public int Parallelism { get; init; } = 4;
}

/// <summary>
/// Jobs as manifests for Kubernetes: for each platform a ConfigMap with the matrix and an Indexed Job, each index of which does the job of that number. Sources:
/// kubernetes.io, "Indexed Job for Parallel Processing with Static Work Assignment", "Sidecar Containers".
/// </summary>
internal static class KubernetesManifest
{
    /// <summary>The image of the pods: Microsoft's SDK, which holds git.</summary>
    public const string DefaultPodImage = "mcr.microsoft.com/dotnet/sdk:10.0";

    // Docker's own images; the client alone is a static program.
    private const string EngineImage = "docker:29-dind";
    private const string ClientImage = "docker:29-cli";
    private const string Socket = "/reprogate/engine/docker.sock";

    /// <summary>What etcd takes, with room for the rest of the object.</summary>
    private const int MostBytes = 900 << 10;

    // Everything a user names comes by a variable: a text in a script would be a program. A finding is no failed pod, for the first failed one would end all others:
    // the results say what was found, and merge says who has none.
    private const string Script = """
        set -eu
        export PATH="$PATH:/reprogate/tools"
        git clone --quiet "$REPROGATE_REPOSITORY" /reprogate/sources/repository
        cd /reprogate/sources/repository
        git checkout --quiet --detach "$REPROGATE_COMMIT"
        dotnet tool restore
        code=0
        dotnet reprogate cleanroom --job "$JOB_COMPLETION_INDEX" --of /reprogate/matrix/matrix.json || code=$?
        if [ -d obj/reprogate/cleanroom ]; then
          cp -r obj/reprogate/cleanroom/. /reprogate/results/
        fi
        echo "reprogate cleanroom ended with exit code $code"

        """;

    /// <summary>Writes the manifests, documents of one YAML stream.</summary>
    /// <exception cref="ToolException">The list of jobs does not fit into a ConfigMap, or jobs have contexts of their own, which a pod does not know.</exception>
    public static string Write(JobMatrix matrix, KubernetesSettings settings, string toolVersion)
    {
        if (matrix.Jobs.Any(static job => job.Context.Length > 0))
        {
            throw new ToolException("a pod knows no docker context of this machine: leave --compare-contexts out.");
        }

        var text = new StringBuilder();
        text.Append("# Written by `reprogate cleanroom matrix --format kubernetes`. What it needs, and what it costs in security: docs/recipes/clean-rooms-on-many-machines.md of ReproGate.\n");
        var documents = new List<string>();
        foreach (IGrouping<string, Job> platform in matrix.Jobs.GroupBy(static job => job.Platform))
        {
            // A template has one node selector, so that each platform is a Job of its own; its matrix holds its jobs only, under the same names.
            var own = new JobMatrix(matrix.Commit, [.. platform]);
            string name = "reprogate-cleanroom" + string.Concat(platform.Key.Split('/').Skip(1).Select(static part => "-" + Label(part))) + "-" + matrix.Commit[..Math.Min(12, matrix.Commit.Length)];
            string json = Encoding.UTF8.GetString(JobMatrixFile.Write(own, toolVersion));
            if (json.Length > MostBytes)
            {
                throw new ToolException($"the list of {own.Jobs.Length} jobs does not fit into a ConfigMap. Name a folder, and use a manifest for each.");
            }

            documents.Add(Document(Map(
                ("apiVersion", Text("v1")),
                ("kind", Text("ConfigMap")),
                ("metadata", Metadata(name)),
                ("data", Map(("matrix.json", Block(json)))))));
            documents.Add(Document(Map(
                ("apiVersion", Text("batch/v1")),
                ("kind", Text("Job")),
                ("metadata", Metadata(name)),
                ("spec", Map(
                    ("completionMode", Text("Indexed")),
                    ("completions", Number(own.Jobs.Length)),
                    ("parallelism", Number(Math.Min(settings.Parallelism, own.Jobs.Length))),
                    ("backoffLimit", Number(0)),
                    ("template", Map(
                        ("metadata", Map(("labels", Labels()))),
                        ("spec", Pod(name, platform.Key, matrix.Commit, settings)))))))));
        }

        return text.AppendJoin("---\n", documents).ToString();
    }

    private static string Document(YamlMappingNode root)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        // The mark of a document's end, which some readers of several documents take for part of the text.
        string text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private static YamlMappingNode Pod(string name, string platform, string commit, KubernetesSettings settings)
    {
        bool isOwnEngine = settings.DockerHost.Length == 0;
        YamlMappingNode tools = Mount("tools", "/reprogate/tools"), engine = Mount("engine", "/reprogate/engine");
        YamlMappingNode[] before =
        [
            Map(
                ("name", Text("client")),
                ("image", Text(ClientImage)),
                ("command", Sequence(Text("cp"), Text("/usr/local/bin/docker"), Text("/reprogate/tools/docker"))),
                ("resources", Resources("50m", "64Mi", "64Mi")),
                ("volumeMounts", Sequence(tools))),
            .. isOwnEngine ? [Map(
                ("name", Text("engine")),
                ("image", Text(EngineImage)),
                ("args", Sequence(Text("dockerd"), Text("--host=unix://" + Socket))),
                // A container that is started before the others, lives as long as they do, and does not keep the pod from completing.
                ("restartPolicy", Text("Always")),
                ("securityContext", Map(("privileged", Flag(true)))),
                ("startupProbe", Map(
                    ("exec", Map(("command", Sequence(Text("docker"), Text("--host=unix://" + Socket), Text("version"))))),
                    ("periodSeconds", Number(2)),
                    ("failureThreshold", Number(60)))),
                // The room is within it: 8 GB of memory, and 20 GB of disk beside the image and the packages.
                ("resources", Resources("2", "4Gi", "10Gi")),
                ("volumeMounts", Sequence(engine, Mount("images", "/var/lib/docker"))))] : Array.Empty<YamlMappingNode>(),
        ];
        YamlMappingNode runner = Map(
            ("name", Text("cleanroom")),
            ("image", Text(settings.PodImage)),
            ("command", Sequence(Text("/bin/sh"), Text("-c"), Block(Script))),
            ("env", Sequence(
                Variable("REPROGATE_REPOSITORY", settings.Repository),
                Variable("REPROGATE_COMMIT", commit),
                Variable("DOCKER_HOST", isOwnEngine ? "unix://" + Socket : settings.DockerHost))),
            ("resources", Resources("1", "2Gi", "4Gi")),
            ("volumeMounts", Sequence([
                tools,
                .. isOwnEngine ? [engine] : Array.Empty<YamlMappingNode>(),
                Mount("sources", "/reprogate/sources"),
                Map(("name", Text("matrix")), ("mountPath", Text("/reprogate/matrix")), ("readOnly", Flag(true))),
                Mount("results", "/reprogate/results")])));
        (string, YamlNode)[] members =
        [
            ("restartPolicy", Text("Never")),
            ("automountServiceAccountToken", Flag(false)),
            .. platform.Split('/') is [string system, string architecture, ..] ? [("nodeSelector", Map(("kubernetes.io/os", Text(system)), ("kubernetes.io/arch", Text(architecture))))] : Array.Empty<(string, YamlNode)>(),
            ("initContainers", Sequence(before)),
            ("containers", Sequence(runner)),
            ("volumes", Sequence([
                Empty("tools", ""),
                .. isOwnEngine ? [Empty("engine", ""), Empty("images", "40Gi")] : Array.Empty<YamlMappingNode>(),
                Empty("sources", "20Gi"),
                Map(("name", Text("matrix")), ("configMap", Map(("name", Text(name))))),
                Map(("name", Text("results")), ("persistentVolumeClaim", Map(("claimName", Text(settings.Claim)))))])),
        ];
        return Map(members);
    }

    private static YamlMappingNode Metadata(string name) => Map(("name", Text(name)), ("labels", Labels()));

    private static YamlMappingNode Labels() => Map(("app.kubernetes.io/name", Text("reprogate-cleanroom")));

    private static YamlMappingNode Variable(string name, string value) => Map(("name", Text(name)), ("value", Quoted(value)));

    private static YamlMappingNode Mount(string volume, string path) => Map(("name", Text(volume)), ("mountPath", Text(path)));

    private static YamlMappingNode Empty(string volume, string limit) => Map(("name", Text(volume)), ("emptyDir", limit.Length > 0 ? Map(("sizeLimit", Text(limit))) : Map()));

    private static YamlMappingNode Resources(string processors, string memory, string mostMemory) => Map(
        ("requests", Map(("cpu", Quoted(processors)), ("memory", Text(memory)))),
        ("limits", Map(("memory", Text(mostMemory)))));

    // A part of a platform as a name of Kubernetes may hold it.
    private static string Label(string text) => string.Concat(text.ToLowerInvariant().Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');

    private static YamlMappingNode Map(params ReadOnlySpan<(string Name, YamlNode Value)> members)
    {
        var map = new YamlMappingNode();
        foreach ((string name, YamlNode value) in members)
        {
            map.Add(name, value);
        }

        if (members.IsEmpty)
        {
            map.Style = YamlDotNet.Core.Events.MappingStyle.Flow;
        }

        return map;
    }

    private static YamlSequenceNode Sequence(params YamlNode[] items) => new(items);

    private static YamlScalarNode Text(string text) => new(text);

    private static YamlScalarNode Quoted(string text) => new(text) { Style = ScalarStyle.DoubleQuoted };

    private static YamlScalarNode Block(string text) => new(text) { Style = ScalarStyle.Literal };

    private static YamlScalarNode Number(int number) => new(number.ToString(CultureInfo.InvariantCulture)) { Style = ScalarStyle.Plain };

    private static YamlScalarNode Flag(bool value) => new(value ? "true" : "false") { Style = ScalarStyle.Plain };
}
