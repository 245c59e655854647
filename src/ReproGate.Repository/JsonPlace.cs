using System.Text;
using System.Text.Json;
using ReproGate.Facts;

namespace ReproGate.Repository;

/// <summary>Where in a text file a byte of its UTF-8 lies.</summary>
internal static class JsonPlace
{
    /// <summary>Where the reader gave up. It counts from zero, and the position in bytes.</summary>
    public static SourceLocation Of(JsonException exception, string path) =>
        new(path, (int)(exception.LineNumber ?? 0) + 1, (int)Math.Min(exception.BytePositionInLine ?? 0, int.MaxValue - 1) + 1);

    /// <summary>A string's text between its quotes, as long as it is written, escapes and all.</summary>
    public static TextSpan OfString(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, string path)
    {
        SourceLocation quote = Of(content, (int)reader.TokenStartIndex, path);
        return new TextSpan(path, quote.Line, quote.Column + 1, quote.Column + 1 + Encoding.UTF8.GetCharCount(reader.ValueSpan));
    }

    /// <summary>One-based line and column, the column in characters.</summary>
    public static SourceLocation Of(ReadOnlySpan<byte> content, int offset, string path)
    {
        ReadOnlySpan<byte> before = content[..Math.Clamp(offset, 0, content.Length)];
        return new SourceLocation(path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
