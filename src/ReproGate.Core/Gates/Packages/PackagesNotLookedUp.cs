using System.Globalization;
using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE0090 for the feeds: new packages whose existence or age could not be learned. Never an accusation.</summary>
public static class PackagesNotLookedUp
{
    private const int Named = 5;

    /// <summary>One finding per reason, however many packages it concerns.</summary>
    /// <param name="packages">The new packages.</param>
    /// <param name="policy">The cooldown; where there is none, and for sources it exempts, an unknown age matters to nobody.</param>
    public static IEnumerable<Finding> Check(IReadOnlyList<LookedUpPackage> packages, CooldownPolicy policy)
    {
        foreach (IGrouping<string, LookedUpPackage> group in packages
            .Where(static package => package.LookUp.IsAnswerable && (package.LookUp.IdAnswer == FeedAnswer.Unknown || package.LookUp.VersionAnswer == FeedAnswer.Unknown))
            .GroupBy(static package => Reasons(package.LookUp), StringComparer.Ordinal))
        {
            List<LookedUpPackage> concerned = [.. group];
            yield return new Finding(
                RuleCatalog.CheckCouldNotRun,
                concerned[0].Package.Location,
                $"Whether {Names(concerned)} exist{(concerned.Count == 1 ? "s" : "")} was not learned: {group.Key}.",
                "A name or version that was invented would pass unseen (RGATE2101, RGATE2102, RGATE2103).",
                "Build again when the source answers; credentials go where NuGet finds them too (a credential provider, or packageSourceCredentials).")
            {
                Subject = "feeds",
            };
        }

        foreach (IGrouping<string, LookedUpPackage> group in packages
            .Where(package => policy.Days > 0 && !IsExempt(package.LookUp, policy) && package.LookUp.VersionAnswer == FeedAnswer.Exists && !package.LookUp.IsVanished && package.LookUp is { MetadataReason.Length: > 0 } or { Metadata: { Listed: true, Published: null }, IsRecorded: false })
            .GroupBy(static package => package.LookUp.MetadataReason.Length > 0 ? package.LookUp.MetadataReason : $"{package.LookUp.Metadata!.Source} does not tell when it was published", StringComparer.Ordinal))
        {
            List<LookedUpPackage> concerned = [.. group];
            yield return new Finding(
                RuleCatalog.CheckCouldNotRun,
                concerned[0].Package.VersionLocation,
                $"How old {Names(concerned)} {(concerned.Count == 1 ? "is" : "are")} was not learned: {group.Key}.",
                "A version that was published an hour ago would pass unseen (RGATE2103).",
                "Build again when the source answers. Where a source never tells, as one's own feed may, name it in ReproGateCooldownExemptSources.")
            {
                Subject = "feeds age",
                SharedCause = group.Key,
            };
        }
    }

    private static bool IsExempt(PackageLookUp look, CooldownPolicy policy)
    {
        string? source = look.Metadata?.Source ?? look.Verdicts.FirstOrDefault(static verdict => verdict.Answer == FeedAnswer.Exists)?.Source;
        return source is not null && policy.ExemptSources.Contains(source, StringComparer.OrdinalIgnoreCase);
    }

    private static string Reasons(PackageLookUp look) => string.Join("; ", look.Verdicts.Where(static verdict => verdict.Answer == FeedAnswer.Unknown).Select(static verdict => $"{verdict.Source}: {verdict.Reason}"));

    private static string Names(List<LookedUpPackage> packages) =>
        string.Join(", ", packages.Select(static package => package.Package.Name).Distinct(StringComparer.OrdinalIgnoreCase).Take(Named))
        + (packages.Count > Named ? string.Create(CultureInfo.InvariantCulture, $" and {packages.Count - Named} more") : "");
}
