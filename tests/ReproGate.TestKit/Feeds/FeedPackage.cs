using NuGet.Versioning;

namespace ReproGate.TestKit;

/// <summary>One version of one package on an <see cref="HttpFeed"/>: its bytes and what a feed tells about it.</summary>
/// <param name="Id">The id as its author writes it.</param>
/// <param name="Version">The version.</param>
/// <param name="Nupkg">The package's bytes.</param>
public sealed record FeedPackage(string Id, NuGetVersion Version, byte[] Nupkg)
{
    /// <summary>When it was published. An unlisted package tells 1900-01-01, as nuget.org does, whatever stands here.</summary>
    public DateTimeOffset Published { get; init; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>False hides it from search, while its bytes stay available.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>Its owners, told by search only.</summary>
    public IReadOnlyList<string> Owners { get; init; } = ["test"];

    /// <summary>Downloads of this version; search adds those of all versions.</summary>
    public long Downloads { get; init; } = 1_000_000;

    /// <summary>Whether its id prefix is reserved for its owners.</summary>
    public bool Verified { get; init; }

    /// <summary>Set where the author deprecated it.</summary>
    public FeedDeprecation? Deprecation { get; init; }

    /// <summary>Known vulnerabilities of this version.</summary>
    public IReadOnlyList<FeedVulnerability> Vulnerabilities { get; init; } = [];

    /// <summary>The version as URLs hold it.</summary>
    internal string UrlVersion => Version.ToNormalizedString().ToLowerInvariant();

    /// <summary>The id as URLs hold it.</summary>
    internal string UrlId => Id.ToLowerInvariant();
}

/// <summary>A deprecation.</summary>
/// <param name="Reasons">Of <c>Legacy</c>, <c>CriticalBugs</c>, <c>Other</c>.</param>
/// <param name="Message">The author's words.</param>
/// <param name="AlternateId">The package to use instead.</param>
public sealed record FeedDeprecation(IReadOnlyList<string> Reasons, string? Message = null, string? AlternateId = null);

/// <summary>A vulnerability.</summary>
/// <param name="AdvisoryUrl">Address of the advisory.</param>
/// <param name="Severity">0 low, 1 moderate, 2 high, 3 critical.</param>
public sealed record FeedVulnerability(string AdvisoryUrl, int Severity);
