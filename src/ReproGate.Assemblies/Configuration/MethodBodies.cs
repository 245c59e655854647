using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ReproGate.Assemblies.Configuration;

/// <summary>The IL of a method.</summary>
/// <param name="Il">Stands before its first byte; what follows the last one is another method's.</param>
/// <param name="Length">Bytes of IL.</param>
/// <param name="Regions">Its exception regions.</param>
internal readonly record struct MethodIl(BlobReader Il, int Length, ImmutableArray<ExceptionRegion> Regions);

/// <summary>
/// Opens the bodies of methods (ECMA-335 II.25.4). They lie one after the other in one section, and most have no exception regions: these are
/// found without looking for the section, and without making an object for each.
/// </summary>
internal sealed class MethodBodies(PEReader image)
{
    private BlobReader _section;
    private int _start;
    private int _length;

    /// <summary>Opens a body.</summary>
    /// <param name="address">Its relative virtual address.</param>
    /// <exception cref="BadImageFormatException">There is none, or it is damaged.</exception>
    public MethodIl Open(int address)
    {
        if ((uint)(address - _start) >= (uint)_length)
        {
            EnterSection(address);
        }

        return Simple(address - _start) ?? Any(image.GetMethodBody(address));
    }

    // Null for one with exception regions, and for one that is not as it should be: then the library says what is wrong.
    private MethodIl? Simple(int offset)
    {
        if ((uint)offset >= (uint)_length)
        {
            return null;
        }

        BlobReader reader = _section;
        reader.Offset = offset;
        byte flags = reader.ReadByte();
        int length;
        if ((flags & 0x03) == 0x02)
        {
            length = flags >> 2;
        }
        else
        {
            // The second byte's upper half is the header's length in words of four bytes.
            if ((flags & 0x0B) != 0x03 || reader.RemainingBytes < 11 || reader.ReadByte() >> 4 != 3)
            {
                return null;
            }

            reader.ReadUInt16();
            length = reader.ReadInt32();
            int locals = reader.ReadInt32();
            if (locals != 0 && locals >> 24 != 0x11)
            {
                return null;
            }
        }

        return (uint)length <= (uint)reader.RemainingBytes ? new MethodIl(reader, length, []) : null;
    }

    private static MethodIl Any(MethodBodyBlock body)
    {
        BlobReader reader = body.GetILReader();
        return new MethodIl(reader, reader.Length, body.ExceptionRegions);
    }

    private void EnterSection(int address)
    {
        int index = image.PEHeaders.GetContainingSectionIndex(address);
        _length = 0;
        if (index >= 0)
        {
            _start = image.PEHeaders.SectionHeaders[index].VirtualAddress;
            PEMemoryBlock section = image.GetSectionData(_start);
            _section = section.GetReader();
            _length = section.Length;
        }
    }
}
