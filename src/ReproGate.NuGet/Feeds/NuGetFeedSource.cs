using System.Collections.Immutable;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.NuGet.Feeds;

/// <summary>A folder, or a source that speaks version 2 of the protocol: asked through NuGet's own resources.</summary>
internal sealed class NuGetFeedSource : IFeedSource
{
    private readonly SourceRepository _repository;
    private readonly SourceCacheContext _cache = new() { NoCache = true, DirectDownload = true };

    public NuGetFeedSource(PackageSource source)
    {
        Name = source.Name;
        Address = Redaction.Url(source.Source);
        IsLocal = source.IsLocal;
        _repository = Repository.Factory.GetCoreV3(source);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string Address { get; }

    /// <inheritdoc />
    public bool IsLocal { get; }

    /// <inheritdoc />
    public void Dispose() => _cache.Dispose();

    /// <inheritdoc />
    public Task<ImmutableArray<NuGetVersion>> VersionsAsync(string id, CancellationToken cancellation) => AskAsync(
        async () =>
        {
            FindPackageByIdResource resource = await ResourceAsync<FindPackageByIdResource>(cancellation).ConfigureAwait(false);
            IEnumerable<NuGetVersion> versions = await resource.GetAllVersionsAsync(id, _cache, NullLogger.Instance, cancellation).ConfigureAwait(false);
            return versions.OrderBy(static version => version, VersionComparer.VersionRelease).ToImmutableArray();
        },
        cancellation);

    /// <inheritdoc />
    public Task<PackageMetadata?> MetadataAsync(string id, NuGetVersion version, CancellationToken cancellation) => AskAsync(
        async () =>
        {
            if (IsLocal)
            {
                // A folder knows when a file was copied, not when it was published.
                return null;
            }

            PackageMetadataResource resource = await ResourceAsync<PackageMetadataResource>(cancellation).ConfigureAwait(false);
            IPackageSearchMetadata? found = await resource.GetMetadataAsync(new PackageIdentity(id, version), _cache, NullLogger.Instance, cancellation).ConfigureAwait(false);
            return found is null ? null : new PackageMetadata("")
            {
                Published = found.Published is { Year: > 1900 } published ? published : null,
                Listed = found.IsListed && found.Published?.Year != 1900,
            };
        },
        cancellation);

    /// <inheritdoc />
    public Task<PackageOwnership?> OwnershipAsync(string id, CancellationToken cancellation) => Task.FromResult<PackageOwnership?>(null);

    /// <inheritdoc />
    public Task<ImmutableArray<string>> SearchAsync(string words, int count, CancellationToken cancellation) => Task.FromResult(ImmutableArray<string>.Empty);

    private async Task<T> ResourceAsync<T>(CancellationToken cancellation) where T : class, INuGetResource =>
        await _repository.GetResourceAsync<T>(cancellation).ConfigureAwait(false) ?? throw new FeedFaultException("what is at its address is no NuGet feed", concernsSource: true);

    private async Task<T> AskAsync<T>(Func<Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            // On the thread pool: folders are read synchronously, and a network share may not answer.
            return await Task.Run(question, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not FeedFaultException)
        {
            // NuGet wraps what happens in exceptions of many kinds; whichever it is, there is no answer.
            string reason = IsLocal && !Directory.Exists(Address) ? "the folder does not exist" : PackageIds.Printable(Redaction.Url((exception.InnerException ?? exception).Message.TrimEnd('.')), 200);
            throw new FeedFaultException(reason, concernsSource: true);
        }
    }
}
