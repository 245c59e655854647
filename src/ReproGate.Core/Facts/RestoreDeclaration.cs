using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What a project declares about its restore, as MSBuild evaluated it for one target framework, or for the outer build.</summary>
public sealed record RestoreDeclaration
{
    /// <summary>Absolute path of the project file.</summary>
    public required string ProjectPath { get; init; }

    /// <summary>The name NuGet gives the project in other projects' lock files: its package id, else its file name.</summary>
    public required string ProjectName { get; init; }

    /// <summary>The target framework as the project writes it (an alias such as <c>net10.0</c>); empty in an outer build.</summary>
    public string TargetFramework { get; init; } = "";

    /// <summary>The target framework in the form of <see cref="Facts.FrameworkNames"/>, for example <c>.NETCoreApp,Version=v10.0</c>; empty in an outer build.</summary>
    public string FrameworkName { get; init; } = "";

    /// <summary>True for the outer build of a multi-targeting project, which declares only what all its frameworks share.</summary>
    public bool IsOuter { get; init; }

    /// <summary>True while NuGet restores, false in the build that follows.</summary>
    public bool IsRestoring { get; init; }

    /// <summary>All target frameworks of the project as it writes them; one for a single-target project.</summary>
    public ImmutableArray<string> TargetFrameworks { get; init; } = [];

    /// <summary>All target frameworks in the form of <see cref="Facts.FrameworkNames"/>; empty where they are not known, as in the inner builds of a multi-targeting project.</summary>
    public ImmutableArray<string> FrameworkNames { get; init; } = [];

    /// <summary>The runtime identifiers NuGet restores for. NuGet takes them from the outer build of a multi-targeting project.</summary>
    public ImmutableArray<string> RuntimeIdentifiers { get; init; } = [];

    /// <summary>Absolute path of the lock file NuGet uses, whether or not it exists.</summary>
    public required string LockFilePath { get; init; }

    /// <summary>Whether that file exists.</summary>
    public bool LockFileExists { get; init; }

    /// <summary><c>RestorePackagesWithLockFile</c>.</summary>
    public bool LockFileEnabled { get; init; }

    /// <summary><c>RestoreLockedMode</c>.</summary>
    public bool LockedMode { get; init; }

    /// <summary><c>RestoreForceEvaluate</c> (<c>dotnet restore --force-evaluate</c>).</summary>
    public bool ForceEvaluate { get; init; }

    /// <summary>Whether this is a CI build.</summary>
    public bool ContinuousIntegration { get; init; }

    /// <summary>Whether package versions are managed centrally: <c>ManagePackageVersionsCentrally</c> is set and a Directory.Packages.props was found.</summary>
    public bool CentralVersions { get; init; }

    /// <summary><c>CentralPackageTransitivePinningEnabled</c>.</summary>
    public bool CentralTransitivePinning { get; init; }

    /// <summary>The configuration this is evaluated for, for example <c>Debug</c>.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The version of the .NET SDK that evaluates the project.</summary>
    public string SdkVersion { get; init; } = "";

    /// <summary>The folder of the .NET installation, with a trailing separator: what is declared there comes from the SDK. Empty where it is not known.</summary>
    public string SdkRoot { get; init; } = "";

    /// <summary>Where NuGet extracts packages: in a build, what is declared below it may come from a package and takes no part in restore.</summary>
    public string PackageRoot { get; init; } = "";

    /// <summary>The files that usually declare packages beside the project: Directory.Build.props and .targets, Directory.Packages.props. Absolute paths.</summary>
    public ImmutableArray<string> SharedFiles { get; init; } = [];

    /// <summary>Packages the framework stands in for, with the newest version it does so for; empty where pruning is off.</summary>
    public ImmutableArray<DeclaredPackage> PrunedPackages { get; init; } = [];

    /// <summary>Direct package references, implicit ones included.</summary>
    public ImmutableArray<DeclaredPackage> Packages { get; init; } = [];

    /// <summary>Centrally managed versions.</summary>
    public ImmutableArray<DeclaredPackage> CentralPackages { get; init; } = [];

    /// <summary>PackageDownload items: exact versions, several per id separated by semicolons.</summary>
    public ImmutableArray<DeclaredPackage> Downloads { get; init; } = [];

    /// <summary>Project references that take part in restore.</summary>
    public ImmutableArray<DeclaredProjectReference> Projects { get; init; } = [];
}

/// <summary>A declared package: a PackageReference, PackageVersion or PackageDownload item.</summary>
/// <param name="Id">Package id as written.</param>
/// <param name="Version">Version or range as written, central version and VersionOverride already applied; empty where there is none.</param>
/// <param name="Range">The normalised range as lock files write it, for example <c>[1.2.0, )</c>; empty where <paramref name="Version"/> is empty or no version.</param>
/// <param name="DefiningFile">Absolute path of the file that declares it.</param>
public sealed record DeclaredPackage(string Id, string Version, string Range, string DefiningFile)
{
    /// <summary>PrivateAssets as written; a GlobalPackageReference has <c>All</c>.</summary>
    public string PrivateAssets { get; init; } = "";

    /// <summary>Whether it is kept from the projects that reference this one: PrivateAssets names all assets.</summary>
    public bool IsPrivate => AssetFlags.IncludeAll(PrivateAssets);

    /// <summary>True where the SDK added it (IsImplicitlyDefined).</summary>
    public bool Implicit { get; init; }
}

/// <summary>A reference to another project.</summary>
/// <param name="Path">Absolute path of the referenced project.</param>
/// <param name="PrivateAssets">PrivateAssets as written.</param>
/// <param name="DefiningFile">Absolute path of the file that declares it.</param>
public sealed record DeclaredProjectReference(string Path, string PrivateAssets, string DefiningFile)
{
    /// <summary>Whether it is kept from the projects that reference this one: PrivateAssets names all assets.</summary>
    public bool IsPrivate => AssetFlags.IncludeAll(PrivateAssets);
}

/// <summary>The asset names of IncludeAssets, ExcludeAssets and PrivateAssets.</summary>
public static class AssetFlags
{
    private static readonly string[] Every = ["runtime", "compile", "build", "native", "contentfiles", "analyzers", "buildtransitive"];

    /// <summary>Whether a list as written names every kind of asset.</summary>
    public static bool IncludeAll(string list)
    {
        string[] flags = list.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return flags.Contains("all", StringComparer.OrdinalIgnoreCase) || Every.All(flag => flags.Contains(flag, StringComparer.OrdinalIgnoreCase));
    }
}
