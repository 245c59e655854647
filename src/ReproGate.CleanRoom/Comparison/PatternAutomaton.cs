using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Finds many byte patterns in one pass: the automaton of Aho and Corasick. Time grows with the bytes read, not with the patterns.</summary>
internal sealed class PatternAutomaton
{
    private const int Symbols = 256;
    private readonly int[] _next;
    private readonly int[] _output;
    private readonly int[] _outputLink;
    private readonly ImmutableArray<byte[]> _patterns;

    /// <summary>Builds the automaton.</summary>
    /// <param name="patterns">The patterns; none is empty.</param>
    public PatternAutomaton(ImmutableArray<byte[]> patterns)
    {
        _patterns = patterns;
        int capacity = patterns.Sum(static pattern => pattern.Length) + 1;
        _next = new int[capacity * Symbols];
        _output = new int[capacity];
        _outputLink = new int[capacity];
        Array.Fill(_output, -1);
        int states = 1;
        for (int index = 0; index < patterns.Length; index++)
        {
            int state = 0;
            foreach (byte symbol in patterns[index])
            {
                ref int next = ref _next[(state * Symbols) + symbol];
                if (next == 0)
                {
                    next = states++;
                }

                state = next;
            }

            // Equal patterns: the first one is told.
            if (_output[state] < 0)
            {
                _output[state] = index;
            }
        }

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
                ref int next = ref _next[(state * Symbols) + symbol];
                int other = _next[(fail[state] * Symbols) + symbol];
                if (next == 0)
                {
                    next = other;
                }
                else
                {
                    fail[next] = other;
                    queue.Enqueue(next);
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
