using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>A NuGet lock file (packages.lock.json), with the place of each node.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Version">Its format: 1, 2 (central package management) or 3 (several frameworks under aliases).</param>
/// <param name="Targets">Its targets, in the file's order.</param>
public sealed record PackagesLock(string Path, int Version, ImmutableArray<PackagesLockTarget> Targets)
{
    /// <summary>The oldest and the newest format that is understood.</summary>
    public const int OldestVersion = 1, NewestVersion = 3;

    /// <summary>The frameworks' own targets, without those of runtime identifiers.</summary>
    public IEnumerable<PackagesLockTarget> FrameworkTargets => Targets.Where(static target => target.RuntimeIdentifier.Length == 0);

    /// <summary>The target of a framework as a project declares it; null where the lock has none.</summary>
    /// <param name="frameworkName">The framework in the form of <see cref="FrameworkNames.Canonical(string)"/>.</param>
    /// <param name="alias">The framework as the project writes it: format 3 tells targets apart by it.</param>
    /// <param name="runtimeIdentifier">A runtime identifier, or empty for the framework's own target.</param>
    public PackagesLockTarget? Find(string frameworkName, string alias, string runtimeIdentifier = "") => Targets.FirstOrDefault(target =>
        target.RuntimeIdentifier.Equals(runtimeIdentifier, StringComparison.OrdinalIgnoreCase)
        && FrameworkNames.AreSame(frameworkName, target.Framework)
        && (target.Alias.Length == 0 || target.Alias.Equals(alias, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>One target of a lock file: a framework, or a framework and a runtime identifier. The latter holds only what differs from the former.</summary>
/// <param name="Key">The target's key as written, for example <c>net10.0/linux-x64</c>.</param>
/// <param name="Framework">The framework in the form of <see cref="FrameworkNames.Canonical(string)"/>.</param>
/// <param name="Alias">The framework's alias in format 3; empty in formats 1 and 2.</param>
/// <param name="RuntimeIdentifier">The runtime identifier; empty for a framework's own target.</param>
/// <param name="Entries">The packages and projects, in the file's order.</param>
/// <param name="Location">Where the key stands.</param>
public sealed record PackagesLockTarget(string Key, string Framework, string Alias, string RuntimeIdentifier, ImmutableArray<PackagesLockEntry> Entries, SourceLocation Location)
{
    /// <summary>The entry of a package or project; null where there is none.</summary>
    public PackagesLockEntry? Find(string id) => Entries.FirstOrDefault(entry => entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Why a package or project is in a lock file.</summary>
public enum PackagesLockEntryType
{
    /// <summary>The project references the package itself.</summary>
    Direct,

    /// <summary>The package is a dependency of another entry.</summary>
    Transitive,

    /// <summary>A transitive package for which a central version is declared.</summary>
    CentralTransitive,

    /// <summary>Another project, referenced directly or through a project.</summary>
    Project,
}

/// <summary>One package or project of a target.</summary>
/// <param name="Id">Package id, or the project's name.</param>
/// <param name="Type">Why it is there.</param>
/// <param name="Requested">The requested range in normalised form; empty where the entry has none.</param>
/// <param name="Resolved">The resolved version in normalised form; empty where the entry has none.</param>
/// <param name="ContentHash">SHA-512 of the package's content in base64; empty where the entry has none.</param>
/// <param name="Dependencies">What the entry depends on.</param>
/// <param name="Location">Where the id stands.</param>
public sealed record PackagesLockEntry(string Id, PackagesLockEntryType Type, string Requested, string Resolved, string ContentHash, ImmutableArray<PackagesLockDependency> Dependencies, SourceLocation Location)
{
    /// <summary>False where a hand or a tool wrote a resolved version outside the requested range.</summary>
    public bool ResolvedIsInRequested { get; init; } = true;
}

/// <summary>A dependency of an entry.</summary>
/// <param name="Id">Package id or project name.</param>
/// <param name="Range">The range in normalised form.</param>
/// <param name="Location">Where the id stands.</param>
public sealed record PackagesLockDependency(string Id, string Range, SourceLocation Location);

/// <summary>What reading a lock file yields: its content where it could be read at all, and what is wrong with its form.</summary>
/// <param name="Lock">The content; null where the file is no lock file that can be understood.</param>
/// <param name="Defects">Faults of form, in the file's order.</param>
public sealed record PackagesLockReading(PackagesLock? Lock, ImmutableArray<PackagesLockDefect> Defects);

/// <summary>A fault in the form of a lock file.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Text">What is wrong, one sentence without the file's name.</param>
/// <param name="Subject">A stable name of the fault.</param>
public sealed record PackagesLockDefect(SourceLocation Location, string Text, string Subject);
