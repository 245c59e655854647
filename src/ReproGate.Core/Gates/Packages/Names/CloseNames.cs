namespace ReproGate.Gates.Packages.Names;

/// <summary>Spellings so close to another id that one is taken for the other, and that no honest neighbour has.</summary>
internal static class CloseNames
{
    public static Lookalike? Find(string id, IEnumerable<string> own)
    {
        if (NameProfile.Of(id) is not { } asked || asked.Letters.Length < 5)
        {
            return null;
        }

        foreach (NameProfile known in WellKnownIndex.Instance.Profiles.Concat(own.Select(NameProfile.Of).OfType<NameProfile>()))
        {
            if (Math.Abs(known.Letters.Length - asked.Letters.Length) <= 1 && How(asked, known) is { } how)
            {
                return new Lookalike(id, known.Id, LookalikeKind.CloseName, how);
            }
        }

        return null;
    }

    private static string? How(NameProfile asked, NameProfile known)
    {
        if (asked.Letters == known.Letters)
        {
            return $"differs from {known.Id} only in separators";
        }

        if (asked.Sections.Length > 1 && asked.Sections.Length == known.Sections.Length && asked.Sections.Order(StringComparer.Ordinal).SequenceEqual(known.Sections.Order(StringComparer.Ordinal)))
        {
            return $"has the sections of {known.Id} in another order";
        }

        // A different number or version is another product, not a slip.
        bool digits = asked.Letters.Where(char.IsAsciiDigit).SequenceEqual(known.Letters.Where(char.IsAsciiDigit));
        return digits && asked.Sections.Length == known.Sections.Length && EditDistance.Between(asked.Letters, known.Letters, 1) == 1 ? $"differs from {known.Id} by one letter" : null;
    }
}
