using System.Globalization;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Sources.Kubernetes;

/// <summary>The two ways kustomize changes an object: strategic merge and JSON patch (RFC 6902).</summary>
internal static class NodePatch
{
    /// <summary>Joins a strategic merge patch: mappings join, null removes, lists whose items have names join by name, other lists are replaced.</summary>
    /// <returns>Null where the patch deletes it.</returns>
    public static SettingsNode? Merge(SettingsNode? low, SettingsNode high, string name)
    {
        if (high is ScalarNode { IsNull: true } || (high is MappingNode directive && directive.Text("$patch") == "delete"))
        {
            return null;
        }

        return (low, high) switch
        {
            (MappingNode first, MappingNode second) when second.Text("$patch") != "replace" => Mappings(first, second),
            (SequenceNode first, SequenceNode second) when KeyOf(name, second) is { } key => Lists(first, second, key),
            _ => high,
        };
    }

    /// <summary>Applies one operation of a JSON patch.</summary>
    /// <returns>The changed tree; null where the path leads nowhere.</returns>
    public static SettingsNode? Apply(SettingsNode root, string operation, string path, SettingsNode? value)
    {
        if (path.Length == 0)
        {
            return value ?? root;
        }

        string[] segments = [.. path.Split('/').Skip(1).Select(static segment => segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        return segments.Length is 0 or > 64 ? null : Apply(root, operation, segments, value);
    }

    private static SettingsNode? Apply(SettingsNode node, string operation, ReadOnlySpan<string> path, SettingsNode? value)
    {
        string head = path[0];
        bool last = path.Length == 1;
        if (node is MappingNode mapping)
        {
            var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>(mapping.Entries);
            int place = entries.FindIndex(entry => entry.Key.Text == head);
            if (!last)
            {
                if (place < 0 || Apply(entries[place].Value, operation, path[1..], value) is not { } changed)
                {
                    return null;
                }

                entries[place] = new(entries[place].Key, changed);
            }
            else if (operation == "remove")
            {
                if (place < 0)
                {
                    return null;
                }

                entries.RemoveAt(place);
            }
            else if (value is null || (operation == "replace" && place < 0))
            {
                return null;
            }
            else
            {
                var key = new ScalarNode(value.Source, value.Line, value.Column, head);
                if (place < 0)
                {
                    entries.Add(new(key, value));
                }
                else
                {
                    entries[place] = new(key, value);
                }
            }

            return mapping.With(entries);
        }

        if (node is not SequenceNode sequence)
        {
            return null;
        }

        var items = new List<SettingsNode>(sequence.Items);
        bool end = head == "-";
        if (!int.TryParse(head, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && !end)
        {
            return null;
        }

        index = end ? items.Count : index;
        if (!last)
        {
            if (index >= items.Count || Apply(items[index], operation, path[1..], value) is not { } changed)
            {
                return null;
            }

            items[index] = changed;
        }
        else if (operation == "add" && value is not null && index <= items.Count)
        {
            items.Insert(index, value);
        }
        else if (operation == "replace" && value is not null && index < items.Count)
        {
            items[index] = value;
        }
        else if (operation == "remove" && index < items.Count)
        {
            items.RemoveAt(index);
        }
        else
        {
            return null;
        }

        return new SequenceNode(sequence.Source, sequence.Line, sequence.Column, items);
    }

    private static MappingNode Mappings(MappingNode low, MappingNode high)
    {
        var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>(low.Entries);
        foreach ((ScalarNode key, SettingsNode value) in high.Entries)
        {
            if (key.Text.StartsWith('$'))
            {
                continue;
            }

            int place = entries.FindIndex(entry => entry.Key.Text == key.Text);
            SettingsNode? merged = Merge(place < 0 ? null : entries[place].Value, value, key.Text);
            if (merged is null)
            {
                if (place >= 0)
                {
                    entries.RemoveAt(place);
                }
            }
            else if (place < 0)
            {
                entries.Add(new(key, merged));
            }
            else
            {
                entries[place] = new(merged is MappingNode or SequenceNode ? entries[place].Key : key, merged);
            }
        }

        return low.With(entries);
    }

    private static SequenceNode Lists(SequenceNode low, SequenceNode high, string key)
    {
        var items = new List<SettingsNode>(low.Items);
        foreach (MappingNode patch in high.Items.OfType<MappingNode>())
        {
            string name = patch.Text(key);
            int place = items.FindIndex(item => item is MappingNode other && other.Text(key) == name);
            SettingsNode? merged = Merge(place < 0 ? null : items[place], patch, "");
            // A variable that gets a value loses where it came from, and the other way round.
            if (merged is MappingNode variable && variable["value"] is not null && variable["valueFrom"] is not null)
            {
                string stays = patch["value"] is not null ? "value" : "valueFrom";
                merged = variable.With([.. variable.Entries.Where(entry => entry.Key.Text == stays || entry.Key.Text is not ("value" or "valueFrom"))]);
            }

            // The place of a changed item is the patch's: there it is to be mended.
            merged = merged is MappingNode changed && place >= 0 && key == "name" && changed["value"] is not null
                ? new MappingNode(patch.Source, patch.Line, patch.Column, [.. changed.Entries.Select(entry => entry.Key.Text == "name" ? patch.Entries.First(static own => own.Key.Text == "name") : entry)])
                : merged;
            if (merged is null)
            {
                if (place >= 0)
                {
                    items.RemoveAt(place);
                }
            }
            else if (place < 0)
            {
                items.Add(merged);
            }
            else
            {
                items[place] = merged;
            }
        }

        return new SequenceNode(low.Source, low.Line, low.Column, items);
    }

    private static string? KeyOf(string list, SequenceNode patch)
    {
        string? key = list switch
        {
            "containers" or "initContainers" or "env" or "volumes" or "imagePullSecrets" => "name",
            "volumeMounts" => "mountPath",
            "ports" => patch.Items.OfType<MappingNode>().Any(static item => item["containerPort"] is not null) ? "containerPort" : "port",
            _ => null,
        };
        return key is not null && patch.Items.All(item => item is MappingNode mapping && mapping[key] is ScalarNode) ? key : null;
    }
}
