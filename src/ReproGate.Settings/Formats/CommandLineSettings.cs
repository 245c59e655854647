using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Formats;

/// <summary>Arguments as <c>AddCommandLine</c> takes them: <c>--key value</c>, <c>--key=value</c>, <c>/key value</c>, <c>key=value</c>, and mapped <c>-k</c>.</summary>
internal static class CommandLineSettings
{
    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Each with its place; <see cref="ProvidedKey.Value"/> is the argument's text.</param>
    /// <param name="mappings">Switch → key.</param>
    public static ImmutableArray<ProvidedKey> Parse(ImmutableArray<ProvidedKey> arguments, ImmutableArray<KeyValuePair<string, string?>> mappings)
    {
        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string @switch, string? key) in mappings)
        {
            map.TryAdd(@switch, key ?? "");
        }

        var keys = ImmutableArray.CreateBuilder<ProvidedKey>();
        for (int i = 0; i < arguments.Length; i++)
        {
            ProvidedKey argument = arguments[i];
            string text = argument.Value ?? "";
            int start = text.StartsWith("--", StringComparison.Ordinal) ? 2 : text.StartsWith('-') ? 1 : text.StartsWith('/') ? 2 : 0;
            string current = start == 2 && text[0] == '/' ? "--" + text[1..] : text;
            int equals = current.IndexOf('=', StringComparison.Ordinal);
            string? key;
            string? value;
            bool known = argument.ValueIsKnown;
            if (equals < 0)
            {
                if (start == 0)
                {
                    continue;
                }

                if (map.TryGetValue(current, out string? mapped))
                {
                    key = mapped;
                }
                else if (start == 1)
                {
                    continue;
                }
                else
                {
                    key = current[start..];
                }

                if (++i >= arguments.Length)
                {
                    break;
                }

                value = arguments[i].Value;
                known = arguments[i].ValueIsKnown;
            }
            else
            {
                string name = current[..equals];
                if (map.TryGetValue(name, out string? mapped))
                {
                    key = mapped;
                }
                else if (start == 1)
                {
                    // The provider throws for a short switch that is not mapped.
                    continue;
                }
                else
                {
                    key = name[start..];
                }

                value = current[(equals + 1)..];
            }

            keys.Add(new ProvidedKey(key, known ? value : null, argument.Location) { ValueIsKnown = known, WrittenAs = text });
        }

        return keys.ToImmutable();
    }

    /// <summary>Splits a line as a shell does for plain words and quotes.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        bool any = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char letter = line[i];
            if (quote != '\0')
            {
                if (letter == quote)
                {
                    quote = '\0';
                }
                else if (letter == '\\' && quote == '"' && i + 1 < line.Length && line[i + 1] is '"' or '\\')
                {
                    word.Append(line[++i]);
                }
                else
                {
                    word.Append(letter);
                }
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
                any = true;
            }
            else if (char.IsWhiteSpace(letter))
            {
                if (any || word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    any = false;
                }
            }
            else
            {
                word.Append(letter);
            }
        }

        if (any || word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
