namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// Spellings so close to another id that one is taken for the other. What honest neighbours do is left alone: another number, another
/// word in a section, a section more at the end, anything below a prefix that is reserved for the owner of both.
/// </summary>
internal static class CloseNames
{
    // Below these, too many honest ids are neighbours: Nito and Nino, Moq and Mok.
    private const int LeastLetters = 5, LeastLettersReordered = 8, LeastLettersDropped = 10;

    // An id without its first section is a lookalike of one that everybody knows, and a name of its own beside a lesser one.
    private const int FamousRanks = 300;

    // Keys beside each other on a QWERTY keyboard, in both directions.
    private const string Neighbours = "qwertyuiop asdfghjkl zxcvbnm qa ws ed rf tg yh uj ik ol az sx dc fv gb hn jm wa es rd tf yg uh ij ok";
    private const string Vowels = "aeiouy";

    /// <param name="id">The id that is judged.</param>
    /// <param name="own">The repository's own ids, without this one.</param>
    /// <param name="leftOut">A well-known id to look past: to measure, it is judged as if it were not on the list.</param>
    public static Lookalike? Find(string id, IEnumerable<string> own, string? leftOut = null)
    {
        // Below a reserved prefix nobody but its owner publishes.
        if (ReservedPrefixes.Cover(id) || NameProfile.Of(id) is not { } asked || asked.Letters.Length < LeastLetters)
        {
            return null;
        }

        NameProfile[] profiles = WellKnownIndex.Instance.Profiles;
        for (int index = 0; index < profiles.Length; index++)
        {
            if (How(asked, profiles[index], index < FamousRanks) is { } how && profiles[index].Id != leftOut)
            {
                return new Lookalike(id, profiles[index].Id, LookalikeKind.CloseName, how);
            }
        }

        foreach (NameProfile known in own.Select(NameProfile.Of).OfType<NameProfile>())
        {
            if (How(asked, known, famous: false) is { } how)
            {
                return new Lookalike(id, known.Id, LookalikeKind.CloseName, how);
            }
        }

        return null;
    }

    private static string? How(NameProfile asked, NameProfile known, bool famous)
    {
        int longer = asked.Letters.Length - known.Letters.Length;
        if (longer == 0 && asked.Letters == known.Letters)
        {
            return $"differs from {known.Id} only in separators";
        }

        if (longer == 0 && asked.Letters.Length >= LeastLettersReordered && asked.Sections.Length > 1 && asked.Sections.Length == known.Sections.Length
            && asked.Sections.Order(StringComparer.Ordinal).SequenceEqual(known.Sections.Order(StringComparer.Ordinal)))
        {
            return $"has the sections of {known.Id} in another order";
        }

        // Integrations put their own name before another's, Aspire.StackExchange.Redis, so only the most referenced ids count here.
        if (famous && longer < 0 && known.Sections[0] != "aspire" && asked.Sections.Length >= 2 && known.Sections.Length == asked.Sections.Length + 1 && asked.Letters.Length >= LeastLettersDropped && asked.Sections.AsSpan().SequenceEqual(known.Sections.AsSpan(1)))
        {
            return $"is {known.Id} without its first section";
        }

        return Math.Abs(longer) <= 2 && asked.Sections.Length == known.Sections.Length && SlipOf(asked, known) is { } slip ? slip : null;
    }

    // Section by section: every one equal, or a slip of the finger away, and no more than two slips in all.
    private static string? SlipOf(NameProfile asked, NameProfile known)
    {
        int slips = 0;
        for (int index = 0; index < asked.Sections.Length; index++)
        {
            string section = asked.Sections[index], other = known.Sections[index];
            if (section == other)
            {
                continue;
            }

            int length = Math.Min(section.Length, other.Length), limit = length >= 10 ? 2 : length >= 3 ? 1 : 0;
            int distance = EditDistance.Between(section, other, limit);
            // Around a section that is off, the rest of the id says which one is meant, so that a letter lost or added counts in short words too.
            bool rest = asked.Letters.Length - section.Length >= LeastLetters && section.Length != other.Length && length >= 4;
            if (distance > limit || !SameDigits(section, other) || length < 6 && !rest && !IsSlipOfTheFinger(section, other) || index == 0 && !StartsAlike(section, other))
            {
                return null;
            }

            slips += distance;
        }

        return slips is 0 or > 2 ? null : slips == 1 ? $"differs from {known.Id} by one letter" : $"differs from {known.Id} by two letters";
    }

    // A different number or version is another product, not a slip.
    private static bool SameDigits(string section, string other) => section.Where(char.IsAsciiDigit).SequenceEqual(other.Where(char.IsAsciiDigit));

    // People look at how a word begins: a first letter is swapped or, in a longer word, struck beside; seldom is it another one altogether.
    private static bool StartsAlike(string section, string other) =>
        section[0] == other[0] || section.Length > 1 && other.Length > 1 && section[0] == other[1] && section[1] == other[0] || section.Length == other.Length && section.Length >= 6 && AreNeighbours(section[0], other[0]);

    // In short words one changed letter makes another word, so only what fingers do counts: a letter doubled, lost from a double,
    // swapped with the next, struck beside, or one vowel for another.
    private static bool IsSlipOfTheFinger(string section, string other)
    {
        (string longer, string shorter) = section.Length >= other.Length ? (section, other) : (other, section);
        int at = 0;
        while (at < shorter.Length && longer[at] == shorter[at])
        {
            at++;
        }

        if (longer.Length > shorter.Length)
        {
            return at > 0 && longer[at] == longer[at - 1];
        }

        return at + 1 < longer.Length && longer[at] == shorter[at + 1] && longer[at + 1] == shorter[at]
            || AreNeighbours(longer[at], shorter[at])
            || Vowels.Contains(longer[at]) && Vowels.Contains(shorter[at]);
    }

    private static bool AreNeighbours(char left, char right) => Neighbours.Contains($"{left}{right}", StringComparison.Ordinal) || Neighbours.Contains($"{right}{left}", StringComparison.Ordinal);
}
