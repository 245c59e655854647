using CliWrap;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// Runs a program that asks the kernel to end it with its parent. The kernel takes the thread that started it for the parent, and threads of the pool
/// come and go, so each such program has a thread of its own that waits for it.
/// </summary>
internal static class HeldProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="command">The program.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be run.</exception>
    public static Task<CommandResult> ExecuteAsync(Command command, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Task<CommandResult> running = command.ExecuteAsync(cancellation).Task;
                Task.WaitAny(running);
                ended.SetFromTask(running);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                ended.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "clean room",
        };
        thread.Start();
        return ended.Task;
    }
}
