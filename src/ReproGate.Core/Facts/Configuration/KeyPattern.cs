using System.IO.Enumeration;

namespace ReproGate.Facts.Configuration;

/// <summary>Keys and patterns of keys: segments joined by <c>:</c>, compared ignoring case as the configuration system does; <c>*</c> is one segment or a part of one, <c>**</c> at the end any number.</summary>
public static class KeyPattern
{
    /// <summary>Whether it stands for more than one key.</summary>
    public static bool IsPattern(string key) => key.Contains('*', StringComparison.Ordinal);

    /// <summary>Whether every key that <paramref name="key"/> may be is one of <paramref name="pattern"/>'s; <c>A:**</c> covers <c>A</c> itself, too.</summary>
    /// <param name="pattern">A key or pattern.</param>
    /// <param name="key">A key, with <c>*</c> for segments that are not known.</param>
    public static bool Covers(string pattern, string key) => Fits(pattern, key, either: false);

    /// <summary>Whether some key belongs to both.</summary>
    public static bool Overlaps(string left, string right) => Fits(left, right, either: true);

    /// <summary>Whether a key lies below a section, not at it. Every key lies below the root, the empty key.</summary>
    public static bool IsBelow(string key, string section) =>
        section.Length == 0
            ? key.Length > 0
            : key.Split(':').Length > section.Split(':').Length && Overlaps($"{section}:**", key);

    private static bool Fits(string pattern, string key, bool either)
    {
        string[] left = pattern.Split(':');
        string[] right = key.Split(':');
        for (int i = 0; ; i++)
        {
            if ((i < left.Length && left[i] == "**") || (either && i < right.Length && right[i] == "**"))
            {
                return true;
            }

            if (i >= left.Length || i >= right.Length)
            {
                return (i >= left.Length && i >= right.Length) || (i == left.Length - 1 && left[i] == "**");
            }

            if (!FitsSegment(left[i], right[i]) && !(either && (FitsSegment(right[i], left[i]) || BothOpen(left[i], right[i]))))
            {
                return false;
            }
        }
    }

    // A segment may be known in part: "Tenant*".
    private static bool FitsSegment(string pattern, string segment) =>
        pattern == "*"
        || pattern.Equals(segment, StringComparison.OrdinalIgnoreCase)
        || (pattern.Contains('*', StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(pattern, segment, ignoreCase: true));

    private static bool BothOpen(string left, string right)
    {
        int leftStar = left.IndexOf('*', StringComparison.Ordinal);
        int rightStar = right.IndexOf('*', StringComparison.Ordinal);
        if (leftStar < 0 || rightStar < 0)
        {
            return false;
        }

        int shared = Math.Min(leftStar, rightStar);
        return left[..shared].Equals(right[..shared], StringComparison.OrdinalIgnoreCase);
    }
}
