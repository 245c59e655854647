namespace ReproGate;

public static partial class RuleCatalog
{
    // RGATE41xx: build and test in a clean room. RGATE42xx: the same bits when rebuilt.
    public static readonly Rule EngineMissing = new("RGATE4101", nameof(EngineMissing), "No container engine answers", Severity.Error, Gate.CleanRoom);
    public static readonly Rule ImageNotPinned = new("RGATE4102", nameof(ImageNotPinned), "The clean room's image is not pinned, or does not hold the SDK", Severity.Error, Gate.CleanRoom);
    public static readonly Rule SnapshotNotWhole = new("RGATE4103", nameof(SnapshotNotWhole), "What git holds is not the whole of the sources", Severity.Error, Gate.CleanRoom);
    public static readonly Rule BuildFailsInRoom = new("RGATE4104", nameof(BuildFailsInRoom), "The build fails in the clean room", Severity.Error, Gate.CleanRoom);
    public static readonly Rule TestsFailInRoom = new("RGATE4105", nameof(TestsFailInRoom), "Tests fail in the clean room", Severity.Error, Gate.CleanRoom);
    public static readonly Rule InputUndeclared = new("RGATE4110", nameof(InputUndeclared), "The build asks the machine for something the repository does not declare", Severity.Error, Gate.CleanRoom);
    public static readonly Rule OutputDiffers = new("RGATE4201", nameof(OutputDiffers), "An output differs between rebuilds", Severity.Error, Gate.CleanRoom);
    public static readonly Rule MetadataDiffers = new("RGATE4202", nameof(MetadataDiffers), "An output differs between rebuilds in metadata only", Severity.Warning, Gate.CleanRoom);
    public static readonly Rule MachineValueInOutput = new("RGATE4203", nameof(MachineValueInOutput), "An output holds a value of the machine it was built on", Severity.Error, Gate.CleanRoom);
    public static readonly Rule OutputDiffersByItself = new("RGATE4204", nameof(OutputDiffersByItself), "An output differs between two builds with nothing varied", Severity.Error, Gate.CleanRoom);
}
