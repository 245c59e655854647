using System.Buffers.Binary;
using System.Collections;
using System.Resources;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares .resources files entry by entry. Values are read as bytes: nothing is ever deserialised.</summary>
internal static class ResourcesComparison
{
    private const int FixedHeader = 12;
    private const string StringType = "ResourceTypeCode.String";

    /// <summary>Compares two files.</summary>
    public static Verdict Compare(Differ differ, string where, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, int depth)
    {
        List<ArchiveEntry> leftEntries = Read(left);
        List<ArchiveEntry> rightEntries = Read(right);
        Verdict verdict = ArchiveEntries.Compare(differ, where, leftEntries, rightEntries, depth);
        return verdict == Verdict.Equal ? Verdict.Different : verdict == Verdict.Metadata ? Verdict.Different : verdict;
    }

    private static List<ArchiveEntry> Read(ReadOnlyMemory<byte> bytes)
    {
        CheckCounts(bytes.Span);
        using var reader = new ResourceReader(Memory.Stream(bytes));
        var entries = new List<ArchiveEntry>();
        IDictionaryEnumerator enumerator = reader.GetEnumerator();
        while (enumerator.MoveNext())
        {
            string name = (string)enumerator.Key;
            reader.GetResourceData(name, out string type, out byte[] data);
            byte[] content = type == StringType ? Text(data) : data;
            entries.Add(new ArchiveEntry(name, content, [(PartKinds.Resource, type)]));
        }

        return entries;
    }

    // The reader allocates for as many entries as the file announces, before it looks whether they are there.
    private static void CheckCounts(ReadOnlySpan<byte> bytes)
    {
        int skip = bytes.Length >= FixedHeader ? BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) : -1;
        if (skip < 0 || skip > bytes.Length - FixedHeader - (3 * sizeof(int)))
        {
            throw new InvalidDataException("The header is cut off.");
        }

        ReadOnlySpan<byte> counts = bytes[(FixedHeader + skip)..];
        int resources = BinaryPrimitives.ReadInt32LittleEndian(counts[4..]);
        int types = BinaryPrimitives.ReadInt32LittleEndian(counts[8..]);
        if (resources < 0 || types < 0 || resources > bytes.Length / (2 * sizeof(int)) || types > bytes.Length)
        {
            throw new InvalidDataException($"The header announces {resources} entries of {types} types.");
        }
    }

    // A string is preceded by its length, seven bits a byte.
    private static byte[] Text(byte[] data)
    {
        using var reader = new BinaryReader(new MemoryStream(data), Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadString());
    }
}
