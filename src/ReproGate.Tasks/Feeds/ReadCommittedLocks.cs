using Microsoft.Build.Framework;

namespace ReproGate.Tasks;

/// <summary>Asks git once in a build which lock files the commit has as they are; where it cannot say, each check asks for itself and tells why.</summary>
public sealed class ReadCommittedLocks : CancelableTask
{
    /// <summary>The repository's root, with a trailing separator.</summary>
    [Required]
    public string RepositoryRoot { get; set; } = "";

    /// <summary>What was learned, for the projects (see <see cref="CommittedLocks"/>).</summary>
    [Output]
    public ITaskItem[] Committed { get; set; } = [];

    /// <inheritdoc />
    protected override bool Run()
    {
        Committed = CommittedLocks.ToItems(CommittedPackages.Of(BuildEngine, RepositoryRoot, Cancellation).Unchanged);
        return true;
    }
}
