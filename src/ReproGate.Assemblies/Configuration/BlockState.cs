namespace ReproGate.Assemblies.Configuration;

/// <summary>What is known at the beginning of a block; the next method uses it again.</summary>
internal sealed class BlockState
{
    private Cell[] _slots = [];
    private int _at;
    private int _count;

    /// <summary>Values of the variables: locals, then parameters.</summary>
    public Span<Cell> Slots => _slots.AsSpan(_at, _count);

    /// <summary>Values on the evaluation stack.</summary>
    public Cell[] Stack { get; set; } = [];

    /// <summary>Where the conditions under which it is reached begin, and how many there are.</summary>
    public int ConditionsAt { get; set; }

    public int ConditionCount { get; set; }

    /// <summary>Makes it one of another method.</summary>
    public void Begin(Cell[] slots, int at, int count)
    {
        _slots = slots;
        _at = at;
        _count = count;
    }

    /// <summary>Whether it is to be gone through again, by what has changed at its beginning.</summary>
    public bool Dirty { get; set; }

    /// <summary>Whether its instructions must be run then: it has not been yet, or what it does depends on more than the variables it reads.</summary>
    public bool MustRun { get; set; }

    /// <summary>Variables whose value at its beginning has changed since it was run: a bit for each of the first 64.</summary>
    public ulong Changed { get; set; }

    /// <summary>Variables that it read before it set them.</summary>
    public ulong Reads { get; set; }

    /// <summary>Variables that it set.</summary>
    public ulong Writes { get; set; }

    /// <summary>Whether it calls what never comes back.</summary>
    public bool Throws { get; set; }
}
