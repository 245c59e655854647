namespace ReproGate.Gates.Packages.Names;

/// <summary>What somebody who wrote an id that does not exist may have meant.</summary>
public static class NameSuggestions
{
    private const double LeastScore = 0.4;

    /// <summary>
    /// Ids known to exist that are like this one, the likeliest first: those the repository declares or locks, those of the packages
    /// folder, and the well-known ones. Empty where nothing is like it. The id itself is never among them.
    /// </summary>
    public static IReadOnlyList<NameCandidate> FromKnown(string id, KnownNames known, int count = 3)
    {
        // Letters that only look like others are read as the ones they look like.
        if (count <= 0 || id.Length > NameProfile.LongestId || NameProfile.Of(id.All(char.IsAscii) ? id : Skeleton.Of(id)) is not { } asked)
        {
            return [];
        }

        var best = new Dictionary<string, NameCandidate>(StringComparer.OrdinalIgnoreCase);
        Consider(known.Declared, "declared in this repository", 0.06);
        Consider(known.Locked, "locked in this repository", 0.05);
        Consider(known.PackagesFolder, "in this machine's packages folder", 0.01);
        WellKnownIndex index = WellKnownIndex.Instance;
        foreach (int rank in index.Nearest(asked, 80))
        {
            double fame = 0.05 * (1 - Math.Log(rank + 1) / Math.Log(index.Profiles.Length + 1));
            Add(index.Profiles[rank], "well known", fame);
        }

        if (index.LooksLike(id) is { } imitated)
        {
            Add(imitated, "well known", 0);
        }

        return [.. best.Values.OrderByDescending(static candidate => candidate.Score).ThenBy(static candidate => candidate.Id, StringComparer.OrdinalIgnoreCase).Take(count)];

        void Consider(IReadOnlyCollection<string> ids, string source, double bonus)
        {
            foreach (string other in ids)
            {
                // Most ids of a large repository have nothing to do with this one, and comparing is dear.
                if (NameProfile.Of(other) is { } profile && profile.Grams.AsSpan().IndexOfAny(asked.Grams) >= 0)
                {
                    Add(profile, source, bonus);
                }
            }
        }

        void Add(NameProfile profile, string source, double bonus)
        {
            bool looksTheSame = Skeleton.AreSame(id, profile.Id);
            double likeness = looksTheSame ? 0.99 : NameSimilarity.Between(asked, profile);
            double score = Math.Min(1, likeness + bonus);
            if (likeness >= LeastScore && !profile.Id.Equals(id, StringComparison.OrdinalIgnoreCase) && (!best.TryGetValue(profile.Id, out NameCandidate? other) || other.Score < score))
            {
                best[profile.Id] = new NameCandidate(profile.Id, score, $"{source}, {(looksTheSame ? "looks the same" : NameDifference.Describe(asked, profile))}");
            }
        }
    }

    /// <summary>
    /// Spellings of this id that are worth asking a feed for, the likeliest first: other separators, another order, affixes added and
    /// dropped, singular and plural. None is known to exist.
    /// </summary>
    public static IReadOnlyList<string> Probes(string id, int limit = 12) => ProbeSpellings.Of(id, limit);
}
