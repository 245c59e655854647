namespace ReproGate.Facts;

/// <summary>
/// Package source mapping with NuGet's own semantics: ids and patterns ignore case, an exact pattern beats every prefix,
/// a longer prefix beats a shorter one, and several sources with the same winning pattern are all allowed.
/// </summary>
public sealed class SourceMapping
{
    // Keyed by the text before the first '*', as NuGet's search tree is: "Foo" and "Foo*" meet in one node.
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);

    /// <summary>Builds a mapping from (source key, pattern) pairs.</summary>
    public SourceMapping(IEnumerable<(string SourceKey, string Pattern)> entries)
    {
        foreach ((string source, string pattern) in entries)
        {
            // The id is at most 100 characters, and NuGet refuses longer patterns.
            string text = pattern.ToLowerInvariant().Trim();
            if (text.Length == 0)
            {
                continue;
            }

            int star = text.IndexOf('*');
            string prefix = star >= 0 ? text[..star] : text;
            if (!_nodes.TryGetValue(prefix, out Node? node))
            {
                _nodes.Add(prefix, node = new Node());
            }

            node.IsPrefix |= star >= 0;
            node.Sources.Add(source.Trim());
        }
    }

    /// <summary>Whether any pattern exists; without one every source may serve every package.</summary>
    public bool IsEnabled => _nodes.Count > 0;

    /// <summary>The sources NuGet may take a package from; empty where no pattern maps it, which NuGet refuses with NU1100.</summary>
    public IReadOnlyList<string> SourcesFor(string packageId)
    {
        string id = packageId.ToLowerInvariant().Trim();
        if (_nodes.TryGetValue(id, out Node? exact))
        {
            return exact.Sources;
        }

        for (int length = id.Length - 1; length >= 0; length--)
        {
            if (_nodes.TryGetValue(id[..length], out Node? node) && node.IsPrefix)
            {
                return node.Sources;
            }
        }

        return [];
    }

    private sealed class Node
    {
        public bool IsPrefix { get; set; }

        public List<string> Sources { get; } = [];
    }
}
