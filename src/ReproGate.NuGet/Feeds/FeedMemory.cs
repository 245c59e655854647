using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.Verification;

namespace ReproGate.NuGet.Feeds;

/// <summary>
/// What this machine's earlier looks found to exist, in the user's cache: a package that is new to the commit is asked for once, not in every
/// build until it is committed. Only what exists is remembered, so an absence or a fault never outlives its build.
/// </summary>
internal sealed class FeedMemory
{
    private const int FormatVersion = 1;
    private const int MaxBytes = 4 << 20;
    private const int MaxEntries = 5_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (PackageMetadata Metadata, DateTimeOffset At)> _entries = new(StringComparer.OrdinalIgnoreCase);
    private bool _changed;

    public FeedMemory(string cacheDirectory, TimeProvider time)
    {
        _path = Path.Combine(cacheDirectory, "feeds.json");
        _time = time;
        Read(_entries);
    }

    /// <summary>The lock between processes that ask: whoever comes second finds the answer of the first.</summary>
    public string LockFile => _path + ".lock";

    /// <summary>What a source told of a version; null where it was not asked lately.</summary>
    public PackageMetadata? Find(string address, string id, string version) =>
        _entries.TryGetValue(Key(address, id, version), out (PackageMetadata Metadata, DateTimeOffset At) entry) ? entry.Metadata : null;

    /// <summary>Takes in what other processes have written since.</summary>
    public void Refresh() => Read(_entries);

    public void Add(string address, string id, string version, PackageMetadata metadata)
    {
        _entries[Key(address, id, version)] = (metadata, _time.GetUtcNow());
        _changed = true;
    }

    /// <summary>Writes what is new, together with what others wrote. A cache that cannot be written costs a question more, nothing else.</summary>
    public void Save()
    {
        if (!_changed)
        {
            return;
        }

        try
        {
            Read(_entries);
            AtomicFile.Write(_path, Content());
            _changed = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As said above.
        }
    }

    private static string Key(string address, string id, string version) => $"{address} {id}/{version}";

    private void Read(ConcurrentDictionary<string, (PackageMetadata, DateTimeOffset)> entries)
    {
        try
        {
            if (new FileInfo(_path) is not { Exists: true, Length: < MaxBytes })
            {
                return;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_path), new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out JsonElement version) || !version.TryGetInt32(out int format) || format != FormatVersion)
            {
                return;
            }

            DateTimeOffset oldest = _time.GetUtcNow() - Lifetime;
            foreach (JsonProperty property in root.GetProperty("packages").EnumerateObject())
            {
                JsonElement value = property.Value;
                DateTimeOffset at = value.GetProperty("at").GetDateTimeOffset();
                if (at < oldest || at > _time.GetUtcNow() + TimeSpan.FromHours(1))
                {
                    continue;
                }

                var metadata = new PackageMetadata(value.GetProperty("source").GetString()!)
                {
                    Published = Date(value, "published"),
                    FirstPublished = Date(value, "first"),
                    Listed = !value.TryGetProperty("unlisted", out _),
                    VersionCount = value.TryGetProperty("count", out JsonElement count) ? count.GetInt32() : 0,
                    Deprecation = value.TryGetProperty("deprecated", out JsonElement deprecated)
                        ? new PackageDeprecation([.. deprecated.GetProperty("reasons").EnumerateArray().Select(static reason => reason.GetString()!)], deprecated.GetProperty("message").GetString()!, deprecated.GetProperty("alternative").GetString()!)
                        : null,
                };
                entries.TryAdd(property.Name, (metadata, at));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // A damaged cache is an empty one; the next write replaces it.
        }
    }

    private byte[] Content()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", FormatVersion);
            json.WriteStartObject("packages");
            foreach ((string key, (PackageMetadata metadata, DateTimeOffset at)) in _entries.OrderByDescending(static entry => entry.Value.At).Take(MaxEntries).OrderBy(static entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(key);
                json.WriteString("source", metadata.Source);
                json.WriteString("at", at);
                Write(json, "published", metadata.Published);
                Write(json, "first", metadata.FirstPublished);
                if (!metadata.Listed)
                {
                    json.WriteBoolean("unlisted", true);
                }

                json.WriteNumber("count", metadata.VersionCount);
                if (metadata.Deprecation is { } deprecation)
                {
                    json.WriteStartObject("deprecated");
                    json.WriteStartArray("reasons");
                    foreach (string reason in deprecation.Reasons)
                    {
                        json.WriteStringValue(reason);
                    }

                    json.WriteEndArray();
                    json.WriteString("message", deprecation.Message);
                    json.WriteString("alternative", deprecation.Alternative);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? date)
    {
        if (date is { } value)
        {
            json.WriteString(name, value.ToString("O", CultureInfo.InvariantCulture));
        }
    }

    private static DateTimeOffset? Date(JsonElement holder, string name) => holder.TryGetProperty(name, out JsonElement value) ? value.GetDateTimeOffset() : null;
}
