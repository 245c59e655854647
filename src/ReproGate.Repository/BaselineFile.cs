using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Reads and writes <c>reprogate.baseline.json</c>: sorted, one line an entry, so that it merges well. See docs/file-formats/reprogate.baseline.md.</summary>
public static class BaselineFile
{
    private const int MaxBytes = 8 << 20;
    private const int MaxEntries = 20_000;
    private static readonly string[] Members = ["rule", "file", "subject", "fingerprint", "check", "owner", "reason", "expires"];
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 };

    /// <summary>Reads the file; an absent one accepts nothing.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    public static Baseline Read(string path, out MalformedFile? malformed)
    {
        malformed = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return Baseline.Empty;
            }

            if (file.Length > MaxBytes)
            {
                malformed = new MalformedFile(new SourceLocation(path), "it is larger than 8 MB");
                return Baseline.Empty;
            }

            return Parse(path, File.ReadAllBytes(path), out malformed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            malformed = new MalformedFile(new SourceLocation(path), $"it cannot be read ({exception.Message})");
            return Baseline.Empty;
        }
    }

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="content">UTF-8, with or without byte order mark.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    public static Baseline Parse(string path, ReadOnlySpan<byte> content, out MalformedFile? malformed)
    {
        malformed = null;
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        if (!Utf8.IsValid(content))
        {
            malformed = new MalformedFile(new SourceLocation(path), "it is not UTF-8 text");
            return Baseline.Empty;
        }

        try
        {
            var reader = new Utf8JsonReader(content, Options);
            return new Baseline(ReadFile(ref reader, content, path));
        }
        catch (UnexpectedJsonException unexpected)
        {
            malformed = new MalformedFile(JsonPlace.Of(content, unexpected.Offset, path), unexpected.Message);
        }
        catch (JsonException exception)
        {
            malformed = new MalformedFile(JsonPlace.Of(exception, path), "it is no JSON");
        }
        catch (InvalidOperationException)
        {
            malformed = new MalformedFile(new SourceLocation(path, 1, 1), "a text in it holds half a surrogate pair");
        }

        return Baseline.Empty;
    }

    /// <summary>The file's text for these entries.</summary>
    public static string Write(IEnumerable<BaselineEntry> entries)
    {
        var text = new StringBuilder("{\n  \"findings\": [");
        bool first = true;
        foreach (BaselineEntry entry in entries
            .OrderBy(static entry => entry.File, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Rule, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Subject, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Fingerprint, StringComparer.Ordinal))
        {
            string[] values = [entry.Rule, entry.File, entry.Subject, entry.Fingerprint, entry.Check, entry.Owner, entry.Reason, entry.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)];
            text.Append(first ? "\n" : ",\n").Append("    { ").AppendJoin(", ", Members.Zip(values, static (member, value) => $"\"{member}\": \"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)}\"")).Append(" }");
            first = false;
        }

        return text.Append(first ? "]\n}\n" : "\n  ]\n}\n").ToString();
    }

    private static List<BaselineEntry> ReadFile(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, string path)
    {
        List<BaselineEntry>? entries = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new UnexpectedJsonException((int)reader.TokenStartIndex, "expected an object with \"findings\"");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            if (reader.ValueTextEquals("$schema"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            if (!reader.ValueTextEquals("findings"u8) || entries is not null)
            {
                throw new UnexpectedJsonException(at, "expected only \"findings\" (once) and \"$schema\" here");
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new UnexpectedJsonException((int)reader.TokenStartIndex, "expected a list as \"findings\"");
            }

            entries = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (entries.Count == MaxEntries)
                {
                    throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"it has more than {MaxEntries} entries");
                }

                entries.Add(ReadEntry(ref reader, content, path));
            }
        }

        while (reader.Read())
        {
            // Nothing but comments may follow; anything else is no JSON and throws.
        }

        return entries ?? throw new UnexpectedJsonException(0, "expected \"findings\": [ … ]");
    }

    private static BaselineEntry ReadEntry(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, string path)
    {
        int start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new UnexpectedJsonException(start, "expected an entry in braces");
        }

        string?[] values = new string?[Members.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            int member = Array.IndexOf(Members, reader.GetString());
            reader.Read();
            if (member < 0 || values[member] is not null || reader.TokenType != JsonTokenType.String)
            {
                throw new UnexpectedJsonException(at, $"expected each of {string.Join(", ", Members)} once, as a text");
            }

            values[member] = reader.GetString()!.Trim();
        }

        int missing = Array.FindIndex(values, static value => value is null);
        if (missing >= 0)
        {
            throw new UnexpectedJsonException(start, $"the entry has no \"{Members[missing]}\"");
        }

        // Owner and reason are what makes an exception somebody's.
        foreach (int member in (ReadOnlySpan<int>)[0, 3, 5, 6])
        {
            if (values[member]!.Length == 0)
            {
                throw new UnexpectedJsonException(start, $"\"{Members[member]}\" of the entry is empty");
            }
        }

        if (!DateOnly.TryParseExact(values[7], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly expires))
        {
            throw new UnexpectedJsonException(start, "\"expires\" of the entry is no date, expected YYYY-MM-DD");
        }

        return new BaselineEntry(values[0]!, values[1]!, values[2]!, values[3]!, values[4]!, values[5]!, values[6]!, expires, JsonPlace.Of(content, start, path));
    }
}
