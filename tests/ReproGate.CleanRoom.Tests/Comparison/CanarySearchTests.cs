using System.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class CanarySearchTests
{
    private static readonly Canary Host = new("host name", "buildhost17");
    private static readonly Canary BuildPath = new("build path", "/agent/_work/häuser/1");

    [Theory]
    [InlineData("made on buildhost17.")]
    [InlineData("buildhost17")]
    public void Found_in_both_encodings_with_offset(string text)
    {
        using var trees = new TwoTrees();
        byte[] utf16 = [0, .. Encoding.Unicode.GetBytes(text)];
        trees.Write("8.bin", Encoding.UTF8.GetBytes(text), null).Write("16.bin", utf16, null);

        CanaryHit[] hits = [.. CanarySearch.Find(trees.Left, [Host], CancellationToken.None)];

        int start = text.IndexOf("build", StringComparison.Ordinal);
        Assert.Equal([("16.bin", (start * 2) + 1L), ("8.bin", start)], hits.Select(static hit => (hit.Path, hit.Offset)));
    }

    [Fact]
    public void A_value_across_two_pieces_of_a_large_file_is_found()
    {
        byte[] content = new byte[(1 << 20) + 100];
        Encoding.UTF8.GetBytes(Host.Value).CopyTo(content, (1 << 20) - 5);
        using var trees = new TwoTrees();
        trees.Write("x.bin", content, null);

        Assert.Equal((1 << 20) - 5, Assert.Single(CanarySearch.Find(trees.Left, [Host], CancellationToken.None)).Offset);
    }

    [Theory]
    [InlineData("/agent/_work/häuser/1/src/a.cs")]
    [InlineData("\\agent\\_work\\häuser\\1\\src")]
    [InlineData("{\"path\":\"/agent/_work/h\\u00E4user/1\"}")]
    [InlineData("file:///agent/_work/h%C3%A4user/1/a")]
    public void A_path_is_found_as_files_write_it(string text)
    {
        using var trees = new TwoTrees();
        trees.Write("a.json", text, null);

        Assert.NotEmpty(CanarySearch.Find(trees.Left, [BuildPath], CancellationToken.None));
    }

    [Fact]
    public void Short_values_and_near_misses_are_not_found()
    {
        using var trees = new TwoTrees();
        trees.Write("a.txt", "app buildhost1 buildhost 17 root", null);

        Assert.Empty(CanarySearch.Find(trees.Left, [Host, new Canary("user name", "app"), new Canary("empty", "")], CancellationToken.None));
    }

    [Fact]
    public void Patterns_inside_patterns_are_all_found()
    {
        using var trees = new TwoTrees();
        trees.Write("a.txt", "xhershey", null);

        CanaryHit[] hits = [.. CanarySearch.Find(trees.Left, [new Canary("a", "hershey"), new Canary("b", "ersh"), new Canary("c", "shey")], CancellationToken.None)];

        Assert.Equal(["a", "b", "c"], hits.Select(static hit => hit.Canary.Name).Order());
    }

    [Theory]
    [InlineData("class C { string M() => \"on buildhost17\"; }", "Shop.dll › C.M (IL)")]
    [InlineData("class C { public const string S = \"buildhost17\"; }", "Shop.dll › C.S (constant)")]
    [InlineData("[assembly: System.Reflection.AssemblyMetadata(\"Host\", \"buildhost17\")]", "Shop.dll › [assembly: System.Reflection.AssemblyMetadataAttribute(\"Host\")]")]
    public void The_place_in_an_assembly_is_named(string code, string where)
    {
        using var trees = new TwoTrees();
        trees.Write("Shop.dll", CompiledPair.Compile(code).Image, null);

        Assert.Equal(where, Assert.Single(CanarySearch.Find(trees.Left, [Host], CancellationToken.None)).Where);
    }

    [Fact]
    public void Archives_streams_and_documents_are_opened()
    {
        using var trees = new TwoTrees();
        (byte[] image, byte[] symbols) = CompiledPair.Compile("class C { int M() => 1; }", path: "/agent/buildhost17/C.cs");
        byte[] package = ArchiveDifferenceTests.ZipOf(DateTimeOffset.UnixEpoch.AddYears(20), ("lib/a.dll", CompiledPair.Compile("class C { string M() => \"on buildhost17\"; }").Image));
        trees.Write("C.pdb", symbols, null).Write("C.dll", image, null).Write("a.nupkg", package, null).Write("a.txt.gz", ArchiveDifferenceTests.GZip("at buildhost17"u8.ToArray()), null)
            .Write("e.dll", CompiledPair.Compile("class C { int M() => 1; }", path: "/agent/buildhost17/C.cs", embedded: true).Image, null);

        string[] places = [.. CanarySearch.Find(trees.Left, [Host], CancellationToken.None).Select(static hit => hit.Where).Order(StringComparer.Ordinal)];

        Assert.Equal(["C.pdb › document C.cs", "a.nupkg › lib/a.dll › C.M (IL)", "a.txt.gz › a.txt", "e.dll › embedded PDB › document C.cs"], places);
    }

    [Theory]
    [InlineData("built 2024-05-01T10:00:07Z", true)]
    [InlineData("20240501100009", true)]
    [InlineData("1714557601", true)]
    [InlineData("638501544051234567", true)]
    [InlineData("built 2024-05-01T10:01:07Z", false)]
    [InlineData("2024-05-01", false)]
    public void The_time_of_the_build_is_a_canary(string text, bool found)
    {
        using var trees = new TwoTrees();
        trees.Write("a.txt", text, null);
        var start = new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);

        Assert.Equal(found, CanarySearch.Find(trees.Left, CanarySearch.BuildTimes(start, start.AddSeconds(30)), CancellationToken.None).Length > 0);
    }

    [Theory]
    [InlineData("2024-05-01T09:59:29Z", false)]
    [InlineData("2024-05-01T09:59:30Z", true)]
    [InlineData("Wed, 01 May 2024 10:47:11 GMT", true)]
    [InlineData("20240501114711", true)]
    [InlineData("2024-05-01 11:59:30", true)]
    [InlineData("2024-05-01 11:59:31", false)]
    public void A_long_build_is_searched_by_minutes_and_to_the_second_at_its_ends(string text, bool found)
    {
        using var trees = new TwoTrees();
        trees.Write("a.txt", text, null);
        var start = new DateTimeOffset(2024, 5, 1, 9, 59, 30, TimeSpan.Zero);
        IReadOnlyList<Canary> times = CanarySearch.BuildTimes(start, start.AddHours(2));

        Assert.Equal(found, CanarySearch.Find(trees.Left, times, CancellationToken.None).Length > 0);
        // Two numbers for each second, texts for each minute: a pattern costs memory.
        Assert.InRange(times.Count, 14_000, 17_000);
    }
}
