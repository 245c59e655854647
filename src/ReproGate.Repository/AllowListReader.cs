using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Reads <c>reprogate.allow.json</c>, which people write. See docs/file-formats/reprogate.allow.md.</summary>
public static class AllowListReader
{
    private const int MaxBytes = 1 << 20;
    private const int MaxEntries = 1000;
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads the file; an absent one allows nothing.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    /// <returns>The list; one that allows nothing where the file is malformed.</returns>
    public static AllowList Read(string path, out MalformedFile? malformed)
    {
        malformed = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return new AllowList(path);
            }

            if (file.Length > MaxBytes)
            {
                malformed = new MalformedFile(new SourceLocation(path), "it is larger than 1 MB, expected a short list");
                return new AllowList(path);
            }

            return Parse(path, File.ReadAllBytes(path), out malformed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            malformed = new MalformedFile(new SourceLocation(path), $"it cannot be read ({exception.Message})");
            return new AllowList(path);
        }
    }

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="content">UTF-8, with or without byte order mark.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    public static AllowList Parse(string path, ReadOnlySpan<byte> content, out MalformedFile? malformed)
    {
        malformed = null;
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        if (!Utf8.IsValid(content))
        {
            malformed = new MalformedFile(new SourceLocation(path), "it is not UTF-8 text");
            return new AllowList(path);
        }

        try
        {
            var reader = new Utf8JsonReader(content, Options);
            return new AllowList(path) { Entries = ReadFile(ref reader) };
        }
        catch (UnexpectedJsonException expected)
        {
            malformed = new MalformedFile(JsonPlace.Of(content, expected.Offset, path), expected.Message);
        }
        catch (JsonException exception)
        {
            malformed = new MalformedFile(JsonPlace.Of(exception, path), "it is no JSON");
        }
        catch (InvalidOperationException)
        {
            malformed = new MalformedFile(new SourceLocation(path, 1, 1), "a text in it holds half a surrogate pair");
        }

        return new AllowList(path);
    }

    private static ImmutableArray<AllowedInput> ReadFile(ref Utf8JsonReader reader)
    {
        var entries = ImmutableArray.CreateBuilder<AllowedInput>();
        Next(ref reader, JsonTokenType.StartObject, "an object with \"allow\"");
        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            if (reader.ValueTextEquals("$schema"u8))
            {
                reader.Read();
                reader.Skip();
                continue;
            }

            if (!reader.ValueTextEquals("allow"u8) || found)
            {
                throw new UnexpectedJsonException(at, $"expected only \"allow\" (once) and \"$schema\" here, not '{Shown(reader.GetString()!)}'");
            }

            found = true;
            Next(ref reader, JsonTokenType.StartArray, "a list of entries as 'allow'");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                {
                    throw new UnexpectedJsonException((int)reader.TokenStartIndex, "expected an entry: { \"variable\": \"NAME\", \"reason\": \"why\" }");
                }

                if (entries.Count == MaxEntries)
                {
                    throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"it has more than {MaxEntries} entries");
                }

                entries.Add(ReadEntry(ref reader));
            }
        }

        while (reader.Read())
        {
            // Nothing but comments may follow; anything else is no JSON and throws.
        }

        return found ? entries.ToImmutable() : throw new UnexpectedJsonException(0, "expected \"allow\": [ … ]");
    }

    private static AllowedInput ReadEntry(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        (AllowedKind Kind, string Pattern)? named = null;
        string reason = "", version = "";
        DateOnly? until = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            string member = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"expected a text as '{Shown(member)}'");
            }

            string value = reader.GetString()!.Trim();
            if (value.Length == 0)
            {
                throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"'{Shown(member)}' is empty");
            }

            AllowedKind? kind = member switch { "variable" => AllowedKind.Variable, "path" => AllowedKind.Path, "program" => AllowedKind.Program, "package" => AllowedKind.Package, "lookalike" => AllowedKind.Lookalike, _ => null };
            if (member == "reason")
            {
                reason = value;
            }
            else if (member == "version")
            {
                version = value;
            }
            else if (member == "until")
            {
                until = DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
                    ? day
                    : throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"'{Shown(value)}' is no day, expected \"2026-12-31\"");
            }
            else if (kind is null)
            {
                throw new UnexpectedJsonException(at, $"expected \"variable\", \"path\", \"program\", \"package\", \"lookalike\", \"version\", \"until\" or \"reason\", not '{Shown(member)}'");
            }
            else if (named is not null)
            {
                throw new UnexpectedJsonException(at, "an entry names one variable, path, program, package or lookalike; write another entry for the second");
            }
            else if (value.All(static letter => letter is '*' or '?' or '.' or '/' or '\\' or '~'))
            {
                throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"'{Shown(value)}' would allow everything, expected a name");
            }
            else if (kind == AllowedKind.Lookalike && value.AsSpan().IndexOfAny('*', '?') >= 0)
            {
                throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"'{Shown(value)}' would allow every impostor that fits, expected one package id");
            }
            else
            {
                named = (kind.Value, value);
            }
        }

        return named is not { } name ? throw new UnexpectedJsonException(start, "the entry names nothing, expected \"variable\", \"path\", \"program\", \"package\" or \"lookalike\"")
            : reason.Length == 0 ? throw new UnexpectedJsonException(start, $"the entry for '{Shown(name.Pattern)}' has no \"reason\"")
            : name.Kind == AllowedKind.Lookalike && version.Length > 0 ? throw new UnexpectedJsonException(start, $"the entry for '{Shown(name.Pattern)}' names an id, whatever its version; leave \"version\" out")
            : name.Kind is not AllowedKind.Package and not AllowedKind.Lookalike && (version.Length > 0 || until is not null) ? throw new UnexpectedJsonException(start, $"the entry for '{Shown(name.Pattern)}' is no package, and only a package has \"version\" and \"until\"")
            : name.Kind == AllowedKind.Package && until is null ? throw new UnexpectedJsonException(start, $"the entry for '{Shown(name.Pattern)}' has no \"until\", the day on which the exception ends")
            : new AllowedInput(name.Kind, name.Pattern, reason) { Version = version, Until = until };
    }

    private static void Next(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        reader.Read();
        if (reader.TokenType != type)
        {
            throw new UnexpectedJsonException((int)reader.TokenStartIndex, $"expected {what}");
        }
    }

    private static string Shown(string text) => new([.. text.Take(60).Select(static letter => char.IsControl(letter) ? '?' : letter)]);
}
