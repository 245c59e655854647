using System.Globalization;

namespace ReproGate.Facts;

/// <summary>What kind of version a text is, read from NuGet's version range syntax.</summary>
public enum VersionKind
{
    /// <summary>No text at all: any version.</summary>
    Any,

    /// <summary>One version as a lower bound, <c>1.2.3</c>; or exactly one, <c>[1.2.3]</c>.</summary>
    Fixed,

    /// <summary>A range with an inclusive lower bound, <c>[1.0, 2.0)</c>.</summary>
    Bounded,

    /// <summary>A star anywhere: <c>1.*</c>, <c>*-*</c>, <c>[1.*, 2.0)</c>.</summary>
    Floating,

    /// <summary>A range without an inclusive lower bound: <c>(, 2.0]</c>, <c>(1.0, 2.0)</c>.</summary>
    NoLowerBound,
}

/// <summary>Reads version texts. The full grammar is NuGet's; only what decides between the kinds is looked at.</summary>
public static class VersionText
{
    /// <summary>The kind of a version or range as a person writes it.</summary>
    public static VersionKind Classify(string text)
    {
        string version = text.Trim();
        if (version.Length == 0)
        {
            return VersionKind.Any;
        }

        if (version.Contains('*'))
        {
            return VersionKind.Floating;
        }

        if (version[0] is not ('[' or '('))
        {
            return VersionKind.Fixed;
        }

        int comma = version.IndexOf(',');
        string lower = (comma >= 0 ? version[1..comma] : version[1..].TrimEnd(']', ')')).Trim();
        return version[0] == '(' || lower.Length == 0 ? VersionKind.NoLowerBound
            : comma < 0 ? VersionKind.Fixed
            : VersionKind.Bounded;
    }

    /// <summary>Whether a text is one plain version, neither range nor floating: the only thing that pins an MSBuild SDK.</summary>
    public static bool IsPlain(string text) => text.Trim() is { Length: > 0 } version && version.AsSpan().IndexOfAny("*[](), ") < 0;

    /// <summary>Whether two plain versions are the same to NuGet: build metadata, letter case, leading zeros and missing zero parts do not count.</summary>
    public static bool AreSame(string left, string right) => Normalize(left).Equals(Normalize(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>The highest of plain versions: a pre-release comes before its release. NuGet's full order has rules for the parts of a pre-release, too.</summary>
    /// <param name="versions">At least one.</param>
    public static string Highest(IEnumerable<string> versions) => versions
        .Select(static text => (Text: text, Parts: Normalize(text).Split('-', 2)))
        .OrderBy(static version => Version.TryParse(version.Parts[0], out Version? release) ? release : new Version(0, 0))
        .ThenBy(static version => version.Parts.Length == 1)
        .ThenBy(static version => version.Parts[^1], StringComparer.OrdinalIgnoreCase)
        .Last().Text;

    private static string Normalize(string text)
    {
        string version = text.Trim().Split('+', 2)[0];
        string[] release = version.Split('-', 2);
        string[] parts = release[0].Split('.');
        if (parts.Length > 4 || parts.Any(static part => !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return version;
        }

        int[] numbers = [.. parts.Select(static part => int.Parse(part, CultureInfo.InvariantCulture)), 0, 0, 0];
        string head = string.Join('.', numbers.Take(parts.Length == 4 && numbers[3] != 0 ? 4 : 3));
        return release.Length == 2 ? head + "-" + release[1] : head;
    }
}
