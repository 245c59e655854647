namespace ReproGate;

public static partial class RuleCatalog
{
    // RGATE4xxx: the machine the build leans on.
    public static readonly Rule SdkVersionLoose = new("RGATE4001", nameof(SdkVersionLoose), "global.json is missing, or rolls forward beyond a patch band", Severity.Error, Gate.Machine);
    public static readonly Rule FileFromOutside = new("RGATE4002", nameof(FileFromOutside), "The build imports or reads a file outside repository, packages and SDK", Severity.Error, Gate.Machine);
    public static readonly Rule VariableUndeclared = new("RGATE4003", nameof(VariableUndeclared), "A property or condition depends on an undeclared environment variable", Severity.Error, Gate.Machine);
    public static readonly Rule CompiledUntracked = new("RGATE4004", nameof(CompiledUntracked), "A compiled file is not tracked by git", Severity.Error, Gate.Machine);
}
