using System.Numerics;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <content>How control goes through a method: what is known where a block begins, and under which conditions it is reached.</content>
internal sealed partial class MethodEvaluator
{
    private const int Sweeps = 3;
    private const int MaximumGuards = 12;
    private const int MaximumKept = 8 * 1024;

    private static readonly Cell[] CaughtOnly = [new Cell(Caught)];

    private readonly (int Branch, bool When)[] _edge = new (int, bool)[MaximumGuards];
    private readonly List<BlockState> _made = [];
    private readonly BlockState _whole = new();
    private BlockState?[] _states = [];
    private Cell[] _kept = new Cell[1024];
    private int _keptUsed;
    private int _keptWanted;

    // The conditions of all blocks and calls of a method, one after the other: each has its part of it.
    private (int Branch, bool When)[] _conditions = new (int, bool)[256];
    private int _conditionCount;

    // The block behind the one that is run, and that block's state where the variables are as they are at its beginning.
    private int _following;
    private BlockState? _slotsOf;

    // Nothing joins and nothing is run twice: what is known at the beginning of blocks need not be kept.
    private void RunStraight()
    {
        effort.Spend(_flow.Instructions.Length);
        Begin([], _flow.Instructions.Length);
        _whole.Throws = false;
        if (_flow.Blocks.Count > 0)
        {
            Step(_flow.Instructions, _whole, _flow.Blocks[0]);
        }
    }

    private void RunBlocks()
    {
        if (_states.Length < _flow.Blocks.Count)
        {
            _states = new BlockState?[_flow.Blocks.Count + 64];
        }

        Array.Clear(_states, 0, Math.Min(_states.Length, _flow.Blocks.Count));
        if (_flow.Blocks.Count > 0)
        {
            _states[0] = StateOf(0, [], []);
            _slotsOf = null;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool again = false;
            for (int i = 0; i < _flow.Blocks.Count; i++)
            {
                if (_states[i] is { Dirty: true } state)
                {
                    again = true;
                    ulong changed = state.Changed;
                    bool sees = state.MustRun || _slotCount > 64 || _join.WasCut || (changed & state.Reads) != 0;
                    state.Dirty = false;
                    state.Changed = 0;
                    if (sees)
                    {
                        Run(i, state, sweep == 0);
                    }
                    else
                    {
                        HandOn(i, state, changed);
                    }
                }
            }

            if (!again)
            {
                break;
            }
        }

        FindThrows();
    }

    private void Run(int index, BlockState state, bool firstSweep)
    {
        Block block = _flow.Blocks[index];
        effort.Spend(_slotCount + (block.End - block.First));
        if (!ReferenceEquals(_slotsOf, state))
        {
            state.Slots.CopyTo(_slots);
        }

        _slotsOf = null;
        _following = index + 1;
        Begin(state.Stack, block.End - block.First);
        state.MustRun = false;
        bool isGuarded = block.Handlers.Count > 0;
        if (isGuarded)
        {
            EnterHandlers(block, state, firstSweep);
        }

        _reads = 0;
        _writes = 0;
        _slotIsSet = false;
        _isFresh = false;
        ReadOnlySpan<Instruction> instructions = _flow.Instructions[block.First..block.End];
        Step(instructions, state, block);
        state.Reads = _reads;
        state.Writes = _writes;
        state.MustRun |= _isFresh;

        // A block that sets no variable tells its handlers nothing new.
        if (isGuarded && _slotIsSet)
        {
            EnterHandlers(block, state, firstSweep);
        }

        ref readonly Instruction last = ref instructions[^1];
        ReadOnlySpan<int> following = _flow.Next(block);
        bool isCondition = following.Length == 2 && following[0] != following[1] && state.ConditionCount < MaximumGuards && _notes.Known(last.Offset).Kind == NoteKind.Branch;
        foreach (int next in following)
        {
            ReadOnlySpan<(int, bool)> guards = ConditionsOf(state);
            if (isCondition)
            {
                bool taken = next == following[1];
                guards.CopyTo(_edge);
                _edge[guards.Length] = (last.Offset, last.Operation == Operation.BranchIfFalse ? !taken : taken);
                guards = _edge.AsSpan(0, guards.Length + 1);
            }

            Enter(next, _stack.AsSpan(0, _top), guards, next > index, firstSweep);
        }
    }

    // Nothing that the block asks has changed since it was run: it would make the same again, and what it has no hand in goes through it.
    private void HandOn(int index, BlockState state, ulong changed)
    {
        Block block = _flow.Blocks[index];
        effort.Spend(1);
        _slotsOf = null;
        foreach (int handler in block.Handlers)
        {
            HandOn(state, _states[handler]!, changed);
        }

        changed &= ~state.Writes;
        foreach (int next in _flow.Next(block))
        {
            HandOn(state, _states[next]!, changed);
        }
    }

    private void HandOn(BlockState from, BlockState to, ulong changed)
    {
        effort.Spend(1);
        ReadOnlySpan<Cell> slots = from.Slots;
        Span<Cell> known = to.Slots;
        for (; changed != 0; changed &= changed - 1)
        {
            int slot = BitOperations.TrailingZeroCount(changed);
            if (_join.Merge(ref known[slot].Value, slots[slot].Value))
            {
                to.Dirty = true;
                to.Changed |= 1UL << slot;
            }
        }
    }

    private void EnterHandlers(Block block, BlockState state, bool firstSweep)
    {
        foreach (int handler in block.Handlers)
        {
            Enter(handler, CaughtOnly, ConditionsOf(state), forward: true, firstSweep);
        }
    }

    private void Enter(int block, ReadOnlySpan<Cell> stack, ReadOnlySpan<(int, bool)> guards, bool forward, bool firstSweep)
    {
        effort.Spend(_slotCount);
        BlockState? state = _states[block];
        if (state is null)
        {
            _states[block] = StateOf(block, stack, guards);
            if (block == _following)
            {
                _slotsOf = _states[block];
            }

            return;
        }

        Span<Cell> known = state.Slots;
        ReadOnlySpan<Cell> slots = _slots.AsSpan(0, known.Length);
        bool same = true;
        for (int i = 0; i < known.Length; i++)
        {
            if (!ReferenceEquals(known[i].Value, slots[i].Value))
            {
                same = false;
                if (_join.Merge(ref known[i].Value, slots[i].Value))
                {
                    state.Dirty = true;
                    state.Changed |= 1UL << (i & 63);
                }
            }
        }

        if (block == _following)
        {
            _slotsOf = same ? state : null;
        }

        for (int i = 0; i < Math.Min(state.Stack.Length, stack.Length); i++)
        {
            if (_join.Merge(ref state.Stack[i].Value, stack[i].Value))
            {
                state.Dirty = true;
                state.MustRun = true;
            }
        }

        if (forward && firstSweep)
        {
            KeepShared(state, guards);
        }
    }

    private BlockState StateOf(int block, ReadOnlySpan<Cell> stack, ReadOnlySpan<(int, bool)> guards)
    {
        while (_made.Count <= block)
        {
            _made.Add(new BlockState());
        }

        BlockState state = _made[block];
        Keep(state);
        state.Stack = stack.IsEmpty ? [] : stack.ToArray();
        state.ConditionsAt = AddConditions(guards);
        state.ConditionCount = guards.Length;
        state.Dirty = true;
        state.MustRun = true;
        state.Changed = 0;
        state.Throws = false;
        return state;
    }

    private ReadOnlySpan<(int, bool)> ConditionsOf(BlockState state) => _conditions.AsSpan(state.ConditionsAt, state.ConditionCount);

    private int AddConditions(ReadOnlySpan<(int, bool)> guards)
    {
        if (_conditionCount + guards.Length > _conditions.Length)
        {
            Array.Resize(ref _conditions, 2 * (_conditionCount + guards.Length));
        }

        int start = _conditionCount;
        guards.CopyTo(_conditions.AsSpan(start));
        _conditionCount += guards.Length;
        return start;
    }

    // What calls of the block have noted as theirs stays as it is.
    private void KeepShared(BlockState state, ReadOnlySpan<(int, bool)> guards)
    {
        ReadOnlySpan<(int, bool)> known = ConditionsOf(state);

        // Mostly one is the beginning of the other.
        int same = known.CommonPrefixLength(guards);
        if (same == known.Length)
        {
            return;
        }

        Span<(int, bool)> both = stackalloc (int, bool)[MaximumGuards];
        int count = 0;
        foreach ((int, bool) guard in known)
        {
            if (guards.Contains(guard))
            {
                both[count++] = guard;
            }
        }

        state.MustRun = true;
        state.ConditionsAt = count == same ? state.ConditionsAt : AddConditions(both[..count]);
        state.ConditionCount = count;
    }

    // The variables of all blocks of a method lie one after the other in an array that the next method uses again: made anew for each block, they
    // would be most of what the pass asks of the garbage collector.
    private void Keep(BlockState state)
    {
        _keptWanted += _slotCount;
        if (_slotCount > _kept.Length - _keptUsed)
        {
            state.Begin(new Cell[_slotCount], 0, _slotCount);
        }
        else
        {
            state.Begin(_kept, _keptUsed, _slotCount);
            _keptUsed += _slotCount;
        }

        _slots.AsSpan(0, _slotCount).CopyTo(state.Slots);
    }

    // More than the last method had room for; not so much that the collector treats it as large.
    private void ClearKept()
    {
        if (_keptWanted > _kept.Length && _kept.Length < MaximumKept)
        {
            _kept = new Cell[Math.Min(MaximumKept, 2 * _keptWanted)];
        }

        _keptUsed = 0;
        _keptWanted = 0;
    }

    private void FindThrows()
    {
        for (int i = _flow.Blocks.Count - 1; i >= 0; i--)
        {
            Block block = _flow.Blocks[i];
            if (_states[i] is { Throws: true })
            {
                block.Throws = true;
            }
            else if (!block.Throws && block.NextCount > 0)
            {
                block.Throws = AllThrow(_flow.Next(block), i);
            }
        }
    }

    private bool AllThrow(ReadOnlySpan<int> blocks, int behind)
    {
        foreach (int block in blocks)
        {
            if (block <= behind || !_flow.Blocks[block].Throws)
            {
                return false;
            }
        }

        return true;
    }
}
