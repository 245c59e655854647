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
            string units = string.Join(", ", foreign.Select(static unit => string.Create(CultureInfo.InvariantCulture, $"U+{(int)unit:X4}")));
            return $"holds {units}, which {(foreign.Length == 1 ? "is not a letter" : "are not letters")} of {resembled}";
        }

        int at = 0;
        while (at < id.Length && at < resembled.Length && char.ToLowerInvariant(id[at]) == char.ToLowerInvariant(resembled[at]))
        {
            at++;
        }

        return at < id.Length && at < resembled.Length ? $"has \"{id[at]}\" at position {at + 1}, where {resembled} has \"{resembled[at]}\"" : $"looks the same as {resembled}";
    }
}
