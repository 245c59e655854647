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
