using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources.Compose;

/// <summary>
/// Joins compose files: mappings join, lists append, texts replace; <c>!override</c> replaces and <c>!reset</c> removes. What compose keys by
/// name (variables, labels, build arguments) is brought into the form of a mapping first, so it joins by name.
/// </summary>
internal static class ComposeMerge
{
    // Lists that a later file replaces instead of lengthening.
    private static readonly string[] Replaced = ["command", "entrypoint", "test"];
    private static readonly string[] ByName = ["environment", "labels", "args", "annotations", "extra_hosts", "sysctls", "additional_contexts", "build_args"];

    /// <summary>Joins two values of the same place.</summary>
    /// <param name="low">The earlier file's; null where it has none.</param>
    /// <param name="high">The later file's.</param>
    /// <param name="name">The name they stand under.</param>
    /// <returns>Null where the later file removes it.</returns>
    public static SettingsNode? Merge(SettingsNode? low, SettingsNode high, string name)
    {
        if (high.Tag == "!reset")
        {
            return null;
        }

        if (high.Tag == "!override" || low is null)
        {
            return Clean(high, name);
        }

        if (Array.IndexOf(ByName, name) >= 0)
        {
            low = ToMapping(low);
            high = ToMapping(high);
        }
        else if (name is "networks" or "depends_on" or "build")
        {
            low = ToKeys(low, name);
            high = ToKeys(high, name);
        }
        else if (name is "env_file" or "dns" or "tmpfs" or "dns_search" or "label_file")
        {
            low = ToList(low);
            high = ToList(high);
        }

        return (low, high) switch
        {
            (MappingNode first, MappingNode second) => Mappings(first, second),
            (SequenceNode first, SequenceNode second) when Array.IndexOf(Replaced, name) < 0 =>
                new SequenceNode(first.Source, first.Line, first.Column, [.. first.Items, .. second.Items]),
            _ => high,
        };
    }

    /// <summary>A list of <c>A=b</c> as a mapping; a mapping as it is. A name without <c>=</c> has the value null.</summary>
    public static SettingsNode ToMapping(SettingsNode node)
    {
        if (node is not SequenceNode sequence)
        {
            return node;
        }

        var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ScalarNode item in sequence.Items.OfType<ScalarNode>())
        {
            int equals = item.Text.IndexOf('=', StringComparison.Ordinal);
            var key = new ScalarNode(item.Source, item.Line, item.Column, equals < 0 ? item.Text : item.Text[..equals]);
            SettingsNode value = new ScalarNode(item.Source, item.Line, item.Column + equals + 1, equals < 0 ? "" : item.Text[(equals + 1)..]) { Plain = equals < 0, Known = item.Known };
            if (places.TryGetValue(key.Text, out int place))
            {
                entries[place] = new(key, value);
            }
            else
            {
                places.Add(key.Text, entries.Count);
                entries.Add(new(key, value));
            }
        }

        return new MappingNode(node.Source, node.Line, node.Column, entries) { Tag = node.Tag };
    }

    private static MappingNode Mappings(MappingNode low, MappingNode high)
    {
        var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>(low.Entries);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < entries.Count; i++)
        {
            places[entries[i].Key.Text] = i;
        }

        foreach ((ScalarNode key, SettingsNode value) in high.Entries)
        {
            int place = places.GetValueOrDefault(key.Text, -1);
            SettingsNode? merged = Merge(place < 0 ? null : entries[place].Value, value, key.Text);
            if (merged is null)
            {
                if (place >= 0)
                {
                    // Its place stays, so that the others' do; a null value says that nothing is there.
                    entries[place] = default;
                }
            }
            else if (place < 0)
            {
                places.Add(key.Text, entries.Count);
                entries.Add(new(key, merged));
            }
            else
            {
                entries[place] = new(value is MappingNode && entries[place].Key is not null ? entries[place].Key : key, merged);
            }
        }

        return low.With([.. entries.Where(static entry => entry.Key is not null)]);
    }

    /// <summary>What is tagged <c>!reset</c> removes also where there is nothing to remove.</summary>
    private static SettingsNode? Clean(SettingsNode node, string name)
    {
        if (node is MappingNode mapping)
        {
            return mapping.Entries.Any(static entry => entry.Value.Tag == "!reset")
                ? mapping.With([.. mapping.Entries.Where(static entry => entry.Value.Tag != "!reset")])
                : mapping;
        }

        return Array.IndexOf(ByName, name) >= 0 ? ToMapping(node) : node;
    }

    private static SettingsNode ToKeys(SettingsNode node, string name) => node switch
    {
        ScalarNode { IsNull: false } context when name == "build" => new MappingNode(node.Source, node.Line, node.Column, [new(new ScalarNode(node.Source, node.Line, node.Column, "context"), context)]),
        SequenceNode sequence => new MappingNode(node.Source, node.Line, node.Column, [.. sequence.Items.OfType<ScalarNode>().Select(item => new KeyValuePair<ScalarNode, SettingsNode>(item, new ScalarNode(item.Source, item.Line, item.Column, "") { Plain = true }))]),
        _ => node,
    };

    private static SettingsNode ToList(SettingsNode node) => node is SequenceNode ? node : new SequenceNode(node.Source, node.Line, node.Column, [node]);
}
