using System.Collections;
using System.Resources;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares .resources files entry by entry. Values are read as bytes: nothing is ever deserialised.</summary>
internal static class ResourcesComparison
{
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

    // A string is preceded by its length, seven bits a byte.
    private static byte[] Text(byte[] data)
    {
        using var reader = new BinaryReader(new MemoryStream(data), Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadString());
    }
}
