using System.Globalization;

namespace ReproGate.Gates.Packages.Names;

/// <summary>Says which characters of an id only look like another id's. A person cannot see it, so code points are given.</summary>
internal static class HomoglyphText
{
    public static string Describe(string id, string resembled)
    {
        char[] foreign = [.. id.Where(static unit => !char.IsAscii(unit)).Distinct().Take(3)];
        if (foreign.Length > 0)
        {
            return $"holds {string.Join(", ", foreign.Select(static unit => string.Create(CultureInfo.InvariantCulture, $"U+{(int)unit:X4}")))}, which {(foreign.Length == 1 ? "is" : "are")} not the letters of {resembled}";
        }

        int at = 0;
        while (at < id.Length && at < resembled.Length && char.ToLowerInvariant(id[at]) == char.ToLowerInvariant(resembled[at]))
        {
            at++;
        }

        return at < id.Length ? $"has \"{id[at]}\" at position {at + 1}, where {resembled} has another character that looks the same" : $"looks the same as {resembled}";
    }
}
