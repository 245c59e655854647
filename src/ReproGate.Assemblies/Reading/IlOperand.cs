namespace ReproGate.Assemblies.Reading;

/// <summary>Operand sizes of CIL instructions (ECMA-335 III, all of them; a test compares this table with System.Reflection.Emit).</summary>
internal static class IlOperand
{
    /// <summary>A switch: a 32-bit count and as many 32-bit targets.</summary>
    public const int Switch = -1;

    /// <summary>Not an instruction.</summary>
    public const int Unknown = -2;

    /// <summary>Bytes of the operand of a one-byte instruction, or <see cref="Switch"/> or <see cref="Unknown"/>.</summary>
    public static int SizeOf(byte code) => code switch
    {
        <= 0x0D => 0,
        <= 0x13 => 1,
        <= 0x1E => 0,
        0x1F => 1,
        0x20 or 0x22 => 4,
        0x21 or 0x23 => 8,
        0x25 or 0x26 or 0x2A => 0,
        >= 0x27 and <= 0x29 => 4,
        >= 0x2B and <= 0x37 => 1,
        >= 0x38 and <= 0x44 => 4,
        0x45 => Switch,
        >= 0x46 and <= 0x6E => 0,
        >= 0x6F and <= 0x75 => 4,
        0x76 => 0,
        0x79 => 4,
        0x7A => 0,
        >= 0x7B and <= 0x81 => 4,
        >= 0x82 and <= 0x8B => 0,
        0x8C or 0x8D or 0x8F => 4,
        0x8E => 0,
        >= 0x90 and <= 0xA2 => 0,
        >= 0xA3 and <= 0xA5 => 4,
        >= 0xB3 and <= 0xBA => 0,
        0xC2 or 0xC6 or 0xD0 or 0xDD => 4,
        0xC3 => 0,
        >= 0xD1 and <= 0xDC => 0,
        0xDE => 1,
        0xDF or 0xE0 => 0,
        _ => Unknown,
    };

    /// <summary>Bytes of the operand of an instruction that begins with FE, by its second byte.</summary>
    public static int SizeOfExtended(byte code) => code switch
    {
        <= 0x05 => 0,
        0x06 or 0x07 or 0x15 or 0x16 or 0x1C => 4,
        >= 0x09 and <= 0x0E => 2,
        0x0F or 0x11 or 0x13 or 0x14 or 0x17 or 0x18 or 0x1A or 0x1D or 0x1E => 0,
        0x12 or 0x19 => 1,
        _ => Unknown,
    };
}
