using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares single-file applications (the bundle format of Microsoft.NET.HostModel, versions 1 to 6).</summary>
internal static class SingleFileBundle
{
    private const int CompressedSince = 6;

    // The SHA-256 of ".net core bundle"; eight bytes before it the host keeps the offset of the bundle's header.
    private static ReadOnlySpan<byte> Signature =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>Whether the bytes are a host with a bundle behind it.</summary>
    public static bool IsBundle(ReadOnlySpan<byte> bytes) => HeaderOffset(bytes) is not null;

    /// <summary>Compares two bundles: their files, then the host before them.</summary>
    /// <exception cref="InvalidDataException">A bundle is damaged.</exception>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        (List<ArchiveEntry>? Entries, string Id) leftBundle = Read(differ, where, left);
        (List<ArchiveEntry>? Entries, string Id) rightBundle = leftBundle.Entries is null ? default : Read(differ, where, right);
        if (rightBundle.Entries is null)
        {
            return Verdict.Different;
        }

        if (leftBundle.Id != rightBundle.Id)
        {
            differ.Add(Differ.Inside(where, "bundle id"), PartKinds.PackageId, leftBundle.Id, rightBundle.Id);
        }

        Verdict verdict = ArchiveEntries.Compare(differ, where, leftBundle.Entries!, rightBundle.Entries, depth);
        // The id follows from the contents; with the same contents it has no reason to differ.
        return verdict == Verdict.Equal ? Verdict.Different : verdict;
    }

    /// <summary>The files of a bundle, the host among them, and the bundle's id; null, with the reason noted, where they are too many or too large.</summary>
    public static (List<ArchiveEntry>? Entries, string Id) Read(Differ differ, string where, ReadOnlyMemory<byte> bytes)
    {
        long header = HeaderOffset(bytes.Span) ?? throw new InvalidDataException("It is no bundle.");
        using MemoryStream stream = Memory.Stream(bytes);
        stream.Position = header;
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        uint major = reader.ReadUInt32();
        reader.ReadUInt32();
        int count = reader.ReadInt32();
        if (major is 0 or > CompressedSince || count < 0 || count > differ.Options.MaximumEntries)
        {
            throw new InvalidDataException($"The bundle's header names version {major} and {count} files.");
        }

        string id = reader.ReadString();
        if (major >= 2)
        {
            // Places of deps.json and runtimeconfig.json, and flags.
            stream.Position += 5 * sizeof(long);
        }

        var entries = new List<ArchiveEntry>();
        long first = header;
        for (int number = 0; number < count; number++)
        {
            long offset = reader.ReadInt64();
            long size = reader.ReadInt64();
            long compressed = major >= CompressedSince ? reader.ReadInt64() : 0;
            byte type = reader.ReadByte();
            string name = reader.ReadString().Replace('\\', '/');
            long length = compressed > 0 ? compressed : size;
            if (offset < 0 || length < 0 || offset > bytes.Length - length)
            {
                throw new InvalidDataException($"The bundle's file {name} lies beyond its end.");
            }

            ReadOnlyMemory<byte> content = bytes.Slice((int)offset, (int)length);
            if (compressed > 0)
            {
                using var deflate = new DeflateStream(Memory.Stream(content), CompressionMode.Decompress);
                if (differ.Unpack(Differ.Inside(where, name), deflate) is not { } unpacked)
                {
                    return (null, id);
                }

                content = unpacked;
            }

            first = Math.Min(first, offset);
            entries.Add(new ArchiveEntry(name, content, [(PartKinds.Entry, $"type {type}")]));
        }

        byte[] host = bytes[..(int)first].ToArray();
        int place = host.AsSpan().IndexOf(Signature);
        if (place >= sizeof(long))
        {
            // Where the header lies follows from the sizes of the files.
            host.AsSpan(place - sizeof(long), sizeof(long)).Clear();
        }

        entries.Insert(0, new ArchiveEntry("(host)", host, []));
        return (entries, id);
    }

    private static long? HeaderOffset(ReadOnlySpan<byte> bytes)
    {
        int place = bytes.IndexOf(Signature);
        if (place < sizeof(long))
        {
            return null;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[(place - sizeof(long))..]);
        return offset > 0 && offset < bytes.Length ? offset : null;
    }
}
