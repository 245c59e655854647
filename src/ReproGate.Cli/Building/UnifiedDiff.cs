using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace ReproGate.Cli.Building;

/// <summary>A unified diff of two texts, as <c>git apply</c> reads it; the comparison is DiffPlex's.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The diff; empty where the texts are equal.</summary>
    /// <param name="file">The file, relative with <c>/</c>.</param>
    /// <param name="before">The text before; null for a file that is new.</param>
    /// <param name="after">The text after.</param>
    public static string Of(string file, string? before, string after)
    {
        if (before == after)
        {
            return "";
        }

        string[] old = Lines(before ?? "");
        string[] now = Lines(after);
        DiffResult diff = Differ.Instance.CreateDiffs(string.Join('\n', old), string.Join('\n', now), ignoreWhiteSpace: false, ignoreCase: false, new DiffPlex.Chunkers.LineChunker());
        var text = new StringBuilder();
        text.Append("--- ").Append(before is null ? "/dev/null" : "a/" + file).Append('\n').Append("+++ b/").Append(file).Append('\n');
        for (int i = 0; i < diff.DiffBlocks.Count;)
        {
            int last = i;
            while (last + 1 < diff.DiffBlocks.Count && diff.DiffBlocks[last + 1].DeleteStartA - (diff.DiffBlocks[last].DeleteStartA + diff.DiffBlocks[last].DeleteCountA) <= 2 * Context)
            {
                last++;
            }

            Hunk(text, old, now, diff.DiffBlocks, i, last);
            i = last + 1;
        }

        return text.ToString();
    }

    private static void Hunk(StringBuilder text, string[] old, string[] now, IList<DiffBlock> blocks, int first, int last)
    {
        int start = Math.Max(0, blocks[first].DeleteStartA - Context);
        int end = Math.Min(old.Length, blocks[last].DeleteStartA + blocks[last].DeleteCountA + Context);
        int newStart = blocks[first].InsertStartB - (blocks[first].DeleteStartA - start);
        int newCount = end - start;
        for (int i = first; i <= last; i++)
        {
            newCount += blocks[i].InsertCountB - blocks[i].DeleteCountA;
        }

        text.Append(CultureInfo.InvariantCulture, $"@@ -{(end == start ? start : start + 1)},{end - start} +{(newCount == 0 ? newStart : newStart + 1)},{newCount} @@\n");
        int at = start;
        for (int i = first; i <= last; i++)
        {
            DiffBlock block = blocks[i];
            for (; at < block.DeleteStartA; at++)
            {
                text.Append(' ').Append(old[at]).Append('\n');
            }

            for (; at < block.DeleteStartA + block.DeleteCountA; at++)
            {
                text.Append('-').Append(old[at]).Append('\n');
            }

            for (int line = 0; line < block.InsertCountB; line++)
            {
                text.Append('+').Append(now[block.InsertStartB + line]).Append('\n');
            }
        }

        for (; at < end; at++)
        {
            text.Append(' ').Append(old[at]).Append('\n');
        }
    }

    private static string[] Lines(string text)
    {
        string unix = text.ReplaceLineEndings("\n");
        return unix.Length == 0 ? [] : (unix.EndsWith('\n') ? unix[..^1] : unix).Split('\n');
    }
}
