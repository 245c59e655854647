using Microsoft.Build.Framework;

namespace ReproGate.Tasks;

/// <summary>Asks git once in a build which lock files the commit has as they are; where it cannot say, each check asks for itself and tells why.</summary>
public sealed class ReadCommittedLocks : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The repository's root, with a trailing separator.</summary>
    [Required]
    public string RepositoryRoot { get; set; } = "";

    /// <summary>What was learned, for the projects (see <see cref="CommittedLocks"/>).</summary>
    [Output]
    public ITaskItem[] Committed { get; set; } = [];

    /// <inheritdoc />
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc />
    public override bool Execute()
    {
        try
        {
            Committed = CommittedLocks.ToItems(CommittedPackages.Of(BuildEngine, RepositoryRoot, _cancellation.Token).Unchanged);
            return true;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
