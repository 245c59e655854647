using Microsoft.Build.Framework;

namespace ReproGate.Tasks;

/// <summary>A task that ends when the build is cancelled, without a word of its own.</summary>
public abstract class CancelableTask : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Cancelled when the build is.</summary>
    protected CancellationToken Cancellation => _cancellation.Token;

    /// <inheritdoc />
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Does what the task is for; true where it succeeded.</summary>
    protected abstract bool Run();

    /// <inheritdoc />
    public sealed override bool Execute()
    {
        try
        {
            return Run();
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
