using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>The instructions of a method as lines that do not depend on token numbers.</summary>
internal sealed class IlText(PEReader image, MetadataReader metadata, AssemblyNames names)
{
    private const int MaximumBody = 1 << 20;

    private static readonly OpCode?[] OneByte = new OpCode?[256];
    private static readonly OpCode?[] TwoBytes = new OpCode?[256];

    // Overlapping bodies could make a small file cost quadratic time.
    private long _left = 16L * image.GetEntireImage().Length + 100_000;

    static IlText()
    {
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? OneByte : TwoBytes)[code.Value & 0xFF] = code;
        }
    }

    /// <summary>The instructions, exception regions and locals of a method.</summary>
    /// <exception cref="BadImageFormatException">The body is damaged.</exception>
    public IReadOnlyList<string> Lines(MethodDefinition method)
    {
        if (method.RelativeVirtualAddress == 0)
        {
            return [];
        }

        MethodBodyBlock body = image.GetMethodBody(method.RelativeVirtualAddress);
        BlobReader reader = body.GetILReader();
        _left -= reader.Length;
        if (_left < 0 || reader.Length > MaximumBody)
        {
            throw new BadImageFormatException("Its method bodies are too large or overlap.");
        }

        var lines = new List<string>();
        while (reader.RemainingBytes > 0)
        {
            byte first = reader.ReadByte();
            OpCode code = (first == 0xFE ? TwoBytes[reader.ReadByte()] : OneByte[first]) ?? throw new BadImageFormatException("A method holds an unknown instruction.");
            lines.Add($"{code.Name}{Operand(code, ref reader)}");
        }

        lines.AddRange(body.ExceptionRegions.Select(region => $".try {region.TryOffset} {region.TryLength} {region.Kind} {region.HandlerOffset} {region.HandlerLength} {(region.CatchType.IsNil ? "" : names.Of(region.CatchType))}"));
        lines.Add($".locals ({names.Locals(body.LocalSignature)}) stack {body.MaxStack}");
        return lines;
    }

    private string Operand(OpCode code, ref BlobReader reader)
    {
        switch (code.OperandType)
        {
            case OperandType.InlineNone:
                return "";
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI:
                return " " + reader.ReadSByte().ToString(CultureInfo.InvariantCulture);
            case OperandType.ShortInlineVar:
                return " " + reader.ReadByte().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineVar:
                return " " + reader.ReadUInt16().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineBrTarget or OperandType.InlineI:
                return " " + reader.ReadInt32().ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineI8:
                return " " + reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
            case OperandType.ShortInlineR:
                return " " + reader.ReadSingle().ToString("R", CultureInfo.InvariantCulture);
            case OperandType.InlineR:
                return " " + reader.ReadDouble().ToString("R", CultureInfo.InvariantCulture);
            case OperandType.InlineString:
                return $" \"{metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(reader.ReadInt32()))}\"";
            case OperandType.InlineSwitch:
                int count = reader.ReadInt32();
                if (count < 0 || count > reader.RemainingBytes / sizeof(int))
                {
                    throw new BadImageFormatException("A switch is longer than its method.");
                }

                var targets = new int[count];
                for (int index = 0; index < count; index++)
                {
                    targets[index] = reader.ReadInt32();
                }

                return " " + string.Join(' ', targets);
            default:
                Handle handle = MetadataTokens.Handle(reader.ReadInt32());
                return handle.Kind == HandleKind.UserString ? "" : " " + names.Of((EntityHandle)handle);
        }
    }
}
