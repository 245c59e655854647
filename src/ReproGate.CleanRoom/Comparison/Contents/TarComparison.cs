using System.Formats.Tar;
using System.Text.Json;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares tar archives, and container images in them: there an entry is named by its role instead of its digest.</summary>
internal static class TarComparison
{
    private const int MagicOffset = 257;
    private const int MaximumManifests = 100;

    /// <summary>Whether the bytes are a tar archive with a magic number.</summary>
    public static bool IsTar(ReadOnlySpan<byte> bytes) => bytes.Length >= 512 && bytes[MagicOffset..].StartsWith("ustar"u8);

    /// <summary>Compares two archives.</summary>
    /// <exception cref="InvalidDataException">An archive is damaged.</exception>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        List<ArchiveEntry>? leftEntries = Read(differ, where, left);
        List<ArchiveEntry>? rightEntries = leftEntries is null ? null : Read(differ, where, right);
        return rightEntries is null ? Verdict.Different : ArchiveEntries.Compare(differ, where, ByRole(leftEntries!), ByRole(rightEntries), depth);
    }

    /// <summary>The entries; null, with the reason noted, where they are too many.</summary>
    public static List<ArchiveEntry>? Read(Differ differ, string where, ReadOnlyMemory<byte> bytes)
    {
        var entries = new List<ArchiveEntry>();
        using var reader = new TarReader(Memory.Stream(bytes));
        while (reader.GetNextEntry(copyData: false) is { } entry)
        {
            differ.Cancellation.ThrowIfCancellationRequested();
            if (entries.Count >= differ.Options.MaximumEntries)
            {
                differ.AddUnread(where, $"It has more than {differ.Options.MaximumEntries} entries.");
                return null;
            }

            byte[] content = [];
            if (entry.DataStream is { } data)
            {
                if (differ.Unpack(Differ.Inside(where, entry.Name), data) is not { } unpacked)
                {
                    return null;
                }

                content = unpacked;
            }

            string owner = entry is PosixTarEntry posix ? $"{posix.UserName}:{posix.GroupName} " : "";
            entries.Add(new ArchiveEntry(entry.Name, content,
            [
                (PartKinds.Entry, entry.EntryType.ToString()),
                (PartKinds.Link, entry.LinkName),
                (PartKinds.EntryTime, entry.ModificationTime.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)),
                (PartKinds.EntryMode, Convert.ToString((int)entry.Mode, 8)),
                (PartKinds.EntryOwner, $"{owner}{entry.Uid}:{entry.Gid}"),
            ]));
        }

        return entries;
    }

    // blobs/sha256/… differ in name as soon as they differ in content; index.json says what each is for.
    private static List<ArchiveEntry> ByRole(List<ArchiveEntry> entries)
    {
        Dictionary<string, ArchiveEntry> byName = entries.GroupBy(static entry => entry.Name.TrimStart('.', '/')).ToDictionary(static group => group.Key, static group => group.First(), StringComparer.Ordinal);
        if (!byName.TryGetValue("index.json", out ArchiveEntry? index) || !byName.Keys.Any(static name => name.StartsWith("blobs/", StringComparison.Ordinal)))
        {
            return entries;
        }

        var roles = new Dictionary<string, string>(StringComparer.Ordinal);
        int manifests = 0;
        Follow(index.Content, "");
        return [.. entries.Select(entry => roles.TryGetValue(entry.Name.TrimStart('.', '/'), out string? role) ? entry with { Name = role } : entry)];

        void Follow(ReadOnlyMemory<byte> json, string prefix)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                Name(document.RootElement, "config", prefix + "config");
                Name(document.RootElement, "layers", prefix + "layer");
                Name(document.RootElement, "manifests", prefix + "manifest");
            }
            catch (JsonException)
            {
                // Not an index: entries keep their names.
            }
        }

        void Name(JsonElement root, string property, string role)
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(property, out JsonElement value))
            {
                return;
            }

            JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
            for (int number = 0; number < items.Length; number++)
            {
                if (items[number].ValueKind == JsonValueKind.Object && items[number].TryGetProperty("digest", out JsonElement digest) && digest.ValueKind == JsonValueKind.String)
                {
                    string blob = "blobs/" + digest.GetString()!.Replace(':', '/');
                    string name = value.ValueKind == JsonValueKind.Array ? $"({role} {number + 1})" : $"({role})";
                    if (byName.TryGetValue(blob, out ArchiveEntry? entry) && roles.TryAdd(blob, name) && property == "manifests" && manifests++ < MaximumManifests)
                    {
                        Follow(entry.Content, $"{role} {number + 1} ");
                    }
                }
            }
        }
    }
}
