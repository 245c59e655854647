namespace ReproGate;

public static partial class RuleCatalog
{
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
}
