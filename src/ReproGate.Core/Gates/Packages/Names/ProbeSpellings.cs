namespace ReproGate.Gates.Packages.Names;

/// <summary>Spellings of an id that a feed may know, made by the slips that people and language models make, undone.</summary>
internal static class ProbeSpellings
{
    private static readonly string[] Suffixes = [".Core", ".Client", ".AspNetCore", ".Extensions", ".Extensions.DependencyInjection", ".Net", ".Sdk", ".Api", "Client", ".NET", "Core", "Sdk"];
    private static readonly string[] Prefixes = ["Microsoft.", "System.", "Microsoft.Extensions.", "Microsoft.AspNetCore."];
    private static readonly string[] Droppable = ["net", "dotnet", "core", "netcore", "client", "api", "sdk", "extensions", "aspnetcore", "lib", "library", "official", "standard", "abstractions"];

    public static IReadOnlyList<string> Of(string id, int limit)
    {
        if (NameProfile.Of(id) is null || limit <= 0)
        {
            return [];
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { id };
        return [.. All(id).Where(spelling => spelling.Length is > 0 and <= NameProfile.LongestId && seen.Add(spelling)).Take(limit)];
    }

    private static IEnumerable<string> All(string id)
    {
        string[] sections = id.Split(['.', '-', '_'], StringSplitOptions.RemoveEmptyEntries);
        if (sections.Length > 1)
        {
            yield return string.Concat(sections);
        }

        yield return string.Join('.', sections);
        for (int index = 0; index < sections.Length; index++)
        {
            if (Droppable.Contains(sections[index], StringComparer.OrdinalIgnoreCase) && sections.Length > 1)
            {
                yield return string.Join('.', sections.Where((_, at) => at != index));
            }
        }

        if (sections.Length == 2)
        {
            yield return $"{sections[1]}.{sections[0]}";
        }

        for (int index = 0; index < sections.Length; index++)
        {
            string section = sections[index];
            string other = section.EndsWith('s') ? section[..^1] : section + "s";
            yield return string.Join('.', sections.Select((part, at) => at == index ? other : part));
        }

        foreach (string suffix in Suffixes)
        {
            yield return id + suffix;
        }

        foreach (string prefix in Prefixes)
        {
            yield return prefix + id;
        }
    }
}
