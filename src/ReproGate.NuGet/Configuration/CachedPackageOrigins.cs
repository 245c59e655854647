using System.Text.Json;
using ReproGate.Facts;
using ReproGate.NuGet.Feeds;

namespace ReproGate.NuGet.Configuration;

/// <summary>Reads from the global packages folder which source each package was taken from.</summary>
public static class CachedPackageOrigins
{
    private const long MaxBytes = 64 * 1024;

    /// <summary>The recorded source of each package that is cached; packages without a record are left out.</summary>
    /// <param name="packagesFolder">Absolute path of the global packages folder.</param>
    /// <param name="packages">Ids and versions.</param>
    public static IReadOnlyDictionary<string, string> Read(string packagesFolder, IEnumerable<(string Id, string Version)> packages)
    {
        var origins = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string id, string version) in packages)
        {
            if (!origins.ContainsKey(id) && Source(packagesFolder, id, version) is { Length: > 0 } source)
            {
                origins.Add(id, source);
            }
        }

        return origins;
    }

    /// <summary>
    /// The same for the sources that are in effect here. What the packages folder got from a source that is none of them (another repository's, one that moved) says nothing of these:
    /// then the folder among them that holds the package counts. Sources that only the network reaches are not asked.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Read(string packagesFolder, IEnumerable<(string Id, string Version)> packages, IReadOnlyCollection<PackageSourceFact> sources)
    {
        (string Id, string Version)[] all = [.. packages];
        var origins = new Dictionary<string, string>(Read(packagesFolder, all), StringComparer.OrdinalIgnoreCase);
        foreach ((string id, string version) in all)
        {
            if ((!origins.TryGetValue(id, out string? recorded) || !sources.Any(source => source.IsAt(recorded)))
                && sources.FirstOrDefault(source => source.IsLocal && Holds(source.Value, id, version)) is { } holder)
            {
                origins[id] = holder.Value;
            }
        }

        return origins;
    }

    /// <summary>Whether a folder that is a source has a package, in either of the layouts that NuGet reads.</summary>
    private static bool Holds(string folder, string id, string version)
    {
        if (!PackageIds.IsValid(id) || version.AsSpan().ContainsAny("/\\\0*?"))
        {
            return false;
        }

        try
        {
            return File.Exists(Path.Combine(folder, id.ToLowerInvariant(), version.ToLowerInvariant(), $"{id}.{version}.nupkg".ToLowerInvariant()))
                || (Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"{id}.{version}.nupkg", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Any());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? Source(string packagesFolder, string id, string version)
    {
        // An id comes from a lock file, which may be hostile; it must not lead out of the folder.
        if (id.AsSpan().ContainsAny("/\\\0") || version.AsSpan().ContainsAny("/\\\0") || id is "." or ".." || version is "." or "..")
        {
            return null;
        }

        try
        {
            var file = new FileInfo(Path.Combine(packagesFolder, id.ToLowerInvariant(), version.ToLowerInvariant(), ".nupkg.metadata"));
            if (!file.Exists || file.Length > MaxBytes)
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file.FullName), new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("source", out JsonElement source)
                && source.ValueKind == JsonValueKind.String ? source.GetString() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
