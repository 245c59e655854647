using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>
/// Runs a method over expressions instead of values: what each call is given, what is stored and returned, and under
/// which conditions. Branches join in choices; loops are gone through three times, which is enough for a value to go round.
/// </summary>
internal sealed class MethodEvaluator(MetadataReader metadata, TypeNames names, SourceMap sources, Effort effort, CodeBodyWriter bodies)
{
    private const int Sweeps = 3;
    private const int MaximumChoices = 16;
    private const int MaximumGuards = 12;
    private const int MaximumKept = 8 * 1024;

    // Their tables stay so small that the garbage collector does not treat them as large: making a large object is an occasion to look through all memory.
    private const int MaximumTexts = 1900;

    private static readonly UnknownValue Computed = new("is computed");
    private static readonly UnknownValue Caught = new("is an exception");
    private static readonly Cell[] CaughtOnly = [new Cell(Caught)];
    private static readonly UnknownValue Unset = new("is not set");
    private static readonly UnknownValue TooDeep = new("is computed in too many steps");

    private readonly MethodFlow _flow = new();
    private readonly Dictionary<string, TextValue> _texts = new(StringComparer.Ordinal);
    private ByHandle<UserStringHandle, TextValue> _textsByHandle = new(MaximumTexts / 2);
    private readonly Dictionary<string, NumberValue> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NumberValue> _integers = [];
    private readonly NumberValue?[] _small = new NumberValue?[130];
    private Dictionary<(CodeField, CodeValue), FieldValue> _fields = new(SameObjects.Instance);
    private readonly List<FieldValue> _fewFields = [];
    private readonly Relevance _relevance = new();
    private readonly ByRow<Callee> _callees = new(metadata, TableIndex.MethodDef, TableIndex.MemberRef, TableIndex.MethodSpec);
    private Dictionary<(CodeValue, CodeValue), CodeValue> _merged = new(SameValues.Instance);
    private readonly Cell[] _joined = new Cell[2 * MaximumChoices];
    private readonly List<ChoiceValue> _merges = [];
    private readonly List<CodeMethodReference> _delegates = [];
    private readonly List<string> _types = [];
    private readonly HashSet<string> _statics = new(StringComparer.Ordinal);
    private readonly List<CodeSite> _sites = [];
    private readonly List<CodeBranch> _tests = [];
    private readonly List<CodeStore> _stores = [];
    private readonly List<ChoiceValue> _told = [];
    private readonly HashSet<CodeMethodReference> _onceDelegates = [];
    private readonly HashSet<string> _onceTypes = new(StringComparer.Ordinal);
    private readonly List<string> _owners = [];
    private readonly List<(int, bool)> _guards = [];
    private (int At, int Count) _lastConditions;
    private ImmutableArray<(int, bool)> _lastGuards;
    private readonly List<ParameterValue> _parameters = [];
    private readonly List<(int Offset, SourcePlace Place)> _points = [];
    private readonly (int Branch, bool When)[] _edge = new (int, bool)[MaximumGuards];
    private readonly CodeValue[][] _arguments = [.. Enumerable.Range(0, 12).Select(static count => new CodeValue[count])];
    private readonly CodeValue[][] _texted = [.. Enumerable.Range(0, 12).Select(static count => new CodeValue[count])];
    private readonly List<CallValue> _calls = [];
    private readonly List<CodeValue[]>[] _spare = [.. Enumerable.Range(0, 12).Select(static _ => new List<CodeValue[]>())];
    private readonly int[] _spareUsed = new int[12];
    private readonly List<SlotAddress> _addresses = [];
    private Cell[] _kept = new Cell[1024];
    private int _keptUsed;
    private int _keptWanted;

    // The conditions of all blocks and calls of a method, one after the other: each has its part of it.
    private (int Branch, bool When)[] _conditions = new (int, bool)[256];
    private int _conditionCount;
    private int _callsUsed;
    private readonly ByHandle<StringHandle, TextValue> _namesOfParameters = new(metadata.GetTableRowCount(TableIndex.Param) / 4);
    private readonly TextValue _nameless = new("");
    private TextValue[] _parameterNames = [];

    private readonly InstructionNotes _notes = new();
    private Cell[] _stack = new Cell[64];
    private int _top;
    private readonly List<State> _made = [];
    private readonly State _whole = new();
    private State?[] _states = [];
    private Cell[] _slots = new Cell[16];
    private int _slotCount;
    private bool _slotIsSet;

    // Of the block that is run: the variables it read before it set them and those it set, a bit for each; whether it made, changed or read what is another object each time.
    private ulong _reads;
    private ulong _writes;
    private bool _isFresh;

    // Whether a choice of the method was cut off: then a value that is known may be met as new again.
    private bool _wasCut;

    // The block behind the one that is run, and that block's state where the variables are as they are at its beginning.
    private int _following;
    private State? _slotsOf;
    private bool _hasConditions;
    private KnownField? _lastStatic;
    private CodeValue? _returns;
    private int _localCount;
    private CodeMethodReference _self = null!;
    private MethodDefinitionHandle _handle;
    private bool _pointsAreRead;

    /// <summary>Told of a string constant that is kept (<see cref="LiteralFilter"/>) where it is met first, with its place.</summary>
    public Action<string, Func<CodePlace?>>? OnText { get; set; }

    /// <summary>Evaluates one body.</summary>
    /// <exception cref="BadImageFormatException">It is damaged.</exception>
    /// <param name="handle">The method.</param>
    /// <param name="declared">What its declaration says; the rest is filled in.</param>
    /// <param name="body">Its body.</param>
    public CodeMethod Evaluate(MethodDefinitionHandle handle, DeclaredMethod declared, MethodIl body)
    {
        CodeMethodReference self = declared.Reference;
        _self = self;
        _handle = handle;
        _pointsAreRead = false;
        Clear();
        if (IsAccessor(body))
        {
            return Written(declared);
        }

        _flow.Read(body, effort);
        _notes.Begin(_flow.Length);
        _localCount = _flow.Locals;
        int parameters = self.Parameters.Length + (self.IsStatic ? 0 : 1);
        _slotCount = _localCount + parameters;
        if (_slots.Length < _slotCount)
        {
            _slots = new Cell[2 * _slotCount];
        }

        Array.Fill(_slots, new Cell(Unset), 0, _localCount);
        for (int i = 0; i < parameters; i++)
        {
            _slots[_localCount + i] = new Cell(Parameter(i));
        }

        if (_flow.IsStraight)
        {
            RunStraight();
        }
        else
        {
            RunBlocks();
        }

        return Result(declared);
    }

    // Many methods only give back or set a field of this: ldarg.0, ldfld, ret; ldarg.0, ldarg.1, stfld, ret. What they are told by is worth no table.
    private bool IsAccessor(MethodIl body)
    {
        if (body.Length is not (7 or 8) || _self.IsStatic || !body.Regions.IsEmpty)
        {
            return false;
        }

        BlobReader il = body.Il;
        bool sets = body.Length == 8;
        if (il.ReadByte() != 0x02 || (sets && (il.ReadByte() != 0x03 || _self.Parameters.IsEmpty)) || il.ReadByte() != (sets ? 0x7D : 0x7B))
        {
            return false;
        }

        int token = il.ReadInt32();
        if (il.ReadByte() != 0x2A)
        {
            return false;
        }

        effort.Spend(body.Length);
        KnownField field = names.Field(Handle(token));
        if (sets)
        {
            _stores.Add(new CodeStore(field.Field, Parameter(1), PlaceAt(2).Place));
        }
        else if (_self.Returns != "System.Void")
        {
            _returns = field.OfThis(Parameter(0));
        }

        return true;
    }

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
            _states = new State?[_flow.Blocks.Count + 64];
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
                    bool sees = state.MustRun || _slotCount > 64 || _wasCut || (changed & state.Reads) != 0;
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

    // Clearing a dictionary costs what it ever held, so that one huge method would make all others slow.
    private static void Reset<TKey, TValue>(ref Dictionary<TKey, TValue> dictionary)
        where TKey : notnull
    {
        if (dictionary.Count > 200)
        {
            dictionary = new Dictionary<TKey, TValue>(dictionary.Comparer);
        }
        else
        {
            dictionary.Clear();
        }
    }

    private void Clear()
    {
        Reset(ref _fields);
        _fewFields.Clear();
        Reset(ref _merged);
        _merges.Clear();
        _tests.Clear();
        _sites.Clear();
        _stores.Clear();
        _told.Clear();
        _owners.Clear();
        _delegates.Clear();
        _types.Clear();
        _statics.Clear();
        _lastStatic = null;
        _wasCut = false;
        _hasConditions = false;
        _returns = null;
        _callsUsed = 0;
        _conditionCount = 0;
        Array.Clear(_spareUsed);

        // More than the last method had room for; not so much that the collector treats it as large.
        if (_keptWanted > _kept.Length && _kept.Length < MaximumKept)
        {
            _kept = new Cell[Math.Min(MaximumKept, 2 * _keptWanted)];
        }

        _keptUsed = 0;
        _keptWanted = 0;
        if (_texts.Count > MaximumTexts)
        {
            _texts.Clear();
            _textsByHandle = new ByHandle<UserStringHandle, TextValue>(MaximumTexts / 2);
        }
    }

    private void Run(int index, State state, bool firstSweep)
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
    private void HandOn(int index, State state, ulong changed)
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

    private void HandOn(State from, State to, ulong changed)
    {
        effort.Spend(1);
        ReadOnlySpan<Cell> slots = from.Slots;
        Span<Cell> known = to.Slots;
        for (; changed != 0; changed &= changed - 1)
        {
            int slot = BitOperations.TrailingZeroCount(changed);
            if (Merge(ref known[slot].Value, slots[slot].Value))
            {
                to.Dirty = true;
                to.Changed |= 1UL << slot;
            }
        }
    }

    private void EnterHandlers(Block block, State state, bool firstSweep)
    {
        foreach (int handler in block.Handlers)
        {
            Enter(handler, CaughtOnly, ConditionsOf(state), forward: true, firstSweep);
        }
    }

    private void Enter(int block, ReadOnlySpan<Cell> stack, ReadOnlySpan<(int, bool)> guards, bool forward, bool firstSweep)
    {
        effort.Spend(_slotCount);
        State? state = _states[block];
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
                if (Merge(ref known[i].Value, slots[i].Value))
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
            if (Merge(ref state.Stack[i].Value, stack[i].Value))
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

    private State StateOf(int block, ReadOnlySpan<Cell> stack, ReadOnlySpan<(int, bool)> guards)
    {
        while (_made.Count <= block)
        {
            _made.Add(new State());
        }

        State state = _made[block];
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

    private ReadOnlySpan<(int, bool)> ConditionsOf(State state) => _conditions.AsSpan(state.ConditionsAt, state.ConditionCount);

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
    private void KeepShared(State state, ReadOnlySpan<(int, bool)> guards)
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
    private void Keep(State state)
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

    private bool Merge(ref CodeValue known, CodeValue added)
    {
        if (ReferenceEquals(known, added) || ReferenceEquals(added, Unset))
        {
            return false;
        }

        if (ReferenceEquals(known, Unset))
        {
            known = added;
            return true;
        }

        if (IsAddress(known) || IsAddress(added))
        {
            return false;
        }

        // A loop meets what it knows already over and over.
        if (HoldsAll(known, added))
        {
            return false;
        }

        int choices = known is ChoiceValue { Values.Length: var few } ? few : 1;
        int more = added is ChoiceValue { Values.Length: var others } ? others : 1;
        effort.Spend(choices + more);
        if (_merged.TryGetValue((known, added), out CodeValue? result))
        {
            known = result;
            return true;
        }

        int count = AddNew(AddNew(0, known), added);
        if (count > MaximumChoices)
        {
            if (choices >= MaximumChoices)
            {
                return false;
            }

            _wasCut = true;
            count = MaximumChoices;
            _joined[count - 1].Value = TooDeep;
        }

        result = Choice(count);
        _merged[(known, added)] = result;
        known = result;
        return true;
    }

    private CodeValue Choice(int count)
    {
        bool hasCall = false;
        var all = new CodeValue[count];
        for (int i = 0; i < count; i++)
        {
            CodeValue value = _joined[i].Value;
            if (value.Depth >= CodeValue.MaximumDepth)
            {
                _wasCut = true;
                return TooDeep;
            }

            all[i] = value;
            hasCall |= value is CallValue;
        }

        var choice = new ChoiceValue(all);
        if (hasCall)
        {
            _merges.Add(choice);
        }

        return choice;
    }

    private int AddNew(int count, CodeValue value)
    {
        if (value is not ChoiceValue { Values: var values })
        {
            return AddOne(count, value);
        }

        foreach (CodeValue one in values)
        {
            count = AddOne(count, one);
        }

        return count;
    }

    // There are few, so looking through them is cheaper than a set.
    private int AddOne(int count, CodeValue value)
    {
        for (int i = 0; i < count; i++)
        {
            if (ReferenceEquals(_joined[i].Value, value))
            {
                return count;
            }
        }

        _joined[count].Value = value;
        return count + 1;
    }

    private static bool HoldsAll(CodeValue known, CodeValue added)
    {
        if (added is not ChoiceValue more)
        {
            return Holds(known, added);
        }

        foreach (CodeValue value in more.Values)
        {
            if (!Holds(known, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(CodeValue known, CodeValue value)
    {
        if (known is not ChoiceValue { Values: var values })
        {
            return ReferenceEquals(known, value);
        }

        foreach (CodeValue one in values)
        {
            if (ReferenceEquals(one, value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAddress(CodeValue value) => value.Depth < 0;

    // One loop with what is met at almost every instruction written out in it: a call for each would be much of what an instruction costs.
    private void Step(ReadOnlySpan<Instruction> instructions, State state, Block block)
    {
        foreach (ref readonly Instruction instruction in instructions)
        {
            switch (instruction.Operation)
            {
                case Operation.Nothing or Operation.Goto or Operation.JumpToMethod or Operation.Rethrow:
                    break;
                case Operation.LoadArgument:
                    Push(Slot(_localCount + instruction.Operand));
                    break;
                case Operation.LoadLocal:
                    Push(Slot(instruction.Operand));
                    break;
                case Operation.StoreLocal:
                    SetSlot(instruction.Operand, Pop());
                    break;
                case Operation.StoreArgument:
                    SetSlot(_localCount + instruction.Operand, Pop());
                    break;
                case Operation.AddressOfArgument:
                    Push(AddressOf(_localCount + instruction.Operand));
                    break;
                case Operation.AddressOfLocal:
                    Push(AddressOf(instruction.Operand));
                    break;
                case Operation.Null:
                    Push(NullValue.Instance);
                    break;
                case Operation.Number:
                    Push(Number(instruction.Operand));
                    break;
                case Operation.Text:
                    Push(TextOf(instruction));
                    break;
                case Operation.Duplicate:
                    CodeValue top = Pop();
                    Push(top);
                    Push(top);
                    break;
                case Operation.Discard:
                    if (Pop() is CallValue { Site: var discarded })
                    {
                        discarded.Discarded = true;
                    }

                    break;
                case Operation.Call or Operation.CallVirtual or Operation.New:
                    Call(in instruction, state);
                    break;
                case Operation.Return:
                    Return();
                    break;
                case Operation.BranchIfTrue or Operation.BranchIfFalse:
                    AddBranch(instruction.Offset, Stripped(Pop()), instruction.Operation == Operation.BranchIfFalse, block);
                    break;
                case Operation.BranchIfEqual or Operation.BranchIfDifferent:
                    CodeValue right = Stripped(Pop());
                    CodeValue left = Stripped(Pop());
                    AddBranch(instruction.Offset, Comparison(instruction.Offset, left, right, instruction.Operation == Operation.BranchIfDifferent), negated: false, block);
                    break;
                case Operation.Convert:
                    Push(Stripped(Pop()));
                    break;
                case Operation.Unbox:
                    Push(Pop());
                    break;
                case Operation.LoadField:
                    Push(AsField(names.Field(Handle(instruction.Operand)), Stripped(Pop())));
                    break;
                case Operation.AddressOfField:
                    KnownField inside = names.Field(Handle(instruction.Operand));
                    Push(inside.AddressOf(AsField(inside, Stripped(Pop()))));
                    break;
                case Operation.StoreField:
                    CodeValue value = Stripped(Pop());
                    Pop();
                    StoreField(names.Field(Handle(instruction.Operand)).Field, value, instruction.Offset);
                    break;
                case Operation.LoadStatic:
                    Push(Static(names.Field(Handle(instruction.Operand))));
                    break;
                case Operation.AddressOfStatic:
                    KnownField shared = names.Field(Handle(instruction.Operand));
                    Push(shared.AddressOf(shared.Static));
                    break;
                case Operation.StoreStatic:
                    StoreField(names.Field(Handle(instruction.Operand)).Field, Stripped(Pop()), instruction.Offset);
                    break;
                case Operation.Other:
                    Drop(instruction.Operand & 0xFF);
                    for (int more = instruction.Operand >> 8; more > 0; more--)
                    {
                        Push(Computed);
                    }

                    break;
                case Operation.BranchIfOrdered:
                    Drop(2);
                    break;
                case Operation.Switch or Operation.Throw or Operation.EndFilter:
                    Drop(1);
                    break;
                case Operation.Leave or Operation.EndFinally:
                    _top = 0;
                    break;
                default:
                    StepSeldom(in instruction);
                    break;
            }
        }
    }

    private void StepSeldom(in Instruction instruction)
    {
        switch (instruction.Operation)
        {
            case Operation.LongNumber:
                Push(Number(BinaryPrimitives.ReadInt64LittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1))));
                break;
            case Operation.SingleNumber:
                Push(Number(BinaryPrimitives.ReadSingleLittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1)).ToString(CultureInfo.InvariantCulture)));
                break;
            case Operation.DoubleNumber:
                Push(Number(BinaryPrimitives.ReadDoubleLittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1)).ToString(CultureInfo.InvariantCulture)));
                break;
            case Operation.LoadThroughAddress:
                Push(Load(Pop()));
                break;
            case Operation.StoreThroughAddress:
                CodeValue stored = Pop();
                Store(Pop(), stored, instruction.Offset);
                break;
            case Operation.InitializeAddress:
                Store(Pop(), NullValue.Instance, instruction.Offset);
                break;
            case Operation.NewArray:
                Pop();
                Push(NewList());
                break;
            case Operation.AddressOfElement:
                CodeValue index = Pop();
                CodeValue array = Stripped(Pop());
                Push(array is ListValue list ? new ElementAddress(list, IndexOf(index)) : Element(instruction.Offset, array));
                break;
            case Operation.LoadElement:
                CodeValue at = Pop();
                Push(ElementAt(instruction.Offset, Stripped(Pop()), IndexOf(at)));
                break;
            case Operation.StoreElement:
                CodeValue element = Stripped(Pop());
                CodeValue place = Pop();
                if (Stripped(Pop()) is ListValue target)
                {
                    SetElement(target, IndexOf(place), element);
                }

                break;
            case Operation.TypeToken:
                Push(TypeOf(Handle(instruction.Operand)));
                break;
            case Operation.CompareEqual or Operation.CompareGreater:
                CodeValue second = Stripped(Pop());
                CodeValue first = Stripped(Pop());
                Push(instruction.Operation == Operation.CompareEqual ? Comparison(instruction.Offset, first, second, negated: false)
                    : second is NullValue or NumberValue { Text: "0" } ? Comparison(instruction.Offset, first, second, negated: true) : Computed);
                break;
            case Operation.Function:
                Push(Function(instruction.Operand));
                break;
            case Operation.VirtualFunction:
                Pop();
                Push(Function(instruction.Operand));
                break;
            case Operation.CallThroughPointer:
                Pop();
                CallThroughPointer(instruction.Operand);
                break;
            default:
                throw new InvalidOperationException($"Nothing is said of {instruction.Operation}.");
        }
    }

    private void Return()
    {
        if (_top == 0 || _self.Returns == "System.Void")
        {
            return;
        }

        CodeValue returned = Stripped(Pop());
        if (_returns is null)
        {
            _returns = returned;
        }
        else
        {
            Merge(ref _returns, returned);
        }
    }

    private CodeValue Static(KnownField field)
    {
        if (!ReferenceEquals(_lastStatic, field))
        {
            _lastStatic = field;
            _statics.Add(field.Field.Owner);
        }

        return field.Field is { Owner: "System.String", Name: "Empty" } ? Text("") : field.Static;
    }

    private FunctionAddress Function(int token)
    {
        CodeMethodReference function = names.Method(Handle(token));
        _delegates.Add(function);
        return new FunctionAddress(function);
    }

    private CodeValue TypeOf(EntityHandle token)
    {
        if (token.Kind is not (HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification))
        {
            return Computed;
        }

        string type = names.Of(token);
        _types.Add(type);
        _isFresh = true;
        return new TypeValue(type);
    }

    private ListValue NewList()
    {
        _isFresh = true;
        return new ListValue();
    }

    // What is in a list depends on more than the block's variables.
    private List<CodeValue> ElementsOf(ListValue list)
    {
        _isFresh = true;
        return list.Elements;
    }

    private void CallThroughPointer(int token)
    {
        EntityHandle handle = Handle(token);
        if (handle.Kind != HandleKind.StandaloneSignature)
        {
            throw new BadImageFormatException("A call through a pointer has no signature.");
        }

        MethodSignature signature = names.Signature(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).Signature);
        for (int i = 0; i < signature.Parameters.Length + (signature.IsStatic ? 0 : 1); i++)
        {
            Pop();
        }

        if (signature.Returns != "System.Void")
        {
            Push(Computed);
        }
    }

    private void Call(in Instruction instruction, State state)
    {
        EntityHandle handle = Handle(instruction.Operand);
        Callee callee = CalleeOf(handle);
        CodeMethodReference method = callee.Method;
        bool isNew = instruction.Operation == Operation.New;
        int count = isNew ? callee.Count - callee.This : callee.Count;
        effort.Spend(count + 1);
        if (_top < count)
        {
            FillStack(count);
        }

        _top -= count;
        Span<Cell> taken = _stack.AsSpan(_top, count);
        if (isNew && count == 2 && taken[1].Value is FunctionAddress function)
        {
            CodeValue target = Stripped(taken[0].Value);
            _isFresh = true;
            Push(new DelegateValue(function.Method, target is NullValue ? null : target.Depth < CodeValue.MaximumDepth ? target : TooDeep));
            return;
        }

        if (callee.MayBeIntrinsic && Intrinsic(instruction.Offset, method, Raw(taken), isNew))
        {
            return;
        }

        ref InstructionNote note = ref _notes.Of(instruction.Offset);
        note.SetConditions(state.ConditionsAt, state.ConditionCount);
        CallValue? call = note.Call;
        if (call is null)
        {
            call = NewCall(method);
            note.SetCall(call, callee);
            call.Site.Offset = instruction.Offset;
            call.Site.IsNew = isNew;
            call.Site.IsVirtual = instruction.Operation == Operation.CallVirtual;
            call.Site.TypeArguments = handle.Kind == HandleKind.MethodSpecification ? names.MethodArguments(handle) : [];
        }

        CodeSite site = call.Site;
        CodeValue[] arguments = site.Arguments.Length == count ? site.Arguments : NewArguments(count);
        // A span asks at no store whether the array may hold the value.
        Span<CodeValue> given = arguments;
        bool hasAddress = false;
        for (int i = 0; i < given.Length; i++)
        {
            CodeValue argument = taken[i].Value;
            if (IsAddress(argument))
            {
                hasAddress = true;
                argument = Stripped(argument);
            }

            given[i] = argument.Depth >= CodeValue.MaximumDepth ? TooDeep : argument;
        }

        site.Arguments = arguments;
        if (isNew)
        {
            Push(call);
            return;
        }

        if (hasAddress)
        {
            SetByAddress(callee, call, taken, given);
        }

        if (!callee.IsVoid)
        {
            Push(call);
        }
        else if (callee.Throws)
        {
            state.Throws = true;
        }
    }

    // Code that nothing reaches may ask for more than there is: what is missing lies below.
    private void FillStack(int count)
    {
        int missing = count - _top;
        if (_stack.Length < count)
        {
            Array.Resize(ref _stack, 2 * count);
        }

        _stack.AsSpan(0, _top).CopyTo(_stack.AsSpan(missing));
        _stack.AsSpan(0, missing).Fill(new Cell(Computed));
        _top = count;
    }

    // What is made of them copies them: the next call uses the array again.
    private CodeValue[] Raw(ReadOnlySpan<Cell> taken)
    {
        CodeValue[] raw = taken.Length < _arguments.Length ? _arguments[taken.Length] : new CodeValue[taken.Length];
        Span<CodeValue> values = raw;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = taken[i].Value;
        }

        return raw;
    }

    private void SetByAddress(Callee callee, CallValue call, ReadOnlySpan<Cell> taken, ReadOnlySpan<CodeValue> given)
    {
        CodeMethodReference method = callee.Method;
        // A structure made in place.
        if (callee.IsConstructor && taken[0].Value is SlotAddress made)
        {
            CodeSite site = call.Site;
            site.IsNew = true;
            site.Arguments = NewArguments(taken.Length - 1);
            given[1..].CopyTo(site.Arguments);
            SetSlot(made.Slot, call);
        }

        for (int i = 0; i < taken.Length; i++)
        {
            // What is passed by reference may come back changed.
            if (taken[i].Value is SlotAddress address && (method.IsStatic || i > 0) && method.ArgumentType(i) is "System.String&" or "!!0&")
            {
                _isFresh = true;
                SetSlot(address.Slot, new UnknownValue($"is set by {method.Name}"));
            }
        }
    }

    private Callee CalleeOf(EntityHandle handle)
    {
        if (_callees.Find(handle) is not { } callee)
        {
            callee = new Callee(names.Method(handle));
            _callees.Add(handle, callee);
        }

        return callee;
    }

    // Strings are put together where they are; anything else is left to linking.
    private bool Intrinsic(int offset, CodeMethodReference method, CodeValue[] raw, bool isNew)
    {
        switch (method.TypeDefinition)
        {
            case "System.String":
                return StringCall(offset, method, raw, isNew);
            case "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler":
                return HandlerCall(offset, method, raw);
            case "<PrivateImplementationDetails>" when method.Name is "InlineArrayElementRef" or "InlineArrayElementRefReadOnly" && raw.Length == 2 && raw[0] is SlotAddress buffer:
                Push(new ElementAddress(ListIn(buffer), IndexOf(raw[1])));
                return true;
            case "<PrivateImplementationDetails>" when method.Name == "InlineArrayFirstElementRef" && raw.Length == 1 && raw[0] is SlotAddress first:
                Push(new ElementAddress(ListIn(first), 0));
                return true;
            case "<PrivateImplementationDetails>" when method.Name is "InlineArrayAsReadOnlySpan" or "InlineArrayAsSpan" && raw.Length == 2 && raw[0] is SlotAddress whole:
                Push(ListIn(whole));
                return true;
            case "System.ReadOnlySpan`1" or "System.Span`1" or "System.Memory`1" or "System.ReadOnlyMemory`1":
                if (isNew && raw.Length == 1 && raw[0] is SlotAddress one)
                {
                    ListValue single = NewList();
                    single.Elements.Add(Stripped(Slot(one.Slot)));
                    Push(single);
                    return true;
                }

                if ((isNew || method.Name == "op_Implicit") && raw.Length == 1)
                {
                    Push(Stripped(raw[0]));
                    return true;
                }

                if (method.Name == "get_Item" && raw.Length == 2)
                {
                    CodeValue span = Stripped(raw[0]);
                    Push(span is ListValue list ? new ElementAddress(list, IndexOf(raw[1])) : Element(offset, span));
                    return true;
                }

                return false;
            case "System.Type" when method.Name == "GetTypeFromHandle" && raw.Length == 1:
                Push(raw[0]);
                return true;
            case "System.Array" when method.Name == "Empty" && raw.Length == 0:
                Push(NewList());
                return true;
            case "Microsoft.Extensions.Configuration.ConfigurationPath" when method.Name == "Combine" && raw.Length == 1:
                CodeValue segments = Stripped(raw[0]);
                Push(segments is ListValue known ? Concatenation(offset, Separated(ElementsOf(known), Text(":"))) : Computed);
                return true;
            default:
                return false;
        }
    }

    private bool StringCall(int offset, CodeMethodReference method, CodeValue[] raw, bool isNew)
    {
        if (isNew)
        {
            return false;
        }

        // What is made of them copies them.
        CodeValue[] values = raw.Length < _texted.Length ? _texted[raw.Length] : new CodeValue[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            values[i] = Stripped(raw[i]);
        }

        switch (method.Name)
        {
            case "Concat":
                Push(values is [ListValue list] ? Concatenation(offset, ElementsOf(list))
                    : values.Length == 1 ? values[0]
                    : Concatenation(offset, values));
                return true;
            case "Format":
                int first = method.Parameters[0] == "System.IFormatProvider" ? 1 : 0;
                if (values.Length > first && values[first] is TextValue format)
                {
                    IReadOnlyList<CodeValue> arguments = values.Length == first + 2 && values[first + 1] is ListValue given ? ElementsOf(given) : values[(first + 1)..];
                    Push(Concatenation(offset, Formatted(format.Text, arguments)));
                    return true;
                }

                return false;
            case "Join" when values.Length >= 2 && values[0] is TextValue or NumberValue:
                if (values is [_, ListValue joined])
                {
                    CodeValue separator = values[0] is NumberValue { Text: var number } && int.TryParse(number, CultureInfo.InvariantCulture, out int character) && character is > 0 and < 65536
                        ? Text(((char)character).ToString())
                        : values[0];
                    Push(Concatenation(offset, Separated(ElementsOf(joined), separator)));
                    return true;
                }

                return false;
            case "op_Equality" or "op_Inequality" when values.Length == 2:
                Push(Comparison(offset, values[0], values[1], method.Name == "op_Inequality"));
                return true;
            case "Equals" when values.Length >= 2 && method.Parameters[0] is "System.String" or "System.Object":
                Push(Comparison(offset, values[0], values[1], negated: false));
                return true;
            case "ToString" or "ToLowerInvariant" or "ToUpperInvariant" or "ToLower" or "ToUpper" or "Trim" or "Intern" or "IsInterned" when values.Length == 1 && values[0] is not CallValue:
                Push(values[0]);
                return true;
            default:
                return false;
        }
    }

    private bool HandlerCall(int offset, CodeMethodReference method, CodeValue[] raw)
    {
        if (raw.Length == 0)
        {
            return false;
        }

        if (raw[0] is not SlotAddress handler)
        {
            return false;
        }

        switch (method.Name)
        {
            case ".ctor":
                SetSlot(handler.Slot, Unfolded(offset, []));
                return true;
            case "AppendLiteral" or "AppendFormatted" when raw.Length >= 2:
                if (Slot(handler.Slot) is ConcatenationValue text)
                {
                    SetSlot(handler.Slot, Unfolded(offset, [.. text.Parts, Stripped(raw[1])]));
                }

                return true;
            case "ToStringAndClear" or "ToString":
                Push(Slot(handler.Slot) is ConcatenationValue whole ? Concatenation(offset, whole.Parts) : Slot(handler.Slot));
                return true;
            case "Clear":
                return true;
            default:
                return false;
        }
    }

    private static List<CodeValue> Separated(IReadOnlyList<CodeValue> elements, CodeValue separator)
    {
        var parts = new List<CodeValue>();
        foreach (CodeValue element in elements)
        {
            if (parts.Count > 0)
            {
                parts.Add(separator);
            }

            parts.Add(element);
        }

        return parts;
    }

    private List<CodeValue> Formatted(string format, IReadOnlyList<CodeValue> arguments)
    {
        var parts = new List<CodeValue>();
        int at = 0;
        while (at < format.Length)
        {
            int open = format.IndexOf('{', at);
            if (open < 0 || open + 1 >= format.Length || format[open + 1] == '{')
            {
                int end = open < 0 ? format.Length : Math.Min(open + 1, format.Length);
                parts.Add(Text(format[at..end].Replace("}}", "}", StringComparison.Ordinal)));
                at = open < 0 ? format.Length : open + 2;
                continue;
            }

            if (open > at)
            {
                parts.Add(Text(format[at..open].Replace("}}", "}", StringComparison.Ordinal)));
            }

            int close = format.IndexOf('}', open);
            if (close < 0)
            {
                parts.Add(Computed);
                break;
            }

            ReadOnlySpan<char> hole = format.AsSpan(open + 1, close - open - 1);
            int colon = hole.IndexOfAny(':', ',');
            parts.Add(int.TryParse(colon < 0 ? hole : hole[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < arguments.Count ? arguments[index] : Computed);
            at = close + 1;
        }

        return parts;
    }

    private CodeValue Concatenation(int offset, IReadOnlyList<CodeValue> parts)
    {
        effort.Spend(parts.Count);
        if (parts.Count > 64 || parts.Any(static part => part.Depth >= CodeValue.MaximumDepth - 1))
        {
            return TooDeep;
        }

        if (parts.Count > 0 && parts.All(static part => part is TextValue) && parts.Sum(static part => ((TextValue)part).Text.Length) <= 1000)
        {
            // Folding here keeps constants of the compiler's own concatenations out of the facts.
            return parts.Count == 1 ? parts[0] : Text(string.Concat(parts.Select(static part => ((TextValue)part).Text)));
        }

        return Unfolded(offset, parts);
    }

    // The interpolated string's handler stays a concatenation until it is turned into text.
    private CodeValue Unfolded(int offset, IReadOnlyList<CodeValue> parts)
    {
        if (parts.Count > 64 || parts.Any(static part => part.Depth >= CodeValue.MaximumDepth - 1))
        {
            return TooDeep;
        }

        if (_notes.Known(offset).Made is ConcatenationValue old && old.Parts.SequenceEqual(parts))
        {
            return old;
        }

        var value = new ConcatenationValue([.. parts]);
        _notes.Of(offset).Made = value;
        return value;
    }

    private CodeValue Comparison(int offset, CodeValue left, CodeValue right, bool negated)
    {
        if (left.Depth >= CodeValue.MaximumDepth - 1 || right.Depth >= CodeValue.MaximumDepth - 1)
        {
            return TooDeep;
        }

        if (_notes.Known(offset).Made is ComparisonValue old && ReferenceEquals(old.Left, left) && ReferenceEquals(old.Right, right))
        {
            return old;
        }

        var value = new ComparisonValue(left, right, negated);
        _notes.Of(offset).Made = value;
        return value;
    }

    private CodeValue Element(int offset, CodeValue sequence)
    {
        if (sequence.Depth >= CodeValue.MaximumDepth - 1)
        {
            return TooDeep;
        }

        if (_notes.Known(offset).Made is ElementValue old && ReferenceEquals(old.Sequence, sequence))
        {
            return old;
        }

        var value = new ElementValue(sequence);
        _notes.Of(offset).Made = value;
        return value;
    }

    private CodeValue ElementAt(int offset, CodeValue sequence, int index) =>
        sequence is ListValue list && ElementsOf(list) is var elements && (uint)index < (uint)elements.Count ? elements[index] : Element(offset, sequence);

    private static int IndexOf(CodeValue value) =>
        value is NumberValue { Text: var text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < 256 ? index : -1;

    private void SetElement(ListValue list, int index, CodeValue element)
    {
        List<CodeValue> elements = ElementsOf(list);
        if (element.Depth >= CodeValue.MaximumDepth - 1)
        {
            element = TooDeep;
        }

        if (index < 0)
        {
            if (elements.Count < 256 && !elements.Contains(element))
            {
                elements.Add(element);
            }

            return;
        }

        while (elements.Count <= index)
        {
            elements.Add(NullValue.Instance);
        }

        elements[index] = element;
    }

    private ListValue ListIn(SlotAddress address)
    {
        if (Slot(address.Slot) is ListValue list)
        {
            return list;
        }

        ListValue made = NewList();
        SetSlot(address.Slot, made);
        return made;
    }

    private void AddBranch(int offset, CodeValue condition, bool negated, Block block)
    {
        ReadOnlySpan<int> next = _flow.Next(block);
        if (next.Length != 2)
        {
            return;
        }

        // The first is where it falls through to, the second where it jumps to.
        int whenTrue = negated ? next[0] : next[1];
        int whenFalse = negated ? next[1] : next[0];
        _notes.Of(offset).SetBranch(condition, whenTrue, whenFalse);
        _hasConditions = true;
    }

    private FieldValue AsField(KnownField known, CodeValue owner) => FieldValueOf(known, owner.Depth >= CodeValue.MaximumDepth - 1 ? TooDeep : owner);

    private FieldValue FieldValueOf(KnownField known, CodeValue owner)
    {
        if (_parameters.Count > 0 && ReferenceEquals(owner, _parameters[0]))
        {
            return known.OfThis(_parameters[0]);
        }

        // Most methods use few fields of others.
        CodeField field = known.Field;
        foreach (FieldValue few in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_fewFields))
        {
            if (ReferenceEquals(few.Field, field) && ReferenceEquals(few.Owner, owner))
            {
                return few;
            }
        }

        if (!_fields.TryGetValue((field, owner), out FieldValue? value))
        {
            value = new FieldValue(field, owner);
            if (_fewFields.Count < 16)
            {
                _fewFields.Add(value);
            }
            else
            {
                _fields.Add((field, owner), value);
            }
        }

        return value;
    }

    private void StoreField(CodeField field, CodeValue value, int offset)
    {
        _notes.Of(offset).SetStore(field, value.Depth >= CodeValue.MaximumDepth - 1 ? TooDeep : value);
    }

    private CodeValue Load(CodeValue address) => address switch
    {
        SlotAddress slot => Slot(slot.Slot),
        FieldAddress field => field.Field,
        ElementAddress { Index: var index, List: var list } => ElementsOf(list) is var elements && (uint)index < (uint)elements.Count ? elements[index] : Computed,
        _ => address,
    };

    private void Store(CodeValue address, CodeValue value, int offset)
    {
        value = Stripped(value);
        switch (address)
        {
            case SlotAddress slot:
                SetSlot(slot.Slot, value);
                break;
            case FieldAddress field:
                StoreField(field.Field.Field, value, offset);
                break;
            case ElementAddress element:
                SetElement(element.List, element.Index, value);
                break;
        }
    }

    // Addresses never leave the method.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeValue Stripped(CodeValue value) => IsAddress(value) ? ValueAt(value) : value;

    // What lies there.
    private CodeValue ValueAt(CodeValue address) => Load(address) is var inner && IsAddress(inner) ? Computed : inner;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeValue Slot(int slot)
    {
        if ((uint)slot >= (uint)_slotCount)
        {
            ThrowNoSlot();
        }

        _reads |= (1UL << (slot & 63)) & ~_writes;
        return _slots[slot].Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetSlot(int slot, CodeValue value)
    {
        if ((uint)slot >= (uint)_slotCount)
        {
            ThrowNoSlot();
        }

        _slots[slot].Value = value;
        _writes |= 1UL << (slot & 63);
        _slotIsSet = true;
    }

    [DoesNotReturn]
    private static void ThrowNoSlot() => throw new BadImageFormatException("An instruction names a variable that its method does not have.");

    // There is room: Begin made it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(CodeValue value) => _stack[_top++].Value = value;

    // No instruction leaves more than one value beyond what it takes, unless it finds none to take: to duplicate what is not there leaves two.
    private void Begin(ReadOnlySpan<Cell> stack, int instructions)
    {
        int most = stack.Length + instructions + 1;
        if (_stack.Length < most)
        {
            _stack = new Cell[Math.Max(most, 2 * _stack.Length)];
        }

        stack.CopyTo(_stack);
        _top = stack.Length;
    }

    // An address is nothing but its number, so one of each is enough.
    private SlotAddress AddressOf(int slot)
    {
        while (_addresses.Count <= slot)
        {
            _addresses.Add(new SlotAddress(_addresses.Count));
        }

        return _addresses[slot];
    }

    // Code after an unconditional branch may have an empty stack that the compiler knows to be unreachable.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CodeValue Pop() => _top == 0 ? Computed : _stack[--_top].Value;

    private void Drop(int count) => _top = Math.Max(0, _top - count);

    private ParameterValue Parameter(int index)
    {
        while (_parameters.Count <= index)
        {
            _parameters.Add(new ParameterValue(_parameters.Count));
        }

        return _parameters[index];
    }

    private TextValue Text(string text)
    {
        if (!_texts.TryGetValue(text, out TextValue? value))
        {
            value = new TextValue(text);
            _texts.Add(text, value);
        }

        return value;
    }

    // A constant counts where it is met first, so that its place is made once.
    private TextValue TextOf(Instruction instruction)
    {
        UserStringHandle handle = MetadataTokens.UserStringHandle(instruction.Operand & 0xFFFFFF);
        TextValue value = _textsByHandle.Find(handle) ?? NewText(handle, instruction.Offset);
        effort.Spend(value.Text.Length / 4);
        return value;
    }

    private TextValue NewText(UserStringHandle handle, int offset)
    {
        string text = metadata.GetUserString(handle);
        if (LiteralFilter.Keeps(text))
        {
            Tell(text, offset);
        }

        TextValue value = Text(text);
        _textsByHandle.Add(handle, value);
        return value;
    }

    private void Tell(string text, int offset) => OnText?.Invoke(text, () => PlaceAt(offset).Place);

    private NumberValue Number(long number)
    {
        if (number is >= -1 and < 128)
        {
            return _small[number + 1] ??= Number(number.ToString(CultureInfo.InvariantCulture));
        }

        if (!_integers.TryGetValue(number, out NumberValue? value))
        {
            value = Number(number.ToString(CultureInfo.InvariantCulture));
            _integers.Add(number, value);
        }

        return value;
    }

    private NumberValue Number(string text)
    {
        if (!_numbers.TryGetValue(text, out NumberValue? value))
        {
            value = new NumberValue(text);
            _numbers.Add(text, value);
        }

        return value;
    }

    // A body is written when it is evaluated; the next one uses its calls again.
    private CallValue NewCall(CodeMethodReference method)
    {
        if (_callsUsed == _calls.Count)
        {
            _calls.Add(new CallValue(new CodeSite()));
        }

        CallValue call = _calls[_callsUsed++];
        CodeSite site = call.Site;
        site.Target = method;
        site.Arguments = [];
        site.Place = null;
        site.Guards = [];
        site.Generated = false;
        site.Discarded = false;
        return call;
    }

    private CodeValue[] NewArguments(int count)
    {
        if (count == 0)
        {
            return [];
        }

        if (count >= _spare.Length)
        {
            return new CodeValue[count];
        }

        List<CodeValue[]> spare = _spare[count];
        if (_spareUsed[count] == spare.Count)
        {
            spare.Add(new CodeValue[count]);
        }

        return spare[_spareUsed[count]++];
    }

    private EntityHandle Handle(int token)
    {
        effort.Spend(1);
        EntityHandle handle = MetadataTokens.EntityHandle(token);
        return handle.IsNil ? throw new BadImageFormatException("An instruction names nothing.") : handle;
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

    private (CodePlace? Place, bool Generated) PlaceAt(int offset)
    {
        if (!_pointsAreRead)
        {
            // Most methods keep nothing that has a place.
            _pointsAreRead = true;
            sources.ReadPoints(_handle, _points);
        }

        int low = 0, high = _points.Count - 1, found = -1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_points[middle].Offset <= offset)
            {
                found = middle;
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        if (found < 0)
        {
            found = _points.Count > 0 ? 0 : -1;
        }

        return found < 0 ? (null, false) : (new CodePlace(_points[found].Place.Document.Name, _points[found].Place.Line, _points[found].Place.Column), _points[found].Place.Document.Generated);
    }

    private CodeMethod Result(DeclaredMethod declared)
    {
        Relevance relevance = _relevance;
        relevance.Begin(_self);
        List<CodeBranch> branches = _tests;
        List<CodeSite> sites = _sites;
        _lastConditions = (0, -1);
        ReadOnlySpan<int> order = _notes.InOrder();
        if (_hasConditions)
        {
            AddBranches(order, branches);
        }

        foreach (int number in order)
        {
            ref InstructionNote note = ref _notes.Numbered(number);
            if (note.Kind == NoteKind.Call)
            {
                CodeSite site = note.Call!.Site;
                if (relevance.Matters(site, note.Callee.Relevance))
                {
                    (site.Place, site.Generated) = PlaceAt(note.Offset);
                    site.Guards = branches.Count == 0 ? [] : Told(note.Conditions);
                    sites.Add(site);
                }
            }
            else if (note.Kind == NoteKind.Store && note.Value is not UnknownValue)
            {
                _stores.Add(new CodeStore(note.Field, note.Value, PlaceAt(note.Offset).Place));
            }
        }

        foreach (ChoiceValue merge in _merges)
        {
            if (relevance.Matters(merge))
            {
                _told.Add(merge);
            }
        }

        foreach (string owner in _statics)
        {
            if (owner != "System.String" && owner != _self.TypeDefinition)
            {
                _owners.Add(owner);
            }
        }

        _owners.Sort(StringComparer.Ordinal);
        return Written(declared);
    }

    private CodeMethod Written(DeclaredMethod declared) =>
        declared.WithBody(bodies.Write(ParameterNames(), _sites, _stores, _returns, _tests, _told, Once(_delegates, _onceDelegates), Once(_types, _onceTypes), _owners));

    private void AddBranches(ReadOnlySpan<int> order, List<CodeBranch> branches)
    {
        foreach (int number in order)
        {
            ref InstructionNote note = ref _notes.Numbered(number);
            if (note.Kind == NoteKind.Branch && _relevance.Matters(note.Value))
            {
                branches.Add(new CodeBranch(note.Value, _flow.Blocks[note.WhenTrue].Throws, _flow.Blocks[note.WhenFalse].Throws));
                note.Number = branches.Count;
            }
        }
    }

    private ReadOnlySpan<TextValue> ParameterNames()
    {
        int count = _self.Parameters.Length;
        if (count == 0)
        {
            return [];
        }

        if (_parameterNames.Length < count)
        {
            _parameterNames = new TextValue[2 * count];
        }

        Span<TextValue> found = _parameterNames.AsSpan(0, count);
        found.Fill(_nameless);
        foreach (ParameterHandle handle in metadata.GetMethodDefinition(_handle).GetParameters())
        {
            effort.Spend(1);
            Parameter parameter = metadata.GetParameter(handle);
            if ((uint)(parameter.SequenceNumber - 1) < (uint)count)
            {
                found[parameter.SequenceNumber - 1] = ParameterName(parameter.Name);
            }
        }

        return found;
    }

    // Few names are used once; the writer notes in each what it knows of it.
    private TextValue ParameterName(StringHandle handle)
    {
        TextValue? name = _namesOfParameters.Find(handle);
        if (name is null)
        {
            name = new TextValue(names.Text(handle));
            _namesOfParameters.Add(handle, name);
        }

        return name;
    }

    // Most methods name none, and few one twice.
    private static List<T> Once<T>(List<T> all, HashSet<T> seen)
    {
        if (all.Count > 1)
        {
            RemoveSecond(all, seen);
        }

        return all;
    }

    // By itself, because the object that its lambda captures into is made where the method begins.
    private static void RemoveSecond<T>(List<T> all, HashSet<T> seen)
    {
        seen.Clear();
        all.RemoveAll(item => !seen.Add(item));
    }

    // Most branches test nothing of the configuration, and many sites have none that does.
    private ImmutableArray<(int, bool)> Told((int At, int Count) conditions)
    {
        // Calls of one block have the same.
        if (conditions == _lastConditions)
        {
            return _lastGuards;
        }

        _lastConditions = conditions;
        _guards.Clear();
        foreach ((int Branch, bool When) guard in _conditions.AsSpan(conditions.At, conditions.Count))
        {
            ref InstructionNote note = ref _notes.Known(guard.Branch);
            if (note.Number > 0 && !_flow.Blocks[guard.When ? note.WhenFalse : note.WhenTrue].Throws)
            {
                _guards.Add((note.Number - 1, guard.When));
            }
        }

        return _lastGuards = _guards.Count == 0 ? [] : [.. _guards];
    }

    /// <summary>Fields are told apart by object: <see cref="TypeNames"/> makes each once.</summary>
    private sealed class SameObjects : IEqualityComparer<(CodeField Field, CodeValue Owner)>
    {
        public static readonly SameObjects Instance = new();

        public bool Equals((CodeField Field, CodeValue Owner) x, (CodeField Field, CodeValue Owner) y) => ReferenceEquals(x.Field, y.Field) && ReferenceEquals(x.Owner, y.Owner);

        public int GetHashCode((CodeField Field, CodeValue Owner) obj) => (RuntimeHelpers.GetHashCode(obj.Field) * 31) + obj.Owner.GetHashCode();
    }

    /// <summary>Values are told apart by object.</summary>
    private sealed class SameValues : IEqualityComparer<(CodeValue Known, CodeValue Added)>
    {
        public static readonly SameValues Instance = new();

        public bool Equals((CodeValue Known, CodeValue Added) x, (CodeValue Known, CodeValue Added) y) => ReferenceEquals(x.Known, y.Known) && ReferenceEquals(x.Added, y.Added);

        public int GetHashCode((CodeValue Known, CodeValue Added) obj) => (obj.Known.GetHashCode() * 31) + obj.Added.GetHashCode();
    }

    // A value in an array that asks at no store whether it may hold it.
    private struct Cell(CodeValue value)
    {
        public CodeValue Value = value;
    }

    // What is known at the beginning of a block; the next method uses it again.
    private sealed class State
    {
        private Cell[] _slots = [];
        private int _at;
        private int _count;

        public Span<Cell> Slots => _slots.AsSpan(_at, _count);

        public Cell[] Stack { get; set; } = [];

        // The conditions under which it is reached.
        public int ConditionsAt { get; set; }

        public int ConditionCount { get; set; }

        public void Begin(Cell[] slots, int at, int count)
        {
            _slots = slots;
            _at = at;
            _count = count;
        }

        // Whether it is to be gone through again, by what has changed at its beginning.
        public bool Dirty { get; set; }

        // Whether its instructions must be run then: it has not been yet, or what it does depends on more than the variables it reads.
        public bool MustRun { get; set; }

        // Variables whose value at its beginning has changed since it was run, those it read before it set them, and those it set: a bit for each of the first 64.
        public ulong Changed { get; set; }

        public ulong Reads { get; set; }

        public ulong Writes { get; set; }

        public bool Throws { get; set; }
    }
}
