using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>The content of <c>reprogate.lock.json</c>: the hashes that packages.lock.json leaves out.</summary>
public sealed record ReproGateLock
{
    /// <summary>Absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the file exists; an absent file locks nothing.</summary>
    public bool Exists { get; init; }

    /// <summary>Its entries.</summary>
    public ImmutableArray<LockedDownload> Entries { get; init; } = [];

    /// <summary>What was learned of packages when they came in (section <c>packages</c>).</summary>
    public ImmutableArray<RecordedVerdict> Verdicts { get; init; } = [];

    /// <summary>The recorded verdict of a package; null where there is none.</summary>
    public RecordedVerdict? FindVerdict(string id, string version) => Verdicts.FirstOrDefault(verdict =>
        verdict.Id.Equals(id, StringComparison.OrdinalIgnoreCase) && verdict.Version.Equals(version, StringComparison.OrdinalIgnoreCase));

    /// <summary>The entry of a package; null where there is none.</summary>
    public LockedDownload? Find(DownloadKind kind, string id, string version) => Entries.FirstOrDefault(entry =>
        entry.Kind == kind && entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase) && entry.Version.Equals(version, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What a locked download is; also its section in the file.</summary>
public enum DownloadKind
{
    /// <summary>An MSBuild SDK that NuGet resolves (section <c>sdks</c>).</summary>
    Sdk,

    /// <summary>A .NET tool of a tool manifest (section <c>tools</c>).</summary>
    Tool,

    /// <summary>A PackageDownload, the SDK's own packs included (section <c>packs</c>).</summary>
    Pack,
}

/// <summary>One line of <c>reprogate.lock.json</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The package's id.</param>
/// <param name="Version">Its exact version.</param>
/// <param name="ContentHash">Base64 of the SHA-512 of the package without its signature, as packages.lock.json writes it.</param>
/// <param name="Source">Where it came from, for people; empty where that is a folder of one machine.</param>
/// <param name="Line">One-based line of the entry in the file; 0 for an entry not read from a file.</param>
public sealed record LockedDownload(DownloadKind Kind, string Id, string Version, string ContentHash, string Source, int Line = 0)
{
    /// <summary><c>id/version</c>, the entry's key.</summary>
    public string Name => $"{Id}/{Version}";
}

/// <summary>What was learned of a package when it came in: one line of section <c>packages</c>. It stands for a question that need not be asked again.</summary>
/// <param name="Id">The package's id.</param>
/// <param name="Version">Its exact version.</param>
/// <param name="Source">The source's address, for people; empty where that is a folder of one machine.</param>
public sealed record RecordedVerdict(string Id, string Version, string Source)
{
    /// <summary>The day it was published; null where the source did not tell.</summary>
    public DateOnly? Published { get; init; }

    /// <summary>Whether it was off the lists.</summary>
    public bool Unlisted { get; init; }

    /// <summary>The reasons of its deprecation, joined; empty where it was not deprecated.</summary>
    public string Deprecated { get; init; } = "";

    /// <summary>The package that its author named in its place; empty where none was.</summary>
    public string Alternative { get; init; } = "";

    /// <summary>Whether it brings code that runs in the build: for the eyes of a reviewer.</summary>
    public bool BuildCode { get; init; }

    /// <summary>One-based line of the entry in the file; 0 for one not read from a file.</summary>
    public int Line { get; init; }

    /// <summary><c>id/version</c>, the entry's key.</summary>
    public string Name => $"{Id}/{Version}";
}

/// <summary>An MSBuild SDK, tool or pack that the repository declares.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The package's id.</param>
/// <param name="Version">Its exact version, normalised.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record DeclaredDownload(DownloadKind Kind, string Id, string Version, SourceLocation Location)
{
    /// <summary>True for a pack the SDK asks for by itself (targeting, apphost or runtime pack).</summary>
    public bool Implicit { get; init; }

    /// <summary><c>id/version</c>.</summary>
    public string Name => $"{Id}/{Version}";
}
