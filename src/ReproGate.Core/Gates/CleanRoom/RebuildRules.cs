namespace ReproGate.Gates.CleanRoom;

/// <summary>The rules about rebuilds. They stand in the catalogue once the clean room judges by them.</summary>
internal static class RebuildRules
{
    public static readonly Rule OutputDiffers = new("RGATE4201", nameof(OutputDiffers), "An output differs between rebuilds", Severity.Error, Gate.CleanRoom);
    public static readonly Rule MetadataDiffers = new("RGATE4202", nameof(MetadataDiffers), "An output differs between rebuilds in metadata only", Severity.Warning, Gate.CleanRoom);
    public static readonly Rule MachineValueInOutput = new("RGATE4203", nameof(MachineValueInOutput), "An output holds a value of the machine it was built on", Severity.Error, Gate.CleanRoom);
    public static readonly Rule OutputDiffersByItself = new("RGATE4204", nameof(OutputDiffersByItself), "An output differs between two builds with nothing varied", Severity.Error, Gate.CleanRoom);
}
