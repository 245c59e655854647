using System.Buffers.Binary;
using System.Reflection.Metadata;
using ReproGate.Assemblies.Reading;

namespace ReproGate.Assemblies.Configuration;

/// <summary>One instruction.</summary>
/// <param name="Offset">Its offset in the method's IL.</param>
/// <param name="Operand">A token, a small number, the number of a variable, or the target of a branch.</param>
/// <param name="Operation">What it does.</param>
internal readonly record struct Instruction(int Offset, int Operand, Operation Operation);

/// <summary>A run of instructions that is entered only at its beginning.</summary>
internal sealed class Block
{
    public int First { get; private set; }

    public int Offset { get; private set; }

    /// <summary>Index after its last instruction.</summary>
    public int End { get; set; }

    /// <summary>Where the blocks that may follow begin in the flow's list of them, and how many there are: <see cref="MethodFlow.Next"/>.</summary>
    public int NextAt { get; set; }

    public int NextCount { get; set; }

    /// <summary>Whether it ends by throwing, or every way out of it does.</summary>
    public bool Throws { get; set; }

    /// <summary>Handlers that an exception in it may enter.</summary>
    public List<int> Handlers { get; } = [];

    /// <summary>Makes it one of another method.</summary>
    public Block Begin(int first, int offset)
    {
        First = first;
        Offset = offset;
        NextCount = 0;
        Throws = false;
        Handlers.Clear();
        return this;
    }
}

/// <summary>The instructions of a method and how control goes through them.</summary>
internal sealed class MethodFlow
{
    private readonly List<int[]> _switches = [];
    private readonly List<Block> _blocks = [];
    private readonly List<Block> _made = [];
    private readonly List<int> _targets = [];
    private Instruction[] _instructions = new Instruction[256];
    private int _count;
    private int[] _next = new int[64];
    private int _nextCount;
    private byte[] _marks = [];
    private int[] _blockAt = [];

    public ReadOnlySpan<Instruction> Instructions => _instructions.AsSpan(0, _count);

    public List<Block> Blocks => _blocks;

    /// <summary>Whether it is one block that nothing leads back to: no instruction jumps, and no exception is caught.</summary>
    public bool IsStraight { get; private set; }

    /// <summary>The highest number of a local variable that is used, plus one.</summary>
    public int Locals { get; private set; }

    /// <summary>The instructions' bytes; behind <see cref="Length"/> those of another method.</summary>
    public byte[] Bytes { get; private set; } = new byte[1024];

    /// <summary>How many of <see cref="Bytes"/> there are.</summary>
    public int Length { get; private set; }

    /// <summary>Blocks that may follow a block; the one it falls through to is the first.</summary>
    public ReadOnlySpan<int> Next(Block block) => _next.AsSpan(block.NextAt, block.NextCount);

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadImageFormatException">It is damaged.</exception>
    public void Read(MethodIl body, Effort effort)
    {
        _count = 0;
        _nextCount = 0;
        _switches.Clear();
        _blocks.Clear();
        Locals = 0;
        BlobReader reader = body.Il;
        Length = body.Length;
        effort.Spend(Length);
        if (Bytes.Length < Length)
        {
            Bytes = new byte[Length + 1024];
        }

        reader.ReadBytes(Length, Bytes, 0);
        if (_marks.Length <= Length)
        {
            _marks = new byte[Length + 256];
            _blockAt = new int[Length + 256];
        }

        IsStraight = body.Regions.IsEmpty;
        Decode();
        if (IsStraight)
        {
            // Most methods are: nothing is marked, and one block is all there is to find.
            if (_count > 0)
            {
                AddBlock(0, 0).End = _count;
            }

            return;
        }

        MarkInstructions();
        foreach (ExceptionRegion region in body.Regions)
        {
            effort.Spend(1);
            Mark(region.HandlerOffset);
            Mark(region.TryOffset);
            if (region.Kind == ExceptionRegionKind.Filter)
            {
                Mark(region.FilterOffset);
            }
        }

        Split();
        foreach (ExceptionRegion region in body.Regions)
        {
            AddHandler(region, effort);
        }
    }

    private void Decode()
    {
        ReadOnlySpan<byte> il = Bytes.AsSpan(0, Length);
        ReadOnlySpan<InstructionForm> forms = InstructionForm.All;
        // What is asked at every instruction is not asked of the object again.
        Instruction[] instructions = _instructions;
        int at = 0, read = 0, locals = 0;
        bool straight = IsStraight;
        _targets.Clear();
        while (at < il.Length)
        {
            int offset = at;
            int number = il[at++];
            if (number == 0xFE)
            {
                number = 256 + ByteAt(il, at++);
            }

            ref readonly InstructionForm form = ref forms[number];
            Operation operation = form.Operation;
            int operand = form.Implied;
            switch (form.Size)
            {
                case 0:
                    break;
                case 1:
                    byte small = ByteAt(il, at);
                    operand = form.IsUnsigned ? small : (sbyte)small;
                    at++;
                    break;
                case 2:
                    operand = BinaryPrimitives.ReadUInt16LittleEndian(Behind(il, at, 2));
                    at += 2;
                    break;
                case 4:
                    operand = form.TakesOperand ? BinaryPrimitives.ReadInt32LittleEndian(Behind(il, at, 4)) : operand;
                    at += 4;
                    break;
                case 8:
                    at += 8;
                    break;
                case IlOperand.Switch:
                    operand = ReadSwitch(il, ref at);
                    break;
                default:
                    throw new BadImageFormatException("A method holds an unknown instruction.");
            }

            if (at > il.Length)
            {
                throw ReachesBeyond();
            }

            if (form.IsLocal)
            {
                locals = Math.Max(locals, operand + 1);
            }
            else if (operation >= Operation.BranchIfTrue)
            {
                if (operation > Operation.Leave)
                {
                    straight &= at == il.Length;
                }
                else
                {
                    straight = false;
                    if (operation != Operation.Switch)
                    {
                        operand = checked(at + operand);
                        _targets.Add(operand);
                    }
                }
            }

            if (read == instructions.Length)
            {
                Array.Resize(ref _instructions, 2 * read);
                instructions = _instructions;
            }

            instructions[read++] = new Instruction(offset, operand, operation);
        }

        _count = read;
        Locals = locals;
        IsStraight = straight;
    }

    private static byte ByteAt(ReadOnlySpan<byte> il, int at) => (uint)at < (uint)il.Length ? il[at] : throw ReachesBeyond();

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> il, int at, int count) => count <= il.Length - at ? il.Slice(at, count) : throw ReachesBeyond();

    private static BadImageFormatException ReachesBeyond() => new("An instruction reaches beyond its method.");

    // Bit 1: an instruction begins here. Bit 2: a block begins here.
    private void MarkInstructions()
    {
        Array.Clear(_marks, 0, Length + 1);
        byte begins = 2;
        foreach (ref readonly Instruction instruction in Instructions)
        {
            _marks[instruction.Offset] = (byte)(1 | begins);
            begins = (byte)(instruction.Operation >= Operation.BranchIfTrue ? 2 : 0);
        }

        foreach (int target in _targets)
        {
            Mark(target);
        }
    }

    private int ReadSwitch(ReadOnlySpan<byte> il, ref int at)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(Behind(il, at, 4));
        at += 4;
        if (count > (uint)(il.Length - at) / 4)
        {
            throw new BadImageFormatException("A switch reaches beyond its method.");
        }

        int end = at + (4 * (int)count);
        var cases = new int[count];
        for (int i = 0; i < cases.Length; i++)
        {
            cases[i] = checked(end + BinaryPrimitives.ReadInt32LittleEndian(il[at..]));
            at += 4;
        }

        _switches.Add(cases);
        _targets.AddRange(cases);
        return _switches.Count - 1;
    }

    private void Mark(int offset)
    {
        if ((uint)offset > (uint)Length)
        {
            throw new BadImageFormatException("A branch leaves its method.");
        }

        _marks[offset] |= 2;
    }

    private void Split()
    {
        Block? block = null;
        ReadOnlySpan<Instruction> instructions = Instructions;
        for (int i = 0; i < instructions.Length; i++)
        {
            int offset = instructions[i].Offset;
            if (block is null || (_marks[offset] & 2) != 0)
            {
                if (block is not null)
                {
                    block.End = i;
                }

                block = AddBlock(i, offset);
            }
        }

        if (block is null)
        {
            return;
        }

        block.End = instructions.Length;
        for (int i = 0; i < _blocks.Count; i++)
        {
            Block current = _blocks[i];
            Instruction last = instructions[current.End - 1];
            current.NextAt = _nextCount;
            switch (last.Operation)
            {
                case Operation.Return or Operation.JumpToMethod or Operation.EndFinally or Operation.EndFilter:
                    break;
                case Operation.Throw or Operation.Rethrow:
                    current.Throws = true;
                    break;
                case Operation.Goto or Operation.Leave:
                    AddNext(current, last.Operand);
                    break;
                case Operation.Switch:
                    AddFallThrough(current, i);
                    foreach (int target in _switches[last.Operand])
                    {
                        AddNext(current, target);
                    }

                    break;
                case >= Operation.BranchIfTrue and <= Operation.BranchIfOrdered:
                    AddFallThrough(current, i);
                    AddNext(current, last.Operand);
                    break;
                default:
                    AddFallThrough(current, i);
                    break;
            }
        }
    }

    private Block AddBlock(int first, int offset)
    {
        if (_made.Count == _blocks.Count)
        {
            _made.Add(new Block());
        }

        Block block = _made[_blocks.Count].Begin(first, offset);
        _blockAt[offset] = _blocks.Count;
        _blocks.Add(block);
        return block;
    }

    private void AddFallThrough(Block block, int index)
    {
        if (index + 1 < _blocks.Count)
        {
            AddNextBlock(block, index + 1);
        }
    }

    private void AddNext(Block block, int offset)
    {
        if (offset >= Length || (_marks[offset] & 1) == 0)
        {
            throw new BadImageFormatException("A branch goes into the middle of an instruction.");
        }

        AddNextBlock(block, _blockAt[offset]);
    }

    private void AddNextBlock(Block block, int index)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, 2 * _nextCount);
        }

        _next[_nextCount++] = index;
        block.NextCount++;
    }

    private void AddHandler(ExceptionRegion region, Effort effort)
    {
        int start = region.Kind == ExceptionRegionKind.Filter ? region.FilterOffset : region.HandlerOffset;
        if (!IsBlock(region.TryOffset) || !IsBlock(start) || (region.Kind == ExceptionRegionKind.Filter && !IsBlock(region.HandlerOffset)))
        {
            throw new BadImageFormatException("An exception region begins in the middle of an instruction.");
        }

        int end = region.TryOffset + region.TryLength;
        for (int i = _blockAt[region.TryOffset]; i < _blocks.Count && _blocks[i].Offset < end; i++)
        {
            effort.Spend(1);
            List<int> handlers = _blocks[i].Handlers;
            handlers.Add(_blockAt[start]);
            if (region.Kind == ExceptionRegionKind.Filter)
            {
                handlers.Add(_blockAt[region.HandlerOffset]);
            }
        }
    }

    private bool IsBlock(int offset) => offset < Length && (_marks[offset] & 3) == 3;
}
