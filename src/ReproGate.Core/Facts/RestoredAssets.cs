using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What NuGet's restore wrote into <c>project.assets.json</c>, as far as gates judge it.</summary>
public sealed record RestoredAssets
{
    /// <summary>Absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The package folders in search order: the global packages folder first, then fallback folders. Absolute paths.</summary>
    public ImmutableArray<string> PackageFolders { get; init; } = [];

    /// <summary>The resolved graphs: one per target framework, and one per framework and runtime identifier.</summary>
    public ImmutableArray<RestoredTarget> Targets { get; init; } = [];

    /// <summary>Every resolved package of the project once, whatever graph it is in, by <c>id/version</c> ignoring case.</summary>
    public ImmutableDictionary<string, RestoredPackage> Packages { get; init; } = ImmutableDictionary<string, RestoredPackage>.Empty;

    /// <summary><c>CentralPackageTransitivePinningEnabled</c>: central versions hold for transitive packages too.</summary>
    public bool PinsTransitively { get; init; }

    /// <summary>What the project asks for, per target framework.</summary>
    public ImmutableArray<RestoredFramework> Frameworks { get; init; } = [];

    /// <summary>
    /// The graphs of one target framework. Falls back to every graph where none can be told to belong to it: judging too
    /// much finds nothing false, judging too little would pass unseen.
    /// </summary>
    /// <param name="alias">The framework as the project writes it, for example <c>net10.0</c>.</param>
    /// <param name="moniker">Its long name, for example <c>.NETStandard,Version=v2.0</c>.</param>
    public ImmutableArray<RestoredTarget> TargetsOf(string alias, string moniker)
    {
        string? name = FrameworkOf(alias)?.Name;
        ImmutableArray<RestoredTarget> own =
        [
            .. Targets.Where(target =>
                target.Framework.Equals(alias, StringComparison.OrdinalIgnoreCase)
                || target.Framework.Equals(name, StringComparison.OrdinalIgnoreCase)
                || target.Framework.Equals(moniker, StringComparison.OrdinalIgnoreCase)),
        ];
        return own.IsEmpty ? Targets : own;
    }

    /// <summary>What the project asks for in one target framework; null where the file does not say.</summary>
    public RestoredFramework? FrameworkOf(string alias) =>
        Frameworks.FirstOrDefault(framework => framework.Alias.Equals(alias, StringComparison.OrdinalIgnoreCase))
        ?? (Frameworks.Length == 1 ? Frameworks[0] : null);

    /// <summary>What the project asks for in the framework of a graph; null where the file does not say.</summary>
    public RestoredFramework? FrameworkOf(RestoredTarget target) => Frameworks.FirstOrDefault(framework => FrameworkNames.IsGraphOf(target.Framework, framework.Alias, framework.Name));
}

/// <summary>One resolved graph.</summary>
/// <param name="Framework">The framework as the file names it: <c>net10.0</c> or <c>.NETStandard,Version=v2.0</c>.</param>
/// <param name="RuntimeIdentifier">The runtime identifier, empty for the framework's own graph.</param>
/// <param name="Libraries">Its packages and projects.</param>
public sealed record RestoredTarget(string Framework, string RuntimeIdentifier, ImmutableArray<RestoredLibrary> Libraries);

/// <summary>A package or project in one graph.</summary>
/// <param name="Id">Its id as the graph writes it.</param>
/// <param name="Version">The resolved version, normalised.</param>
/// <param name="IsPackage">False for a project.</param>
/// <param name="Dependencies">What it asks for.</param>
/// <param name="Files">The package's files that the graph uses (compile, runtime, native, build, content …), with forward slashes.</param>
public sealed record RestoredLibrary(string Id, string Version, bool IsPackage, ImmutableArray<RestoredRequest> Dependencies, ImmutableArray<string> Files)
{
    /// <summary>True where the compiler gets its assemblies and the running program does not: what brings it excludes them.</summary>
    public bool CompileOnly { get; init; }
}

/// <summary>A package the restore resolved and the files NuGet saw in its folder.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version, normalised.</param>
/// <param name="Path">Its folder below a package folder, for example <c>newtonsoft.json/13.0.3</c>.</param>
/// <param name="ContentHash">The content hash restore recorded (from <c>.nupkg.metadata</c>, not from the bytes).</param>
/// <param name="Files">Every file NuGet listed for it.</param>
public sealed record RestoredPackage(string Id, string Version, string Path, string ContentHash, ImmutableArray<string> Files);

/// <summary>A request for a package: an edge of the graph.</summary>
/// <param name="Id">The package asked for.</param>
/// <param name="Range">The range as written, for messages.</param>
/// <param name="Minimum">The normalised lower bound; empty where the range has none.</param>
/// <param name="MinimumIncluded">Whether the lower bound itself satisfies the range.</param>
/// <param name="Floats">Whether the range floats (<c>1.*</c>).</param>
public sealed record RestoredRequest(string Id, string Range, string Minimum, bool MinimumIncluded, bool Floats);

/// <summary>What the project asks for in one target framework.</summary>
/// <param name="Alias">The framework as the project writes it.</param>
/// <param name="Name">Its short folder name.</param>
/// <param name="Direct">Direct package requests, central versions applied.</param>
/// <param name="Central">Central versions that apply to transitive packages too (transitive pinning); empty otherwise.</param>
/// <param name="Downloads">PackageDownload items, the SDK's own targeting, apphost and runtime packs included.</param>
public sealed record RestoredFramework(
    string Alias,
    string Name,
    ImmutableArray<RestoredRequest> Direct,
    ImmutableArray<RestoredRequest> Central,
    ImmutableArray<RestoredDownload> Downloads)
{
    /// <summary>All central versions as written, by package id ignoring case, pinned for transitive packages or not.</summary>
    public ImmutableDictionary<string, string> CentralVersions { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>One exact version of a PackageDownload.</summary>
/// <param name="Id">The package's id.</param>
/// <param name="Version">Its exact version, normalised.</param>
public sealed record RestoredDownload(string Id, string Version);
