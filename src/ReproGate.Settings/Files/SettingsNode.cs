namespace ReproGate.Settings.Files;

/// <summary>The file a node comes from, and the folder that relative paths in it start from.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="BaseDirectory">Absolute; for compose the folder of the project, not always the file's own.</param>
internal sealed record NodeSource(string Path, string BaseDirectory);

/// <summary>A piece of JSON or YAML with its place. Never changed once made: what merges or patches makes new ones.</summary>
internal abstract class SettingsNode(NodeSource source, int line, int column)
{
    public NodeSource Source { get; } = source;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>A YAML tag such as <c>!reset</c>; empty where none is written.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Nodes in it, itself too, aliases counted as often as they stand.</summary>
    public long Size { get; init; } = 1;

    /// <summary>Levels below it.</summary>
    public int Height { get; init; }

    public SourceLocation Location => new(Source.Path, Line, Column);
}

/// <summary>A text, number, boolean or null.</summary>
internal sealed class ScalarNode(NodeSource source, int line, int column, string text) : SettingsNode(source, line, column)
{
    /// <summary>As written, without quotes and with escapes undone.</summary>
    public string Text { get; } = text;

    /// <summary>Without quotes in YAML; a number, boolean or null in JSON.</summary>
    public bool Plain { get; init; }

    public bool IsNull => Plain && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <summary>False where something went into the text that the repository does not define.</summary>
    public bool Known { get; init; } = true;

    /// <summary>Written as a block (<c>|</c> or <c>&gt;</c>): its text begins in the line below.</summary>
    public bool Block { get; init; }

    /// <summary>Another text in the same place; no longer null, whatever it is.</summary>
    public ScalarNode With(string text, bool known) => new(Source, Line, Column, text) { Tag = Tag, Known = known, Block = Block };
}

/// <summary>A list.</summary>
internal sealed class SequenceNode(NodeSource source, int line, int column, IReadOnlyList<SettingsNode> items) : SettingsNode(source, line, column)
{
    public IReadOnlyList<SettingsNode> Items { get; } = items;
}

/// <summary>An object; in JSON names may stand twice.</summary>
internal sealed class MappingNode(NodeSource source, int line, int column, IReadOnlyList<KeyValuePair<ScalarNode, SettingsNode>> entries) : SettingsNode(source, line, column)
{
    public IReadOnlyList<KeyValuePair<ScalarNode, SettingsNode>> Entries { get; } = entries;

    /// <summary>The last value under a name; null where there is none.</summary>
    public SettingsNode? this[string name]
    {
        get
        {
            for (int i = Entries.Count - 1; i >= 0; i--)
            {
                if (Entries[i].Key.Text == name)
                {
                    return Entries[i].Value;
                }
            }

            return null;
        }
    }

    public MappingNode? Mapping(string name) => this[name] as MappingNode;

    public ScalarNode? Scalar(string name) => this[name] as ScalarNode;

    /// <summary>A text that is not null or empty; else empty.</summary>
    public string Text(string name) => this[name] is ScalarNode { IsNull: false } scalar ? scalar.Text : "";

    /// <summary>The items of a list; none where it is no list.</summary>
    public IReadOnlyList<SettingsNode> Items(string name) => this[name] is SequenceNode sequence ? sequence.Items : [];

    /// <summary>The mappings of a list.</summary>
    public IEnumerable<MappingNode> Mappings(string name) => Items(name).OfType<MappingNode>();

    /// <summary>The same with other entries.</summary>
    public MappingNode With(IReadOnlyList<KeyValuePair<ScalarNode, SettingsNode>> entries) => new(Source, Line, Column, entries) { Tag = Tag };
}
