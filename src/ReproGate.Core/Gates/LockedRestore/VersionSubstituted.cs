using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1008: NuGet took another version than anyone asked for (its NU1601, NU1602 and NU1603), judged from the resolved graph,
/// so that <c>NoWarn</c> for NuGet's code hides nothing.
/// </summary>
public static class VersionSubstituted
{
    /// <summary>Judges the graphs of one target framework.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="framework">What the project asks for; null where unknown, then only requests between packages count.</param>
    /// <param name="targets">The resolved graphs of the framework.</param>
    /// <param name="locate">The place that declares a direct package; null where it is not known.</param>
    public static IEnumerable<Finding> Check(string projectPath, RestoredFramework? framework, IEnumerable<RestoredTarget> targets, Func<string, SourceLocation?> locate)
    {
        var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (RestoredTarget target in targets)
        {
            ILookup<string, (string From, RestoredRequest Request)> requests = target.Libraries
                .SelectMany(static library => library.Dependencies.Select(request => (From: $"{library.Id} {library.Version}", Request: request)))
                .ToLookup(static edge => edge.Request.Id, StringComparer.OrdinalIgnoreCase);

            foreach (RestoredLibrary library in target.Libraries)
            {
                if (!library.IsPackage)
                {
                    continue;
                }

                RestoredRequest? direct = framework?.Direct.FirstOrDefault(request => request.Id.Equals(library.Id, StringComparison.OrdinalIgnoreCase));
                // A direct dependency wins over every other request, so it alone says which version is right.
                List<(string From, RestoredRequest Request)> asked = direct is not null
                    ? [(Path.GetFileName(projectPath), direct)]
                    : [.. requests[library.Id], .. Pinned(framework, library.Id)];
                // A project's own unbounded range is RGATE1007 before restore.
                if (direct is { Minimum.Length: 0 })
                {
                    continue;
                }

                if (asked.Count == 0 || asked.Exists(edge => Allows(edge.Request, library.Version)) || !told.Add(library.Id))
                {
                    continue;
                }

                (string from, RestoredRequest wanted) = asked[0];
                string resolved = library.Version;
                bool unbounded = wanted.Minimum.Length == 0;
                SourceLocation location = (direct is null ? null : locate(library.Id)) ?? new SourceLocation(projectPath);
                string fix = direct is not null
                    ? $"Ask for the version that exists, Version=\"{resolved}\", or add the source that has {wanted.Minimum}; then run: dotnet restore \"{projectPath}\" --force-evaluate"
                    : $"Say the version yourself: <PackageReference Include=\"{library.Id}\" Version=\"{resolved}\" /> in {Path.GetFileName(projectPath)}, or add the source that has the version asked for; then run: dotnet restore \"{projectPath}\" --force-evaluate";
                yield return new Finding(
                    RuleCatalog.VersionSubstituted,
                    location,
                    $"NuGet substituted {library.Id} {resolved} for {wanted.Range}, which {from} asks for{(framework is null ? "" : $" ({framework.Alias})")}.",
                    unbounded
                        ? "That range has no lower bound, so NuGet took the lowest version its sources have: as soon as a feed gains or loses a version, the choice is another."
                        : "No source had the version asked for, so NuGet took the nearest one: as soon as a feed gains or loses a version, the choice is another.",
                    fix)
                {
                    Subject = library.Id,
                };
            }
        }
    }

    private static IEnumerable<(string From, RestoredRequest Request)> Pinned(RestoredFramework? framework, string id) =>
        framework is null ? [] : framework.Central.Where(request => request.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Select(static request => ("the central version", request));

    /// <summary>Whether the resolved version is one this request itself asks for: its inclusive lower bound, or a range that leaves the choice to NuGet on purpose.</summary>
    private static bool Allows(RestoredRequest request, string resolved)
    {
        if (request.Floats)
        {
            return true;
        }

        if (request.Minimum.Length == 0)
        {
            // A package that does not say where to start: NuGet's NU1602.
            return false;
        }

        return !request.MinimumIncluded || request.Minimum.Equals(resolved, StringComparison.OrdinalIgnoreCase);
    }
}
