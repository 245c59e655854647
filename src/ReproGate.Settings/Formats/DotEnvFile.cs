using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>
/// Variables of a <c>.env</c> file in compose's syntax: comments, <c>export</c>, single quotes as they stand, double quotes with escapes, more
/// lines within quotes, variables of the lines above.
/// </summary>
internal static class DotEnvFile
{
    /// <summary>Parses a text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">Its absolute path.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="outer">Variables from elsewhere, asked before the file's own; null for none.</param>
    /// <param name="raw">Whether values stand as they are (compose's <c>format: raw</c>).</param>
    /// <returns>In the file's order; <see cref="ProvidedKey.Key"/> is the variable's name.</returns>
    public static ImmutableArray<ProvidedKey> Parse(string text, string path, FaultList faults, Func<string, VariableValue?>? outer = null, bool raw = false)
    {
        var reader = new Reader(text, path, faults, outer, raw);
        reader.Read();
        return [.. reader.Found];
    }

    private sealed class Reader(string text, string path, FaultList faults, Func<string, VariableValue?>? outer, bool raw)
    {
        private readonly Dictionary<string, VariableValue> _known = new(StringComparer.Ordinal);
        private int _position;
        private int _line = 1;
        private int _lineStart;

        public List<ProvidedKey> Found { get; } = [];

        private SourceLocation Here => new(path, _line, _position - _lineStart + 1);

        private bool AtEnd => _position >= text.Length;

        public void Read()
        {
            while (!AtEnd)
            {
                SkipBlanks();
                if (AtEnd)
                {
                    return;
                }

                if (text[_position] is '\n')
                {
                    NextLine();
                }
                else if (text[_position] == '#')
                {
                    SkipLine();
                }
                else
                {
                    Entry();
                }
            }
        }

        private void Entry()
        {
            if (text.AsSpan(_position).StartsWith("export", StringComparison.Ordinal) && _position + 6 < text.Length && text[_position + 6] is ' ' or '\t')
            {
                _position += 6;
                SkipBlanks();
            }

            SourceLocation place = Here;
            int start = _position;
            while (!AtEnd && text[_position] is var letter && (char.IsLetterOrDigit(letter) || letter is '_' or '.' or '-' or '[' or ']'))
            {
                _position++;
            }

            string name = text[start.._position];
            SkipBlanks();
            if (name.Length == 0 || (!AtEnd && text[_position] is not ('=' or ':' or '\n' or '#')))
            {
                faults.Malformed(AtEnd ? place : Here, "a variable's name and '=' were expected; compose stops here");
                SkipLine();
                return;
            }

            if (AtEnd || text[_position] is '\n' or '#')
            {
                // Handed on from the shell where it is set there.
                Found.Add(new ProvidedKey(name, null, place) { ValueIsKnown = false, Certain = false, WrittenAs = name });
                SkipLine();
                return;
            }

            _position++;
            SkipBlanks();
            if (Value(place) is ({ } value, bool known))
            {
                value = value.Length > 1024 * 1024 ? value[..(1024 * 1024)] : value;
                _known[name] = new VariableValue(known ? value : null, place);
                Found.Add(new ProvidedKey(name, known ? value : null, place) { ValueIsKnown = known, WrittenAs = name });
            }
        }

        private (string Value, bool Known)? Value(SourceLocation place)
        {
            if (!AtEnd && text[_position] is '"' or '\'' && !raw)
            {
                return Quoted(text[_position], place);
            }

            int end = text.IndexOf('\n', _position);
            string line = text[_position..(end < 0 ? text.Length : end)];
            SkipLine();
            if (raw)
            {
                return (line.TrimEnd('\r'), true);
            }

            int comment = line.StartsWith('#') ? 0 : line.IndexOf(" #", StringComparison.Ordinal);
            int tab = line.IndexOf("\t#", StringComparison.Ordinal);
            comment = comment < 0 ? tab : tab < 0 ? comment : Math.Min(comment, tab);
            return Expand((comment < 0 ? line : line[..comment]).TrimEnd());
        }

        private (string Value, bool Known)? Quoted(char quote, SourceLocation place)
        {
            var value = new StringBuilder();
            _position++;
            while (!AtEnd)
            {
                char letter = text[_position];
                if (letter == quote)
                {
                    _position++;
                    SkipLine();
                    return quote == '"' ? Expand(value.ToString()) : (value.ToString(), true);
                }

                if (letter == '\\' && _position + 1 < text.Length)
                {
                    char next = text[_position + 1];
                    if (quote == '"')
                    {
                        value.Append(next switch { 'n' => "\n", 'r' => "\r", 't' => "\t", '"' => "\"", '\\' => "\\", '$' => "$$", _ => "\\" + next });
                        Step();
                        Step();
                        continue;
                    }

                    if (next == '\'')
                    {
                        value.Append('\'');
                        _position += 2;
                        continue;
                    }
                }

                value.Append(letter);
                Step();
            }

            faults.Malformed(place, $"the value begins with {quote} and nothing closes it");
            return null;
        }

        private (string Value, bool Known) Expand(string value)
        {
            var interpolation = new Interpolation(name => outer?.Invoke(name) ?? _known.GetValueOrDefault(name), dollarEscapes: true);
            string expanded = interpolation.Expand(value);
            return (expanded, interpolation.Known);
        }

        private void Step()
        {
            if (text[_position] == '\n')
            {
                NextLine();
            }
            else
            {
                _position++;
            }
        }

        private void SkipBlanks()
        {
            while (!AtEnd && text[_position] is ' ' or '\t' or '\r' or '\f' or '\v' or '\u00a0' or '\u0085')
            {
                _position++;
            }
        }

        private void SkipLine()
        {
            int end = text.IndexOf('\n', Math.Min(_position, text.Length));
            if (end < 0)
            {
                _position = text.Length;
                return;
            }

            _position = end;
            NextLine();
        }

        private void NextLine()
        {
            _position++;
            _line++;
            _lineStart = _position;
        }
    }
}
