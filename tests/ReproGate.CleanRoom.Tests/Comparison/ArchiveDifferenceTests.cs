using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class ArchiveDifferenceTests
{
    private static readonly DateTimeOffset Day = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Times_of_entries_are_metadata_only()
    {
        OutputDifference difference = TwoTrees.Compare("a.zip", Zip(Day, ("x.txt", "x"), ("y.txt", "y")), Zip(Day.AddHours(1), ("x.txt", "x"), ("y.txt", "y")))!;

        Assert.Equal(Grade.MetadataOnly, difference.Grade);
        Assert.Equal(new DifferencePart("a.zip › x.txt", PartKinds.EntryTime, "2024-05-01T00:00:00", "2024-05-01T01:00:00"), difference.Parts[0]);
    }

    [Fact]
    public void Another_compression_is_no_metadata()
    {
        string text = string.Concat(Enumerable.Repeat("compress me well ", 500));
        OutputDifference difference = TwoTrees.Compare("a.zip", Zip(Day, CompressionLevel.Fastest, ("x.txt", text)), Zip(Day.AddHours(1), CompressionLevel.SmallestSize, ("x.txt", text)))!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains(difference.Parts, static part => part.Kind == PartKinds.Compression);
    }

    [Fact]
    public void The_way_into_an_assembly_of_a_package_is_told()
    {
        OutputDifference difference = TwoTrees.Compare(
            "shop.nupkg",
            ZipOf(Day, ("lib/net10.0/Shop.dll", CompiledPair.Compile("class C { string M() => \"left\"; }").Image)),
            ZipOf(Day, ("lib/net10.0/Shop.dll", CompiledPair.Compile("class C { string M() => \"right\"; }").Image)))!;

        Assert.Equal(new DifferencePart("shop.nupkg › lib/net10.0/Shop.dll › C.M (IL)", PartKinds.Constant, "\"left\"", "\"right\""), difference.Parts[0]);
    }

    [Fact]
    public void A_part_of_a_package_named_by_lot_is_metadata()
    {
        static byte[] Package(string id) => Zip(
            Day,
            ("_rels/.rels", $"""<Relationships><Relationship Target="/package/services/metadata/core-properties/{id}.psmdcp" Id="R{id[..8].ToUpperInvariant()}" /></Relationships>"""),
            ($"package/services/metadata/core-properties/{id}.psmdcp", "<coreProperties />"));

        OutputDifference difference = TwoTrees.Compare("a.nupkg", Package("0123456789abcdef0123456789abcdef"), Package("fedcba9876543210fedcba9876543210"))!;

        Assert.Equal(Grade.MetadataOnly, difference.Grade);
        Assert.All(difference.Parts, static part => Assert.Equal(PartKinds.PackageId, part.Kind));
    }

    [Fact]
    public void An_entry_of_one_side_is_named()
    {
        OutputDifference difference = TwoTrees.Compare("a.zip", Zip(Day, ("x.txt", "x")), Zip(Day, ("x.txt", "x"), ("y.txt", "y")))!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Equal(new DifferencePart("a.zip › y.txt", PartKinds.Entry, "", "1 bytes"), difference.Parts[0]);
    }

    [Fact]
    public void The_order_of_entries_is_metadata()
    {
        OutputDifference difference = TwoTrees.Compare("a.tar", Tar(Day, 0, ("x.txt", "x"), ("y.txt", "y")), Tar(Day, 0, ("y.txt", "y"), ("x.txt", "x")))!;

        Assert.Equal(Grade.MetadataOnly, difference.Grade);
        Assert.Equal(PartKinds.EntryOrder, Assert.Single(difference.Parts).Kind);
    }

    [Fact]
    public void Time_and_owner_in_a_tar_are_metadata_and_its_text_is_not()
    {
        Assert.Equal(Grade.MetadataOnly, TwoTrees.Compare("a.tar", Tar(Day, 0, ("x.txt", "x")), Tar(Day.AddDays(1), 1000, ("x.txt", "x")))!.Grade);
        OutputDifference difference = TwoTrees.Compare("a.tar", Tar(Day, 0, ("x.txt", "x\nb")), Tar(Day, 0, ("x.txt", "x\nc")))!;
        Assert.Equal(new DifferencePart("a.tar › x.txt › line 2", PartKinds.Text, "b", "c"), Assert.Single(difference.Parts));
    }

    [Fact]
    public void A_layer_of_an_image_is_named_by_its_role()
    {
        OutputDifference difference = TwoTrees.Compare("image.tar", Image("one"), Image("two"))!;

        Assert.Contains(difference.Parts, static part => part is { Where: "image.tar › (manifest 1 layer 1) › layer.tar › app/made.txt › line 1", Left: "one", Right: "two" } || part is { Where: "image.tar › (manifest 1 layer 1) › (manifest 1 layer 1) › app/made.txt › line 1", Left: "one", Right: "two" });

        static byte[] Image(string text)
        {
            byte[] layer = GZip(Tar(Day, 0, ("app/made.txt", text)));
            string layerDigest = Digest(layer);
            byte[] config = Encoding.UTF8.GetBytes($"{{\"rootfs\":\"{text}\"}}");
            byte[] manifest = Encoding.UTF8.GetBytes($$"""{"config":{"digest":"sha256:{{Digest(config)}}"},"layers":[{"digest":"sha256:{{layerDigest}}"}]}""");
            return TarOf(Day, 0,
                ("oci-layout", "{}"u8.ToArray()),
                ("index.json", Encoding.UTF8.GetBytes($$"""{"manifests":[{"digest":"sha256:{{Digest(manifest)}}"}]}""")),
                ($"blobs/sha256/{Digest(manifest)}", manifest),
                ($"blobs/sha256/{Digest(config)}", config),
                ($"blobs/sha256/{layerDigest}", layer));
        }
    }

    [Fact]
    public void The_time_in_a_gzip_header_is_metadata()
    {
        byte[] left = GZip("same"u8.ToArray());
        byte[] right = (byte[])left.Clone();
        right[4] = 7;

        Assert.Equal(Grade.MetadataOnly, TwoTrees.Compare("a.js.gz", left, right)!.Grade);
    }

    [Fact]
    public void Compressed_streams_are_opened()
    {
        Assert.Equal(new DifferencePart("a.json.gz › a.json › v", PartKinds.JsonValue, "1", "2"), TwoTrees.Compare("a.json.gz", GZip("{\"v\":1}"u8.ToArray()), GZip("{\"v\":2}"u8.ToArray()))!.Parts[0]);
        Assert.Equal(new DifferencePart("a.txt.br › a.txt › line 1", PartKinds.Text, "l", "r"), TwoTrees.Compare("a.txt.br", Brotli("l", 5), Brotli("r", 5))!.Parts[0]);
        string text = string.Concat(Enumerable.Repeat("the same text, ", 300));
        Assert.Equal(PartKinds.Compression, TwoTrees.Compare("a.txt.br", Brotli(text, 1), Brotli(text, 11))!.Parts[0].Kind);
    }

    [Fact]
    public void A_bomb_is_not_blown_up()
    {
        byte[] left = GZip(new byte[40 << 20]);
        byte[] right = GZip([.. new byte[40 << 20], 1]);
        var options = new ComparisonOptions { MaximumUnpackedBytes = 8 << 20 };

        OutputDifference difference = TwoTrees.Compare("a.gz", left, right, options)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains("8 MiB", Assert.Single(difference.Parts, static part => part.Kind == PartKinds.NotTested).Left, StringComparison.Ordinal);
    }

    [Fact]
    public void Archives_inside_archives_end_at_the_limit()
    {
        byte[] left = "l"u8.ToArray(), right = "r"u8.ToArray();
        for (int depth = 0; depth < 12; depth++)
        {
            left = ZipOf(Day, ("a.zip", left));
            right = ZipOf(Day, ("a.zip", right));
        }

        OutputDifference difference = TwoTrees.Compare("a.zip", left, right)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains("more than 6 archives", Assert.Single(difference.Parts).Left, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_climb_out_of_an_archive_write_nothing()
    {
        string name = $"../../{Guid.NewGuid():N}.txt";
        OutputDifference difference = TwoTrees.Compare("a.zip", Zip(Day, (name, "l")), Zip(Day, (name, "r")))!;

        Assert.Equal($"a.zip › {name} › line 1", difference.Parts[0].Where);
        Assert.False(File.Exists(Path.Combine(Path.GetTempPath(), name)));
    }

    internal static byte[] Zip(DateTimeOffset time, params (string Name, string Text)[] entries) => Zip(time, CompressionLevel.Optimal, entries);

    internal static byte[] ZipOf(DateTimeOffset time, params (string Name, byte[] Content)[] entries) => ZipOf(time, CompressionLevel.Optimal, entries);

    internal static byte[] GZip(byte[] content)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    internal static byte[] Tar(DateTimeOffset time, int owner, params (string Name, string Text)[] entries) => TarOf(time, owner, [.. entries.Select(static entry => (entry.Name, Encoding.UTF8.GetBytes(entry.Text)))]);

    private static byte[] TarOf(DateTimeOffset time, int owner, params (string Name, byte[] Content)[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { ModificationTime = time, Uid = owner, Gid = owner, DataStream = new MemoryStream(content) });
            }
        }

        return stream.ToArray();
    }

    private static byte[] Zip(DateTimeOffset time, CompressionLevel level, params (string Name, string Text)[] entries) =>
        ZipOf(time, level, [.. entries.Select(static entry => (entry.Name, Encoding.UTF8.GetBytes(entry.Text)))]);

    private static byte[] ZipOf(DateTimeOffset time, CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name, level);
                entry.LastWriteTime = time;
                using Stream data = entry.Open();
                data.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Brotli(string text, int quality)
    {
        byte[] source = Encoding.UTF8.GetBytes(text);
        byte[] target = new byte[source.Length + 1024];
        Assert.True(BrotliEncoder.TryCompress(source, target, out int written, quality, 22));
        return target[..written];
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
