using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1005: a package's content differs from the locked content hash, recomputed from the bytes.</summary>
public static class PackageContentMismatch
{
    /// <summary>Judges the packages of one project against its packages.lock.json.</summary>
    /// <param name="packages">What the look at the bytes showed.</param>
    /// <param name="lockFile">Absolute path of packages.lock.json.</param>
    /// <param name="lineOf">One-based line of a package's content hash in the lock file, 0 where unknown.</param>
    public static IEnumerable<Finding> Check(IEnumerable<PackageVerification> packages, string lockFile, Func<string, int> lineOf)
    {
        foreach (PackageVerification package in packages)
        {
            if (package.ExpectedHash is { } expected && package.ActualHash is { } actual && !expected.Equals(actual, StringComparison.Ordinal))
            {
                yield return new Finding(
                    RuleCatalog.PackageContentMismatch,
                    new SourceLocation(lockFile, lineOf(package.Name)),
                    $"{package.Id} {package.Version} in {package.Directory} is not the package that was locked: its bytes give content hash {actual}, and {Path.GetFileName(lockFile)} says {expected}.",
                    "Another machine downloads other bytes under the same name, or someone changed them here; NuGet compares only the hash it once wrote beside the package.",
                    $"If the package on this machine is the wrong one, delete the folder and restore again: rm -r \"{package.Directory}\" && dotnet restore --force. If that gives the same bytes, the lock is wrong or the feed serves another package under this version: find out which before you change the lock.")
                {
                    Subject = package.Name,
                };
            }
        }
    }
}
