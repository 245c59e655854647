using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>What speaks for or against a package whose name is close to another's.</summary>
/// <param name="Own">Who owns it; null where that is not known.</param>
/// <param name="Other">Who owns the package it resembles; null where that is not known.</param>
public sealed record Resemblance(PackageOwnership? Own, PackageOwnership? Other)
{
    private const int FewVersions = 3;
    private static readonly TimeSpan Young = TimeSpan.FromDays(90);

    /// <summary>The weak signals, as phrases: none proves anything by itself, and what is not known is none.</summary>
    /// <param name="metadata">What the source tells of the package.</param>
    /// <param name="other">The id it resembles.</param>
    /// <param name="now">The time of the judgement.</param>
    public ImmutableArray<string> Signals(PackageMetadata? metadata, string other, DateTimeOffset now)
    {
        var signals = ImmutableArray.CreateBuilder<string>();
        if (metadata?.FirstPublished is { } first && now - first < Young)
        {
            signals.Add($"it is {Gates.Packages.Words.Age(now - first)} old");
        }

        if (metadata is { VersionCount: > 0 and <= FewVersions })
        {
            signals.Add($"it has only {Gates.Packages.Words.Count(metadata.VersionCount, "version")}");
        }

        if (Own?.Verified == false && Other?.Verified == true)
        {
            signals.Add($"its prefix is not reserved as that of {other} is");
        }

        if (Own is { Owners.IsEmpty: false } own && Other is { Owners.IsEmpty: false } others && !own.Owners.Intersect(others.Owners, StringComparer.OrdinalIgnoreCase).Any())
        {
            signals.Add($"it is owned by {string.Join(", ", own.Owners)} and {other} by {string.Join(", ", others.Owners)}");
        }

        return signals.ToImmutable();
    }
}
