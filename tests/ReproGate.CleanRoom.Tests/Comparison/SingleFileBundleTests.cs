using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class SingleFileBundleTests
{
    [Fact]
    public void The_files_of_a_bundle_are_compared()
    {
        OutputDifference difference = TwoTrees.Compare(
            "app",
            Bundle(("App.dll", CompiledPair.Compile("class C { string M() => \"l\"; }").Image), ("a.json", "{}"u8.ToArray())),
            Bundle(("App.dll", CompiledPair.Compile("class C { string M() => \"r\"; }").Image), ("a.json", "{}"u8.ToArray())))!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains(new DifferencePart("app › App.dll › C.M (IL)", PartKinds.Constant, "\"l\"", "\"r\""), difference.Parts);
        Assert.DoesNotContain(difference.Parts, static part => part.Where.Contains("(host)", StringComparison.Ordinal));
    }

    [Fact]
    public void Compressed_files_of_a_bundle_are_unpacked()
    {
        OutputDifference difference = TwoTrees.Compare("app", Bundle(6, ("a.json", "{\"v\":1}"u8.ToArray())), Bundle(6, ("a.json", "{\"v\":2}"u8.ToArray())))!;

        Assert.Contains(new DifferencePart("app › a.json › v", PartKinds.JsonValue, "1", "2"), difference.Parts);
    }

    [Fact]
    public void A_file_beyond_the_end_is_damage()
    {
        byte[] left = Bundle(("a.json", "{\"v\":1}"u8.ToArray()));
        byte[] right = [.. left];
        // The first entry's offset stands behind the header's fixed part.
        int header = (int)BitConverter.ToInt64(left, left.AsSpan().IndexOf(SHA256.HashData(".net core bundle\n"u8)) - 8);
        BitConverter.TryWriteBytes(right.AsSpan(header + 12 + 1 + 4 + 40), long.MaxValue);

        OutputDifference difference = TwoTrees.Compare("app", left, right)!;

        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.NotTested && part.Left.Contains("beyond its end", StringComparison.Ordinal));
    }

    internal static byte[] Bundle(params (string Name, byte[] Content)[] files) => Bundle(2, files);

    // As Microsoft.NET.HostModel writes it: host with signature and header offset, files, header.
    private static byte[] Bundle(uint version, params (string Name, byte[] Content)[] files)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write("host code"u8);
        long place = stream.Position;
        writer.Write(0L);
        writer.Write(SHA256.HashData(".net core bundle\n"u8));
        var entries = new List<(string Name, long Offset, long Size, long Compressed)>();
        foreach ((string name, byte[] content) in files)
        {
            byte[] stored = version >= 6 ? Deflate(content) : content;
            entries.Add((name, stream.Position, content.Length, version >= 6 ? stored.Length : 0));
            writer.Write(stored);
        }

        long header = stream.Position;
        writer.Write(version);
        writer.Write(0u);
        writer.Write(files.Length);
        writer.Write("abcd");
        for (int index = 0; index < 5; index++)
        {
            writer.Write(0L);
        }

        foreach ((string name, long offset, long size, long compressed) in entries)
        {
            writer.Write(offset);
            writer.Write(size);
            if (version >= 6)
            {
                writer.Write(compressed);
            }

            writer.Write((byte)1);
            writer.Write(name);
        }

        stream.Position = place;
        writer.Write(header);
        return stream.ToArray();
    }

    private static byte[] Deflate(byte[] content)
    {
        var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Optimal))
        {
            deflate.Write(content);
        }

        return stream.ToArray();
    }
}
