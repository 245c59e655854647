using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>
/// RGATE1003: the lock file is stale: the project no longer declares what its lock was made for (what was restored is judged by <see cref="AssetsNotLocked"/>).
/// It finds what NuGet's locked mode finds (NU1004), and beyond it what NuGet overlooks although the lock holds the information:
/// a project's node that names too much, an entry for a project that is gone, a floating version in place of a fixed one.
/// </summary>
public static partial class LockFileStale
{
    /// <summary>How many changes one finding spells out.</summary>
    private const int MaximumChanges = 20;

    /// <summary>Whether there is anything to judge: a restore that writes the lock anew cannot find it stale.</summary>
    public static bool Applies(RestoreDeclaration project) =>
        !project.ForceEvaluate && project.LockFileExists && (project.LockedMode || !project.IsRestoring);

    /// <summary>Judges frameworks and runtime identifiers, once a project: where the project has one framework, or in its outer build.</summary>
    public static IEnumerable<Finding> CheckShape(RestoreDeclaration project, PackagesLock lockFile, StaleQuestions questions)
    {
        // Format 3 has the names that the project gives its frameworks, and what they stand for only an inner build knows.
        bool byAlias = project.IsOuter && lockFile.Version >= 3;
        if (project.FrameworkNames.IsEmpty && !byAlias)
        {
            yield break;
        }

        List<LockChange> changes = [];
        DeclarationPosition Frameworks() => questions.Property(project, "TargetFrameworks", "TargetFramework");
        DeclarationPosition Identifiers() => questions.Property(project, "RuntimeIdentifiers", "RuntimeIdentifier");
        ImmutableArray<PackagesLockTarget> locked = [.. lockFile.FrameworkTargets];
        if (byAlias)
        {
            changes.AddRange(project.TargetFrameworks.Except(locked.Select(static target => target.Alias), StringComparer.OrdinalIgnoreCase)
                .Select(framework => new LockChange("framework:" + framework, $"target framework {framework} added", Frameworks())));
        }
        else
        {
            changes.AddRange(project.FrameworkNames.Select((framework, index) => (Name: framework, Alias: Alias(project, index)))
                .Where(framework => lockFile.Find(framework.Name, framework.Alias) is null)
                .Select(framework => new LockChange("framework:" + framework.Name, $"target framework {framework.Alias} added", Frameworks())));
        }

        changes.AddRange(locked
            .Where(target => byAlias
                ? !project.TargetFrameworks.Contains(target.Alias, StringComparer.OrdinalIgnoreCase)
                : !project.FrameworkNames.Select((framework, index) => (framework, index)).Any(declared =>
                    Facts.FrameworkNames.AreSame(declared.framework, target.Framework)
                    && (target.Alias.Length == 0 || target.Alias.Equals(Alias(project, declared.index), StringComparison.OrdinalIgnoreCase))))
            .Select(target => new LockChange("framework:" + target.Key, $"target framework {target.Key} removed", Frameworks())));

        string[] runtimes = [.. lockFile.Targets.Select(static target => target.RuntimeIdentifier).Where(static runtime => runtime.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach (string runtime in project.RuntimeIdentifiers.Except(runtimes, StringComparer.OrdinalIgnoreCase))
        {
            changes.Add(new LockChange("runtime:" + runtime, $"runtime identifier {runtime} added", Identifiers()));
        }

        foreach (string runtime in runtimes.Except(project.RuntimeIdentifiers, StringComparer.OrdinalIgnoreCase))
        {
            changes.Add(new LockChange("runtime:" + runtime, $"runtime identifier {runtime} removed", Identifiers()));
        }

        if (changes.Count > 0)
        {
            int expected = project.CentralVersions ? 2 : 1;
            if (lockFile.Version < expected)
            {
                changes.Add(new LockChange("version", $"format {lockFile.Version} → {expected}", new DeclarationPosition(new SourceLocation(lockFile.Path, 1, 1))));
            }

            string condition = changes[0].Position.Condition;
            string cause = DiffersElsewhere(condition) ? Conditional(condition, project) : "";
            yield return Tell(project, lockFile, "", changes, cause, [], questions);
        }
    }

    /// <summary>Judges what one framework declares: packages, central versions, referenced projects and what they hand on.</summary>
    public static IEnumerable<Finding> CheckFramework(RestoreDeclaration project, PackagesLock lockFile, ReferenceClosure closure, ImmutableArray<DependentTarget> dependents, StaleQuestions questions)
    {
        PackagesLockTarget? target = lockFile.Find(project.FrameworkName, project.TargetFramework);
        List<LockChange> changes = [];
        if (target is null)
        {
            // Told by CheckShape where the whole project is judged.
            if (project.FrameworkNames.IsEmpty)
            {
                changes.Add(new LockChange("framework:" + project.TargetFramework, $"target framework {project.TargetFramework} added", questions.Property(project, "TargetFrameworks", "TargetFramework")));
            }
        }
        else
        {
            changes.AddRange(DirectChanges(project, lockFile, target, questions));
            changes.AddRange(CentralChanges(project, target, questions));
            changes.AddRange(ProjectChanges(project, target, closure, questions));
        }

        ImmutableArray<(DependentTarget Dependent, LockChange Change)> downstream = [.. dependents.SelectMany(dependent => DependentChanges(dependent).Select(change => (dependent, change)))];
        if (changes.Count > 0)
        {
            yield return Tell(project, lockFile, project.TargetFramework, changes, Cause(project, lockFile, closure, changes, questions), [.. downstream.Select(static pair => pair.Dependent)], questions);
        }
        else if (downstream.Length > 0)
        {
            yield return TellDependents(project, downstream, questions);
        }
    }

    private static IEnumerable<LockChange> DirectChanges(RestoreDeclaration project, PackagesLock lockFile, PackagesLockTarget target, StaleQuestions questions)
    {
        Dictionary<string, PackagesLockEntry> direct = new(StringComparer.OrdinalIgnoreCase);
        foreach (PackagesLockEntry entry in target.Entries.Where(static entry => entry.Type == PackagesLockEntryType.Direct))
        {
            direct.TryAdd(entry.Id, entry);
        }

        foreach (DeclaredPackage package in project.Packages)
        {
            bool locked = direct.Remove(package.Id, out PackagesLockEntry? entry);
            if (package.Range.Length == 0)
            {
                // No version, or none that can be read: NuGet has its own errors for that (NU1010, NU1105).
                continue;
            }

            if (!locked)
            {
                if (!project.IsRestoring && Territory.IsBelow(package.DefiningFile, project.PackageRoot))
                {
                    // A package's own props brought it in; NuGet does not restore it.
                    continue;
                }

                DeclarationPosition position = questions.Package(project, package);
                yield return new LockChange(package.Id, $"{package.Id} {Show(package.Range)} added", position.Found ? position : new DeclarationPosition(target.Location));
            }
            else if (entry!.Requested.Length > 0 && !entry.Requested.Equals(package.Range, StringComparison.OrdinalIgnoreCase))
            {
                DeclarationPosition position = questions.Version(project, package);
                yield return new LockChange(package.Id, $"{package.Id} {Show(entry.Requested)} → {Show(package.Range)}", position.Found ? position : new DeclarationPosition(entry.Location)) { NewRange = package.Range };
            }
        }

        foreach (PackagesLockEntry removed in direct.Values)
        {
            DeclarationPosition elsewhere = questions.Declaration(project, removed.Id);
            yield return new LockChange(removed.Id, $"{removed.Id} {Show(removed.Requested)} removed", elsewhere.Found ? elsewhere : new DeclarationPosition(removed.Location)) { IsRemoval = true };
        }
    }

    /// <summary>NuGet marks transitive packages that have a central version, whether or not it pins them.</summary>
    private static IEnumerable<LockChange> CentralChanges(RestoreDeclaration project, PackagesLockTarget target, StaleQuestions questions)
    {
        Dictionary<string, DeclaredPackage> central = new(StringComparer.OrdinalIgnoreCase);
        foreach (DeclaredPackage package in project.CentralPackages)
        {
            central.TryAdd(package.Id, package);
        }

        foreach (PackagesLockEntry entry in target.Entries)
        {
            if (entry.Type == PackagesLockEntryType.Transitive && central.TryGetValue(entry.Id, out DeclaredPackage? added))
            {
                yield return new LockChange(entry.Id, $"the transitive package {entry.Id} got the central version {Show(added.Range)}", questions.Central(added));
            }
            else if (entry.Type == PackagesLockEntryType.CentralTransitive)
            {
                if (!central.TryGetValue(entry.Id, out DeclaredPackage? package))
                {
                    yield return new LockChange(entry.Id, $"the transitive package {entry.Id} lost its central version {Show(entry.Requested)}", new DeclarationPosition(entry.Location)) { IsRemoval = true };
                }
                else if (package.Range.Length > 0 && entry.Requested.Length > 0 && !entry.Requested.Equals(package.Range, StringComparison.OrdinalIgnoreCase))
                {
                    yield return new LockChange(entry.Id, $"the central version of the transitive package {entry.Id} {Show(entry.Requested)} → {Show(package.Range)}", questions.Central(package)) { NewRange = package.Range };
                }
            }
        }
    }

    private static IEnumerable<LockChange> ProjectChanges(RestoreDeclaration project, PackagesLockTarget target, ReferenceClosure closure, StaleQuestions questions)
    {
        HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);
        // In a chain of projects each lock holds all below it, and each of those is looked for.
        ILookup<string, PackagesLockEntry> entries = target.Entries.ToLookup(static entry => entry.Id, StringComparer.OrdinalIgnoreCase);
        foreach (ReferencedProject referenced in closure.Projects)
        {
            known.Add(referenced.Name);
            PackagesLockEntry? entry = entries[referenced.Name].FirstOrDefault();
            if (entry is not { Type: PackagesLockEntryType.Project })
            {
                DeclarationPosition position = referenced.IsDirect ? questions.Reference(project, referenced.Path) : new DeclarationPosition(target.Location);
                yield return new LockChange("project:" + referenced.Name, referenced.IsDirect ? $"project reference {referenced.Name} added" : $"project {referenced.Name} added through another project", position);
                continue;
            }

            foreach (LockChange change in NodeChanges(entry, referenced))
            {
                yield return change;
            }
        }

        if (closure.IsComplete)
        {
            foreach (PackagesLockEntry gone in target.Entries.Where(entry => entry.Type == PackagesLockEntryType.Project && !known.Contains(entry.Id)))
            {
                yield return new LockChange("project:" + gone.Id, $"project reference {gone.Id} removed", new DeclarationPosition(gone.Location)) { IsRemoval = true };
            }
        }
    }

    /// <summary>What a lock's node of a project says against what the project hands on.</summary>
    private static IEnumerable<LockChange> NodeChanges(PackagesLockEntry entry, ReferencedProject referenced)
    {
        Dictionary<string, PackagesLockDependency> locked = new(StringComparer.OrdinalIgnoreCase);
        foreach (PackagesLockDependency dependency in entry.Dependencies)
        {
            locked.TryAdd(dependency.Id, dependency);
        }

        var position = new DeclarationPosition(entry.Location);
        foreach (ReferencedDependency dependency in referenced.Dependencies)
        {
            if (!locked.Remove(dependency.Id, out PackagesLockDependency? was))
            {
                if (!dependency.MayBePruned)
                {
                    yield return new LockChange($"{referenced.Name}>{dependency.Id}", $"{referenced.Name} now needs {dependency.Id} {Show(dependency.Range)}".TrimEnd(), position) { NewRange = dependency.Range };
                }
            }
            else if (dependency.Range.Length > 0 && !was.Range.Equals(dependency.Range, StringComparison.OrdinalIgnoreCase))
            {
                yield return new LockChange($"{referenced.Name}>{dependency.Id}", $"{referenced.Name} now needs {dependency.Id} {Show(dependency.Range)} instead of {Show(was.Range)}", new DeclarationPosition(was.Location)) { NewRange = dependency.Range };
            }
        }

        if (referenced.IsComplete)
        {
            foreach (PackagesLockDependency gone in locked.Values)
            {
                yield return new LockChange($"{referenced.Name}>{gone.Id}", $"{referenced.Name} no longer needs {gone.Id}", new DeclarationPosition(gone.Location)) { IsRemoval = true };
            }
        }
    }

    private static IEnumerable<LockChange> DependentChanges(DependentTarget dependent) =>
        dependent.Target.Find(dependent.Self.Name) is { Type: PackagesLockEntryType.Project } entry ? NodeChanges(entry, dependent.Self) : [];

    /// <summary>Why the lock went stale, where the facts tell it.</summary>
    private static string Cause(RestoreDeclaration project, PackagesLock lockFile, ReferenceClosure closure, IReadOnlyList<LockChange> changes, StaleQuestions questions)
    {
        HashSet<string> fromSdk = new(
            project.Packages.Where(package => package.Implicit || Territory.IsBelow(package.DefiningFile, project.SdkRoot)).Select(static package => package.Id),
            StringComparer.OrdinalIgnoreCase);
        // NuGet's own targets make references of GlobalPackageReference items, and are then the file that defines them.
        LockChange? bySdk = changes.FirstOrDefault(change => change.IsRemoval
            ? fromSdk.Contains(change.Subject) || SdkPackages.Contains(change.Subject)
            : fromSdk.Contains(change.Subject) && !questions.Declaration(project, change.Subject).Found);
        if (bySdk is not null)
        {
            return $"The .NET SDK itself adds {bySdk.Subject}, and SDK {project.SdkVersion} adds another version, or adds it under other settings, than the SDK that wrote the lock: pin the SDK in global.json.";
        }

        LockChange? conditional = changes.FirstOrDefault(static change => DiffersElsewhere(change.Position.Condition));
        if (conditional is not null)
        {
            return Conditional(conditional.Position.Condition, project);
        }

        foreach (LockChange change in changes.Where(static change => change.NewRange.Length > 0))
        {
            string id = change.Subject[(change.Subject.IndexOf('>', StringComparison.Ordinal) + 1)..];
            string[] ahead =
            [
                .. closure.Projects.Where(other => !other.LockFilePath.Equals(lockFile.Path, StringComparison.Ordinal))
                    .Where(other => questions.Lock(other.LockFilePath) is { } otherLock && otherLock.FrameworkTargets.Any(target => target.Find(id)?.Requested.Equals(change.NewRange, StringComparison.OrdinalIgnoreCase) == true))
                    .Select(static other => other.Name),
            ];
            if (ahead.Length > 0)
            {
                return $"The lock of {string.Join(", ", ahead)} already asks for {id} {Show(change.NewRange)}: whoever changed the version, a bot perhaps, wrote only some of the lock files.";
            }
        }

        return "";
    }

    /// <summary>Whether a condition may hold on another machine or in another configuration and not here. One on the target framework alone does not: each framework is restored everywhere.</summary>
    private static bool DiffersElsewhere(string condition) => condition.Length > 0
        && (!condition.Contains("$(", StringComparison.Ordinal) || condition.Contains("Exists(", StringComparison.OrdinalIgnoreCase) || AskedFor().Matches(condition).Any(static asked => !OfFramework().IsMatch(asked.Groups[1].Value)));

    /// <summary>The property or function at the beginning of an expression.</summary>
    [GeneratedRegex(@"\$\(\s*(\[[^]]*\]::\w+|[^\s).]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AskedFor();

    [GeneratedRegex(@"^(\[MSBuild\]::(Is|Get))?Target(Framework|Platform)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfFramework();

    private static string Conditional(string condition, RestoreDeclaration project) =>
        $"It is declared under the condition {condition}, which differs between machines or configurations (here {project.Configuration}, SDK {project.SdkVersion}): declare it for all of them.";

    private static Finding Tell(RestoreDeclaration project, PackagesLock lockFile, string framework, IReadOnlyList<LockChange> changes, string cause, ImmutableArray<DependentTarget> downstream, StaleQuestions questions)
    {
        string[] dependents = [.. downstream.Select(static dependent => dependent.ProjectPath).Distinct(StringComparer.Ordinal)];
        string command = questions.Command([.. dependents.Length > 0 ? dependents : [project.ProjectPath]]);
        string what = $"{Path.GetFileName(lockFile.Path)} of {Path.GetFileName(project.ProjectPath)} is stale{(framework.Length > 0 ? $" for {framework}" : "")}: {List(changes)}.";
        if (dependents.Length > 0)
        {
            what += $" The locks of {string.Join(", ", dependents.Select(Path.GetFileName))} are stale for the same reason.";
        }

        return new Finding(
            RuleCatalog.LockFileStale,
            changes[0].Position.Location,
            what,
            (cause + " Locked mode refuses such a lock or restores what it does not say.").TrimStart(),
            $"Run, and commit the lock files: {command}")
        {
            Subject = $"{framework}:{string.Join(',', changes.Take(MaximumChanges).Select(static change => change.Subject))}",
            Command = command,
        };
    }

    private static Finding TellDependents(RestoreDeclaration project, ImmutableArray<(DependentTarget Dependent, LockChange Change)> downstream, StaleQuestions questions)
    {
        string[] dependents = [.. downstream.Select(static pair => pair.Dependent.ProjectPath).Distinct(StringComparer.Ordinal)];
        string command = questions.Command(dependents);
        LockChange[] changes = [.. downstream.Select(static pair => pair.Change).DistinctBy(static change => change.Text)];
        return new Finding(
            RuleCatalog.LockFileStale,
            changes[0].Position.Location,
            $"{Path.GetFileName(project.ProjectPath)} and its own lock agree, but the locks of projects that depend on it are stale ({string.Join(", ", dependents.Select(Path.GetFileName))}): {List(changes)}.",
            "Locked mode refuses such locks: whoever changed the project, a bot perhaps, wrote only some of the lock files.",
            $"Run, and commit the lock files: {command}")
        {
            Subject = $"{project.TargetFramework}:dependents:{string.Join(',', changes.Take(MaximumChanges).Select(static change => change.Subject))}",
            Command = command,
        };
    }

    /// <summary>Packages the SDK adds by itself; one that is gone from a declaration was not taken out by a person.</summary>
    private static readonly HashSet<string> SdkPackages = new(StringComparer.OrdinalIgnoreCase)
    {
        "FSharp.Core", "Microsoft.DotNet.ILCompiler", "Microsoft.NET.ILLink.Tasks", "Microsoft.NETCore.App", "Microsoft.NETFramework.ReferenceAssemblies", "NETStandard.Library",
    };

    private static string Alias(RestoreDeclaration project, int index) => index < project.TargetFrameworks.Length ? project.TargetFrameworks[index] : Facts.FrameworkNames.Display(project.FrameworkNames[index]);

    private static string List(IReadOnlyCollection<LockChange> changes) =>
        string.Join("; ", changes.Take(MaximumChanges).Select(static change => change.Text)) + (changes.Count > MaximumChanges ? $"; and {changes.Count - MaximumChanges} more" : "");

    /// <summary>A range as people write it: <c>[1.0.0, )</c> is 1.0.0.</summary>
    private static string Show(string range) => range switch
    {
        "" => "",
        "(, )" => "any version",
        ['[', .. var minimum, ',', ' ', ')'] => minimum,
        _ => range,
    };

    /// <summary>One difference between declaration and lock.</summary>
    /// <param name="Subject">What it is about: a package id, <c>project:Name</c>, <c>Project&gt;Id</c>.</param>
    /// <param name="Text">The difference in words.</param>
    /// <param name="Position">Where to look.</param>
    private sealed record LockChange(string Subject, string Text, DeclarationPosition Position)
    {
        public bool IsRemoval { get; init; }

        public string NewRange { get; init; } = "";
    }
}

/// <summary>What <see cref="LockFileStale"/> asks about the repository once it has found something; nothing is asked of a healthy one.</summary>
/// <param name="Positions">Where things are declared.</param>
/// <param name="ReadLock">Another project's lock; null where it cannot be read.</param>
/// <param name="RestoreCommand">The one command that writes the locks of all these projects anew.</param>
public sealed record StaleQuestions(IDeclarationPositions Positions, Func<string, PackagesLock?> ReadLock, Func<IReadOnlyList<string>, string> RestoreCommand)
{
    internal PackagesLock? Lock(string path) => ReadLock(path);

    internal string Command(IReadOnlyList<string> projects) => RestoreCommand(projects);

    internal DeclarationPosition Property(RestoreDeclaration project, params string[] names)
    {
        foreach (string file in (IEnumerable<string>)[project.ProjectPath, .. project.SharedFiles])
        {
            if (Positions.Property(file, names) is { Found: true } found)
            {
                return found;
            }
        }

        return new DeclarationPosition(new SourceLocation(project.ProjectPath));
    }

    internal DeclarationPosition Reference(RestoreDeclaration project, string path)
    {
        DeclaredProjectReference? reference = project.Projects.FirstOrDefault(reference => reference.Path.Equals(path, StringComparison.Ordinal));
        return Positions.Item(reference?.DefiningFile is { Length: > 0 } file ? file : project.ProjectPath, "ProjectReference", path);
    }

    /// <summary>The element that adds a package: a PackageReference or a GlobalPackageReference.</summary>
    internal DeclarationPosition Package(RestoreDeclaration project, DeclaredPackage package)
    {
        // Nobody can change a file of the SDK; what stands in the repository and names the package can be changed.
        DeclarationPosition? position = Territory.IsBelow(package.DefiningFile, project.SdkRoot) ? null : Positions.Item(package.DefiningFile, "PackageReference", package.Id);
        return position is { Found: true } ? position : Declaration(project, package.Id);
    }

    /// <summary>The element that gives a package its version.</summary>
    internal DeclarationPosition Version(RestoreDeclaration project, DeclaredPackage package)
    {
        DeclaredPackage? central = project.CentralPackages.FirstOrDefault(central => central.Id.Equals(package.Id, StringComparison.OrdinalIgnoreCase));
        return central is not null && central.Version == package.Version && Central(central) is { Found: true } found ? found : Package(project, package);
    }

    internal DeclarationPosition Central(DeclaredPackage central)
    {
        DeclarationPosition position = Positions.Item(central.DefiningFile, "PackageVersion", central.Id);
        return position.Found ? position : Positions.Item(central.DefiningFile, "GlobalPackageReference", central.Id);
    }

    /// <summary>A declaration of a package anywhere near the project, whether or not it holds in this evaluation.</summary>
    internal DeclarationPosition Declaration(RestoreDeclaration project, string id)
    {
        foreach (string file in (IEnumerable<string>)[project.ProjectPath, .. project.SharedFiles])
        {
            if (Positions.Item(file, "PackageReference", id) is { Found: true } reference)
            {
                return reference;
            }

            if (Positions.Item(file, "GlobalPackageReference", id) is { Found: true } global)
            {
                return global;
            }
        }

        return new DeclarationPosition(new SourceLocation(project.ProjectPath));
    }
}
