using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2102: a version that none of the sources that have the package has.</summary>
public static class NonexistentVersion
{
    /// <summary>Judges new packages and versions; an id that does not exist at all is RGATE2101.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<LookedUpPackage> packages)
    {
        foreach ((NewPackage package, PackageLookUp look) in packages)
        {
            if (look.IdAnswer != FeedAnswer.Exists || look.VersionAnswer != FeedAnswer.Absent)
            {
                continue;
            }

            string sources = string.Join(", ", look.Verdicts.Where(static verdict => verdict.Answer == FeedAnswer.Exists).Select(static verdict => verdict.Source));
            yield return new Finding(
                RuleCatalog.NonexistentVersion,
                package.VersionLocation,
                $"The {Words.Of(package.Kind)} {package.Id} has no version {look.Version} on {sources}.",
                "NuGet takes another version in its place where the declaration lets it, and fails where it does not.",
                look.NearestVersions.IsEmpty ? "Write a version that exists." : $"Write a version that exists, for example {string.Join(", ", look.NearestVersions)}.")
            {
                Subject = $"{package.Id}/{look.Version}",
                Edits = Likely(look) is { } version && package.VersionSpan is { } span ? [span.Replace(version)] : [],
            };
        }
    }

    /// <summary>
    /// The version that may be put in its place without a person: the nearest of the same major version, or, where all that exist are older, the newest of
    /// those. Between an older and a newer major version a person has to choose.
    /// </summary>
    private static string? Likely(PackageLookUp look)
    {
        int? wanted = Major(look.Version);
        return look.NearestVersions.FirstOrDefault(version => Major(version) == wanted)
            ?? (look.NearestVersions.All(version => Major(version) < wanted) ? look.NearestVersions.FirstOrDefault() : null);
    }

    private static int? Major(string version) => int.TryParse(version.Split('.', '-', '+')[0], System.Globalization.CultureInfo.InvariantCulture, out int major) ? major : null;
}
