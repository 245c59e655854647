using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>Versions of packages and projects by id, ignoring case.</summary>
public static class VersionsById
{
    /// <summary>The versions by id; of an id that a damaged file names twice, the last.</summary>
    public static ImmutableDictionary<string, string> Of(IEnumerable<(string Id, string Version)> versions)
    {
        var byId = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string id, string version) in versions)
        {
            byId[id] = version;
        }

        return byId.ToImmutable();
    }
}
