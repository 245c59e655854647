namespace ReproGate.Gates.Packages.Names;

/// <summary>Says how two ids differ, as a phrase.</summary>
internal static class NameDifference
{
    public static string Describe(NameProfile asked, NameProfile known)
    {
        if (asked.Letters == known.Letters)
        {
            return "differs only in separators";
        }

        if (asked.Words.Order(StringComparer.Ordinal).SequenceEqual(known.Words.Order(StringComparer.Ordinal)))
        {
            return "the same words in another order";
        }

        string[] missing = Without(known.Sections, asked.Sections), extra = Without(asked.Sections, known.Sections);
        if (extra.Length == 0)
        {
            return $"with {Quote(missing, known)}";
        }

        if (missing.Length == 0)
        {
            return $"without {Quote(extra, asked)}";
        }

        int distance = EditDistance.Between(asked.Letters, known.Letters, 3);
        return distance == 1 ? "differs by one letter"
            : distance <= 3 ? $"differs by {distance} letters"
            : $"has {Quote(missing, known)} for {Quote(extra, asked)}";
    }

    private static string[] Without(string[] sections, string[] others)
    {
        List<string> left = [.. sections];
        foreach (string other in others)
        {
            left.Remove(other);
        }

        return [.. left];
    }

    // In the letter case in which the id writes it.
    private static string Quote(string[] sections, NameProfile profile) => string.Join(" and ", sections.Select(section =>
        profile.Id.IndexOf(section, StringComparison.OrdinalIgnoreCase) is >= 0 and int at ? $"\"{profile.Id.Substring(at, section.Length)}\"" : $"\"{section}\""));
}
