using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2105: a version that its author unlisted or deprecated, or that this machine has and no source has any more.</summary>
public static class PackageWithdrawn
{
    /// <summary>Judges packages that were restored.</summary>
    public static IEnumerable<Finding> Check(IEnumerable<LookedUpPackage> packages)
    {
        foreach ((NewPackage package, PackageLookUp look) in packages)
        {
            if (look.IsVanished)
            {
                yield return Found(
                    package,
                    look,
                    $"{package.Id} {look.Version} lies in this machine's packages folder, and none of the sources that may serve it has it any more: {string.Join(", ", look.Verdicts.Select(static verdict => verdict.Source))}.",
                    "A machine without that folder cannot restore it.",
                    look.NearestVersions.IsEmpty ? "Take another package, or put this one on a feed of your own." : $"Take a version that exists: {string.Join(", ", look.NearestVersions)}.");
            }
            else if (look.Metadata?.Deprecation is { } deprecation)
            {
                string reasons = deprecation.Reasons.IsEmpty ? "" : $" ({string.Join(", ", deprecation.Reasons)})";
                string message = deprecation.Message.Length > 0 ? $" Its author says: “{deprecation.Message}”" : "";
                yield return Found(
                    package,
                    look,
                    $"{package.Id} {look.Version} is deprecated{reasons}.{message}",
                    "Nobody mends its faults any more, so they stay in every build that takes it.",
                    deprecation.Alternative.Length > 0 ? $"Take {deprecation.Alternative} in its place." : "Take another version or package.");
            }
            else if (look.Metadata is { Listed: false })
            {
                yield return Found(
                    package,
                    look,
                    $"{package.Id} {look.Version} is unlisted: its author or the feed took it off the lists.",
                    "It is mostly done for a fault or an attack, and nobody who does not have it already is offered it.",
                    "Take a listed version.");
            }
        }
    }

    private static Finding Found(NewPackage package, PackageLookUp look, string what, string why, string fix) => new(RuleCatalog.PackageWithdrawn, package.VersionLocation, what, why, fix)
    {
        Subject = $"{package.Id}/{look.Version}",
    };
}
