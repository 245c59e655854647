using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>The projects that a project reaches for one of its frameworks, as NuGet walks them: directly, and through references that are not private.</summary>
/// <param name="Projects">The projects that are known.</param>
/// <param name="IsComplete">False where a project could not be asked: it does not use ReproGate, does not exist, or its own declaration failed. Then nothing may be concluded from a name's absence.</param>
public sealed record ReferenceClosure(ImmutableArray<ReferencedProject> Projects, bool IsComplete)
{
    /// <summary>A closure nothing is known of.</summary>
    public static ReferenceClosure Unknown { get; } = new([], false);
}

/// <summary>A referenced project in the framework that NuGet chooses for the project that references it.</summary>
/// <param name="Path">Absolute path of the project file.</param>
/// <param name="Name">Its name in lock files.</param>
/// <param name="LockFilePath">Absolute path of its own lock file.</param>
/// <param name="IsDirect">Whether the judged project references it itself.</param>
/// <param name="Dependencies">What it hands on to its dependents.</param>
public sealed record ReferencedProject(string Path, string Name, string LockFilePath, bool IsDirect, ImmutableArray<ReferencedDependency> Dependencies)
{
    /// <summary>False where one of its project references is not known, so that names in the lock may be that project's.</summary>
    public bool IsComplete { get; init; } = true;
}

/// <summary>A package or project that a referenced project hands on.</summary>
/// <param name="Id">Package id or project name.</param>
/// <param name="Range">The normalised range of a package; empty for a project, whose version NuGet ignores.</param>
/// <param name="MayBePruned">Whether the consumer's framework stands in for the package, so that its lock need not name it.</param>
public sealed record ReferencedDependency(string Id, string Range, bool MayBePruned);

/// <summary>The lock file of a project that depends on the judged one, and what its nodes for the judged project should say.</summary>
/// <param name="ProjectPath">Absolute path of the dependent project.</param>
/// <param name="Target">The target of its lock.</param>
/// <param name="Self">The judged project as that target should see it.</param>
public sealed record DependentTarget(string ProjectPath, PackagesLockTarget Target, ReferencedProject Self);
