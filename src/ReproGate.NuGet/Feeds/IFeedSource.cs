using System.Collections.Immutable;
using NuGet.Versioning;
using ReproGate.Facts.Feeds;

namespace ReproGate.NuGet.Feeds;

/// <summary>A package source that can be asked. Every question throws <see cref="FeedFaultException"/> where it gets no answer.</summary>
internal interface IFeedSource : IDisposable
{
    /// <summary>The source's key.</summary>
    string Name { get; }

    /// <summary>The source's address without anything secret.</summary>
    string Address { get; }

    /// <summary>True for a folder, which costs no network.</summary>
    bool IsLocal { get; }

    /// <summary>The versions it has, the oldest first; empty where it does not have the id.</summary>
    Task<ImmutableArray<NuGetVersion>> VersionsAsync(string id, CancellationToken cancellation);

    /// <summary>What it tells about a version; null where it tells nothing.</summary>
    Task<PackageMetadata?> MetadataAsync(string id, NuGetVersion version, CancellationToken cancellation);

    /// <summary>Who owns an id; null where it has no search, or search does not know the id.</summary>
    Task<PackageOwnership?> OwnershipAsync(string id, CancellationToken cancellation);

    /// <summary>Ids that its search finds for some words, the best first; none where it has no search.</summary>
    Task<ImmutableArray<string>> SearchAsync(string words, int count, CancellationToken cancellation);
}
