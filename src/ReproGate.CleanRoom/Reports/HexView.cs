using System.Globalization;
using System.Text;

namespace ReproGate.CleanRoom.Reports;

/// <summary>A few rows of bytes of two files around the first that differs.</summary>
/// <param name="Offset">Offset of the first row.</param>
/// <param name="Left">Bytes of the left file.</param>
/// <param name="Right">Bytes of the right file.</param>
internal sealed record HexView(long Offset, byte[] Left, byte[] Right)
{
    private const int Row = 16;
    private const int RowsBefore = 1;
    private const int Rows = 5;
    private const int BufferSize = 64 << 10;

    /// <summary>Reads the rows; null where a file cannot be read, is a link, or nothing differs.</summary>
    public static HexView? Of(string left, string right)
    {
        try
        {
            var leftInfo = new FileInfo(left);
            var rightInfo = new FileInfo(right);
            // A length means a regular file: pipes and devices have none.
            if (!leftInfo.Exists || !rightInfo.Exists || leftInfo.LinkTarget is not null || rightInfo.LinkTarget is not null || leftInfo.Length == 0 || rightInfo.Length == 0)
            {
                return null;
            }

            using FileStream leftStream = leftInfo.OpenRead();
            using FileStream rightStream = rightInfo.OpenRead();
            if (FirstDifference(leftStream, rightStream) is not { } first)
            {
                return null;
            }

            long start = Math.Max(0, (first / Row * Row) - (RowsBefore * Row));
            return new HexView(start, Read(leftStream, start), Read(rightStream, start));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The rows of one side as cells: offset, bytes with the differing ones marked, characters.</summary>
    /// <param name="right">Whether the right side is asked for.</param>
    /// <param name="mark">Wraps a differing piece, already encoded.</param>
    public string ToHtml(bool right, Func<string, string> mark)
    {
        byte[] own = right ? Right : Left;
        byte[] other = right ? Left : Right;
        var text = new StringBuilder();
        for (int row = 0; row < own.Length; row += Row)
        {
            text.Append((Offset + row).ToString("x8", CultureInfo.InvariantCulture)).Append("  ");
            var characters = new StringBuilder();
            for (int column = row; column < row + Row; column++)
            {
                if (column >= own.Length)
                {
                    text.Append("   ");
                    continue;
                }

                bool differs = column >= other.Length || own[column] != other[column];
                string hex = own[column].ToString("x2", CultureInfo.InvariantCulture);
                text.Append(differs ? mark(hex) : hex).Append(' ');
                string character = own[column] is >= 0x20 and < 0x7F ? System.Net.WebUtility.HtmlEncode(((char)own[column]).ToString()) : "·";
                characters.Append(differs ? mark(character) : character);
            }

            text.Append(' ').Append(characters).Append('\n');
        }

        return text.ToString();
    }

    private static long? FirstDifference(FileStream left, FileStream right)
    {
        byte[] leftBuffer = new byte[BufferSize], rightBuffer = new byte[BufferSize];
        for (long offset = 0; ; offset += BufferSize)
        {
            int leftRead = left.ReadAtLeast(leftBuffer, BufferSize, throwOnEndOfStream: false);
            int rightRead = right.ReadAtLeast(rightBuffer, BufferSize, throwOnEndOfStream: false);
            int common = leftBuffer.AsSpan(0, leftRead).CommonPrefixLength(rightBuffer.AsSpan(0, rightRead));
            if (common < Math.Max(leftRead, rightRead))
            {
                return offset + common;
            }

            if (leftRead < BufferSize)
            {
                return null;
            }
        }
    }

    private static byte[] Read(FileStream stream, long start)
    {
        stream.Position = start;
        byte[] bytes = new byte[Rows * Row];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
