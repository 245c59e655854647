using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>What is noted of an instruction.</summary>
internal enum NoteKind : byte
{
    /// <summary>At most a value it made.</summary>
    None,
    Call,
    Store,
    Branch,
}

/// <summary>What is known of one instruction. What only one kind has lies where another kind has something else: there are many of them.</summary>
internal struct InstructionNote
{
    private CodeValue? _value;
    private object? _of;
    private int _first;
    private int _second;

    public int Offset { get; init; }

    public NoteKind Kind { get; private set; }

    /// <summary>Of a branch that is told: its number, from one.</summary>
    public int Number { get; set; }

    /// <summary>The expression it made, so that it makes the same object of the same parts.</summary>
    public CodeValue? Made { get; set; }

    /// <summary>Of a call; null where none is noted yet.</summary>
    public readonly CallValue? Call => (CallValue?)(Kind == NoteKind.Call ? _value : null);

    public readonly Callee Callee => (Callee)_of!;

    /// <summary>Where the conditions under which the call is reached begin, and how many there are.</summary>
    public readonly (int At, int Count) Conditions => (_first, _second);

    public readonly CodeField Field => (CodeField)_of!;

    /// <summary>What is stored, or what is tested.</summary>
    public readonly CodeValue Value => _value!;

    /// <summary>Blocks that a branch leads to.</summary>
    public readonly int WhenTrue => _first;

    public readonly int WhenFalse => _second;

    public void SetCall(CallValue call, Callee callee)
    {
        Kind = NoteKind.Call;
        _value = call;
        _of = callee;
    }

    public void SetConditions(int at, int count)
    {
        _first = at;
        _second = count;
    }

    public void SetStore(CodeField field, CodeValue stored)
    {
        Kind = NoteKind.Store;
        _value = stored;
        _of = field;
    }

    public void SetBranch(CodeValue condition, int whenTrue, int whenFalse)
    {
        Kind = NoteKind.Branch;
        _value = condition;
        _first = whenTrue;
        _second = whenFalse;
    }
}

/// <summary>What is known of a method's instructions, by offset. The next method uses the tables again.</summary>
internal sealed class InstructionNotes
{
    // The number of an instruction's note by its offset, 0 for none; note 0, which nobody writes, holds nothing.
    private int[] _at = new int[1024];
    private InstructionNote[] _notes = new InstructionNote[256];
    private int _count = 1;
    private bool _inOrder;
    private int[] _order = [];
    private int[] _offsets = [];

    /// <summary>Forgets everything.</summary>
    /// <param name="length">Bytes of the method's IL.</param>
    public void Begin(int length)
    {
        _count = 1;
        _inOrder = true;
        if (_at.Length <= length)
        {
            _at = new int[length + 1024];
        }
        else
        {
            Array.Clear(_at, 0, length);
        }
    }

    /// <summary>What is noted of an instruction; an empty note where nothing is, which must not be written.</summary>
    public ref InstructionNote Known(int offset) => ref _notes[_at[offset]];

    /// <summary>The note of an instruction; it is made where there is none.</summary>
    public ref InstructionNote Of(int offset)
    {
        ref int number = ref _at[offset];
        if (number == 0)
        {
            if (_count == _notes.Length)
            {
                Array.Resize(ref _notes, 2 * _count);
            }

            number = _count++;
            _inOrder &= _notes[number - 1].Offset <= offset;
            ref InstructionNote made = ref _notes[number];
            made = new InstructionNote { Offset = offset };
            return ref made;
        }

        return ref _notes[number];
    }

    /// <summary>By the number that <see cref="InOrder"/> gives.</summary>
    public ref InstructionNote Numbered(int number) => ref _notes[number];

    /// <summary>Numbers of the notes in the order of their instructions.</summary>
    public ReadOnlySpan<int> InOrder()
    {
        int count = _count - 1;
        if (_order.Length < count)
        {
            int length = Math.Max(count, 2 * _order.Length);
            _order = new int[length];
            _offsets = new int[length];
        }

        Span<int> order = _order.AsSpan(0, count);
        for (int i = 0; i < count; i++)
        {
            order[i] = i + 1;
        }

        // Those of a method without jumps back are met in the order in which they stand.
        if (!_inOrder)
        {
            Span<int> offsets = _offsets.AsSpan(0, count);
            for (int i = 0; i < count; i++)
            {
                offsets[i] = _notes[i + 1].Offset;
            }

            offsets.Sort(order);
        }

        return order;
    }
}
