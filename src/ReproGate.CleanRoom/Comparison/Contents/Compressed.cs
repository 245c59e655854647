using System.IO.Compression;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares what lies in gzip and Brotli streams.</summary>
internal static class Compressed
{
    private const int TimeOffset = 4;
    private const int TimeLength = 4;
    private const int GZipHeader = 10;

    /// <summary>Compares two gzip streams: the content, else the time in the header, else the compression itself.</summary>
    public static Verdict CompareGZip(Differ differ, string where, string name, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        byte[]? leftContent = Unpack(left);
        byte[]? rightContent = leftContent is null ? null : Unpack(right);
        if (rightContent is null)
        {
            return Verdict.Different;
        }

        bool sameTime = left.Length >= GZipHeader && right.Length >= GZipHeader && left.Span.Slice(TimeOffset, TimeLength).SequenceEqual(right.Span.Slice(TimeOffset, TimeLength));
        if (!sameTime)
        {
            differ.Add(Differ.Inside(where, "gzip header"), PartKinds.EntryTime, Time(left.Span), Time(right.Span));
        }

        string inner = InnerName(name, ".gz");
        Verdict content = differ.Compare(Differ.Inside(where, inner), inner, leftContent!, rightContent, depth + 1);
        if (content != Verdict.Equal)
        {
            return content;
        }

        return !sameTime && left.Length == right.Length && left.Span[..TimeOffset].SequenceEqual(right.Span[..TimeOffset]) && left.Span[(TimeOffset + TimeLength)..].SequenceEqual(right.Span[(TimeOffset + TimeLength)..])
            ? Verdict.Metadata
            : SameContent(differ, where, left, right);

        byte[]? Unpack(ReadOnlyMemory<byte> bytes)
        {
            using var stream = new GZipStream(Memory.Stream(bytes), CompressionMode.Decompress);
            return differ.Unpack(where, stream);
        }
    }

    /// <summary>Compares two Brotli streams.</summary>
    public static Verdict CompareBrotli(Differ differ, string where, string name, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        byte[]? leftContent = Unpack(left);
        byte[]? rightContent = leftContent is null ? null : Unpack(right);
        if (rightContent is null)
        {
            return Verdict.Different;
        }

        string inner = InnerName(name, ".br");
        Verdict content = differ.Compare(Differ.Inside(where, inner), inner, leftContent!, rightContent, depth + 1);
        return content == Verdict.Equal ? SameContent(differ, where, left, right) : content;

        byte[]? Unpack(ReadOnlyMemory<byte> bytes)
        {
            using var stream = new BrotliStream(Memory.Stream(bytes), CompressionMode.Decompress);
            return differ.Unpack(where, stream);
        }
    }

    /// <summary>Notes that two streams hold the same and are compressed otherwise.</summary>
    public static Verdict SameContent(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        differ.Add(where, PartKinds.Compression, $"the same content in {left.Length} bytes", $"the same content in {right.Length} bytes");
        return Verdict.Different;
    }

    private static string InnerName(string name, string extension)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        return file.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? file[..^extension.Length] : file;
    }

    private static string Time(ReadOnlySpan<byte> bytes) =>
        bytes.Length < GZipHeader ? "" : DateTimeOffset.FromUnixTimeSeconds(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[TimeOffset..])).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Streams over memory.</summary>
internal static class Memory
{
    /// <summary>A stream over bytes, without a copy where they are an array.</summary>
    public static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false, publiclyVisible: true)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
