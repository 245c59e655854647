using System.Collections.Immutable;
using System.Text;
using CliWrap;

namespace ReproGate.CleanRoom.Building;

/// <summary>The last lines of what a program writes, each bounded; standard output and error may write at once.</summary>
/// <param name="line">Called with each line, one at a time; null for nobody.</param>
internal sealed class LastLines(Action<string>? line = null)
{
    private const int Most = 400;
    private const int MostText = 4000;
    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    /// <summary>Takes the lines of a program.</summary>
    public PipeTarget Target => PipeTarget.ToDelegate(Add, Encoding.UTF8);

    /// <summary>What it holds now.</summary>
    public ImmutableArray<string> ToImmutableArray()
    {
        lock (_gate)
        {
            return [.. _lines];
        }
    }

    private void Add(string text)
    {
        lock (_gate)
        {
            _lines.Enqueue(text.Length > MostText ? text[..MostText] : text);
            if (_lines.Count > Most)
            {
                _lines.Dequeue();
            }

            line?.Invoke(text);
        }
    }
}
