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
    public static readonly Rule NonexistentPackage = new("RGATE2101", nameof(NonexistentPackage), "A package that does not exist", Severity.Error, Gate.Packages);
    public static readonly Rule NonexistentVersion = new("RGATE2102", nameof(NonexistentVersion), "A package version that does not exist", Severity.Error, Gate.Packages);
    public static readonly Rule PackageTooYoung = new("RGATE2103", nameof(PackageTooYoung), "A new package version is younger than the cooldown", Severity.Error, Gate.Packages);
    public static readonly Rule LookalikePackage = new("RGATE2104", nameof(LookalikePackage), "A new package has a name that may be taken for another's", Severity.Error, Gate.Packages);
    public static readonly Rule PackageWithdrawn = new("RGATE2105", nameof(PackageWithdrawn), "A package is unlisted, deprecated or vanished", Severity.Warning, Gate.Packages);
    public static readonly Rule PackageBringsBuildCode = new("RGATE2106", nameof(PackageBringsBuildCode), "A new package brings code that runs in the build", Severity.Warning, Gate.Packages);
}
