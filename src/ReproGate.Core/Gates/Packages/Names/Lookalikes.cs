namespace ReproGate.Gates.Packages.Names;

/// <summary>Finds ids that may be taken for better known ones.</summary>
public static class Lookalikes
{
    /// <summary>
    /// The well-known id, or the repository's own, that this id may be taken for; null where it resembles none, is well known or
    /// locked itself, or belongs to the family of what it resembles.
    /// </summary>
    public static Lookalike? Find(string id, KnownNames known)
    {
        if (id.Length is 0 or > 4 * NameProfile.LongestId || WellKnownPackages.Find(id) is not null || known.Locked.Contains(id, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        IEnumerable<string> own = known.Declared.Concat(known.Locked).Where(other => other.Length <= NameProfile.LongestId && !other.Equals(id, StringComparison.OrdinalIgnoreCase));
        return Homoglyph(id, own) ?? CloseNames.Find(id, own);
    }

    private static Lookalike? Homoglyph(string id, IEnumerable<string> own)
    {
        string skeleton = Skeleton.Of(id);
        string? resembled = WellKnownPackages.All.Select(static package => package.Id).Concat(own)
            .FirstOrDefault(other => skeleton.Equals(Skeleton.Of(other), StringComparison.OrdinalIgnoreCase));
        return resembled is null ? null : new Lookalike(id, resembled, LookalikeKind.Homoglyph, HomoglyphText.Describe(id, resembled));
    }
}
