namespace ReproGate.Facts.Configuration;

/// <summary>Keys and patterns of keys: segments joined by <c>:</c>, compared ignoring case as the configuration system does; <c>*</c> is one segment or a part of one, <c>**</c> at the end any number.</summary>
public static class KeyPattern
{
    /// <summary>Whether it stands for more than one key.</summary>
    public static bool IsPattern(string key) => key.Contains('*', StringComparison.Ordinal);

    /// <summary>Whether every key that <paramref name="key"/> may be is one of <paramref name="pattern"/>'s; <c>A:**</c> covers <c>A</c> itself, too.</summary>
    /// <param name="pattern">A key or pattern.</param>
    /// <param name="key">A key, with <c>*</c> for segments that are not known.</param>
    public static bool Covers(string pattern, string key) => Fits(pattern, key, either: false, open: false);

    /// <summary>Whether some key belongs to both.</summary>
    public static bool Overlaps(string left, string right) => Fits(left, right, either: true, open: false);

    /// <summary>Whether a key lies below a section, not at it. Every key lies below the root, the empty key.</summary>
    public static bool IsBelow(string key, string section) =>
        section.Length == 0
            ? key.Length > 0
            : key.AsSpan().Count(':') > section.AsSpan().Count(':') && Fits(section, key, either: true, open: true);

    // Rules ask this for every key against every read, so nothing is allocated. "open" puts a "**" behind the pattern.
    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> key, bool either, bool open)
    {
        int left = 0;
        int right = 0;
        while (true)
        {
            bool hasLeft = left <= pattern.Length;
            bool hasRight = right <= key.Length;
            ReadOnlySpan<char> first = hasLeft ? SegmentAt(pattern, left) : [];
            ReadOnlySpan<char> second = hasRight ? SegmentAt(key, right) : [];
            if ((hasLeft ? first is "**" : open) || (either && hasRight && second is "**"))
            {
                return true;
            }

            if (!hasLeft || !hasRight)
            {
                return hasLeft == hasRight;
            }

            if (!FitsSegment(first, second) && !(either && (FitsSegment(second, first) || BothOpen(first, second))))
            {
                return false;
            }

            left += first.Length + 1;
            right += second.Length + 1;
        }
    }

    private static ReadOnlySpan<char> SegmentAt(ReadOnlySpan<char> key, int start)
    {
        ReadOnlySpan<char> rest = key[start..];
        int end = rest.IndexOf(':');
        return end < 0 ? rest : rest[..end];
    }

    // A segment may be known in part: "Tenant*".
    private static bool FitsSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> segment) =>
        pattern is "*"
        || pattern.Equals(segment, StringComparison.OrdinalIgnoreCase)
        || (pattern.Contains('*') && FitsStars(pattern, segment));

    // Each star takes as little as it can, and the last one more where the rest does not fit: no pattern costs more than its length times the segment's.
    private static bool FitsStars(ReadOnlySpan<char> pattern, ReadOnlySpan<char> segment)
    {
        int at = 0;
        int taken = 0;
        int star = -1;
        int behind = 0;
        while (taken < segment.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, behind) = (at++, taken);
            }
            else if (at < pattern.Length && char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(segment[taken]))
            {
                at++;
                taken++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                taken = ++behind;
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].Trim('*').IsEmpty;
    }

    private static bool BothOpen(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int leftStar = left.IndexOf('*');
        int rightStar = right.IndexOf('*');
        if (leftStar < 0 || rightStar < 0)
        {
            return false;
        }

        int shared = Math.Min(leftStar, rightStar);
        return left[..shared].Equals(right[..shared], StringComparison.OrdinalIgnoreCase);
    }
}
