using System.Collections.Immutable;

namespace ReproGate.Facts.CleanRoom;

/// <summary>What git holds of a repository, as the clean room gets it, and what it lacks.</summary>
public sealed record SnapshotFacts
{
    /// <summary>Absolute path of the repository's root on this machine.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>The commit, 40 or 64 hexadecimal digits; of the tree as it would be committed where <see cref="IsModified"/>.</summary>
    public required string Commit { get; init; }

    /// <summary>When HEAD was committed.</summary>
    public required DateTimeOffset CommitTime { get; init; }

    /// <summary>Whether tracked files differ from HEAD, so that the snapshot is what a commit of them would be.</summary>
    public bool IsModified { get; init; }

    /// <summary>The address of the remote named origin, without credentials; empty where there is none or it is a path of this machine.</summary>
    public string Remote { get; init; } = "";

    /// <summary>Whether the history is cut off.</summary>
    public bool IsShallow { get; init; }

    /// <summary>Tracked files, relative to the root, with forward slashes; those of submodules included.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Files whose content Git LFS holds, and this clone does not have.</summary>
    public ImmutableArray<string> LfsPointers { get; init; } = [];

    /// <summary>Submodules that are not checked out here, or whose recorded commit is not here.</summary>
    public ImmutableArray<string> MissingSubmodules { get; init; } = [];

    /// <summary>Paths that are one file where case does not count.</summary>
    public ImmutableArray<ImmutableArray<string>> CaseCollisions { get; init; } = [];

    /// <summary>Packages and tools that make the version out of the history.</summary>
    public ImmutableArray<VersionTool> VersionTools { get; init; } = [];
}

/// <summary>A package or tool that makes the version of the build out of git's history.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Location">The lock file or manifest that brings it.</param>
public sealed record VersionTool(string Id, SourceLocation Location);
