using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1003 after restore: what was restored is not what the lock file says. NuGet's no-op restore does not look at the lock
/// file again, so one that was edited or came with a merge passes it.
/// </summary>
public static class AssetsNotLocked
{
    /// <summary>Judges the graphs of one target framework.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="targets">The resolved graphs.</param>
    /// <param name="lockFile">Absolute path of packages.lock.json.</param>
    /// <param name="locked">The versions the lock file holds, by package id.</param>
    public static IEnumerable<Finding> Check(string projectPath, IEnumerable<RestoredTarget> targets, string lockFile, ILookup<string, string> locked)
    {
        var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (RestoredLibrary library in targets.SelectMany(static target => target.Libraries))
        {
            if (!library.IsPackage || locked[library.Id].Contains(library.Version, StringComparer.OrdinalIgnoreCase) || !told.Add(library.Id))
            {
                continue;
            }

            string versions = string.Join(" and ", locked[library.Id]);
            yield return new Finding(
                RuleCatalog.LockFileStale,
                new SourceLocation(lockFile),
                versions.Length > 0
                    ? $"The build uses {library.Id} {library.Version}, and {Path.GetFileName(lockFile)} says {versions}."
                    : $"The build uses {library.Id} {library.Version}, and {Path.GetFileName(lockFile)} does not hold it.",
                "The lock file changed after this machine restored, so a machine that restores from it builds with other packages.",
                $"Restore from the lock: dotnet restore \"{projectPath}\" --force")
            {
                Subject = library.Id,
                Command = $"dotnet restore \"{projectPath}\" --force",
            };
        }
    }
}
