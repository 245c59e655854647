using System.Collections.Immutable;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReproGate.Facts;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.Verification;

namespace ReproGate.Tasks;

/// <summary>What the tasks that look at packages' bytes share: the memory of one node, and the look itself.</summary>
internal static class PackageBytes
{
    /// <summary>Looks at packages with the memory that all projects of this node share during a build.</summary>
    public static ImmutableArray<PackageVerification> Verify(GateTask task, string cacheDirectory, IReadOnlyList<PackageToVerify> packages, CancellationToken cancellation)
    {
        VerifiedPackages memory = BuildMemory.Of(task.BuildEngine, cacheDirectory, () => VerifiedPackages.Open(cacheDirectory));
        (ImmutableArray<PackageVerification> results, int read, string? notSaved) = PackageVerifier.Verify(packages, memory, cancellation);
        if (memory.Dropped is { } dropped)
        {
            task.Log.LogMessage(MessageImportance.Normal, "ReproGate looks at every package anew: {0}.", dropped);
        }

        if (notSaved is not null)
        {
            task.Log.LogMessage(MessageImportance.Normal, "ReproGate will look at these packages again in the next build: {0}.", notSaved);
        }

        task.Log.LogMessage(MessageImportance.Low, "ReproGate looked at the bytes of {0} of {1} packages; the others are unchanged.", read, packages.Count);
        return results;
    }

    /// <summary>The downloads that are on this machine, to be looked at whole.</summary>
    public static List<PackageToVerify> ToVerify(IEnumerable<DeclaredDownload> downloads, IReadOnlyList<string> folders) =>
    [
        .. downloads
            .Select(download => (Download: download, Directory: PackageFolders.Find(folders, download.Id, download.Version)))
            .Where(static found => found.Directory is not null)
            .Select(static found => new PackageToVerify(found.Download.Id, found.Download.Version, found.Directory!, null, null)),
    ];

    /// <summary>The package folders a task may look into: the one ReproGate's own package came from, then those MSBuild named.</summary>
    public static ImmutableArray<string> Folders(string packageDirectory, params IEnumerable<string> others)
    {
        // <packages>/reprogate.sdk/<version>/ when the SDK resolver restored it; any other place is no packages folder.
        string own = Path.TrimEndingDirectorySeparator(packageDirectory);
        string? parent = Path.GetDirectoryName(own);
        string? root = parent is not null && Path.GetFileName(parent).Equals("reprogate.sdk", StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(parent) : null;
        return [.. new[] { root ?? "" }.Concat(others).Where(static folder => folder.Length > 0).Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
    }
}
