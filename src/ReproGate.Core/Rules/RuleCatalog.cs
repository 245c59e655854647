using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ReproGate;

/// <summary>Every rule: the single source of ids, titles and default severities. Rule pages, README table and tests follow it.</summary>
public static class RuleCatalog
{
    // RGATE0xxx: ReproGate itself.
    public static readonly Rule ReproGateFileMalformed = new("RGATE0001", nameof(ReproGateFileMalformed), "A ReproGate file is malformed", Severity.Error, Gate.Itself);
    public static readonly Rule HostTooOld = new("RGATE0002", nameof(HostTooOld), "The .NET SDK or MSBuild is too old for ReproGate", Severity.Error, Gate.Itself);
    public static readonly Rule SdkNotPinned = new("RGATE0003", nameof(SdkNotPinned), "ReproGate's own SDK is not pinned exactly, or its bytes differ from the lock", Severity.Error, Gate.Itself);
    public static readonly Rule CheckCouldNotRun = new("RGATE0090", nameof(CheckCouldNotRun), "A check could not run", Severity.Warning, Gate.Itself);

    // RGATE1xxx: locked restore.
    public static readonly Rule LockFileMissing = new("RGATE1001", nameof(LockFileMissing), "The lock file is not enabled or missing", Severity.Error, Gate.LockedRestore);
    public static readonly Rule LockFileUntracked = new("RGATE1002", nameof(LockFileUntracked), "The lock file is untracked or ignored by git", Severity.Error, Gate.LockedRestore);
    public static readonly Rule LockFileStale = new("RGATE1003", nameof(LockFileStale), "The lock file is stale", Severity.Error, Gate.LockedRestore);
    public static readonly Rule LockFileMalformed = new("RGATE1004", nameof(LockFileMalformed), "The lock file is malformed", Severity.Error, Gate.LockedRestore);
    public static readonly Rule PackageContentMismatch = new("RGATE1005", nameof(PackageContentMismatch), "A package's content differs from the locked content hash", Severity.Error, Gate.LockedRestore);
    public static readonly Rule ExtractedFileMismatch = new("RGATE1006", nameof(ExtractedFileMismatch), "An extracted file differs from the package's entry", Severity.Error, Gate.LockedRestore);
    public static readonly Rule FloatingVersion = new("RGATE1007", nameof(FloatingVersion), "A version floats or has no lower bound", Severity.Error, Gate.LockedRestore);
    public static readonly Rule VersionSubstituted = new("RGATE1008", nameof(VersionSubstituted), "NuGet substituted a version", Severity.Error, Gate.LockedRestore);
    public static readonly Rule ConfigurationFromOutside = new("RGATE1009", nameof(ConfigurationFromOutside), "NuGet configuration or a source comes from outside the repository", Severity.Error, Gate.LockedRestore);
    public static readonly Rule SourceNotMapped = new("RGATE1010", nameof(SourceNotMapped), "More than one source and no mapping, or a package from a source the mapping forbids", Severity.Error, Gate.LockedRestore);
    public static readonly Rule LockedModeOff = new("RGATE1011", nameof(LockedModeOff), "Locked mode is off in CI", Severity.Error, Gate.LockedRestore);
    public static readonly Rule LockDependsOnMachine = new("RGATE1012", nameof(LockDependsOnMachine), "The lock depends on operating system, configuration or SDK", Severity.Warning, Gate.LockedRestore);
    public static readonly Rule SdkOrToolNotLocked = new("RGATE1013", nameof(SdkOrToolNotLocked), "An MSBuild SDK, tool or pack is not locked, or its bytes differ", Severity.Error, Gate.LockedRestore);

    // RGATE20xx: packages and projects that are used and not declared, or declared and not used.
    public static readonly Rule TransitivePackageUsed = new("RGATE2001", nameof(TransitivePackageUsed), "Code uses a package it gets only transitively", Severity.Error, Gate.Packages);
    public static readonly Rule TransitiveProjectUsed = new("RGATE2002", nameof(TransitiveProjectUsed), "Code uses a project it gets only transitively", Severity.Warning, Gate.Packages);
    public static readonly Rule UnusedPackage = new("RGATE2003", nameof(UnusedPackage), "A declared package that nothing uses", Severity.Warning, Gate.Packages);
    public static readonly Rule ReferenceFromOutside = new("RGATE2004", nameof(ReferenceFromOutside), "A reference resolves to a file outside repository, packages and SDK", Severity.Error, Gate.Packages);
    public static readonly Rule ReferenceUntracked = new("RGATE2005", nameof(ReferenceUntracked), "A referenced file of the repository is not tracked by git", Severity.Error, Gate.Packages);
    public static readonly Rule ProgramUndeclared = new("RGATE2007", nameof(ProgramUndeclared), "The build runs a program that no manifest declares", Severity.Error, Gate.Packages);

    // RGATE40xx: the machine the build leans on.
    public static readonly Rule SdkVersionLoose = new("RGATE4001", nameof(SdkVersionLoose), "global.json is missing, or rolls forward beyond a patch band", Severity.Error, Gate.Machine);
    public static readonly Rule FileFromOutside = new("RGATE4002", nameof(FileFromOutside), "The build imports or reads a file outside repository, packages and SDK", Severity.Error, Gate.Machine);
    public static readonly Rule VariableUndeclared = new("RGATE4003", nameof(VariableUndeclared), "A property or condition depends on an undeclared environment variable", Severity.Error, Gate.Machine);
    public static readonly Rule CompiledUntracked = new("RGATE4004", nameof(CompiledUntracked), "A compiled file is not tracked by git", Severity.Error, Gate.Machine);

    /// <summary>All rules, ordered by id.</summary>
    public static ImmutableArray<Rule> All { get; } =
    [
        .. typeof(RuleCatalog).GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Where(static field => field.FieldType == typeof(Rule))
            .Select(static field => (Rule)field.GetValue(null)!)
            .OrderBy(static rule => rule.Id, StringComparer.Ordinal),
    ];

    private static readonly FrozenDictionary<string, Rule> ById = All.ToFrozenDictionary(static rule => rule.Id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a rule by id, ignoring case; null where no such rule exists.</summary>
    public static Rule? Find(string id) => ById.GetValueOrDefault(id);
}
