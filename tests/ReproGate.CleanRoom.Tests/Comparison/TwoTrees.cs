using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

/// <summary>Two temporary trees of outputs.</summary>
internal sealed class TwoTrees : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-compare-").FullName;

    public TwoTrees()
    {
        Directory.CreateDirectory(Left);
        Directory.CreateDirectory(Right);
    }

    public string Left => Path.Combine(_root, "left");

    public string Right => Path.Combine(_root, "right");

    public TwoTrees Write(string path, byte[]? left, byte[]? right)
    {
        WriteOne(Left, path, left);
        WriteOne(Right, path, right);
        return this;
    }

    public TwoTrees Write(string path, string? left, string? right) => Write(path, Bytes(left), Bytes(right));

    public ComparisonResult Compare(ComparisonOptions? options = null) => OutputTreeComparer.Compare(Left, Right, options ?? ComparisonOptions.Default, CancellationToken.None);

    /// <summary>Compares two contents under a name.</summary>
    public static OutputDifference? Compare(string name, byte[] left, byte[] right, ComparisonOptions? options = null)
    {
        using var trees = new TwoTrees();
        return trees.Write(name, left, right).Compare(options).Differences.SingleOrDefault();
    }

    public static OutputDifference? Compare(string name, string left, string right) => Compare(name, Bytes(left)!, Bytes(right)!);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static byte[]? Bytes(string? text) => text is null ? null : System.Text.Encoding.UTF8.GetBytes(text);

    private static void WriteOne(string tree, string path, byte[]? content)
    {
        if (content is not null)
        {
            string full = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, content);
        }
    }
}
