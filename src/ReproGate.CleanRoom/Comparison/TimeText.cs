using System.Globalization;
using System.Text.RegularExpressions;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Finds moments in texts, in the forms in which builds write them.</summary>
internal static partial class TimeText
{
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Formats =
    [
        "yyyyMMddHHmmssfff", "yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmmss'Z'", "yyyyMMdd.HHmmss", "yyyyMMdd-HHmmss", "yyyyMMdd_HHmmss", "yyyyMMdd",
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.fffffffK", "yyyy-MM-dd'T'HH:mm:ss.fffK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-dd HH:mm", "yyyy/MM/dd HH:mm:ss", "MM/dd/yyyy HH:mm:ss", "dd.MM.yyyy HH:mm:ss", "HH:mm:ss",
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy",
    ];

    /// <summary>The first moment in a text; null where there is none.</summary>
    public static DateTimeOffset? First(string text)
    {
        foreach (Match match in Candidate().Matches(text))
        {
            if (Parse(match.Value.Trim()) is { } time)
            {
                return time;
            }
        }

        return null;
    }

    private static DateTimeOffset? Parse(string text)
    {
        if (text.All(char.IsAsciiDigit))
        {
            if (text.Length is 12 or 14 or 17 or 8 && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset written) && IsPlausible(written))
            {
                return written;
            }

            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? FromNumber(number) : null;
        }

        string plain = Zone().Replace(text, "");
        return (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out DateTimeOffset time)
                || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
                || DateTimeOffset.TryParseExact(plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out time))
            && (IsPlausible(time) || text.Contains(':', StringComparison.Ordinal)) ? time : null;
    }

    // Seconds, milliseconds and ticks have lengths that do not overlap for times of our age.
    private static DateTimeOffset? FromNumber(long number) => number switch
    {
        >= 1_000_000_000 and < 4_200_000_000 => DateTimeOffset.FromUnixTimeSeconds(number),
        >= 1_000_000_000_000 and < 4_200_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(number),
        >= 627_000_000_000_000_000 and < 663_000_000_000_000_000 => new DateTimeOffset(number, TimeSpan.Zero),
        >= 116_000_000_000_000_000 and < 159_000_000_000_000_000 => DateTimeOffset.FromFileTime(number).ToUniversalTime(),
        _ => null,
    };

    private static bool IsPlausible(DateTimeOffset time) => time > Earliest && time < Latest;

    [GeneratedRegex(@"(?<![\dA-Za-z])(?:\d{4}[-/]\d{2}[-/]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,7})?)?(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}[./]\d{1,2}[./]\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2}(?: \w+)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d{1,2} \d{2}:\d{2}:\d{2}(?: [AP]M)?(?: \w+)? \d{4}|\d{8}[-_.T]\d{6}Z?|\d{8,18}|\d{1,2}:\d{2}:\d{2})(?![\dA-Za-z])")]
    private static partial Regex Candidate();

    [GeneratedRegex(@"(?: [AP]M)? (?:UTC|GMT|[A-Z]{3,4}|[+-]\d{2,4})(?= \d{4}|$)")]
    private static partial Regex Zone();
}
