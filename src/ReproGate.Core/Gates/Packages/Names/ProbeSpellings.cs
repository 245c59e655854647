namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// Spellings of an id that a feed may know, made by undoing the slips that people and language models make. Each kind of slip gives its
/// likeliest spelling first, and the kinds take turns, so that a small limit holds some of each.
/// </summary>
internal static class ProbeSpellings
{
    private static readonly string[] Suffixes = [".Core", ".Client", ".AspNetCore", ".Extensions", ".Net", ".Extensions.DependencyInjection", ".Sdk", ".Api"];
    private static readonly string[] Prefixes = ["Microsoft.", "System.", "Microsoft.Extensions.", "Microsoft.AspNetCore."];
    private static readonly string[] Droppable = ["net", "dotnet", "core", "netcore", "client", "api", "sdk", "extensions", "aspnetcore", "lib", "library", "official", "standard", "abstractions", "nuget"];

    // An id of more sections than any real one would only make the same questions many times over.
    private const int MostSections = 12;

    public static IReadOnlyList<string> Of(string id, int limit)
    {
        string[] sections = id.Split(['.', '-', '_'], StringSplitOptions.RemoveEmptyEntries);
        if (limit <= 0 || id.Length > NameProfile.LongestId || sections.Length is 0 or > 3 * MostSections || !sections.All(static section => section.All(char.IsLetterOrDigit)))
        {
            return [];
        }

        sections = sections.Length > MostSections ? sections[..MostSections] : sections;
        IEnumerator<string>[] kinds = [.. new[] { Separators(sections), Dropped(sections), Reordered(sections), Plurals(sections), Prefixed(sections), Suffixed(sections) }.Select(static kind => kind.GetEnumerator())];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { id };
        var spellings = new List<string>();
        for (bool more = true; more && spellings.Count < limit;)
        {
            more = false;
            foreach (IEnumerator<string> kind in kinds)
            {
                if (kind.MoveNext())
                {
                    more = true;
                    if (spellings.Count < limit && kind.Current.Length is > 0 and <= NameProfile.LongestId && seen.Add(kind.Current))
                    {
                        spellings.Add(kind.Current);
                    }
                }
            }
        }

        return spellings;
    }

    private static IEnumerable<string> Separators(string[] sections)
    {
        yield return string.Join('.', sections);
        if (sections.Length > 1)
        {
            yield return string.Concat(sections);
            yield return string.Join('-', sections);
        }

        string[] words = [.. sections.SelectMany(Capitalised)];
        if (words.Length > sections.Length)
        {
            yield return string.Join('.', words);
        }

        for (int index = 1; sections.Length > 2 && index < sections.Length; index++)
        {
            yield return string.Join('.', [.. sections[..(index - 1)], sections[index - 1] + sections[index], .. sections[(index + 1)..]]);
        }
    }

    private static IEnumerable<string> Dropped(string[] sections) =>
        Enumerable.Range(0, sections.Length).Reverse()
            .Where(index => sections.Length > 1 && Droppable.Contains(sections[index], StringComparer.OrdinalIgnoreCase))
            .Select(index => string.Join('.', sections.Where((_, at) => at != index)));

    private static IEnumerable<string> Reordered(string[] sections)
    {
        for (int index = sections.Length - 1; index > 0; index--)
        {
            yield return string.Join('.', [.. sections[..(index - 1)], sections[index], sections[index - 1], .. sections[(index + 1)..]]);
        }

        if (sections.Length > 2)
        {
            yield return string.Join('.', [.. sections[1..], sections[0]]);
            yield return string.Join('.', [sections[^1], .. sections[..^1]]);
        }
    }

    private static IEnumerable<string> Plurals(string[] sections)
    {
        for (int index = sections.Length - 1; index >= 0; index--)
        {
            string section = sections[index];
            string other = section.EndsWith("ies", StringComparison.Ordinal) ? section[..^3] + "y" : section.EndsWith('s') && section.Length > 1 ? section[..^1] : section + "s";
            yield return string.Join('.', sections.Select((part, at) => at == index ? other : part));
        }
    }

    // AspNetCore.… and Extensions.… lost their first section; anything else may have.
    private static IEnumerable<string> Prefixed(string[] sections) =>
        Prefixes.Where(prefix => !prefix.StartsWith(sections[0] + ".", StringComparison.OrdinalIgnoreCase) && !prefix.EndsWith("." + sections[0] + ".", StringComparison.OrdinalIgnoreCase)).Select(prefix => prefix + string.Join('.', sections));

    private static IEnumerable<string> Suffixed(string[] sections) =>
        Suffixes.Where(suffix => !suffix.EndsWith("." + sections[^1], StringComparison.OrdinalIgnoreCase)).Select(suffix => string.Join('.', sections) + suffix);

    // AcmeLogging → Acme Logging
    private static IEnumerable<string> Capitalised(string section)
    {
        int start = 0;
        for (int index = 1; index <= section.Length; index++)
        {
            if (index == section.Length || char.IsUpper(section[index]) && char.IsLower(section[index - 1]))
            {
                yield return section[start..index];
                start = index;
            }
        }
    }
}
