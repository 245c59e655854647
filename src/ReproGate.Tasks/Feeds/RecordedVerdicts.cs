using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Tasks;

/// <summary>Between what a feed told and the line of reprogate.lock.json that keeps it.</summary>
internal static class RecordedVerdicts
{
    /// <summary>The line; null where nothing certain was learned.</summary>
    /// <param name="package">The package and what is known of it.</param>
    /// <param name="address">The source's address as it may stand in a committed file; empty for a folder of one machine.</param>
    /// <param name="buildCode">Whether it brings code that runs in the build.</param>
    public static RecordedVerdict? Of(LookedUpPackage package, string address, bool buildCode)
    {
        PackageLookUp look = package.LookUp;
        return look.VersionAnswer != FeedAnswer.Exists || look.IsVanished || look.MetadataReason.Length > 0 ? null : new RecordedVerdict(package.Package.Id, look.Version, address)
        {
            Published = look.Metadata?.Published is { } published ? DateOnly.FromDateTime(published.UtcDateTime) : null,
            Unlisted = look.Metadata is { Listed: false },
            Deprecated = look.Metadata?.Deprecation is { } deprecation ? deprecation.Reasons.IsEmpty ? "Other" : string.Join(", ", deprecation.Reasons) : "",
            Alternative = look.Metadata?.Deprecation?.Alternative ?? "",
            BuildCode = buildCode,
        };
    }

    /// <summary>What a line says of the package today: nothing that is asked anew.</summary>
    public static PackageLookUp ToLookUp(RecordedVerdict verdict) => new(verdict.Id, verdict.Version)
    {
        IsRecorded = true,
        Metadata = new PackageMetadata(verdict.Source)
        {
            Published = verdict.Published is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : null,
            Listed = !verdict.Unlisted,
            Deprecation = verdict.Deprecated.Length > 0 ? new PackageDeprecation([.. verdict.Deprecated.Split(',', StringSplitOptions.TrimEntries)], "", verdict.Alternative) : null,
        },
    };
}
