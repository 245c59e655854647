namespace ReproGate.Cli.Building;

/// <summary>
/// Which commands that mend are worth running again. One may fail for what an edit, or another command, mends a moment later; while nothing has changed since it failed
/// it would fail again, and a restore in vain takes minutes.
/// </summary>
internal sealed class Attempts
{
    /// <summary>What ran so often mends nothing more: commands may undo each other's work for ever.</summary>
    private const int Most = 3;

    private readonly Dictionary<string, int> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);

    /// <summary>Whether the command may mend something that it has not mended yet.</summary>
    public bool MayRun(string command) => !_failed.Contains(command) && _runs.GetValueOrDefault(command) < Most;

    /// <summary>A command has run; where it ended well, others may end otherwise now.</summary>
    public void Ran(string command, bool done)
    {
        _runs[command] = _runs.GetValueOrDefault(command) + 1;
        if (done)
        {
            _failed.Clear();
        }
        else
        {
            _failed.Add(command);
        }
    }

    /// <summary>Files have changed.</summary>
    public void Edited() => _failed.Clear();

    /// <summary>What was taken out is put back: everything may run as if it never had.</summary>
    public void Restart()
    {
        _runs.Clear();
        _failed.Clear();
    }
}
