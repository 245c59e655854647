using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;
using ReproGate.Facts.Configuration.Code;
using static ReproGate.Assemblies.Configuration.AddressValue;
using static ReproGate.Assemblies.Configuration.Unfollowed;

namespace ReproGate.Assemblies.Configuration;

/// <content>What each instruction does with the evaluation stack, variables, fields and elements.</content>
internal sealed partial class MethodEvaluator
{
    private readonly List<CodeMethodReference> _delegates = [];
    private readonly List<string> _types = [];
    private readonly HashSet<string> _statics = new(StringComparer.Ordinal);
    private readonly List<SlotAddress> _addresses = [];
    private Cell[] _stack = new Cell[64];
    private int _top;
    private Cell[] _slots = new Cell[16];
    private int _slotCount;
    private int _localCount;
    private bool _slotIsSet;

    // Of the block that is run: the variables it read before it set them and those it set, a bit for each; whether it made, changed or read what is another object each time.
    private ulong _reads;
    private ulong _writes;
    private bool _isFresh;
    private bool _hasConditions;
    private KnownField? _lastStatic;
    private CodeValue? _returns;

    // One loop with what is met at almost every instruction written out in it: a call for each would be much of what an instruction costs.
    private void Step(ReadOnlySpan<Instruction> instructions, BlockState state, Block block)
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
                    Push(_constants.Number(instruction.Operand));
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
                Push(_constants.Number(BinaryPrimitives.ReadInt64LittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1))));
                break;
            case Operation.SingleNumber:
                Push(_constants.Number(BinaryPrimitives.ReadSingleLittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1)).ToString(CultureInfo.InvariantCulture)));
                break;
            case Operation.DoubleNumber:
                Push(_constants.Number(BinaryPrimitives.ReadDoubleLittleEndian(_flow.Bytes.AsSpan(instruction.Offset + 1)).ToString(CultureInfo.InvariantCulture)));
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
            _join.Merge(ref _returns, returned);
        }
    }

    private CodeValue Static(KnownField field)
    {
        if (!ReferenceEquals(_lastStatic, field))
        {
            _lastStatic = field;
            _statics.Add(field.Field.Owner);
        }

        return field.Field is { Owner: "System.String", Name: "Empty" } ? _constants.Text("") : field.Static;
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

    private FieldValue AsField(KnownField known, CodeValue owner) => _fields.Of(known, owner.Depth >= CodeValue.MaximumDepth - 1 ? TooDeep : owner);

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

    // A constant counts where it is met first, so that its place is made once.
    private TextValue TextOf(Instruction instruction)
    {
        UserStringHandle handle = MetadataTokens.UserStringHandle(instruction.Operand & 0xFFFFFF);
        TextValue value = _constants.Find(handle) ?? NewText(handle, instruction.Offset);
        effort.Spend(value.Text.Length / 4);
        return value;
    }

    private TextValue NewText(UserStringHandle handle, int offset)
    {
        TextValue value = _constants.Add(handle);
        if (LiteralFilter.Keeps(value.Text))
        {
            Tell(value.Text, offset);
        }

        return value;
    }

    private void Tell(string text, int offset) => OnText?.Invoke(text, () => _points.PlaceAt(offset).Place);
}
