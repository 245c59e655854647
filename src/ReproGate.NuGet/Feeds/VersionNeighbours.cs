using System.Collections.Immutable;
using NuGet.Versioning;

namespace ReproGate.NuGet.Feeds;

/// <summary>Versions near one that does not exist.</summary>
public static class VersionNeighbours
{
    /// <summary>
    /// The next higher where it is of the same major version (what NuGet takes in its place), the next lower, the next higher, the newest stable, then further ones of the same major version; none that is a prerelease unless the wanted one is, or there is nothing else.
    /// </summary>
    /// <param name="wanted">The version that does not exist.</param>
    /// <param name="versions">Those that do, in any order.</param>
    /// <param name="count">How many at most.</param>
    public static ImmutableArray<string> Of(string wanted, IEnumerable<string> versions, int count) =>
        Of(NuGetVersion.Parse(wanted), versions.Select(NuGetVersion.Parse), count);

    /// <summary>The same for versions that are read already.</summary>
    internal static ImmutableArray<string> Of(NuGetVersion wanted, IEnumerable<NuGetVersion> versions, int count)
    {
        List<NuGetVersion> all = [.. versions.DistinctBy(static version => version, VersionComparer.VersionRelease).OrderBy(static version => version, VersionComparer.VersionRelease)];
        List<NuGetVersion> fit = wanted.IsPrerelease ? all : all.FindAll(static version => !version.IsPrerelease);
        if (fit.Count == 0)
        {
            fit = all;
        }

        NuGetVersion? lower = fit.FindLast(version => version < wanted);
        NuGetVersion? higher = fit.Find(version => version > wanted);
        NuGetVersion? newest = fit.FindLast(static version => !version.IsPrerelease) ?? fit.LastOrDefault();
        IEnumerable<NuGetVersion> others = fit.Where(version => version.Major == wanted.Major).OrderByDescending(static version => version, VersionComparer.VersionRelease);
        NuGetVersion? taken = higher?.Major == wanted.Major ? higher : null;
        return [.. new[] { taken, lower, higher, newest }.OfType<NuGetVersion>().Concat(others).DistinctBy(static version => version, VersionComparer.VersionRelease).Take(count).Select(static version => version.ToNormalizedString())];
    }
}
