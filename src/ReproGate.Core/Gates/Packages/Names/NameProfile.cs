using System.Collections.Frozen;

namespace ReproGate.Gates.Packages.Names;

/// <summary>An id taken apart: what comparisons look at, all in lower case.</summary>
internal sealed class NameProfile
{
    /// <summary>NuGet's own bound; nothing longer is an id, so nothing longer is compared.</summary>
    public const int LongestId = 100;

    private NameProfile(string id)
    {
        Id = id;
        string[] sections = id.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        Words = [.. sections.SelectMany(SplitWords).SelectMany(static word => Abbreviations.TryGetValue(word, out string[]? meant) ? meant : [word])];
        Sections = [.. sections.Select(static section => section.ToLowerInvariant())];
        Letters = string.Concat(Sections);
        Grams = GramsOf(Sections);
    }

    private static readonly char[] Separators = ['.', '-', '_'];

    // What people and models write short, or long, where package ids do otherwise: the words that ids use.
    private static readonly FrozenDictionary<string, string[]> Abbreviations = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["ef"] = ["entity", "framework"],
        ["di"] = ["dependency", "injection"],
        ["oidc"] = ["open", "id", "connect"],
        ["otlp"] = ["open", "telemetry", "protocol"],
        ["otel"] = ["open", "telemetry"],
        ["mssql"] = ["sql", "server"],
        ["postgres"] = ["postgre", "sql"],
        ["postgresql"] = ["postgre", "sql"],
        ["mongo"] = ["mongo", "db"],
        ["mongodb"] = ["mongo", "db"],
        ["rabbit"] = ["rabbit", "mq"],
        ["rabbitmq"] = ["rabbit", "mq"],
        ["k8s"] = ["kubernetes"],
        ["wasm"] = ["web", "assembly"],
        ["config"] = ["configuration"],
        ["env"] = ["environment"],
        ["auth"] = ["authentication"],
        ["appinsights"] = ["application", "insights"],
        ["efcore"] = ["entity", "framework", "core"],
        ["dotnet"] = ["dot", "net"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The id as it is written.</summary>
    public string Id { get; }

    /// <summary>The parts between dots, hyphens and underscores.</summary>
    public string[] Sections { get; }

    /// <summary>The sections cut where letter case or digits say that a new word starts, common abbreviations written out.</summary>
    public string[] Words { get; }

    /// <summary>The id without separators.</summary>
    public string Letters { get; }

    /// <summary>Every three letters in a row, the borders of sections included; distinct and sorted.</summary>
    public int[] Grams { get; }

    /// <summary>Takes an id apart; null for a text that is too long or holds nothing to compare.</summary>
    public static NameProfile? Of(string id) => id.Length is 0 or > LongestId || new NameProfile(id) is not { Letters.Length: > 0 } profile ? null : profile;

    // AspNetCore → asp net core; MSBuildSdk → ms build sdk is out of reach, msbuild sdk: a run of capitals gives its last one to the word that follows.
    private static IEnumerable<string> SplitWords(string section)
    {
        int start = 0;
        for (int index = 1; index <= section.Length; index++)
        {
            if (index == section.Length
                || char.IsUpper(section[index]) && (!char.IsUpper(section[index - 1]) || index + 1 < section.Length && char.IsLower(section[index + 1]))
                || char.IsDigit(section[index]) != char.IsDigit(section[index - 1]))
            {
                yield return section[start..index].ToLowerInvariant();
                start = index;
            }
        }
    }

    private static int[] GramsOf(string[] sections)
    {
        var grams = new SortedSet<int>();
        foreach (string section in sections)
        {
            string text = $"^{section}$";
            for (int index = 0; index + 3 <= text.Length; index++)
            {
                grams.Add(((text[index] & 0x3FF) << 20) | ((text[index + 1] & 0x3FF) << 10) | (text[index + 2] & 0x3FF));
            }
        }

        return [.. grams];
    }
}
