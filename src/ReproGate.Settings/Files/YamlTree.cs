using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReproGate.Settings.Files;

/// <summary>
/// YAML with places, merge keys joined, aliases shared. Bounded: 64 levels and 100,000 values, each alias counted with all that it stands for, so
/// that neither a cycle nor anchors that multiply cost more than their text.
/// </summary>
internal static class YamlTree
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 100_000;

    /// <summary>Parses a text of one or more documents.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The file it stands in.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="lines">Lines of the file above the text, where it is a part of one.</param>
    /// <param name="columns">Characters of the file to the left of the text.</param>
    /// <returns>The documents before the first fault.</returns>
    public static ImmutableArray<SettingsNode> Parse(string text, NodeSource source, FaultList faults, int lines = 0, int columns = 0)
    {
        var documents = ImmutableArray.CreateBuilder<SettingsNode>();
        var reader = new Reader(text, source, faults, lines, columns);
        try
        {
            while (reader.NextDocument() is { } document)
            {
                documents.Add(document);
            }
        }
        catch (UnreadableException unreadable)
        {
            faults.Add(unreadable.Fault);
        }
        catch (YamlException exception)
        {
            faults.Malformed(
                new SourceLocation(source.Path, lines + (int)Math.Clamp(exception.Start.Line, 1, int.MaxValue / 2), columns + (int)Math.Clamp(exception.Start.Column, 1, int.MaxValue / 2)),
                $"it is no YAML here ({FaultList.Shown(Innermost(exception))})");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // What the YAML parser throws on some broken texts besides its own exceptions.
            faults.Malformed(new SourceLocation(source.Path, reader.Line, 1), "it is no YAML here");
        }

        return documents.ToImmutable();
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception.Message;
    }

    private sealed class UnreadableException(Facts.Configuration.SettingsFault fault) : Exception(fault.Problem)
    {
        public Facts.Configuration.SettingsFault Fault => fault;
    }

    private sealed class Reader(string text, NodeSource source, FaultList faults, int lines, int columns)
    {
        private readonly Parser _parser = new(new Scanner(new StringReader(text), skipComments: true));
        private readonly Dictionary<string, SettingsNode> _anchors = new(StringComparer.Ordinal);
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private long _nodes;

        public int Line => lines + (int)Math.Clamp(_parser.Current?.Start.Line ?? 1, 1, int.MaxValue / 2);

        public SettingsNode? NextDocument()
        {
            while (_parser.MoveNext())
            {
                switch (_parser.Current)
                {
                    case DocumentStart:
                        _anchors.Clear();
                        _open.Clear();
                        Advance();
                        return Node(0);
                    case StreamEnd:
                        return null;
                }
            }

            return null;
        }

        private SettingsNode Node(int depth)
        {
            ParsingEvent current = _parser.Current!;
            int line = lines + (int)current.Start.Line;
            int column = columns + (int)current.Start.Column;
            Count(1, current);
            if (depth > MaxDepth)
            {
                throw Unreadable(current, $"it is nested deeper than {MaxDepth} levels");
            }

            switch (current)
            {
                case AnchorAlias alias:
                    if (!_anchors.TryGetValue(alias.Value.Value, out SettingsNode? target))
                    {
                        throw new UnreadableException(new(
                            new SourceLocation(source.Path, line, column),
                            // An unquoted password that begins with '*' is one, so its text is not told.
                            _open.Contains(alias.Value.Value) ? $"the anchor '{FaultList.Shown(alias.Value.Value)}' holds itself" : "there is no anchor of this name above; a text that begins with '*' is written in quotes",
                            Facts.Configuration.SettingsFaultKind.Malformed));
                    }

                    Count(target.Size, current);
                    return depth + target.Height > MaxDepth ? throw Unreadable(current, $"it is nested deeper than {MaxDepth} levels") : target;

                case Scalar scalar:
                    return Remember(scalar, new ScalarNode(source, line, column, scalar.Value) { Plain = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any, Block = scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded, Tag = TagOf(scalar) });

                case SequenceStart sequence:
                    Open(sequence);
                    var items = new List<SettingsNode>();
                    Advance();
                    while (_parser.Current is not SequenceEnd)
                    {
                        items.Add(Node(depth + 1));
                        Advance();
                    }

                    return Remember(sequence, new SequenceNode(source, line, column, items) { Tag = TagOf(sequence), Size = 1 + items.Sum(static item => item.Size), Height = 1 + items.Select(static item => item.Height).DefaultIfEmpty().Max() });

                case MappingStart mapping:
                    Open(mapping);
                    return Remember(mapping, Mapping(mapping, line, column, depth));

                default:
                    throw Unreadable(current, "a value was expected here");
            }
        }

        private MappingNode Mapping(MappingStart start, int line, int column, int depth)
        {
            var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>();
            var merged = new List<MappingNode>();
            var names = new Dictionary<string, int>(StringComparer.Ordinal);
            long size = 1;
            int height = 0;
            Advance();
            while (_parser.Current is not MappingEnd)
            {
                SettingsNode key = Node(depth + 1);
                Advance();
                SettingsNode value = Node(depth + 1);
                Advance();
                size += key.Size + value.Size;
                height = Math.Max(height, value.Height);
                if (key is not ScalarNode name)
                {
                    faults.NotRead(key.Location, "a key that is a list or a mapping is not read");
                }
                else if (name is { Text: "<<", Plain: true })
                {
                    merged.AddRange(value is MappingNode one ? [one] : value is SequenceNode many ? many.Items.OfType<MappingNode>() : []);
                }
                else if (names.TryGetValue(name.Text, out int first))
                {
                    faults.Malformed(name.Location, $"the key '{FaultList.Shown(name.Text)}' stands here a second time, first in line {entries[first].Key.Line}");
                    entries[first] = new(name, value);
                }
                else
                {
                    names.Add(name.Text, entries.Count);
                    entries.Add(new(name, value));
                }
            }

            // Own keys win over merged ones, and earlier merged mappings over later ones.
            foreach (KeyValuePair<ScalarNode, SettingsNode> entry in merged.SelectMany(static mapping => mapping.Entries))
            {
                if (names.TryAdd(entry.Key.Text, entries.Count))
                {
                    entries.Add(entry);
                }
            }

            return new MappingNode(source, line, column, entries) { Tag = TagOf(start), Size = size, Height = height + 1 };
        }

        private void Advance()
        {
            if (!_parser.MoveNext())
            {
                throw new UnreadableException(new(new SourceLocation(source.Path, Line, 1), "it ends in the middle", Facts.Configuration.SettingsFaultKind.Malformed));
            }
        }

        private void Open(NodeEvent node)
        {
            if (!node.Anchor.IsEmpty)
            {
                _open.Add(node.Anchor.Value);
                _anchors.Remove(node.Anchor.Value);
            }
        }

        private SettingsNode Remember(NodeEvent node, SettingsNode made)
        {
            if (!node.Anchor.IsEmpty)
            {
                _anchors[node.Anchor.Value] = made;
            }

            return made;
        }

        private void Count(long added, ParsingEvent current)
        {
            _nodes += added;
            if (_nodes > MaxNodes)
            {
                throw Unreadable(current, $"it has more than {MaxNodes} values, aliases counted with what they stand for");
            }
        }

        private UnreadableException Unreadable(ParsingEvent at, string problem) =>
            new(new(new SourceLocation(source.Path, lines + (int)at.Start.Line, columns + (int)at.Start.Column), problem, Facts.Configuration.SettingsFaultKind.NotRead));

        private static string TagOf(NodeEvent node) => node.Tag.IsEmpty ? "" : node.Tag.Value;
    }
}
