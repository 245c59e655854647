using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1004: the lock file is malformed: it cannot be read, or its nodes do not fit together.</summary>
public static class LockFileMalformed
{
    /// <summary>Judges the form of a lock file: what the reader could not make sense of, and a lock without any target.</summary>
    /// <param name="project">The project the lock belongs to.</param>
    /// <param name="reading">What the reader found.</param>
    /// <param name="command">The command that writes the lock anew.</param>
    public static IEnumerable<Finding> CheckForm(RestoreDeclaration project, PackagesLockReading reading, string command)
    {
        foreach (PackagesLockDefect defect in reading.Defects)
        {
            bool merge = defect.Subject == "conflict-markers";
            yield return Finding(
                project,
                defect.Location,
                $"{defect.Text}.",
                defect.Subject,
                merge
                    ? $"Take either side of the merge, then write the file anew and commit it: {command}"
                    : $"Write the file anew and commit it: {command}",
                command);
        }

        if (reading is { Lock: { Targets.Length: 0 } empty, Defects.Length: 0 })
        {
            yield return Finding(
                project,
                new SourceLocation(empty.Path, 1, 1),
                "it locks no target framework, which is what a failed restore leaves behind.",
                "no-target",
                $"Write the file anew and commit it: {command}",
                command);
        }
    }

    /// <summary>Judges the nodes of one framework's target, and of the runtime identifiers' targets that add to it.</summary>
    public static IEnumerable<Finding> CheckNodes(RestoreDeclaration project, PackagesLock lockFile, string command)
    {
        PackagesLockTarget? main = lockFile.Find(project.FrameworkName, project.TargetFramework);
        if (main is null)
        {
            yield break;
        }

        HashSet<string> provided = new(project.PrunedPackages.Select(static package => package.Id), StringComparer.OrdinalIgnoreCase);
        Dictionary<string, PackagesLockEntry> entries = ById(main);
        foreach (PackagesLockTarget target in lockFile.Targets.Where(target => target.Framework == main.Framework && target.Alias == main.Alias))
        {
            Dictionary<string, PackagesLockEntry> own = ById(target);
            foreach (PackagesLockEntry entry in target.Entries)
            {
                if (Incomplete(entry) is { } lacking)
                {
                    yield return Finding(project, entry.Location, $"{entry.Id} in \"{target.Key}\" has no {lacking}.", $"{target.Key}:{entry.Id}:{lacking}", $"Write the file anew and commit it: {command}", command);
                }

                if (!entry.ResolvedIsInRequested && entry.Type == PackagesLockEntryType.Direct)
                {
                    yield return Finding(project, entry.Location, $"{entry.Id} in \"{target.Key}\" is resolved to {entry.Resolved}, which the requested {entry.Requested} does not admit: the file was edited by hand.", $"{target.Key}:{entry.Id}:outside", $"Change the version in the project instead, and write the file anew: {command}", command);
                }

                foreach (PackagesLockDependency dependency in entry.Dependencies)
                {
                    // Dependencies the framework stands in for are pruned, and older SDKs left their names behind.
                    if (!entries.ContainsKey(dependency.Id) && !own.ContainsKey(dependency.Id) && !provided.Contains(dependency.Id))
                    {
                        yield return Finding(project, dependency.Location, $"{entry.Id} in \"{target.Key}\" depends on {dependency.Id}, which has no entry there.", $"{target.Key}:{entry.Id}>{dependency.Id}", $"Write the file anew and commit it: {command}", command);
                    }
                }
            }
        }

        HashSet<string> reached = Reach(entries);
        foreach (PackagesLockEntry orphan in main.Entries.Where(entry => !reached.Contains(entry.Id)))
        {
            yield return Finding(project, orphan.Location, $"{orphan.Id} {orphan.Resolved} in \"{main.Key}\" is needed by no other entry.", $"{main.Key}:{orphan.Id}:orphan", $"Write the file anew and commit it: {command}", command);
        }
    }

    private static Dictionary<string, PackagesLockEntry> ById(PackagesLockTarget target)
    {
        Dictionary<string, PackagesLockEntry> entries = new(StringComparer.OrdinalIgnoreCase);
        foreach (PackagesLockEntry entry in target.Entries)
        {
            entries.TryAdd(entry.Id, entry);
        }

        return entries;
    }

    private static string? Incomplete(PackagesLockEntry entry) => entry switch
    {
        { Type: PackagesLockEntryType.Project } => null,
        { Resolved: "" } => "resolved version",
        { ContentHash: "" } => "contentHash",
        { Type: PackagesLockEntryType.Direct or PackagesLockEntryType.CentralTransitive, Requested: "" } => "requested range",
        _ => null,
    };

    /// <summary>
    /// All entries that direct references and projects need. Targets of runtime identifiers are left out: packages bring in others
    /// there through their runtime.json, which no lock file names.
    /// </summary>
    private static HashSet<string> Reach(Dictionary<string, PackagesLockEntry> entries)
    {
        HashSet<string> reached = new(StringComparer.OrdinalIgnoreCase);
        Stack<PackagesLockEntry> open = new(entries.Values.Where(static entry => entry.Type is PackagesLockEntryType.Direct or PackagesLockEntryType.Project));
        while (open.TryPop(out PackagesLockEntry? entry))
        {
            if (reached.Add(entry.Id))
            {
                foreach (PackagesLockDependency dependency in entry.Dependencies)
                {
                    if (entries.TryGetValue(dependency.Id, out PackagesLockEntry? next))
                    {
                        open.Push(next);
                    }
                }
            }
        }

        return reached;
    }

    private static Finding Finding(RestoreDeclaration project, SourceLocation location, string fault, string subject, string fix, string command) => new(
        RuleCatalog.LockFileMalformed,
        location,
        $"{Path.GetFileName(location.File)} of {Path.GetFileName(project.ProjectPath)} is malformed: {fault}",
        "NuGet passes over such faults or restores something else than what was locked.",
        fix)
    {
        Subject = subject,
        Command = command,
    };
}
