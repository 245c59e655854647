using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class OutputTreeComparerTests
{
    [Fact]
    public void Equal_trees_have_no_difference_and_every_byte_is_counted()
    {
        using var trees = new TwoTrees();
        ComparisonResult result = trees.Write("a/b c/ü.bin", new byte[3_000_001], new byte[3_000_001]).Write("empty", "", "").Compare();

        Assert.Empty(result.Differences);
        Assert.Equal(2, result.Files);
        Assert.Equal(3_000_001, result.Bytes);
    }

    [Fact]
    public void The_last_byte_counts()
    {
        byte[] right = new byte[3_000_001];
        right[^1] = 1;

        OutputDifference difference = TwoTrees.Compare("x.bin", new byte[3_000_001], right)!;

        Assert.Equal(Grade.Different, difference.Grade);
        Assert.Contains(difference.Parts, static part => part.Right.Contains("0x2dc6c0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_one_side_is_named_with_its_side()
    {
        using var trees = new TwoTrees();
        ComparisonResult result = trees.Write("l.txt", "x", null).Write("r.txt", null, "xy").Compare();

        Assert.Equal([("l.txt", Grade.OnlyLeft), ("r.txt", Grade.OnlyRight)], result.Differences.Select(static difference => (difference.Path, difference.Grade)));
    }

    [Fact]
    public void Links_are_compared_by_target_and_loops_end()
    {
        using var trees = new TwoTrees();
        foreach (string tree in new[] { trees.Left, trees.Right })
        {
            Directory.CreateSymbolicLink(Path.Combine(tree, "loop"), ".");
            Directory.CreateSymbolicLink(Path.Combine(tree, "root"), "/");
        }

        File.CreateSymbolicLink(Path.Combine(trees.Left, "link"), "one");
        File.CreateSymbolicLink(Path.Combine(trees.Right, "link"), "two");
        ComparisonResult result = trees.Compare();

        Assert.Equal(3, result.Files);
        OutputDifference difference = Assert.Single(result.Differences);
        Assert.Equal(new DifferencePart("link", PartKinds.Link, "one", "two"), Assert.Single(difference.Parts));
    }

    [Fact]
    public void A_pipe_is_not_opened()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var trees = new TwoTrees();
        foreach (string tree in new[] { trees.Left, trees.Right })
        {
            using var process = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(tree, "pipe")]);
            process.WaitForExit();
        }

        OutputDifference difference = Assert.Single(trees.Compare().Differences);

        Assert.Equal(Grade.NotTested, difference.Grade);
        Assert.Contains("pipe", difference.Parts[0].Left, StringComparison.Ordinal);
        Assert.Empty(CanarySearch.Find(trees.Left, [new Canary("user", "somebody")], CancellationToken.None));
        Assert.Equal("", Assert.Single(OutputManifest.Create(trees.Left, ComparisonOptions.Default, CancellationToken.None).Entries).Sha256);
    }

    [Fact]
    public void A_missing_folder_is_no_equal_tree()
    {
        using var trees = new TwoTrees();
        Assert.Throws<DirectoryNotFoundException>(() => OutputTreeComparer.Compare(trees.Left, trees.Left + "-gone", ComparisonOptions.Default, CancellationToken.None));
    }

    [Fact]
    public void Too_many_files_are_refused()
    {
        using var trees = new TwoTrees();
        trees.Write("a", "1", "1").Write("b", "1", "1");
        Assert.Throws<InvalidDataException>(() => trees.Compare(new ComparisonOptions { MaximumFiles = 1 }));
    }

    [Fact]
    public void The_executable_bit_is_metadata()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var trees = new TwoTrees();
        trees.Write("app", "x", "x");
        File.SetUnixFileMode(Path.Combine(trees.Right, "app"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        OutputDifference difference = Assert.Single(trees.Compare().Differences);

        Assert.Equal(Grade.MetadataOnly, difference.Grade);
        Assert.Equal(PartKinds.Mode, Assert.Single(difference.Parts).Kind);
    }

    [Fact]
    public void The_manifest_is_what_sha256sum_reads()
    {
        using var trees = new TwoTrees();
        trees.Write("b.txt", "abc", "abc").Write("a/ü.txt", "", "");

        string text = OutputManifest.Create(trees.Left, ComparisonOptions.Default, CancellationToken.None).ToText();

        Assert.Equal(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a/ü.txt\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.txt\n",
            text);
    }
}
