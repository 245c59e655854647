using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>What a source tells about one version of a package.</summary>
/// <param name="Source">The source's key, or, for a recorded verdict, its address.</param>
public sealed record PackageMetadata(string Source)
{
    /// <summary>When this version was published; null where the source does not tell, as for unlisted versions (NuGet shows 1900).</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>When the oldest version that the source told of was published; null where it does not tell.</summary>
    public DateTimeOffset? FirstPublished { get; init; }

    /// <summary>False for a version that its author or the feed took off the lists.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>Set where the author deprecated it.</summary>
    public PackageDeprecation? Deprecation { get; init; }

    /// <summary>How many versions the source has; 0 where it does not tell.</summary>
    public int VersionCount { get; init; }
}

/// <summary>A deprecation.</summary>
/// <param name="Reasons">The author's reasons: <c>Legacy</c>, <c>CriticalBugs</c>, <c>Other</c>.</param>
/// <param name="Message">The author's words; empty where there are none.</param>
/// <param name="Alternative">Id of the package to use instead; empty where none is named.</param>
public sealed record PackageDeprecation(ImmutableArray<string> Reasons, string Message, string Alternative);

/// <summary>What a source's search tells about an id.</summary>
/// <param name="Owners">Its owners.</param>
/// <param name="Verified">Whether its prefix is reserved for its owners; null where the source does not tell.</param>
/// <param name="Downloads">Downloads of all versions; null where the source does not tell.</param>
public sealed record PackageOwnership(ImmutableArray<string> Owners, bool? Verified, long? Downloads);
