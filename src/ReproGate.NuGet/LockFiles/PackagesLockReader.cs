using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ReproGate.Facts;

namespace ReproGate.NuGet.LockFiles;

/// <summary>
/// Reads packages.lock.json in formats 1, 2 and 3. It accepts what NuGet accepts (comments, trailing commas, byte order marks)
/// and keeps the place of every node. Any bytes end in a reading: a file that cannot be understood yields its first fault of form,
/// one that can yields all of them. Time and memory are linear in the file's size, which is limited.
/// </summary>
public static class PackagesLockReader
{
    /// <summary>The largest file that is read, in bytes; the largest lock files known have a few megabytes.</summary>
    public const int MaximumLength = 64 * 1024 * 1024;

    /// <summary>How deep nodes may be nested. A lock file needs five levels.</summary>
    public const int MaximumDepth = 16;

    /// <summary>How many faults of form are told of one file.</summary>
    public const int MaximumDefects = 25;

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static PackagesLockReading Read(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
        if (stream.Length > MaximumLength)
        {
            return Unreadable(new SourceLocation(path), $"it has {stream.Length} bytes, more than any lock file needs ({MaximumLength})", "too-large");
        }

        byte[] bytes = new byte[stream.Length];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Parse(path, bytes.AsMemory(0, length));
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="path">The file's absolute path, for locations.</param>
    /// <param name="content">Its bytes.</param>
    public static PackagesLockReading Parse(string path, ReadOnlyMemory<byte> content)
    {
        ReadOnlyMemory<byte> text = Decode(content);
        var positions = new TextPositions(path, text);
        if (text.Span.IndexOfAnyExcept(" \t\r\n\0"u8) < 0)
        {
            return Unreadable(positions.At(0), "it is empty", "empty");
        }

        if (FindConflictMarker(text.Span) is var marker and >= 0)
        {
            return Unreadable(positions.At(marker), "it holds conflict markers of an unfinished merge", "conflict-markers");
        }

        if (!Utf8.IsValid(text.Span))
        {
            return Unreadable(positions.At(FirstInvalidByte(text.Span)), "it is not UTF-8 text", "not-text");
        }

        var parser = new Parser(positions);
        try
        {
            return parser.Parse(text.Span);
        }
        catch (JsonException exception)
        {
            bool truncated = IsTruncated(text.Span);
            SourceLocation at = positions.At(exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0);
            return truncated
                ? Unreadable(at, "it ends in the middle", "truncated")
                : Unreadable(at, parser.TooDeep(exception) ? $"it is nested deeper than {MaximumDepth} levels" : "it is not JSON here", "not-json");
        }
        catch (PackagesLockFormatException exception)
        {
            return Unreadable(exception.Location, exception.Message, exception.Subject);
        }
    }

    private static PackagesLockReading Unreadable(SourceLocation location, string text, string subject) => new(null, [new PackagesLockDefect(location, text, subject)]);

    /// <summary>NuGet's own reader recognises the byte order marks of UTF-8 and UTF-16.</summary>
    private static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> content) => content.Span switch
    {
        [0xEF, 0xBB, 0xBF, ..] => content[3..],
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(content.Span[2..])),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(content.Span[2..])),
        _ => content,
    };

    private static int FindConflictMarker(ReadOnlySpan<byte> text)
    {
        for (int line = 0; line < text.Length;)
        {
            ReadOnlySpan<byte> rest = text[line..];
            if (rest.StartsWith("<<<<<<<"u8) || rest.StartsWith(">>>>>>>"u8) || rest.StartsWith("|||||||"u8))
            {
                return line;
            }

            int end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            line += end + 1;
        }

        return -1;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int offset = 0;
        while (offset < text.Length && Rune.DecodeFromUtf8(text[offset..], out _, out int consumed) == OperationStatus.Done)
        {
            offset += consumed;
        }

        return offset;
    }

    /// <summary>Whether the text is the beginning of a JSON document: read as a part of more to come, it has no fault.</summary>
    private static bool IsTruncated(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            bool any = false;
            while (reader.Read())
            {
                any = true;
            }

            return !any || reader.CurrentDepth > 0 || reader.BytesConsumed < text.TrimEnd(" \t\r\n"u8).Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaximumDepth };

    /// <summary>A fault after which nothing more can be read.</summary>
    private sealed class PackagesLockFormatException(SourceLocation location, string message, string subject) : Exception(message)
    {
        public SourceLocation Location { get; } = location;

        public string Subject { get; } = subject;
    }

    /// <summary>One-based lines and columns of byte offsets. A column counts characters, as editors do.</summary>
    private sealed class TextPositions(string path, ReadOnlyMemory<byte> text)
    {
        private int _offset;
        private int _line = 1;
        private int _column = 1;

        /// <summary>The location of an offset. Offsets that grow cost only the text between them, so a file of one long line is no trap.</summary>
        public SourceLocation At(int offset)
        {
            offset = Math.Clamp(offset, 0, text.Length);
            if (offset < _offset)
            {
                (_offset, _line, _column) = (0, 1, 1);
            }

            while (text.Span[_offset..offset].IndexOf((byte)'\n') is var end and >= 0)
            {
                _line++;
                _column = 1;
                _offset += end + 1;
            }

            _column += Encoding.UTF8.GetCharCount(text.Span[_offset..offset]);
            _offset = offset;
            return new SourceLocation(path, _line, _column);
        }

        /// <summary>The location of a zero-based line and byte within it, as JSON errors tell it.</summary>
        public SourceLocation At(long line, long byteInLine)
        {
            ReadOnlySpan<byte> rest = text.Span;
            int start = 0;
            for (long skipped = 0; skipped < line; skipped++)
            {
                int end = rest[start..].IndexOf((byte)'\n');
                if (end < 0)
                {
                    break;
                }

                start += end + 1;
            }

            return At((int)Math.Min(text.Length, start + byteInLine));
        }
    }

    private sealed class Parser(TextPositions positions)
    {
        private readonly ImmutableArray<PackagesLockDefect>.Builder _defects = ImmutableArray.CreateBuilder<PackagesLockDefect>();
        private readonly HashSet<string> _targets = new(StringComparer.OrdinalIgnoreCase);

        public bool TooDeep(JsonException exception) => exception.Message.Contains("depth", StringComparison.OrdinalIgnoreCase);

        public PackagesLockReading Parse(ReadOnlySpan<byte> text)
        {
            var reader = new Utf8JsonReader(text, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Fault(ref reader, "it is not a JSON object", "not-object");
            }

            int version = FindVersion(reader);
            ImmutableArray<PackagesLockTarget>.Builder targets = ImmutableArray.CreateBuilder<PackagesLockTarget>();
            HashSet<string> names = new(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation at = Here(ref reader);
                string name = Text(ref reader);
                if (!names.Add(name))
                {
                    throw new PackagesLockFormatException(at, $"\"{name}\" stands twice, and only one of the two counts", "duplicate:" + name);
                }

                reader.Read();
                if (name == "version")
                {
                    continue;
                }

                if (version < 3)
                {
                    if (name == "dependencies")
                    {
                        ReadTargets(ref reader, targets);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
                else
                {
                    ReadAliasedTarget(ref reader, name, at, targets);
                }
            }

            if (version < 3 && !names.Contains("dependencies"))
            {
                throw new PackagesLockFormatException(positions.At(0), "it has no \"dependencies\"", "no-dependencies");
            }

            // Anything behind the document is a fault that the reader itself reports.
            while (reader.Read())
            {
            }

            return new PackagesLockReading(new PackagesLock(positions.At(0).File, version, targets.ToImmutable()), _defects.ToImmutable());
        }

        /// <summary>The format decides how the rest is read, so it is looked for first; the reader is a copy.</summary>
        private int FindVersion(Utf8JsonReader reader)
        {
            int? version = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isVersion = reader.ValueTextEquals("version"u8);
                reader.Read();
                if (isVersion && version is null)
                {
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int value))
                    {
                        throw Fault(ref reader, "\"version\" is not a whole number", "version");
                    }

                    if (value is < PackagesLock.OldestVersion or > PackagesLock.NewestVersion)
                    {
                        throw Fault(ref reader, $"its format is {value}, and formats {PackagesLock.OldestVersion} to {PackagesLock.NewestVersion} are known", "unknown-version");
                    }

                    version = value;
                }

                reader.Skip();
            }

            return version ?? throw new PackagesLockFormatException(positions.At(0), "it has no \"version\"", "no-version");
        }

        private void ReadTargets(ref Utf8JsonReader reader, ImmutableArray<PackagesLockTarget>.Builder targets)
        {
            ExpectObject(ref reader, "\"dependencies\"");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation at = Here(ref reader);
                string key = Text(ref reader);
                reader.Read();
                ImmutableArray<PackagesLockEntry> entries = ReadEntries(ref reader, key);
                (string framework, string runtime) = SplitKey(key);
                Add(targets, new PackagesLockTarget(key, CanonicalFramework(framework, at), "", runtime, entries, at));
            }
        }

        /// <summary>Format 3: the alias is the key, and the framework stands within.</summary>
        private void ReadAliasedTarget(ref Utf8JsonReader reader, string key, SourceLocation at, ImmutableArray<PackagesLockTarget>.Builder targets)
        {
            ExpectObject(ref reader, $"\"{key}\"");
            string framework = "";
            ImmutableArray<PackagesLockEntry> entries = [];
            HashSet<string> names = new(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation here = Here(ref reader);
                string name = Text(ref reader);
                Once(names, name, here, $"of \"{key}\"");
                reader.Read();
                switch (name)
                {
                    case "framework":
                        framework = StringValue(ref reader, $"\"framework\" of \"{key}\"");
                        break;
                    case "dependencies":
                        entries = ReadEntries(ref reader, key);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            if (framework.Length == 0)
            {
                Defect(at, $"\"{key}\" names no framework", "framework:" + key);
                return;
            }

            (string alias, string runtime) = SplitKey(key);
            Add(targets, new PackagesLockTarget(key, CanonicalFramework(framework, at), alias, runtime, entries, at));
        }

        private void Add(ImmutableArray<PackagesLockTarget>.Builder targets, PackagesLockTarget target)
        {
            if (!_targets.Add(target.Key))
            {
                Defect(target.Location, $"the target \"{target.Key}\" stands twice", "duplicate:" + target.Key);
                return;
            }

            targets.Add(target);
        }

        private ImmutableArray<PackagesLockEntry> ReadEntries(ref Utf8JsonReader reader, string target)
        {
            ExpectObject(ref reader, $"the target \"{target}\"");
            ImmutableArray<PackagesLockEntry>.Builder entries = ImmutableArray.CreateBuilder<PackagesLockEntry>();
            HashSet<string> ids = new(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation at = Here(ref reader);
                string id = Text(ref reader);
                reader.Read();
                PackagesLockEntry? entry = ReadEntry(ref reader, target, id, at);
                if (!ids.Add(id))
                {
                    Defect(at, $"{id} stands twice in \"{target}\"", $"duplicate:{target}:{id}");
                }
                else if (entry is not null)
                {
                    entries.Add(entry);
                }
            }

            return entries.ToImmutable();
        }

        private PackagesLockEntry? ReadEntry(ref Utf8JsonReader reader, string target, string id, SourceLocation at)
        {
            string subject = $"{target}:{id}";
            if (id.Length == 0)
            {
                Defect(at, $"an entry of \"{target}\" has no id", subject);
            }

            ExpectObject(ref reader, $"{id} in \"{target}\"");
            string? type = null;
            string requested = "", resolved = "", contentHash = "";
            ImmutableArray<PackagesLockDependency> dependencies = [];
            HashSet<string> names = new(StringComparer.Ordinal);
            bool valid = id.Length > 0;
            bool resolvedFits = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation here = Here(ref reader);
                string name = Text(ref reader);
                Once(names, name, here, $"of {id} in \"{target}\"");
                reader.Read();
                string what = $"\"{name}\" of {id} in \"{target}\"";
                switch (name)
                {
                    case "type":
                        type = StringValue(ref reader, what);
                        break;
                    case "requested":
                        string range = StringValue(ref reader, what);
                        requested = RangeText.Normalize(range);
                        if (requested.Length == 0)
                        {
                            valid = false;
                            Defect(here, $"{what} is no version range: \"{Shorten(range)}\"", subject + ":requested");
                        }

                        break;
                    case "resolved":
                        string version = StringValue(ref reader, what);
                        resolved = RangeText.NormalizeVersion(version);
                        if (resolved.Length == 0)
                        {
                            valid = false;
                            Defect(here, $"{what} is no version: \"{Shorten(version)}\"", subject + ":resolved");
                        }

                        break;
                    case "contentHash":
                        contentHash = StringValue(ref reader, what);
                        if (!IsSha512(contentHash))
                        {
                            valid = false;
                            Defect(here, $"{what} is no SHA-512 hash in base64", subject + ":contentHash");
                        }

                        break;
                    case "dependencies":
                        dependencies = ReadDependencies(ref reader, target, id);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            PackagesLockEntryType? known = type switch
            {
                _ when "Direct".Equals(type, StringComparison.OrdinalIgnoreCase) => PackagesLockEntryType.Direct,
                _ when "Transitive".Equals(type, StringComparison.OrdinalIgnoreCase) => PackagesLockEntryType.Transitive,
                _ when "CentralTransitive".Equals(type, StringComparison.OrdinalIgnoreCase) => PackagesLockEntryType.CentralTransitive,
                _ when "Project".Equals(type, StringComparison.OrdinalIgnoreCase) => PackagesLockEntryType.Project,
                _ => null,
            };
            if (known is null)
            {
                Defect(at, type is null ? $"{id} in \"{target}\" has no type" : $"{id} in \"{target}\" has the unknown type \"{Shorten(type)}\"", subject + ":type");
                return null;
            }

            if (valid && requested.Length > 0 && resolved.Length > 0)
            {
                resolvedFits = RangeText.Contains(requested, resolved);
            }

            return valid ? new PackagesLockEntry(id, known.Value, requested, resolved, contentHash, dependencies, at) { ResolvedIsInRequested = resolvedFits } : null;
        }

        private ImmutableArray<PackagesLockDependency> ReadDependencies(ref Utf8JsonReader reader, string target, string id)
        {
            ExpectObject(ref reader, $"\"dependencies\" of {id} in \"{target}\"");
            ImmutableArray<PackagesLockDependency>.Builder dependencies = ImmutableArray.CreateBuilder<PackagesLockDependency>();
            HashSet<string> ids = new(StringComparer.OrdinalIgnoreCase);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                SourceLocation at = Here(ref reader);
                string dependency = Text(ref reader);
                reader.Read();
                string range = StringValue(ref reader, $"the dependency {dependency} of {id} in \"{target}\"");
                string normalized = RangeText.Normalize(range);
                if (!ids.Add(dependency))
                {
                    Defect(at, $"the dependency {dependency} of {id} in \"{target}\" stands twice", $"duplicate:{target}:{id}:{dependency}");
                }
                else if (normalized.Length == 0)
                {
                    Defect(at, $"the dependency {dependency} of {id} in \"{target}\" has no version range: \"{Shorten(range)}\"", $"{target}:{id}:{dependency}");
                }
                else
                {
                    dependencies.Add(new PackagesLockDependency(dependency, normalized, at));
                }
            }

            return dependencies.ToImmutable();
        }

        private string CanonicalFramework(string framework, SourceLocation at)
        {
            string? canonical = FrameworkNames.Canonical(framework) ?? FrameworkText.Canonical(framework);
            if (canonical is null)
            {
                Defect(at, $"\"{Shorten(framework)}\" is no target framework", "framework:" + framework);
            }

            return canonical ?? framework;
        }

        private static (string Framework, string RuntimeIdentifier) SplitKey(string key) =>
            key.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (key[..slash], key[(slash + 1)..]) : (key, "");

        private static bool IsSha512(string text)
        {
            Span<byte> hash = stackalloc byte[66];
            return text.Length == 88 && Convert.TryFromBase64String(text, hash, out int written) && written == 64;
        }

        private SourceLocation Here(ref Utf8JsonReader reader) => positions.At((int)reader.TokenStartIndex);

        private PackagesLockFormatException Fault(ref Utf8JsonReader reader, string text, string subject) => new(Here(ref reader), text, subject);

        private void ExpectObject(ref Utf8JsonReader reader, string what)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Fault(ref reader, $"{what} is not a JSON object", "wrong-type");
            }
        }

        private string StringValue(ref Utf8JsonReader reader, string what) =>
            reader.TokenType == JsonTokenType.String ? Text(ref reader) : throw Fault(ref reader, $"{what} is not a string", "wrong-type");

        private string Text(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString() ?? "";
            }
            catch (InvalidOperationException)
            {
                // An escaped half of a surrogate pair is legal JSON and no text.
                throw Fault(ref reader, "it holds half of a surrogate pair, which is no text", "not-text");
            }
        }

        private void Once(HashSet<string> names, string name, SourceLocation at, string where)
        {
            if (!names.Add(name))
            {
                Defect(at, $"\"{name}\" {where} stands twice", $"duplicate:{where}:{name}");
            }
        }

        private void Defect(SourceLocation at, string text, string subject)
        {
            if (_defects.Count < MaximumDefects)
            {
                _defects.Add(new PackagesLockDefect(at, text, subject));
            }
        }

        private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
    }
}
