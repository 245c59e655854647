using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>
/// Keys of a JSON file as <c>AddJsonFile</c> gives them: names joined by <c>:</c>, arrays by index, an empty object is null, an empty array an
/// empty text, a key twice is an error.
/// </summary>
internal static class JsonSettings
{
    /// <summary>Flattens a tree.</summary>
    /// <param name="tree">The file's root; null where it could not be parsed.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static ImmutableArray<ProvidedKey> Flatten(SettingsNode? tree, FaultList faults)
    {
        if (tree is null)
        {
            return [];
        }

        if (tree is not MappingNode root)
        {
            faults.Malformed(tree.Location, "an object was expected as the whole of the file");
            return [];
        }

        var keys = new KeyCollector(root.Source.Path, faults);
        Members(keys, root, null);
        return keys.ToImmutable();
    }

    private static void Members(KeyCollector keys, MappingNode mapping, string? path)
    {
        foreach ((ScalarNode name, SettingsNode value) in mapping.Entries)
        {
            // Before the path is put together: long names with many children cost what they add up to.
            if (keys.Full)
            {
                return;
            }

            Visit(keys, value, path is null ? name.Text : $"{path}:{name.Text}", name.Location);
        }
    }

    private static void Visit(KeyCollector keys, SettingsNode node, string path, SourceLocation location)
    {
        if (keys.Full)
        {
            return;
        }

        switch (node)
        {
            case MappingNode { Entries.Count: 0 }:
                keys.Set(new ProvidedKey(path, null, location) { EmptyContainer = true });
                break;
            case MappingNode mapping:
                Members(keys, mapping, path);
                break;
            case SequenceNode { Items.Count: 0 }:
                keys.Set(new ProvidedKey(path, "", location) { EmptyContainer = true });
                break;
            case SequenceNode sequence:
                for (int i = 0; i < sequence.Items.Count && !keys.Full; i++)
                {
                    Visit(keys, sequence.Items[i], $"{path}:{i.ToString(CultureInfo.InvariantCulture)}", sequence.Items[i].Location);
                }

                break;
            case ScalarNode scalar:
                keys.Add(new ProvidedKey(path, scalar.IsNull ? null : scalar.Text, location));
                break;
        }
    }
}
