namespace ReproGate.Assemblies.Configuration;

/// <summary>What an instruction does, as far as expressions are concerned: forms that differ in how they are written are one.</summary>
internal enum Operation : byte
{
    /// <summary>Takes nothing and leaves nothing; control goes on behind it.</summary>
    Nothing,
    LoadArgument,
    StoreArgument,
    AddressOfArgument,
    LoadLocal,
    StoreLocal,
    AddressOfLocal,
    Null,
    Number,
    LongNumber,
    SingleNumber,
    DoubleNumber,
    Text,
    Duplicate,
    Discard,
    Call,
    CallVirtual,
    CallThroughPointer,
    New,
    LoadField,
    AddressOfField,
    StoreField,
    LoadStatic,
    AddressOfStatic,
    StoreStatic,
    LoadThroughAddress,
    StoreThroughAddress,
    InitializeAddress,

    /// <summary>Leaves what it takes, as another type.</summary>
    Convert,
    Unbox,
    NewArray,
    LoadElement,
    StoreElement,
    AddressOfElement,
    TypeToken,
    CompareEqual,
    CompareGreater,
    Function,
    VirtualFunction,

    /// <summary>Leaves what is not followed; the operand holds how many values it takes and, from the ninth bit on, how many it leaves.</summary>
    Other,

    /// <summary>From here on: where control goes elsewhere.</summary>
    BranchIfTrue,
    BranchIfFalse,
    BranchIfEqual,
    BranchIfDifferent,
    BranchIfOrdered,
    Switch,
    Goto,
    Leave,
    Return,
    EndFinally,
    EndFilter,
    JumpToMethod,
    Throw,
    Rethrow,
}

/// <summary>How an instruction is written and what it does.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Size">Bytes of its operand, or what <see cref="Reading.IlOperand"/> says instead.</param>
/// <param name="Implied">Its operand, where it has none that is written.</param>
/// <param name="IsLocal">Whether its operand is the number of a local variable.</param>
/// <param name="IsUnsigned">Whether its operand of one byte is no signed number.</param>
internal readonly record struct InstructionForm(Operation Operation, sbyte Size, short Implied, bool IsLocal, bool IsUnsigned)
{
    private static readonly InstructionForm[] Forms = [.. Enumerable.Range(0, 512).Select(Make)];

    /// <summary>Whether what is written is asked for.</summary>
    public bool TakesOperand => Operation != Operation.Other;

    /// <summary>By the instruction's number; those of two bytes begin at 256.</summary>
    public static ReadOnlySpan<InstructionForm> All => Forms;

    private static InstructionForm Make(int number)
    {
        int code = number < 256 ? number : 0xFE00 | (number & 0xFF);
        (sbyte pops, sbyte pushes) = Opcodes.Of(code);
        int size = number < 256 ? Reading.IlOperand.SizeOf((byte)code) : Reading.IlOperand.SizeOfExtended((byte)code);
        Operation operation = OperationOf(code);
        int implied = code switch
        {
            >= 0x02 and <= 0x05 => code - 0x02,
            >= 0x06 and <= 0x09 => code - 0x06,
            >= 0x0A and <= 0x0D => code - 0x0A,
            >= 0x15 and <= 0x1E => code - 0x16,
            _ => 0,
        };
        if (operation == Operation.Other)
        {
            implied = Math.Max((int)pops, 0) | (Math.Max((int)pushes, 0) << 8);
            operation = implied == 0 ? Operation.Nothing : Operation.Other;
        }

        return new InstructionForm(operation, (sbyte)size, (short)implied, operation is Operation.LoadLocal or Operation.StoreLocal or Operation.AddressOfLocal, code is >= 0x0E and <= 0x13);
    }

    private static Operation OperationOf(int code) => code switch
    {
        (>= 0x02 and <= 0x05) or 0x0E or 0xFE09 => Operation.LoadArgument,
        (>= 0x06 and <= 0x09) or 0x11 or 0xFE0C => Operation.LoadLocal,
        (>= 0x0A and <= 0x0D) or 0x13 or 0xFE0E => Operation.StoreLocal,
        0x0F or 0xFE0A => Operation.AddressOfArgument,
        0x10 or 0xFE0B => Operation.StoreArgument,
        0x12 or 0xFE0D => Operation.AddressOfLocal,
        0x14 => Operation.Null,
        >= 0x15 and <= 0x20 => Operation.Number,
        0x21 => Operation.LongNumber,
        0x22 => Operation.SingleNumber,
        0x23 => Operation.DoubleNumber,
        0x25 => Operation.Duplicate,
        0x26 => Operation.Discard,
        0x27 => Operation.JumpToMethod,
        0x28 => Operation.Call,
        0x29 => Operation.CallThroughPointer,
        0x2A => Operation.Return,
        0x2B or 0x38 => Operation.Goto,
        0x2C or 0x39 => Operation.BranchIfFalse,
        0x2D or 0x3A => Operation.BranchIfTrue,
        0x2E or 0x3B => Operation.BranchIfEqual,
        0x33 or 0x40 => Operation.BranchIfDifferent,
        >= 0x2F and <= 0x44 => Operation.BranchIfOrdered,
        0x45 => Operation.Switch,
        0x50 or 0x71 => Operation.LoadThroughAddress,
        0x51 or 0x81 => Operation.StoreThroughAddress,
        0x6F => Operation.CallVirtual,
        0x72 => Operation.Text,
        0x73 => Operation.New,
        0x74 or 0x75 or 0x8C or 0xA5 or (>= 0x67 and <= 0x6E) or 0x76 or (>= 0xD1 and <= 0xD5) or (>= 0xB3 and <= 0xBA) or 0xE0 or (>= 0x82 and <= 0x8B) => Operation.Convert,
        0x79 => Operation.Unbox,
        0x7A => Operation.Throw,
        0x7B => Operation.LoadField,
        0x7C => Operation.AddressOfField,
        0x7D => Operation.StoreField,
        0x7E => Operation.LoadStatic,
        0x7F => Operation.AddressOfStatic,
        0x80 => Operation.StoreStatic,
        0x8D => Operation.NewArray,
        0x8F => Operation.AddressOfElement,
        (>= 0x90 and <= 0x9A) or 0xA3 => Operation.LoadElement,
        (>= 0x9B and <= 0xA2) or 0xA4 => Operation.StoreElement,
        0xD0 => Operation.TypeToken,
        0xDC => Operation.EndFinally,
        0xDD or 0xDE => Operation.Leave,
        0xFE01 => Operation.CompareEqual,
        0xFE03 => Operation.CompareGreater,
        0xFE06 => Operation.Function,
        0xFE07 => Operation.VirtualFunction,
        0xFE11 => Operation.EndFilter,
        0xFE15 => Operation.InitializeAddress,
        0xFE1A => Operation.Rethrow,
        _ => Operation.Other,
    };
}
