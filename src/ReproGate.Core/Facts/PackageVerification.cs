using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What a look at a package's bytes showed.</summary>
public sealed record PackageVerification
{
    /// <summary>The package's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its version, normalised.</summary>
    public required string Version { get; init; }

    /// <summary>Absolute path of its extracted folder.</summary>
    public required string Directory { get; init; }

    /// <summary>The content hash that is expected (base64 of SHA-512 without the signature); null where nothing records one.</summary>
    public string? ExpectedHash { get; init; }

    /// <summary>The content hash recomputed from the nupkg; null where it could not be.</summary>
    public string? ActualHash { get; init; }

    /// <summary>Extracted files that are not what the package holds. Not looked at when the hashes differ: the nupkg is no authority then.</summary>
    public ImmutableArray<FileMismatch> Mismatches { get; init; } = [];

    /// <summary>Why the bytes could not be judged (no nupkg, unreadable); null where they were.</summary>
    public string? NotVerified { get; init; }

    /// <summary><c>id/version</c>.</summary>
    public string Name => $"{Id}/{Version}";
}

/// <summary>An extracted file that is not what the package holds.</summary>
/// <param name="File">The file below the package's folder, with forward slashes.</param>
/// <param name="Kind">In what way.</param>
public sealed record FileMismatch(string File, FileMismatchKind Kind);

/// <summary>In what way an extracted file is not what the package holds.</summary>
public enum FileMismatchKind
{
    /// <summary>Its bytes differ from the package's entry.</summary>
    Differs,

    /// <summary>The build uses it, the package holds it, the folder does not.</summary>
    Missing,

    /// <summary>The package holds no such file, and NuGet or the build would use it.</summary>
    Added,
}
