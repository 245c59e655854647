using System.Collections.Immutable;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources.Kubernetes;

/// <summary>An object of a manifest.</summary>
/// <param name="Node">Its text.</param>
/// <param name="Name">Its name in the cluster, with prefix and suffix of kustomize.</param>
internal sealed record KubernetesObject(MappingNode Node, string Name)
{
    /// <summary>What stands in for a Helm action in a text.</summary>
    public const string Placeholder = "__helm__";

    public string Kind => Node.Text("kind");

    /// <summary>Its name as written, by which kustomize and other objects refer to it.</summary>
    public string WrittenName => Node.Mapping("metadata")?.Text("name") ?? "";

    public string Namespace => Node.Mapping("metadata")?.Text("namespace") ?? "";

    /// <summary>Whether a reference means it.</summary>
    public bool IsNamed(string name) => name.Length > 0 && (WrittenName == name || Name == name);

    /// <summary>The pod it makes; null where it makes none.</summary>
    public MappingNode? PodSpec => Kind switch
    {
        "Pod" => Node.Mapping("spec"),
        "CronJob" => Node.Mapping("spec")?.Mapping("jobTemplate")?.Mapping("spec")?.Mapping("template")?.Mapping("spec"),
        _ => Node.Mapping("spec")?.Mapping("template")?.Mapping("spec") is { } spec && spec["containers"] is SequenceNode ? spec : null,
    };

    public MappingNode? PodLabels => Kind switch
    {
        "Pod" => Node.Mapping("metadata")?.Mapping("labels"),
        "CronJob" => Node.Mapping("spec")?.Mapping("jobTemplate")?.Mapping("spec")?.Mapping("template")?.Mapping("metadata")?.Mapping("labels"),
        _ => Node.Mapping("spec")?.Mapping("template")?.Mapping("metadata")?.Mapping("labels"),
    };

    /// <summary>The objects of documents; lists opened, what is no object left out.</summary>
    public static IEnumerable<KubernetesObject> Of(ImmutableArray<SettingsNode> documents)
    {
        foreach (MappingNode document in documents.OfType<MappingNode>())
        {
            if (document.Text("kind").EndsWith("List", StringComparison.Ordinal) && document["items"] is SequenceNode items)
            {
                foreach (MappingNode item in items.Items.OfType<MappingNode>())
                {
                    yield return new KubernetesObject(item, item.Mapping("metadata")?.Text("name") ?? "");
                }
            }
            else if (document.Text("kind").Length > 0)
            {
                yield return new KubernetesObject(document, document.Mapping("metadata")?.Text("name") ?? "");
            }
        }
    }
}
