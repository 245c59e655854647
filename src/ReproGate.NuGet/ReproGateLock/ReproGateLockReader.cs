using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReproGate.Facts;

namespace ReproGate.NuGet.ReproGateLock;

/// <summary>Reads <c>reprogate.lock.json</c> with the position of everything it finds wrong. See docs/file-formats/reprogate.lock.md.</summary>
public static class ReproGateLockReader
{
    /// <summary>The format this version reads and writes.</summary>
    public const int FormatVersion = 1;

    /// <summary>The section of package verdicts.</summary>
    internal const string VerdictSection = "packages";

    private const int MaximumBytes = 32 << 20;

    private static readonly SearchValues<char> NotInName = SearchValues.Create(" \t\r\n\\\"<>|:*?\0");

    /// <summary>Reads the file; an absent one is an empty lock.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    /// <returns>The lock; null where it is malformed.</returns>
    public static Facts.ReproGateLock? Read(string path, out MalformedFile? malformed)
    {
        malformed = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return new Facts.ReproGateLock { Path = path };
            }

            if (file.Length > MaximumBytes)
            {
                malformed = new MalformedFile(new SourceLocation(path), "it is larger than 32 MB, expected one short line per locked package");
                return null;
            }

            return Parse(path, File.ReadAllBytes(path), out malformed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            malformed = new MalformedFile(new SourceLocation(path), $"it cannot be read ({exception.Message})");
            return null;
        }
    }

    /// <summary>Reads the file's content.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="content">UTF-8, with or without byte order mark.</param>
    /// <param name="malformed">What is wrong with it; null where it is well-formed.</param>
    /// <returns>The lock; null where it is malformed.</returns>
    public static Facts.ReproGateLock? Parse(string path, ReadOnlySpan<byte> content, out MalformedFile? malformed)
    {
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        malformed = null;
        int conflict = ConflictMarker(content);
        if (conflict >= 0)
        {
            malformed = new MalformedFile(At(path, content, conflict), "git left conflict markers here; keep the lines of both sides, one entry a line, or write the file anew");
            return null;
        }

        if (!System.Text.Unicode.Utf8.IsValid(content))
        {
            malformed = new MalformedFile(new SourceLocation(path), "it is not UTF-8 text");
            return null;
        }

        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = 32 });
        try
        {
            return new Facts.ReproGateLock { Path = path, Exists = true, Entries = ReadFile(ref reader, content, out ImmutableArray<RecordedVerdict> verdicts), Verdicts = verdicts };
        }
        catch (JsonException exception) when (exception is Expected expected)
        {
            malformed = new MalformedFile(At(path, content, expected.Offset), expected.Message);
        }
        catch (JsonException exception)
        {
            int line = (int)(exception.LineNumber ?? 0) + 1;
            string text = exception.Message;
            int end = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
            malformed = new MalformedFile(
                new SourceLocation(path, line, (int)(exception.BytePositionInLine ?? 0) + 1),
                $"it is not JSON ({(end < 0 ? text : text[..end]).TrimEnd('.')})");
        }

        return null;
    }

    /// <summary>The section of the file that holds a kind of download.</summary>
    public static string Section(DownloadKind kind) => kind switch
    {
        DownloadKind.Sdk => "sdks",
        DownloadKind.Tool => "tools",
        _ => "packs",
    };

    private static ImmutableArray<LockedDownload> ReadFile(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, out ImmutableArray<RecordedVerdict> verdicts)
    {
        verdicts = [];
        var entries = ImmutableArray.CreateBuilder<LockedDownload>();
        var sections = new HashSet<string>(StringComparer.Ordinal);
        bool hasVersion = false;
        var lines = new Lines();
        Next(ref reader, JsonTokenType.StartObject, "an object");
        while (Advance(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            string section = Name(ref reader);
            if (!sections.Add(section))
            {
                throw new Expected(at, $"section '{section}' occurs twice, expected once");
            }

            switch (section)
            {
                case "version":
                    Advance(ref reader);
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int version) || version < 1)
                    {
                        throw new Expected((int)reader.TokenStartIndex, "expected the number 1 as version");
                    }

                    if (version > FormatVersion)
                    {
                        throw new Expected((int)reader.TokenStartIndex, $"it has version {version}, and this ReproGate reads version {FormatVersion}: update ReproGate.Sdk");
                    }

                    hasVersion = true;
                    break;
                case "sdks":
                    ReadSection(ref reader, DownloadKind.Sdk, entries, content, ref lines);
                    break;
                case "tools":
                    ReadSection(ref reader, DownloadKind.Tool, entries, content, ref lines);
                    break;
                case "packs":
                    ReadSection(ref reader, DownloadKind.Pack, entries, content, ref lines);
                    break;
                case VerdictSection:
                    verdicts = ReadVerdicts(ref reader, content, ref lines);
                    break;
                default:
                    // Another gate's section; it reads and judges its own.
                    Advance(ref reader);
                    reader.Skip();
                    break;
            }
        }

        if (reader.TokenType != JsonTokenType.EndObject)
        {
            throw new Expected((int)reader.TokenStartIndex, "expected a section's name or '}'");
        }

        if (reader.Read())
        {
            throw new Expected((int)reader.TokenStartIndex, "expected nothing after the closing '}'");
        }

        return hasVersion ? entries.ToImmutable() : throw new Expected(0, "it has no version, expected \"version\": 1");
    }

    private static void ReadSection(ref Utf8JsonReader reader, DownloadKind kind, ImmutableArray<LockedDownload>.Builder entries, ReadOnlySpan<byte> content, ref Lines lines)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Next(ref reader, JsonTokenType.StartObject, $"an object of entries as '{Section(kind)}'");
        while (Advance(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            (string id, string version) = ReadName(ref reader, names);
            entries.Add(ReadEntry(ref reader, kind, id, version, lines.Of(content, at)));
        }

        if (reader.TokenType != JsonTokenType.EndObject)
        {
            throw new Expected((int)reader.TokenStartIndex, "expected an entry or '}'");
        }
    }

    private static (string Id, string Version) ReadName(ref Utf8JsonReader reader, HashSet<string> names)
    {
        int at = (int)reader.TokenStartIndex;
        string name = Name(ref reader);
        string[] parts = name.Split('/');
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0 || name.AsSpan().ContainsAny(NotInName))
        {
            throw new Expected(at, $"'{Shown(name)}' is no entry, expected \"id/version\"");
        }

        return names.Add(name) ? (parts[0], parts[1]) : throw new Expected(at, $"{name} occurs twice, expected one entry");
    }

    private static ImmutableArray<RecordedVerdict> ReadVerdicts(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, ref Lines lines)
    {
        var verdicts = ImmutableArray.CreateBuilder<RecordedVerdict>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Next(ref reader, JsonTokenType.StartObject, $"an object of entries as '{VerdictSection}'");
        while (Advance(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = (int)reader.TokenStartIndex;
            (string id, string version) = ReadName(ref reader, names);
            verdicts.Add(ReadVerdict(ref reader, new RecordedVerdict(id, version, "") { Line = lines.Of(content, at) }));
        }

        return reader.TokenType == JsonTokenType.EndObject ? verdicts.ToImmutable() : throw new Expected((int)reader.TokenStartIndex, "expected an entry or '}'");
    }

    private static RecordedVerdict ReadVerdict(ref Utf8JsonReader reader, RecordedVerdict verdict)
    {
        Next(ref reader, JsonTokenType.StartObject, "an object");
        while (Advance(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = Name(ref reader);
            Advance(ref reader);
            int at = (int)reader.TokenStartIndex;
            switch (field)
            {
                case "published":
                    verdict = DateOnly.TryParseExact(Value(ref reader, field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
                        ? verdict with { Published = day }
                        : throw new Expected(at, "expected a day as 'published', for example \"2026-01-31\"");
                    break;
                case "source":
                    verdict = verdict with { Source = Value(ref reader, field) };
                    break;
                case "unlisted":
                    verdict = verdict with { Unlisted = Flag(ref reader, field) };
                    break;
                case "buildCode":
                    verdict = verdict with { BuildCode = Flag(ref reader, field) };
                    break;
                case "deprecated":
                    verdict = verdict with { Deprecated = Value(ref reader, field) };
                    break;
                case "alternative":
                    verdict = verdict with { Alternative = Value(ref reader, field) };
                    break;
                default:
                    // A later version's field says nothing to this one.
                    reader.Skip();
                    break;
            }
        }

        return verdict;
    }

    private static bool Flag(ref Utf8JsonReader reader, string field) => reader.TokenType is JsonTokenType.True or JsonTokenType.False
        ? reader.TokenType == JsonTokenType.True
        : throw new Expected((int)reader.TokenStartIndex, $"expected true or false as '{field}'");

    private static LockedDownload ReadEntry(ref Utf8JsonReader reader, DownloadKind kind, string id, string version, int line)
    {
        string hash = "", source = "";
        Next(ref reader, JsonTokenType.StartObject, "an object with \"contentHash\"");
        int start = (int)reader.TokenStartIndex;
        while (Advance(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = Name(ref reader);
            Advance(ref reader);
            int at = (int)reader.TokenStartIndex;
            switch (field)
            {
                case "contentHash":
                    hash = Value(ref reader, field);
                    if (!IsSha512(hash))
                    {
                        throw new Expected(at, "the content hash is not base64 of a SHA-512, expected 88 characters");
                    }

                    break;
                case "source":
                    source = Value(ref reader, field);
                    break;
                default:
                    // A later version's field says nothing to this one.
                    reader.Skip();
                    break;
            }
        }

        return hash.Length > 0
            ? new LockedDownload(kind, id, version, hash, source, line)
            : throw new Expected(start, "the entry has no \"contentHash\"");
    }

    private static bool IsSha512(string text)
    {
        Span<byte> bytes = stackalloc byte[66];
        return text.Length == 88 && Convert.TryFromBase64String(text, bytes, out int written) && written == 64;
    }

    private static void Next(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        Advance(ref reader);
        if (reader.TokenType != type)
        {
            throw new Expected((int)reader.TokenStartIndex, $"expected {what}");
        }
    }

    private static bool Advance(ref Utf8JsonReader reader) =>
        reader.Read() ? true : throw new Expected((int)reader.BytesConsumed, "it ends too early");

    private static string Value(ref Utf8JsonReader reader, string field) =>
        reader.TokenType == JsonTokenType.String ? Name(ref reader) : throw new Expected((int)reader.TokenStartIndex, $"expected a string as '{field}'");

    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new Expected((int)reader.TokenStartIndex, "the text holds half a surrogate pair");
        }
    }

    private static string Shown(string name)
    {
        const int most = 80;
        return new string([.. name.Take(most).Select(static letter => char.IsControl(letter) ? '?' : letter)]);
    }

    private static int ConflictMarker(ReadOnlySpan<byte> content)
    {
        int offset = 0;
        while (offset < content.Length)
        {
            ReadOnlySpan<byte> rest = content[offset..];
            if (rest.StartsWith("<<<<<<< "u8) || rest.StartsWith(">>>>>>> "u8) || rest.StartsWith("=======\n"u8) || rest.StartsWith("=======\r"u8))
            {
                return offset;
            }

            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            offset += end + 1;
        }

        return -1;
    }

    private static SourceLocation At(string path, ReadOnlySpan<byte> content, int offset)
    {
        offset = Math.Clamp(offset, 0, content.Length);
        ReadOnlySpan<byte> before = content[..offset];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourceLocation(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private struct Lines
    {
        private int _offset;
        private int _line;

        public int Of(ReadOnlySpan<byte> content, int offset)
        {
            _line += content[_offset..offset].Count((byte)'\n');
            _offset = offset;
            return _line + 1;
        }
    }

    private sealed class Expected(int offset, string message) : JsonException(message)
    {
        public int Offset => offset;
    }
}
