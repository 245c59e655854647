namespace ReproGate.Gates.Packages.Names;

/// <summary>How much one id is like another: the words they share, the letters they share, and the edits between them.</summary>
internal static class NameSimilarity
{
    /// <summary>From 0, nothing in common, to 1.</summary>
    public static double Between(NameProfile asked, NameProfile known)
    {
        if (asked.Letters == known.Letters)
        {
            return 0.99;
        }

        int longer = Math.Max(asked.Letters.Length, known.Letters.Length);
        double edits = 1 - EditDistance.Between(asked.Letters, known.Letters, longer) / (double)longer;
        return 0.5 * Words(asked, known) + 0.3 * Grams(asked, known) + 0.2 * edits;
    }

    private static double Grams(NameProfile asked, NameProfile known)
    {
        WellKnownIndex index = WellKnownIndex.Instance;
        double both = 0, all = 0;
        int left = 0, right = 0;
        while (left < asked.Grams.Length || right < known.Grams.Length)
        {
            int order = left == asked.Grams.Length ? 1 : right == known.Grams.Length ? -1 : asked.Grams[left].CompareTo(known.Grams[right]);
            double weight = index.WeightOfGram(order <= 0 ? asked.Grams[left] : known.Grams[right]);
            all += order == 0 ? 2 * weight : weight;
            both += order == 0 ? 2 * weight : 0;
            left += order <= 0 ? 1 : 0;
            right += order >= 0 ? 1 : 0;
        }

        return both / all;
    }

    // Each word, weighted by how telling it is, finds its best counterpart on the other side.
    private static double Words(NameProfile asked, NameProfile known)
    {
        (double matchedAsked, double allAsked) = Matched(asked.Words, known.Words);
        (double matchedKnown, double allKnown) = Matched(known.Words, asked.Words);
        return (matchedAsked + matchedKnown) / (allAsked + allKnown);
    }

    private static (double Matched, double All) Matched(string[] words, string[] others)
    {
        double matched = 0, all = 0;
        foreach (string word in words)
        {
            double weight = WellKnownIndex.Instance.WeightOfWord(word);
            all += weight;
            matched += weight * others.Max(other => Likeness(word, other));
        }

        return (matched, all);
    }

    private static double Likeness(string word, string other)
    {
        if (word == other)
        {
            return 1;
        }

        int longer = Math.Max(word.Length, other.Length), shorter = Math.Min(word.Length, other.Length);
        if (shorter < 3)
        {
            return 0;
        }

        int limit = longer / 3;
        int distance = EditDistance.Between(word, other, limit);
        return distance <= limit ? 1 - distance / (double)longer
            : shorter >= 4 && (word.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(word, StringComparison.Ordinal)) ? 0.7
            : 0;
    }
}
