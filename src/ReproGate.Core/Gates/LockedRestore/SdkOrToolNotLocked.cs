using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1013: an MSBuild SDK, tool or pack has no entry in <c>reprogate.lock.json</c>, or its bytes differ from it.
/// For ReproGate's own SDK differing bytes are RGATE0003.
/// </summary>
public static class SdkOrToolNotLocked
{
    /// <summary>The package id of ReproGate's own SDK.</summary>
    public const string OwnSdk = "ReproGate.Sdk";

    /// <summary>Judges what is declared against the lock.</summary>
    /// <param name="lockFile">The lock; it may be absent.</param>
    /// <param name="declared">SDKs, tools and packs the repository or project declares.</param>
    /// <param name="packages">What the look at the bytes showed, by <c>id/version</c>; a download that is not on this machine has none.</param>
    /// <param name="lockCommand">The command that writes the lock.</param>
    public static IEnumerable<Finding> Check(ReproGateLock lockFile, IEnumerable<DeclaredDownload> declared, IReadOnlyDictionary<string, PackageVerification> packages, string lockCommand)
    {
        List<DeclaredDownload> missing = [];
        foreach (DeclaredDownload download in declared.DistinctBy(static download => (download.Kind, download.Name.ToUpperInvariant())))
        {
            LockedDownload? entry = lockFile.Find(download.Kind, download.Id, download.Version);
            if (entry is null)
            {
                missing.Add(download);
            }
            else if (packages.TryGetValue(download.Name, out PackageVerification? package) && package.ActualHash is { } actual && actual != entry.ContentHash)
            {
                yield return Differs(lockFile, entry, package, actual);
            }
        }

        if (!lockFile.Exists && missing.Count > 0)
        {
            // A first build: one finding for the whole file, not one for everything it would hold.
            yield return new Finding(
                RuleCatalog.SdkOrToolNotLocked,
                missing[0].Location,
                $"{Path.GetFileName(lockFile.Path)} does not exist, so nothing locks the bytes of {Names(missing)}.",
                "packages.lock.json holds neither MSBuild SDKs nor tools nor PackageDownload packs: another machine may get other bytes under the same versions, and they run in the build.",
                $"Write it, then commit it: {lockCommand}")
            {
                Subject = "missing",
                Command = lockCommand,
            };
            yield break;
        }

        foreach (DeclaredDownload download in missing)
        {
            LockedDownload? sibling = download.Implicit ? lockFile.Entries.FirstOrDefault(entry => IsSamePackOfOtherPlatform(entry, download)) : null;
            string what = $"{Word(download.Kind)} {download.Id} {download.Version} has no entry in {Path.GetFileName(lockFile.Path)}";
            yield return new Finding(
                RuleCatalog.SdkOrToolNotLocked,
                download.Location,
                sibling is null ? $"{what}." : $"{what}; its sibling {sibling.Id} has, so the file was written on another platform.",
                "packages.lock.json does not hold it either: another machine may get other bytes under the same version.",
                $"Add it on this machine, then commit the file: {lockCommand}")
            {
                // The SDK itself chooses the pack of the machine it runs on; no one can lock all platforms on one of them.
                DefaultSeverity = sibling is null ? null : Severity.Warning,
                Subject = download.Name,
                Command = lockCommand,
            };
        }
    }

    private static Finding Differs(ReproGateLock lockFile, LockedDownload entry, PackageVerification package, string actual)
    {
        bool own = entry.Kind == DownloadKind.Sdk && entry.Id.Equals(OwnSdk, StringComparison.OrdinalIgnoreCase);
        return new Finding(
            own ? RuleCatalog.SdkNotPinned : RuleCatalog.SdkOrToolNotLocked,
            new SourceLocation(lockFile.Path, entry.Line),
            $"{Word(entry.Kind)} {entry.Id} {entry.Version} in {package.Directory} is not the one that was locked: its bytes give content hash {actual}, and {Path.GetFileName(lockFile.Path)} says {entry.ContentHash}.",
            own
                ? "The gate itself is other code than the one the repository chose, so nothing it says can be relied on."
                : "It runs in the build, and another machine runs other bytes under the same version.",
            $"If the package on this machine is the wrong one, delete the folder and restore again: rm -r \"{package.Directory}\" && dotnet restore --force. If that gives the same bytes, the feed serves another package under this version: find out which is right before you change the lock.")
        {
            Subject = entry.Name,
        };
    }

    private static string Names(List<DeclaredDownload> downloads)
    {
        const int named = 4;
        ImmutableArray<string> names = [.. downloads.Take(named).Select(static download => $"{download.Id} {download.Version}")];
        return string.Join(", ", names) + (downloads.Count > named ? $" and {downloads.Count - named} more" : "");
    }

    private static string Word(DownloadKind kind) => kind switch
    {
        DownloadKind.Sdk => "MSBuild SDK",
        DownloadKind.Tool => "Tool",
        _ => "Pack",
    };

    /// <summary>Same version, and ids that differ only in a runtime identifier at the end: <c>….Host.linux-x64</c> and <c>….Host.win-x64</c>.</summary>
    private static bool IsSamePackOfOtherPlatform(LockedDownload entry, DeclaredDownload download)
    {
        int dot = download.Id.LastIndexOf('.');
        return entry.Kind == DownloadKind.Pack
            && dot > 0
            && download.Id.IndexOf('-', dot) > 0
            && entry.Version.Equals(download.Version, StringComparison.OrdinalIgnoreCase)
            && entry.Id.LastIndexOf('.') == dot
            && entry.Id.AsSpan(0, dot).Equals(download.Id.AsSpan(0, dot), StringComparison.OrdinalIgnoreCase);
    }
}
