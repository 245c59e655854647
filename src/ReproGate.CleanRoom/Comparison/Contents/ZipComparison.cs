using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares zip archives and NuGet packages. Entries are only ever held in memory: no name of an entry becomes a path.</summary>
internal static partial class ZipComparison
{
    private const uint EndSignature = 0x06054b50;
    private const uint CentralSignature = 0x02014b50;
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;

    /// <summary>Compares two archives.</summary>
    /// <exception cref="InvalidDataException">An archive is damaged.</exception>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        List<ArchiveEntry>? leftEntries = Read(differ, where, left);
        List<ArchiveEntry>? rightEntries = leftEntries is null ? null : Read(differ, where, right);
        if (rightEntries is null)
        {
            return Verdict.Different;
        }

        bool sameContents = leftEntries!.Count == rightEntries.Count && leftEntries.Zip(rightEntries).All(static pair => pair.First.Name == pair.Second.Name && pair.First.Content.Span.SequenceEqual(pair.Second.Content.Span));
        Verdict verdict = ArchiveEntries.Compare(differ, where, leftEntries, rightEntries, depth);
        if (verdict == Verdict.Different || !sameContents)
        {
            return verdict;
        }

        // With the same entries in the same order, the bytes without the times have to be the same too.
        if (WithoutTimes(left.Span) is { } leftRest && WithoutTimes(right.Span) is { } rightRest && leftRest.AsSpan().SequenceEqual(rightRest))
        {
            return verdict;
        }

        differ.Add(where, PartKinds.Compression, $"the same entries in {left.Length} bytes", $"the same entries in {right.Length} bytes");
        return Verdict.Different;
    }

    /// <summary>The entries of an archive; null, with the reason noted, where they are too many or too large.</summary>
    public static List<ArchiveEntry>? Read(Differ differ, string where, ReadOnlyMemory<byte> bytes)
    {
        using var archive = new ZipArchive(Memory.Stream(bytes), ZipArchiveMode.Read);
        if (archive.Entries.Count > differ.Options.MaximumEntries)
        {
            differ.AddUnread(where, $"It has more than {differ.Options.MaximumEntries} entries.");
            return null;
        }

        var entries = new List<ArchiveEntry>(archive.Entries.Count);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream stream = entry.Open();
            if (differ.Unpack(Differ.Inside(where, entry.FullName), stream) is not { } content)
            {
                return null;
            }

            string name = entry.FullName.Replace('\\', '/');
            Match core = CoreProperties().Match(name);
            entries.Add(new ArchiveEntry(
                core.Success ? core.Groups["folder"].Value + "*.psmdcp" : name,
                content,
                [
                    (PartKinds.EntryTime, entry.LastWriteTime.DateTime.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)),
                    (PartKinds.EntryMode, $"0x{entry.ExternalAttributes:x}"),
                    (PartKinds.PackageId, core.Success ? name : ""),
                    (PartKinds.Header, entry.Comment),
                ]));
        }

        return entries;
    }

    // The archive with every time zeroed, those of the extra fields included; null where its directory cannot be followed.
    private static byte[]? WithoutTimes(ReadOnlySpan<byte> bytes)
    {
        int end = -1;
        for (int index = bytes.Length - EndLength; index >= 0 && index >= bytes.Length - EndLength - ushort.MaxValue; index--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[index..]) == EndSignature)
            {
                end = index;
                break;
            }
        }

        if (end < 0)
        {
            return null;
        }

        byte[] copy = bytes.ToArray();
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(end + 10)..]);
        long central = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 16)..]);
        for (int entry = 0; entry < count; entry++)
        {
            if (central + CentralLength > end || BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)central..]) != CentralSignature)
            {
                return null;
            }

            int at = (int)central;
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 28)..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 30)..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 32)..]);
            long local = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 42)..]);
            if (local + LocalLength > bytes.Length)
            {
                return null;
            }

            copy.AsSpan(at + 12, 4).Clear();
            copy.AsSpan((int)local + 10, 4).Clear();
            ClearTimes(copy, at + CentralLength + nameLength, extraLength);
            ClearTimes(copy, (int)local + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(bytes[((int)local + 26)..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[((int)local + 28)..]));
            central += CentralLength + nameLength + extraLength + commentLength;
        }

        return copy;
    }

    // Extended time stamp, NTFS and Info-ZIP's old Unix field.
    private static void ClearTimes(byte[] copy, int offset, int length)
    {
        int end = Math.Min(copy.Length, offset + length);
        while (offset + 4 <= end)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(copy.AsSpan(offset));
            int size = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(copy.AsSpan(offset + 2)), end - offset - 4);
            if (id is 0x5455 or 0x000A or 0x5855)
            {
                copy.AsSpan(offset + 4, size).Clear();
            }

            offset += 4 + size;
        }
    }

    [GeneratedRegex(@"^(?<folder>package/services/metadata/core-properties/)[^/]+\.psmdcp$", RegexOptions.IgnoreCase)]
    private static partial Regex CoreProperties();
}
