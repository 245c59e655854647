using System.Text.RegularExpressions;

namespace ReproGate.Facts;

/// <summary>Takes secrets out of text before it is printed or stored.</summary>
public static partial class Redaction
{
    /// <summary>
    /// A source's URL without what may be a secret: user information, query and fragment, and the token that
    /// pre-authenticated feeds carry after an <c>auth</c> path segment. Paths and other text come back unchanged.
    /// </summary>
    public static string Url(string value)
    {
        int scheme = value.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return value;
        }

        int authority = scheme + 3;
        int end = value.IndexOfAny(['/', '?', '#', '\\'], authority);
        end = end < 0 ? value.Length : end;
        // The last '@', because a password may hold one unescaped.
        int at = value.LastIndexOf('@', end - 1, end - authority);
        string host = at >= 0 ? "***@" + value[(at + 1)..end] : value[authority..end];
        string rest = value[end..];
        int query = rest.IndexOfAny(['?', '#']);
        if (query >= 0)
        {
            rest = rest[..query] + rest[query] + "***";
        }

        return value[..authority] + host + AuthSegment().Replace(rest, "/auth/***");
    }

    [GeneratedRegex(@"/auth/[^/?#]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AuthSegment();
}
