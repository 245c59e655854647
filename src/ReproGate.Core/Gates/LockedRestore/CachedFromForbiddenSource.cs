using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1010 after restore: a package in the packages folder came from a source that the mapping does not allow for it. NuGet
/// asks the mapping only when it downloads, never for a package that is already there.
/// </summary>
public static class CachedFromForbiddenSource
{
    /// <summary>
    /// Judges packages by the source NuGet recorded beside them. Only a source that is configured here is judged: one that is
    /// not says nothing about this repository's sources (a mirror, an offline folder, the SDK's own library packs).
    /// </summary>
    /// <param name="settings">The effective configuration.</param>
    /// <param name="packages">Id, version, folder and recorded source of each package.</param>
    public static IEnumerable<Finding> Check(NuGetSettingsFacts settings, IEnumerable<(string Id, string Version, string Directory, string Source)> packages)
    {
        SourceMapping mapping = settings.Mapping;
        if (!mapping.IsEnabled)
        {
            yield break;
        }

        foreach ((string id, string version, string directory, string source) in packages)
        {
            List<PackageSourceFact> recorded = source.Length == 0 ? [] : [.. settings.Sources.Where(known => ConfigurationFromOutside.SameSource(known.Value, source))];
            IReadOnlyList<string> allowed = mapping.SourcesFor(id);
            // No pattern at all is told before restore.
            if (recorded.Count == 0 || allowed.Count == 0 || recorded.Exists(known => allowed.Contains(known.Name, StringComparer.OrdinalIgnoreCase)))
            {
                continue;
            }

            SourceMappingFact? pattern = settings.Mappings.FirstOrDefault(entry => allowed.Contains(entry.SourceKey, StringComparer.OrdinalIgnoreCase));
            yield return new Finding(
                RuleCatalog.SourceNotMapped,
                pattern?.Origin ?? new SourceLocation(settings.NearestRepositoryFile?.Path ?? settings.RepositoryRoot),
                $"{id} {version} in {directory} came from '{recorded[0].Name}' ({recorded[0].Display}), and the package source mapping allows only {string.Join(", ", allowed.Select(static key => $"'{key}'"))} for it.",
                "NuGet does not ask the mapping for a package that is already in the packages folder; a clean machine takes it from another source, or fails.",
                $"Delete the folder and restore again: rm -r \"{directory}\" && dotnet restore --force. If it does come from '{recorded[0].Name}', map it there: <packageSource key=\"{recorded[0].Name}\"><package pattern=\"{id}\" /></packageSource>")
            {
                Subject = id,
            };
        }
    }
}
