namespace ReproGate.Gates.Packages.Names;

/// <summary>Finds ids that may be taken for better known ones.</summary>
public static class Lookalikes
{
    // Invisible characters may swell an id; beyond this no feed would take it.
    private const int LongestText = 4 * NameProfile.LongestId;

    /// <summary>
    /// The well-known id, or the repository's own, that this id may be taken for; null where it resembles none, is well known or
    /// locked itself, or belongs to the family of what it resembles.
    /// </summary>
    public static Lookalike? Find(string id, KnownNames known)
    {
        if (id.Length is 0 or > LongestText || WellKnownPackages.Find(id) is not null || known.Locked.Contains(id, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        string[] own = [.. known.Declared.Concat(known.Locked).Where(other => other.Length <= NameProfile.LongestId && !other.Equals(id, StringComparison.OrdinalIgnoreCase))];
        string? imitated = WellKnownIndex.Instance.LooksLike(id)?.Id ?? own.FirstOrDefault(other => Skeleton.AreSame(id, other));
        return imitated is null ? CloseNames.Find(id, own) : new Lookalike(id, imitated, LookalikeKind.Homoglyph, HomoglyphText.Describe(id, imitated));
    }
}
