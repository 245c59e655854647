using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What git answered about the files of one work tree.</summary>
public sealed record GitFacts
{
    /// <summary>Whether git could be asked.</summary>
    public bool Available { get; init; }

    /// <summary>Why it could not, one clause; empty where it could.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Absolute paths of the tracked files that were asked for.</summary>
    public ImmutableHashSet<string> Tracked { get; init; } = [];
}

/// <summary>What git says about one file.</summary>
/// <param name="Tracked">Whether the index holds it.</param>
/// <param name="IgnoredBy">The line that ignores it; null where it is not ignored.</param>
/// <param name="Pattern">That line's pattern; empty where it is not ignored.</param>
public sealed record GitFileState(bool Tracked, SourceLocation? IgnoredBy = null, string Pattern = "");

/// <summary>What the commit HEAD names holds of some files.</summary>
public sealed record CommittedFiles
{
    /// <summary>Whether git could be asked.</summary>
    public bool Available { get; init; }

    /// <summary>Why it could not, one clause; empty where it could.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Absolute paths of files that are on disk as HEAD has them.</summary>
    public ImmutableHashSet<string> Unchanged { get; init; } = [];

    /// <summary>What HEAD has of files that differ on disk or were deleted, by absolute path; a file that is in neither is not in HEAD.</summary>
    public ImmutableDictionary<string, byte[]> Contents { get; init; } = ImmutableDictionary<string, byte[]>.Empty;
}
