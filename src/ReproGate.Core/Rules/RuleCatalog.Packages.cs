namespace ReproGate;

public static partial class RuleCatalog
{
    // RGATE2xxx: packages and projects that are used and not declared, or declared and not used; ids and versions that do not exist or are not what they seem.
    public static readonly Rule TransitivePackageUsed = new("RGATE2001", nameof(TransitivePackageUsed), "Code uses a package it gets only transitively", Severity.Error, Gate.Packages);
    public static readonly Rule TransitiveProjectUsed = new("RGATE2002", nameof(TransitiveProjectUsed), "Code uses a project it gets only transitively", Severity.Warning, Gate.Packages);
    public static readonly Rule UnusedPackage = new("RGATE2003", nameof(UnusedPackage), "A declared package that nothing uses", Severity.Warning, Gate.Packages);
    public static readonly Rule ReferenceFromOutside = new("RGATE2004", nameof(ReferenceFromOutside), "A reference resolves to a file outside repository, packages and SDK", Severity.Error, Gate.Packages);
    public static readonly Rule ReferenceUntracked = new("RGATE2005", nameof(ReferenceUntracked), "A referenced file of the repository is not tracked by git", Severity.Error, Gate.Packages);
    public static readonly Rule ProgramUndeclared = new("RGATE2007", nameof(ProgramUndeclared), "The build runs a program that no manifest declares", Severity.Error, Gate.Packages);
}
