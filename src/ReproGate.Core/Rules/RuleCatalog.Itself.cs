namespace ReproGate;

public static partial class RuleCatalog
{
    // RGATE0xxx: ReproGate itself.
    public static readonly Rule ReproGateFileMalformed = new("RGATE0001", nameof(ReproGateFileMalformed), "A ReproGate file is malformed", Severity.Error, Gate.Itself);
    public static readonly Rule HostTooOld = new("RGATE0002", nameof(HostTooOld), "The .NET SDK or MSBuild is too old for ReproGate", Severity.Error, Gate.Itself);
    public static readonly Rule SdkNotPinned = new("RGATE0003", nameof(SdkNotPinned), "ReproGate's own SDK is not pinned exactly, or its bytes differ from the lock", Severity.Error, Gate.Itself);
    public static readonly Rule SuppressionStale = new("RGATE0010", nameof(SuppressionStale), "An accepted finding is gone, or its acceptance has expired", Severity.Warning, Gate.Itself);
    public static readonly Rule GateWeakened = new("RGATE0020", nameof(GateWeakened), "A change weakens a gate against the base commit", Severity.Warning, Gate.Itself);
    public static readonly Rule CheckCouldNotRun = new("RGATE0090", nameof(CheckCouldNotRun), "A check could not run", Severity.Warning, Gate.Itself);
}
