namespace ReproGate.Gates.Packages.Names;

/// <summary>Damerau–Levenshtein distance, optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.</summary>
internal static class EditDistance
{
    /// <summary>The distance, or <paramref name="limit"/> + 1 where it is larger. Time and memory: length × limit.</summary>
    public static int Between(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) > limit)
        {
            return limit + 1;
        }

        int width = right.Length + 1;
        Span<int> cells = width <= 256 ? stackalloc int[3 * 256] : new int[3 * width];
        Span<int> before = cells[..width], previous = cells.Slice(width, width), current = cells.Slice(2 * width, width);
        for (int column = 0; column < width; column++)
        {
            previous[column] = column;
        }

        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            int best = row;
            for (int column = 1; column < width; column++)
            {
                int cost = left[row - 1] == right[column - 1] ? 0 : 1;
                int distance = Math.Min(Math.Min(previous[column] + 1, current[column - 1] + 1), previous[column - 1] + cost);
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                {
                    distance = Math.Min(distance, before[column - 2] + 1);
                }

                current[column] = distance;
                best = Math.Min(best, distance);
            }

            if (best > limit)
            {
                return limit + 1;
            }

            Span<int> spare = before;
            before = previous;
            previous = current;
            current = spare;
        }

        return Math.Min(previous[right.Length], limit + 1);
    }
}
