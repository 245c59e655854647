using System.Globalization;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2103: a version that was published more recently than the cooldown allows, and that the commit does not have yet.</summary>
public static class PackageTooYoung
{
    /// <summary>Judges new packages and versions.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<LookedUpPackage> packages, CooldownPolicy policy)
    {
        foreach ((NewPackage package, PackageLookUp look) in packages)
        {
            if (policy.Days <= 0
                || look.Metadata is not { Published: { } published } metadata
                || !policy.IsTooYoung(published)
                || policy.ExemptSources.Contains(metadata.Source, StringComparer.OrdinalIgnoreCase)
                || policy.Allowed.AllowsPackage(package.Id, look.Version, policy.Now))
            {
                continue;
            }

            DateTimeOffset free = published + TimeSpan.FromDays(policy.Days);
            string until = free.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            string brought = package.Kind == PackageDeclarationKind.Transitive ? " (a dependency of another package)" : "";
            string newId = package.IsIdNew && metadata.FirstPublished is { } first && policy.IsTooYoung(first) ? $" The whole package is {Words.Age(policy.Now - first)} old." : "";
            string expired = policy.Allowed.ExpiredFor(package.Id, look.Version, policy.Now) is { } ended ? $" The exception in reprogate.allow.json ended on {ended:yyyy-MM-dd}." : "";
            yield return new Finding(
                RuleCatalog.PackageTooYoung,
                package.VersionLocation,
                string.Create(CultureInfo.InvariantCulture, $"{package.Id} {look.Version}{brought} was published {Words.Age(policy.Now - published)} ago, and the cooldown is {Words.Count(policy.Days, "day")}.{newId}{expired}"),
                "Most malicious versions are found and removed within days of their publication, and until then every machine that builds runs them.",
                string.Create(CultureInfo.InvariantCulture, $"Take an older version, or wait until {free:yyyy-MM-dd HH:mm} UTC. Where it cannot wait, add {{ \"package\": \"{package.Id}\", \"version\": \"{look.Version}\", \"until\": \"{until}\", \"reason\": \"…\" }} to reprogate.allow.json."))
            {
                Subject = $"{package.Id}/{look.Version}",
            };
        }
    }
}
