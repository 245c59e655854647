using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Finds many byte patterns in one pass: the automaton of Aho and Corasick. Time grows with the bytes read, not with the patterns.</summary>
internal sealed class PatternAutomaton
{
    private const int Symbols = 256;
    private const int FirstStates = 1024;
    private readonly int[] _next;
    private readonly int[] _output;
    private readonly int[] _outputLink;
    private readonly ImmutableArray<byte[]> _patterns;

    /// <summary>Builds the automaton.</summary>
    /// <param name="patterns">The patterns; none is empty.</param>
    public PatternAutomaton(ImmutableArray<byte[]> patterns)
    {
        _patterns = patterns;
        // Patterns share their beginnings, times of day nearly all of them: as many states as there are, not as many as there are bytes.
        int[] next = new int[FirstStates * Symbols];
        var ends = new List<int> { -1 };
        for (int index = 0; index < patterns.Length; index++)
        {
            int state = 0;
            foreach (byte symbol in patterns[index])
            {
                int following = next[(state * Symbols) + symbol];
                if (following == 0)
                {
                    following = ends.Count;
                    ends.Add(-1);
                    if (ends.Count * Symbols > next.Length)
                    {
                        Array.Resize(ref next, next.Length * 2);
                    }

                    next[(state * Symbols) + symbol] = following;
                }

                state = following;
            }

            // Equal patterns: the first one is told.
            if (ends[state] < 0)
            {
                ends[state] = index;
            }
        }

        int states = ends.Count;
        _next = next;
        _output = [.. ends];
        _outputLink = new int[states];
        int[] fail = new int[states];
        var queue = new Queue<int>();
        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            if (_next[symbol] != 0)
            {
                queue.Enqueue(_next[symbol]);
            }
        }

        while (queue.TryDequeue(out int state))
        {
            _outputLink[state] = _output[fail[state]] >= 0 ? fail[state] : _outputLink[fail[state]];
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                ref int following = ref _next[(state * Symbols) + symbol];
                int other = _next[(fail[state] * Symbols) + symbol];
                if (following == 0)
                {
                    following = other;
                }
                else
                {
                    fail[following] = other;
                    queue.Enqueue(following);
                }
            }
        }
    }

    /// <summary>Searches a piece of a stream.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="offset">Its offset in the stream.</param>
    /// <param name="state">The state after the piece before; 0 at the start.</param>
    /// <param name="found">Called with the index of the pattern and the offset of its first byte.</param>
    /// <returns>The state after this piece.</returns>
    public int Search(ReadOnlySpan<byte> bytes, long offset, int state, Action<int, long> found)
    {
        int[] next = _next;
        for (int index = 0; index < bytes.Length; index++)
        {
            state = next[(state * Symbols) + bytes[index]];
            if (state == 0)
            {
                continue;
            }

            for (int hit = _output[state] >= 0 ? state : _outputLink[state]; hit != 0; hit = _outputLink[hit])
            {
                found(_output[hit], offset + index + 1 - _patterns[_output[hit]].Length);
            }
        }

        return state;
    }
}
