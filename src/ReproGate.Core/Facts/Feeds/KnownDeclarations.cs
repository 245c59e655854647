using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>
/// What need not be asked of any feed, of declarations that NuGet's lock files do not hold. Tools and MSBuild SDKs are known by their hash in
/// reprogate.lock.json, as packages are by their lock file: a commit that adds one without its hash is asked about in every place that builds
/// it. What cannot be locked is known by the same file of the commit.
/// </summary>
/// <param name="Committed">What the commit's own files declare.</param>
/// <param name="Locked">reprogate.lock.json; null where it cannot be read.</param>
/// <param name="MustBeLocked">Whether the locked-restore gate asks for the hash of every tool and SDK (RGATE1013).</param>
public sealed record KnownDeclarations(ImmutableArray<SharedDeclaration> Committed, ReproGateLock? Locked, bool MustBeLocked)
{
    /// <summary>Whether a declaration is known.</summary>
    /// <param name="declaration">The declaration.</param>
    /// <param name="version">Its version, normalised.</param>
    /// <param name="isTaken">Whether any file takes the SDK of that id: one that nothing takes has no bytes to lock. Asked only where it matters.</param>
    public bool Has(SharedDeclaration declaration, string version, Func<string, bool> isTaken) => declaration.Kind switch
    {
        PackageDeclarationKind.Tool => IsLocked(DownloadKind.Tool, declaration, version) || (!Binds && declaration.IsIn(Committed)),
        PackageDeclarationKind.Sdk => IsLocked(DownloadKind.Sdk, declaration, version) || (declaration.IsIn(Committed) && !(Binds && isTaken(declaration.Id))),
        _ => Locked?.FindVerdict(declaration.Id, version) is not null || declaration.IsIn(Committed),
    };

    /// <summary>Whether any version of the id is known.</summary>
    public bool HasId(SharedDeclaration declaration) =>
        Locked?.Entries.Any(entry => entry.Kind == KindOf(declaration.Kind) && entry.Id.Equals(declaration.Id, StringComparison.OrdinalIgnoreCase)) == true
        || (!(Binds && KindOf(declaration.Kind) is not null) && Committed.Any(declaration.IsSameId));

    private bool IsLocked(DownloadKind kind, SharedDeclaration declaration, string version) => Locked?.Find(kind, declaration.Id, version) is not null;

    private bool Binds => MustBeLocked && Locked is not null;

    private static DownloadKind? KindOf(PackageDeclarationKind kind) => kind switch
    {
        PackageDeclarationKind.Tool => DownloadKind.Tool,
        PackageDeclarationKind.Sdk => DownloadKind.Sdk,
        _ => null,
    };
}
