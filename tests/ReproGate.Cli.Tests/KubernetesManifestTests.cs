using System.Globalization;
using System.Text;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ReproGate.Cli.Tests;

public sealed class KubernetesManifestTests
{
    private const string Commit = "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed";

    /// <summary>
    /// The fields that Kubernetes' API has for these objects, with their types; what is required has an exclamation mark. Source: kubernetes.io, API reference v1.34, Job v1 batch,
    /// PodTemplate, ConfigMap. <c>map</c> is string to string.
    /// </summary>
    private static readonly Dictionary<string, string> Shapes = new(StringComparer.Ordinal)
    {
        ["ConfigMap"] = "apiVersion!:string kind!:string metadata!:ObjectMeta data:map binaryData:map immutable:bool",
        ["Job"] = "apiVersion!:string kind!:string metadata!:ObjectMeta spec!:JobSpec",
        ["ObjectMeta"] = "name:name namespace:string labels:map annotations:map",
        ["JobSpec"] = "template!:PodTemplateSpec parallelism:int completions:int completionMode:string backoffLimit:int activeDeadlineSeconds:int ttlSecondsAfterFinished:int suspend:bool",
        ["PodTemplateSpec"] = "metadata:ObjectMeta spec!:PodSpec",
        ["PodSpec"] = "containers!:Container[] initContainers:Container[] volumes:Volume[] restartPolicy:string nodeSelector:map automountServiceAccountToken:bool",
        ["Container"] = "name!:name image!:string command:string[] args:string[] env:EnvVar[] resources:Resources volumeMounts:VolumeMount[] restartPolicy:string securityContext:SecurityContext startupProbe:Probe",
        ["EnvVar"] = "name!:string value:string",
        ["Resources"] = "requests:map limits:map",
        ["VolumeMount"] = "name!:name mountPath!:string readOnly:bool subPath:string",
        ["SecurityContext"] = "privileged:bool",
        ["Probe"] = "exec:ExecAction periodSeconds:int failureThreshold:int",
        ["ExecAction"] = "command:string[]",
        ["Volume"] = "name!:name emptyDir:EmptyDir configMap:ConfigMapSource persistentVolumeClaim:Claim",
        ["EmptyDir"] = "sizeLimit:string medium:string",
        ["ConfigMapSource"] = "name:name",
        ["Claim"] = "claimName!:name readOnly:bool",
    };

    [Fact]
    public void Each_platform_is_an_indexed_job_with_a_list_of_its_own()
    {
        JobMatrix matrix = JobMatrix.Create(Commit, ["A.slnx", "src/Größe \"b\".slnx"], ["linux/amd64", "linux/arm64"], []);

        YamlMappingNode[] documents = Parse(KubernetesManifest.Write(matrix, Settings(), "1.0.0"));

        Assert.Equal(["ConfigMap", "Job", "ConfigMap", "Job"], documents.Select(static document => Text(document, "kind")));
        Assert.All(documents, static document => Check(document, Text(document, "kind"), Text(document, "kind")));
        JobMatrix arm = JobMatrixFile.Read(Encoding.UTF8.GetBytes(Text(documents[2], "data", "matrix.json")));
        Assert.Equal((Commit, "A.slnx-linux-arm64|src-Gr--e--b-.slnx-linux-arm64"), (arm.Commit, string.Join('|', arm.Jobs.Select(static job => job.Name))));
        Assert.Equal("src/Größe \"b\".slnx", arm.Jobs[1].Entry);

        YamlMappingNode spec = Map(documents[3], "spec"), pod = Map(spec, "template", "spec");
        Assert.Equal(("batch/v1", "Indexed", "2", "2", "0"), (Text(documents[3], "apiVersion"), Text(spec, "completionMode"), Text(spec, "completions"), Text(spec, "parallelism"), Text(spec, "backoffLimit")));
        Assert.Equal(("Never", "arm64"), (Text(pod, "restartPolicy"), Text(pod, "nodeSelector", "kubernetes.io/arch")));
        Assert.Equal(Text(documents[2], "metadata", "name"), Text(Volume(pod, "matrix"), "configMap", "name"));
        Assert.Contains("--job \"$JOB_COMPLETION_INDEX\" --of /reprogate/matrix/matrix.json", Command(pod), StringComparison.Ordinal);
    }

    [Fact]
    public void The_engine_is_a_sidecar_or_lies_outside()
    {
        JobMatrix matrix = JobMatrix.Create(Commit, ["A.slnx"], [], []);

        YamlMappingNode own = Pod(KubernetesManifest.Write(matrix, Settings(), "1"));
        YamlMappingNode engine = Items(own, "initContainers").Single(static container => Text(container, "name") == "engine");
        Assert.Equal(("Always", "true"), (Text(engine, "restartPolicy"), Text(engine, "securityContext", "privileged")));
        Assert.StartsWith("unix:///", Variable(own, "DOCKER_HOST"), StringComparison.Ordinal);
        Assert.False(own.Children.ContainsKey("nodeSelector"));

        YamlMappingNode outside = Pod(KubernetesManifest.Write(matrix, Settings() with { DockerHost = "tcp://engine.build:2376", Repository = "https://example.org/a;$(rm -rf)/'b'.git" }, "1"));
        Assert.Equal("tcp://engine.build:2376", Variable(outside, "DOCKER_HOST"));
        Assert.DoesNotContain(Items(outside, "initContainers"), static container => container.Children.ContainsKey("securityContext"));
        // A text of the user is a value and never part of the script.
        Assert.Equal("https://example.org/a;$(rm -rf)/'b'.git", Variable(outside, "REPROGATE_REPOSITORY"));
        Assert.DoesNotContain("example.org", Command(outside), StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_pod_could_do_is_told()
    {
        Assert.Contains("leave --compare-contexts out", Assert.Throws<ToolException>(() => KubernetesManifest.Write(JobMatrix.Create(Commit, ["A.slnx"], [], ["one", "two"]), Settings(), "1")).Message, StringComparison.Ordinal);
        Assert.Contains("does not fit into a ConfigMap", Assert.Throws<ToolException>(() => KubernetesManifest.Write(JobMatrix.Create(Commit, Enumerable.Range(0, 4000).Select(static number => $"{new string('a', 200)}{number}.slnx"), [], []), Settings(), "1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_itself_finds_what_is_wrong()
    {
        string yaml = KubernetesManifest.Write(JobMatrix.Create(Commit, ["A.slnx"], [], []), Settings(), "1");

        foreach ((string right, string wrong) in ((string, string)[])[("completions: 1", "completion: 1"), ("completions: 1", "completions: \"1\""), ("privileged: true", "privileged: yes please"), ("restartPolicy: Never", "restartPolicy: 3"), ("- name: tools", "- label: tools")])
        {
            Assert.Contains(right, yaml, StringComparison.Ordinal);
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Assert.All(Parse(yaml.Replace(right, wrong, StringComparison.Ordinal)), static document => Check(document, Text(document, "kind"), "")));
        }
    }

    private static KubernetesSettings Settings() => new() { Repository = "https://example.org/shop.git", PodImage = KubernetesManifest.DefaultPodImage, Claim = "results" };

    private static void Check(YamlNode node, string type, string path)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            foreach ((int index, YamlNode item) in Assert.IsType<YamlSequenceNode>(node).Children.Index())
            {
                Check(item, type[..^2], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"));
            }

            return;
        }

        switch (type)
        {
            case "map":
                foreach ((YamlNode name, YamlNode value) in Assert.IsType<YamlMappingNode>(node).Children)
                {
                    Check(value, "string", $"{path}.{name}");
                }

                break;
            case "int":
                Assert.True(node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any } number && int.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _), $"{path} is no number: {node}");
                break;
            case "bool":
                Assert.True(node is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: "true" or "false" }, $"{path} is neither true nor false: {node}");
                break;
            case "name":
                Check(node, "string", path);
                Assert.Matches("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", ((YamlScalarNode)node).Value);
                break;
            case "string":
                // What YAML takes for something else unless it is quoted.
                Assert.True(node is YamlScalarNode scalar && (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || !(double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || scalar.Value is "true" or "false" or "null" or "~" or "yes" or "no" or "on" or "off" or "")), $"{path} is no text: {node}");
                break;
            default:
                (string Name, bool Required, string Type)[] fields = [.. Shapes[type].Split(' ').Select(static field => field.Split(':')).Select(static parts => (parts[0].TrimEnd('!'), parts[0].EndsWith('!'), parts[1]))];
                YamlMappingNode map = Assert.IsType<YamlMappingNode>(node);
                Assert.All(fields.Where(static field => field.Required), field => Assert.True(map.Children.ContainsKey(field.Name), $"{path} has no {field.Name}"));
                foreach ((YamlNode name, YamlNode value) in map.Children)
                {
                    (string Name, bool Required, string Type)? known = fields.Where(field => field.Name == name.ToString()).Cast<(string, bool, string)?>().FirstOrDefault();
                    Assert.True(known is not null, $"{type} has no field {name}, at {path}");
                    Check(value, known!.Value.Type, $"{path}.{name}");
                }

                break;
        }
    }

    private static YamlMappingNode[] Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(static document => (YamlMappingNode)document.RootNode)];
    }

    private static YamlMappingNode Pod(string yaml) => Map(Parse(yaml)[1], "spec", "template", "spec");

    private static YamlMappingNode Map(YamlNode node, params string[] path) => (YamlMappingNode)path.Aggregate(node, static (at, name) => ((YamlMappingNode)at).Children[name]);

    private static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)path.Aggregate(node, static (at, name) => ((YamlMappingNode)at).Children[name])).Value!;

    private static YamlMappingNode[] Items(YamlMappingNode node, string name) => [.. ((YamlSequenceNode)node.Children[name]).Children.Cast<YamlMappingNode>()];

    private static YamlMappingNode Volume(YamlMappingNode pod, string name) => Items(pod, "volumes").Single(volume => Text(volume, "name") == name);

    private static string Variable(YamlMappingNode pod, string name) => Text(Items(Items(pod, "containers")[0], "env").Single(variable => Text(variable, "name") == name), "value");

    private static string Command(YamlMappingNode pod) => ((YamlScalarNode)((YamlSequenceNode)Items(pod, "containers")[0].Children["command"]).Children[^1]).Value!;
}
