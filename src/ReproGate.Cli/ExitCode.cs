namespace ReproGate.Cli;

/// <summary>What the tool's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>Nothing was found, or the work is done.</summary>
    public const int Clean = 0;

    /// <summary>There are findings.</summary>
    public const int Findings = 1;

    /// <summary>The work could not be done: wrong arguments, a build that fails for other reasons, a missing program.</summary>
    public const int CouldNotRun = 2;
}

/// <summary>The work cannot be done; the message says why and what to do, for a person.</summary>
internal sealed class ToolException(string message) : Exception(message);
