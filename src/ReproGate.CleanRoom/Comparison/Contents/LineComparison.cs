namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Finds where two lists of lines differ.</summary>
internal static class LineComparison
{
    private const string Load = "ldstr ";
    private const int MostPairs = 20;

    /// <summary>Notes the lines that differ: the same lines in another order as one part, others pair by pair.</summary>
    /// <param name="differ">Takes the parts.</param>
    /// <param name="where">The place of the lines.</param>
    /// <param name="kind">The kind of a difference.</param>
    /// <param name="left">The left lines.</param>
    /// <param name="right">The right lines.</param>
    public static void Compare(Differ differ, string where, string kind, IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        int start = 0;
        while (start < left.Count && start < right.Count && left[start] == right[start])
        {
            start++;
        }

        int end = 0;
        while (end < left.Count - start && end < right.Count - start && left[left.Count - 1 - end] == right[right.Count - 1 - end])
        {
            end++;
        }

        int leftCount = left.Count - start - end;
        int rightCount = right.Count - start - end;
        bool isText = kind is PartKinds.Text;
        if (leftCount == rightCount && leftCount > 1
            && left.Skip(start).Take(leftCount).Order(StringComparer.Ordinal).SequenceEqual(right.Skip(start).Take(rightCount).Order(StringComparer.Ordinal)))
        {
            differ.Add(isText ? Place(start) : where, PartKinds.Order, left[start], right[start]);
            return;
        }

        int pairs = 0;
        for (int index = 0; index < Math.Max(leftCount, rightCount) && pairs < MostPairs; index++)
        {
            string leftLine = index < leftCount ? left[start + index] : "";
            string rightLine = index < rightCount ? right[start + index] : "";
            if (leftLine == rightLine)
            {
                continue;
            }

            pairs++;
            bool strings = kind == PartKinds.MethodBody && leftLine.StartsWith(Load, StringComparison.Ordinal) && rightLine.StartsWith(Load, StringComparison.Ordinal);
            differ.Add(
                isText ? Place(start + index) : where,
                strings ? PartKinds.Constant : kind,
                strings ? leftLine[Load.Length..] : leftLine,
                strings ? rightLine[Load.Length..] : rightLine);
            // One more instruction shifts all others: only the first pair says something.
            if (leftCount != rightCount && !isText)
            {
                break;
            }
        }

        string Place(int line) => Differ.Inside(where, $"line {line + 1}");
    }
}
