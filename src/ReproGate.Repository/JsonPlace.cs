using System.Text;

namespace ReproGate.Repository;

/// <summary>Where in a text file a byte of its UTF-8 lies.</summary>
internal static class JsonPlace
{
    /// <summary>One-based line and column, the column in characters.</summary>
    public static SourceLocation Of(ReadOnlySpan<byte> content, int offset, string path)
    {
        ReadOnlySpan<byte> before = content[..Math.Clamp(offset, 0, content.Length)];
        return new SourceLocation(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
