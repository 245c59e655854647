using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Sources.Kubernetes;

/// <summary>Builds a folder of kustomize: resources, bases, components, generators, patches, prefixes.</summary>
internal sealed class Kustomization(SettingsFiles files, FaultList faults)
{
    private const int MaxDepth = 16;
    private const int MaxFolders = 200;
    private const int MaxObjects = 5000;
    private static readonly string[] Names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    private static readonly string[] NotFollowed = ["replacements", "vars", "helmCharts", "generators", "transformers"];
    private int _folders;

    /// <summary>Whether something that is not followed may change the result.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>The kustomization of a folder; null where it has none.</summary>
    public static string? FileIn(SettingsFiles files, string directory) => Names.Select(name => Path.Combine(directory, name)).FirstOrDefault(files.FileExists);

    /// <summary>Builds a folder.</summary>
    /// <param name="directory">Absolute path.</param>
    /// <param name="askedBy">Where it is named.</param>
    public List<KubernetesObject> Build(string directory, SourceLocation askedBy)
    {
        var objects = new List<KubernetesObject>();
        Build(directory, askedBy, objects, []);
        return objects;
    }

    private void Build(string directory, SourceLocation askedBy, List<KubernetesObject> objects, IReadOnlyList<string> chain)
    {
        if (chain.Contains(directory))
        {
            faults.Malformed(askedBy, $"the kustomization '{FaultList.Shown(files.Relative(directory))}' takes itself in");
            return;
        }

        if (chain.Count > MaxDepth || ++_folders > MaxFolders || objects.Count > MaxObjects)
        {
            faults.NotRead(askedBy, "too many kustomizations take each other in; the rest is not read");
            Incomplete = true;
            return;
        }

        if (FileIn(files, directory) is not { } path)
        {
            faults.Missing(askedBy, $"the folder '{FaultList.Shown(files.Relative(directory))}' has no kustomization.yaml");
            return;
        }

        if (files.Yaml(path, directory, faults, askedBy).FirstOrDefault() is not MappingNode file)
        {
            return;
        }

        IReadOnlyList<string> inner = [.. chain, directory];
        // A component works on what is there already; everything else starts from its own resources.
        bool component = file.Text("kind") == "Component";
        List<KubernetesObject> own = component ? objects : [];
        foreach (SettingsNode resource in file.Items("resources").Concat(file.Items("bases")))
        {
            Take(resource, directory, own, inner);
        }

        Generate(file, "configMapGenerator", "ConfigMap", directory, own);
        Generate(file, "secretGenerator", "Secret", directory, own);
        foreach (SettingsNode entry in file.Items("components"))
        {
            Take(entry, directory, own, inner);
        }

        foreach (SettingsNode patch in file.Items("patchesStrategicMerge"))
        {
            if (patch is ScalarNode scalar)
            {
                Patch(own, Documents(scalar, directory, inline: scalar.Text.Contains('\n', StringComparison.Ordinal)), null, scalar.Location);
            }
        }

        foreach (MappingNode patch in file.Mappings("patches").Concat(file.Mappings("patchesJson6902")))
        {
            ScalarNode? text = patch.Scalar("patch") ?? patch.Scalar("path");
            if (text is not null)
            {
                Patch(own, Documents(text, directory, inline: patch["patch"] is not null), patch.Mapping("target"), text.Location);
            }
        }

        foreach (string name in NotFollowed.Where(name => file[name] is SequenceNode { Items.Count: > 0 }))
        {
            faults.NotRead(file[name]!.Location, $"'{name}' of kustomize is not followed; what it changes is not judged");
            Incomplete = true;
        }

        string prefix = file.Text("namePrefix");
        string suffix = file.Text("nameSuffix");
        for (int i = 0; i < own.Count && prefix.Length + suffix.Length > 0; i++)
        {
            own[i] = own[i] with { Name = prefix + own[i].Name + suffix };
        }

        if (!component)
        {
            objects.AddRange(own);
        }
    }

    private void Take(SettingsNode entry, string directory, List<KubernetesObject> objects, IReadOnlyList<string> chain)
    {
        if (entry is not ScalarNode { IsNull: false } name)
        {
            return;
        }

        if (name.Text.Contains("://", StringComparison.Ordinal) || name.Text.StartsWith("github.com/", StringComparison.Ordinal) || name.Text.Contains("?ref=", StringComparison.Ordinal))
        {
            faults.NotRead(name.Location, $"'{FaultList.Shown(name.Text)}' lies outside the repository, where nothing is read");
            Incomplete = true;
        }
        else if (SettingsFiles.Combine(directory, name.Text) is { } path)
        {
            if (SettingsFiles.DirectoryExists(path))
            {
                Build(path, name.Location, objects, chain);
            }
            else if (objects.Count <= MaxObjects)
            {
                objects.AddRange(KubernetesObject.Of(files.Yaml(path, Path.GetDirectoryName(path)!, faults, name.Location)));
            }
        }
    }

    private ImmutableArray<SettingsNode> Documents(ScalarNode text, string directory, bool inline)
    {
        if (inline)
        {
            int line = text.Block ? text.Line : text.Line - 1;
            return YamlTree.Parse(text.Text, text.Source, faults, line, text.Block ? files.IndentBelow(text) : 0);
        }

        return SettingsFiles.Combine(directory, text.Text) is { } path ? files.Yaml(path, directory, faults, text.Location) : [];
    }

    private void Patch(List<KubernetesObject> objects, ImmutableArray<SettingsNode> documents, MappingNode? target, SourceLocation place)
    {
        foreach (SettingsNode document in documents)
        {
            bool matched = false;
            for (int i = objects.Count - 1; i >= 0; i--)
            {
                KubernetesObject candidate = objects[i];
                bool meant = target is not null ? IsTarget(candidate, target)
                    : document is MappingNode named && named.Text("kind") == candidate.Kind && candidate.IsNamed(named.Mapping("metadata")?.Text("name") ?? "");
                if (!meant)
                {
                    continue;
                }

                matched = true;
                SettingsNode? changed = document is SequenceNode operations ? Operations(candidate.Node, operations) : MergeKeepingName(candidate.Node, document);
                if (changed is MappingNode node)
                {
                    objects[i] = candidate with { Node = node };
                }
                else
                {
                    objects.RemoveAt(i);
                }
            }

            if (!matched && target is null)
            {
                faults.Malformed(document.Location.Line > 0 ? document.Location : place, "the patch names an object that is not among the resources");
            }
        }
    }

    // A patch with a target may carry any name.
    private static SettingsNode? MergeKeepingName(MappingNode node, SettingsNode patch)
    {
        if (patch is MappingNode mapping && mapping["metadata"] is MappingNode metadata && node.Mapping("metadata")?["name"] is { } name)
        {
            MappingNode renamed = metadata.With([.. metadata.Entries.Select(entry => entry.Key.Text == "name" ? new KeyValuePair<ScalarNode, SettingsNode>(entry.Key, name) : entry)]);
            patch = mapping.With([.. mapping.Entries.Where(static entry => entry.Key.Text != "kind").Select(entry => entry.Key.Text == "metadata" ? new KeyValuePair<ScalarNode, SettingsNode>(entry.Key, renamed) : entry)]);
        }

        return NodePatch.Merge(node, patch, "");
    }

    private SettingsNode Operations(SettingsNode node, SequenceNode operations)
    {
        foreach (MappingNode operation in operations.Items.OfType<MappingNode>().Take(1000))
        {
            string kind = operation.Text("op");
            if (kind is "add" or "replace" or "remove")
            {
                SettingsNode? changed = NodePatch.Apply(node, kind, operation.Text("path"), operation["value"]);
                if (changed is null)
                {
                    faults.Malformed(operation.Location, $"the path of the operation leads nowhere: {FaultList.Shown(operation.Text("path"))}");
                }

                node = changed ?? node;
            }
            else if (kind != "test")
            {
                faults.NotRead(operation.Location, $"the operation '{FaultList.Shown(kind)}' is not followed");
                Incomplete = true;
            }
        }

        return node;
    }

    private static bool IsTarget(KubernetesObject candidate, MappingNode target)
    {
        string kind = target.Text("kind");
        string name = target.Text("name");
        return (kind.Length == 0 || IsMatch(kind, candidate.Kind)) && (name.Length == 0 || IsMatch(name, candidate.WrittenName) || IsMatch(name, candidate.Name))
            && (target.Text("labelSelector") is not { Length: > 0 } selector || selector.Split(',').All(pair =>
                pair.Split('=', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var label, var value]
                && candidate.Node.Mapping("metadata")?.Mapping("labels")?.Text(label) == value));

        static bool IsMatch(string pattern, string text)
        {
            try
            {
                return Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
            }
            catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
            {
                return pattern == text;
            }
        }
    }

    private void Generate(MappingNode file, string member, string kind, string directory, List<KubernetesObject> objects)
    {
        foreach (MappingNode generator in file.Mappings(member).Take(1000))
        {
            string name = generator.Text("name");
            var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>();
            foreach (ScalarNode literal in generator.Items("literals").OfType<ScalarNode>())
            {
                int equals = literal.Text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    faults.Malformed(literal.Location, "a literal is written 'NAME=value'");
                    continue;
                }

                entries.Add(new(new ScalarNode(literal.Source, literal.Line, literal.Column, literal.Text[..equals]), literal.With(Unquoted(literal.Text[(equals + 1)..]), true)));
            }

            foreach (ScalarNode envs in generator.Items("envs").OfType<ScalarNode>().Concat(generator.Scalar("env") is { } env ? [env] : []))
            {
                if (SettingsFiles.Combine(directory, envs.Text) is { } path && files.Text(path, faults, envs.Location) is { } text)
                {
                    var source = new NodeSource(path, directory);
                    // kustomize takes each line as it stands: no quotes, nothing put in.
                    int number = 0;
                    foreach (string raw in text.Split('\n'))
                    {
                        number++;
                        string line = raw.Trim();
                        int equals = line.IndexOf('=', StringComparison.Ordinal);
                        if (line.Length > 0 && line[0] != '#' && equals != 0)
                        {
                            entries.Add(new(
                                new ScalarNode(source, number, 1, equals < 0 ? line : line[..equals]),
                                new ScalarNode(source, number, equals + 2, equals < 0 ? "" : line[(equals + 1)..]) { Known = equals > 0 }));
                        }
                    }
                }
            }

            foreach (ScalarNode entry in generator.Items("files").OfType<ScalarNode>())
            {
                int equals = entry.Text.IndexOf('=', StringComparison.Ordinal);
                string target = equals < 0 ? entry.Text : entry.Text[(equals + 1)..];
                if (SettingsFiles.Combine(directory, target) is { } path && files.Text(path, faults, entry.Location) is { } text)
                {
                    string key = equals < 0 ? Path.GetFileName(path) : entry.Text[..equals];
                    entries.Add(new(new ScalarNode(entry.Source, entry.Line, entry.Column, key), new ScalarNode(new NodeSource(path, directory), 1, 1, text)));
                }
            }

            int existing = objects.FindIndex(candidate => candidate.Kind == kind && candidate.IsNamed(name));
            string behavior = generator.Text("behavior");
            if (behavior is "merge" or "replace" && existing < 0)
            {
                faults.Malformed(generator.Location, $"there is no {kind} '{FaultList.Shown(name)}' to {behavior}");
            }

            // Generated data is text, in a Secret too.
            string data = kind == "Secret" ? "stringData" : "data";
            if (behavior == "merge" && existing >= 0 && objects[existing].Node.Mapping(data) is { } before)
            {
                var names = entries.Select(static entry => entry.Key.Text).ToHashSet(StringComparer.Ordinal);
                entries = [.. before.Entries.Where(entry => !names.Contains(entry.Key.Text)), .. entries];
            }

            MappingNode made = Made(generator, kind, name, data, entries);
            if (existing >= 0 && behavior is "merge" or "replace")
            {
                objects[existing] = objects[existing] with { Node = made };
            }
            else
            {
                objects.Add(new KubernetesObject(made, name));
            }
        }
    }

    private static MappingNode Made(MappingNode generator, string kind, string name, string data, List<KeyValuePair<ScalarNode, SettingsNode>> entries)
    {
        MappingNode metadata = Node([new(Text("name"), Text(name))]);
        return Node([new(Text("kind"), Text(kind)), new(Text("metadata"), metadata), new(Text(data), Node(entries))]);

        ScalarNode Text(string text) => new(generator.Source, generator.Line, generator.Column, text);

        MappingNode Node(List<KeyValuePair<ScalarNode, SettingsNode>> list) => new(generator.Source, generator.Line, generator.Column, list);
    }

    private static string Unquoted(string text) =>
        text.Length > 1 && text[0] == text[^1] && text[0] is '"' or '\'' ? text[1..^1] : text;
}
