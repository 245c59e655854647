using System.Text;
using System.Text.Json;

namespace ReproGate.Settings.Files;

/// <summary>JSON as the configuration system takes it: comments and trailing commas allowed, 64 levels deep.</summary>
internal static class JsonTree
{
    private const int MaxNodes = 200_000;
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 };

    /// <summary>Parses a text.</summary>
    /// <returns>Null, with a fault, where it is no JSON.</returns>
    public static SettingsNode? Parse(string text, NodeSource source, FaultList faults)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        var walk = new Walk(source, content);
        try
        {
            var reader = new Utf8JsonReader(content, Options);
            reader.Read();
            SettingsNode node = walk.Node(ref reader);
            while (reader.Read())
            {
                // Nothing but comments may follow; anything else is no JSON and throws.
            }

            return node;
        }
        catch (TooLargeException)
        {
            faults.NotRead(new SourceLocation(source.Path), $"it has more than {MaxNodes} values");
        }
        catch (JsonException exception)
        {
            int line = (int)(exception.LineNumber ?? 0) + 1;
            faults.Malformed(
                new SourceLocation(source.Path, line, walk.ColumnOf(line, exception.BytePositionInLine ?? 0)),
                string.IsNullOrWhiteSpace(text) ? "the file is empty, expected JSON" : "it is no JSON here, or nested deeper than 64 levels");
        }
        catch (InvalidOperationException)
        {
            faults.Malformed(new SourceLocation(source.Path, walk.Line, 1), "a text in it holds half a surrogate pair");
        }

        return null;
    }

    private sealed class TooLargeException : JsonException;

    private sealed class Walk(NodeSource source, byte[] content)
    {
        private int _offset;
        private int _lineStart;
        private int _nodes;

        public int Line { get; private set; } = 1;

        public SettingsNode Node(ref Utf8JsonReader reader)
        {
            if (++_nodes > MaxNodes)
            {
                throw new TooLargeException();
            }

            (int line, int column) = Place((int)reader.TokenStartIndex);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    var entries = new List<KeyValuePair<ScalarNode, SettingsNode>>();
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        (int keyLine, int keyColumn) = Place((int)reader.TokenStartIndex);
                        var key = new ScalarNode(source, keyLine, keyColumn, reader.GetString()!);
                        reader.Read();
                        entries.Add(new(key, Node(ref reader)));
                    }

                    return new MappingNode(source, line, column, entries);

                case JsonTokenType.StartArray:
                    var items = new List<SettingsNode>();
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        items.Add(Node(ref reader));
                    }

                    return new SequenceNode(source, line, column, items);

                case JsonTokenType.String:
                    return new ScalarNode(source, line, column, reader.GetString()!);

                // As JsonElement.ToString writes them.
                case JsonTokenType.True:
                    return new ScalarNode(source, line, column, "True") { Plain = true };

                case JsonTokenType.False:
                    return new ScalarNode(source, line, column, "False") { Plain = true };

                case JsonTokenType.Null:
                    return new ScalarNode(source, line, column, "null") { Plain = true };

                default:
                    return new ScalarNode(source, line, column, Encoding.UTF8.GetString(reader.ValueSpan)) { Plain = true };
            }
        }

        /// <summary>Offsets come in order, so each byte is looked at once.</summary>
        private (int Line, int Column) Place(int offset)
        {
            ReadOnlySpan<byte> passed = content.AsSpan(_offset, offset - _offset);
            int newLine;
            while ((newLine = passed.IndexOf((byte)'\n')) >= 0)
            {
                Line++;
                _offset += newLine + 1;
                _lineStart = _offset;
                passed = content.AsSpan(_offset, offset - _offset);
            }

            // In one long line the beginning is counted again for every token: bounded by taking bytes there.
            int length = offset - _lineStart;
            return (Line, (length > 4096 ? length : Encoding.UTF8.GetCharCount(content.AsSpan(_lineStart, length))) + 1);
        }

        public int ColumnOf(int line, long bytes)
        {
            int start = 0;
            for (int i = 1; i < line; i++)
            {
                int next = content.AsSpan(start).IndexOf((byte)'\n');
                if (next < 0)
                {
                    break;
                }

                start += next + 1;
            }

            int length = (int)Math.Clamp(bytes, 0, content.Length - start);
            return Encoding.UTF8.GetCharCount(content.AsSpan(start, length)) + 1;
        }
    }
}
