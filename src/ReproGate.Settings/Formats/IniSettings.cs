using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>Keys of an INI file as <c>AddIniFile</c> gives them.</summary>
internal static class IniSettings
{
    /// <summary>Parses a text.</summary>
    public static ImmutableArray<ProvidedKey> Parse(string text, string path, FaultList faults)
    {
        var keys = new KeyCollector(path, faults);
        using var reader = new StringReader(text);
        string section = "";
        for (int number = 1; reader.ReadLine() is { } raw && !keys.Full; number++)
        {
            string line = raw.Trim();
            if (line.Length == 0 || line[0] is ';' or '#' or '/')
            {
                continue;
            }

            var location = new SourceLocation(path, number, raw.Length - raw.TrimStart().Length + 1);
            if (line[0] == '[' && line[^1] == ']')
            {
                section = line[1..^1].Trim() + ":";
                continue;
            }

            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                faults.Malformed(location, "expected 'key=value', '[section]' or a comment; the configuration system throws");
                continue;
            }

            string value = line[(equals + 1)..].Trim();
            if (value.Length > 1 && value[0] == '"' && value[^1] == '"')
            {
                value = value[1..^1];
            }

            keys.Add(new ProvidedKey(section + line[..equals].Trim(), value, location));
        }

        return keys.ToImmutable();
    }
}
