using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReproGate.Facts;
using ReproGate.NuGet.Verification;

namespace ReproGate.NuGet.ReproGateLock;

/// <summary>
/// Writes <c>reprogate.lock.json</c>: sorted, one line an entry, the same bytes for the same entries, so that a difference
/// shows what changed and git merges lines of different packages. Sections of other gates are kept.
/// </summary>
public static class ReproGateLockWriter
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Merges entries into the file under a lock between processes, atomically, and leaves it alone where nothing changes.
    /// </summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="entries">The entries to add; one with the same kind, id and version is replaced.</param>
    /// <param name="keep">Says whether an entry already there stays; asked only for entries that are not replaced.</param>
    /// <param name="lockDirectory">A folder outside the repository for the lock between processes.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>Whether the file was changed; a malformed file is not, and tells why.</returns>
    /// <exception cref="IOException">The file cannot be written, or another process holds it for too long.</exception>
    public static (bool Changed, MalformedFile? Malformed) Merge(string path, IReadOnlyCollection<LockedDownload> entries, Func<LockedDownload, bool> keep, string lockDirectory, CancellationToken cancellation) =>
        Update(path, lockDirectory, (current, old) => Write(Merge(current.Entries, entries, keep), old), cancellation);

    /// <summary>Merges package verdicts into the file in the same way.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="verdicts">The verdicts to add; one of the same id and version is replaced.</param>
    /// <param name="keep">Says whether a verdict already there stays; asked only for those that are not replaced.</param>
    /// <param name="lockDirectory">A folder outside the repository for the lock between processes.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>Whether the file was changed; a malformed file is not, and tells why.</returns>
    /// <exception cref="IOException">The file cannot be written, or another process holds it for too long.</exception>
    public static (bool Changed, MalformedFile? Malformed) MergeVerdicts(string path, IReadOnlyCollection<RecordedVerdict> verdicts, Func<RecordedVerdict, bool> keep, string lockDirectory, CancellationToken cancellation)
    {
        HashSet<string> replaced = new(verdicts.Select(static verdict => verdict.Name), StringComparer.OrdinalIgnoreCase);
        return Update(
            path,
            lockDirectory,
            (current, old) => Write(current.Entries, old, [.. current.Verdicts.Where(verdict => !replaced.Contains(verdict.Name) && keep(verdict)), .. verdicts]),
            cancellation);
    }

    private static (bool Changed, MalformedFile? Malformed) Update(string path, string lockDirectory, Func<Facts.ReproGateLock, byte[], byte[]> write, CancellationToken cancellation)
    {
        bool changed = false;
        MalformedFile? malformed = null;
        string name = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];
        bool ran = AtomicFile.WhileLocked(Path.Combine(lockDirectory, $"reprogate.lock.{name}.lock"), TimeSpan.FromSeconds(60), cancellation, () =>
        {
            Facts.ReproGateLock? current = ReproGateLockReader.Read(path, out malformed);
            if (current is null)
            {
                return;
            }

            byte[] old = current.Exists ? File.ReadAllBytes(path) : [];
            byte[] updated = write(current, old);
            if (!old.AsSpan().SequenceEqual(updated))
            {
                AtomicFile.Write(path, updated);
                changed = true;
            }
        });
        return ran ? (changed, malformed) : throw new IOException($"another process holds {path}");
    }

    /// <summary>The file's bytes: UTF-8 without byte order mark, LF, newline at the end.</summary>
    /// <param name="entries">Its entries, in any order.</param>
    /// <param name="old">The file as it was, for the sections of other gates; empty where there is none. Well-formed.</param>
    /// <param name="verdicts">All package verdicts; null keeps those of the old file.</param>
    public static byte[] Write(IEnumerable<LockedDownload> entries, ReadOnlyMemory<byte> old = default, IReadOnlyCollection<RecordedVerdict>? verdicts = null)
    {
        var sections = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        var others = new SortedDictionary<string, string>(StringComparer.Ordinal);
        ReadOthers(old, sections, others);
        foreach (LockedDownload entry in entries)
        {
            string section = ReproGateLockReader.Section(entry.Kind);
            if (!sections.TryGetValue(section, out SortedDictionary<string, string>? lines))
            {
                sections[section] = lines = NewSection();
            }

            lines[entry.Name] = Object(entry);
        }

        if (verdicts is not null)
        {
            SortedDictionary<string, string> lines = sections[ReproGateLockReader.VerdictSection] = NewSection();
            foreach (RecordedVerdict verdict in verdicts)
            {
                lines[verdict.Name] = Object(verdict);
            }
        }

        var text = new StringBuilder();
        text.Append("{\n  \"version\": ").Append(ReproGateLockReader.FormatVersion);
        foreach ((string name, string value) in others)
        {
            text.Append(",\n  ").Append(Quote(name)).Append(": ").Append(value);
        }

        foreach ((string section, SortedDictionary<string, string> lines) in sections)
        {
            if (lines.Count == 0)
            {
                continue;
            }

            text.Append(",\n  ").Append(Quote(section)).Append(": {");
            string separator = "\n    ";
            foreach ((string name, string value) in lines)
            {
                text.Append(separator).Append(Quote(name)).Append(": ").Append(value);
                separator = ",\n    ";
            }

            text.Append("\n  }");
        }

        return Encoding.UTF8.GetBytes(text.Append("\n}\n").ToString());
    }

    private static IEnumerable<LockedDownload> Merge(ImmutableArray<LockedDownload> current, IReadOnlyCollection<LockedDownload> entries, Func<LockedDownload, bool> keep)
    {
        HashSet<(DownloadKind, string)> replaced = [.. entries.Select(static entry => (entry.Kind, entry.Name.ToUpperInvariant()))];
        return current.Where(entry => !replaced.Contains((entry.Kind, entry.Name.ToUpperInvariant())) && keep(entry)).Concat(entries);
    }

    // Ignoring case first, so that the order does not depend on how an id is spelled; then exactly, so that it is total.
    private static SortedDictionary<string, string> NewSection() => new(Comparer<string>.Create(static (left, right) =>
    {
        int ignoringCase = string.Compare(left, right, StringComparison.OrdinalIgnoreCase);
        return ignoringCase != 0 ? ignoringCase : string.CompareOrdinal(left, right);
    }));

    private static void ReadOthers(ReadOnlyMemory<byte> old, SortedDictionary<string, SortedDictionary<string, string>> sections, SortedDictionary<string, string> others)
    {
        if (old.Span.StartsWith("\uFEFF"u8))
        {
            old = old[3..];
        }

        if (old.IsEmpty)
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(old, new JsonDocumentOptions { MaxDepth = 32 });
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Name is "version" or "sdks" or "tools" or "packs")
            {
                continue;
            }

            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                SortedDictionary<string, string> lines = sections[property.Name] = NewSection();
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    lines[entry.Name] = Spaced(entry.Value);
                }
            }
            else
            {
                others[property.Name] = Spaced(property.Value);
            }
        }
    }

    private static string Object(LockedDownload entry) =>
        entry.Source.Length > 0
            ? $"{{ \"contentHash\": {Quote(entry.ContentHash)}, \"source\": {Quote(entry.Source)} }}"
            : $"{{ \"contentHash\": {Quote(entry.ContentHash)} }}";

    private static string Object(RecordedVerdict verdict)
    {
        List<string> members = [];
        if (verdict.Published is { } published)
        {
            members.Add($"\"published\": \"{published.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}\"");
        }

        foreach ((string name, string value) in ((string, string)[])[("source", verdict.Source), ("deprecated", verdict.Deprecated), ("alternative", verdict.Alternative)])
        {
            if (value.Length > 0)
            {
                members.Add($"\"{name}\": {Quote(value)}");
            }
        }

        members.AddRange(verdict.Unlisted ? ["\"unlisted\": true"] : []);
        members.AddRange(verdict.BuildCode ? ["\"buildCode\": true"] : []);
        return members.Count == 0 ? "{}" : "{ " + string.Join(", ", members) + " }";
    }

    /// <summary>A value on one line, spaced as the entries of this gate are.</summary>
    private static string Spaced(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any()
            ? "{ " + string.Join(", ", value.EnumerateObject().Select(static member => $"{Quote(member.Name)}: {Spaced(member.Value)}")) + " }"
            : "{}",
        JsonValueKind.Array => "[" + string.Join(", ", value.EnumerateArray().Select(Spaced)) + "]",
        JsonValueKind.String => Quote(value.GetString()!),
        _ => value.GetRawText(),
    };

    private static string Quote(string value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStringValue(value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
