using System.Reflection.Metadata;

namespace ReproGate.Assemblies.Reading;

/// <summary>
/// Reads the texts in an attribute's arguments: strings and the serialised names of types (ECMA-335 II.23.3).
/// Enumerations of other assemblies have a size the metadata does not tell; four bytes are assumed, and reading stops
/// at the first thing that then makes no sense, so texts after such an argument may be missed but never invented.
/// </summary>
internal sealed class AttributeTexts(MetadataReader metadata, Effort effort)
{
    private const int MaximumDepth = 8;

    private bool _sizeAssumed;

    /// <summary>Assembly-qualified or plain names of types given by typeof or as the type of an enumeration.</summary>
    public List<string> TypeNames { get; } = [];

    /// <summary>String arguments.</summary>
    public List<string> Strings { get; } = [];

    /// <summary>Reads one attribute, adding to the lists.</summary>
    public void Read(CustomAttribute attribute)
    {
        try
        {
            ReadArguments(attribute);
        }
        catch (BadImageFormatException) when (_sizeAssumed)
        {
            // An enumeration of another size than assumed, not a damaged file.
        }
    }

    private void ReadArguments(CustomAttribute attribute)
    {
        BlobReader value = metadata.GetBlobReader(attribute.Value);
        effort.Spend(value.Length);
        if (value.Length < 6 || value.ReadUInt16() != 1)
        {
            return;
        }

        BlobReader signature = metadata.GetBlobReader(Signature(attribute.Constructor));
        effort.Spend(signature.Length);
        signature.ReadByte();
        int count = signature.ReadCompressedInteger();
        signature.ReadByte();
        for (int i = 0; i < count; i++)
        {
            if (!ReadFixed(ref signature, ref value, 0))
            {
                return;
            }
        }

        int named = value.RemainingBytes >= 2 ? value.ReadUInt16() : 0;
        for (int i = 0; i < named && value.RemainingBytes > 0; i++)
        {
            if (value.ReadByte() is not (0x53 or 0x54) || !ReadNamed(ref value))
            {
                return;
            }
        }
    }

    private BlobHandle Signature(EntityHandle constructor) => constructor.Kind switch
    {
        HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)constructor).Signature,
        HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).Signature,
        _ => throw new BadImageFormatException("An attribute has no constructor."),
    };

    private bool ReadFixed(ref BlobReader signature, ref BlobReader value, int depth)
    {
        byte code = signature.ReadByte();
        switch (code)
        {
            case 0x11:
                signature.ReadTypeHandle();
                _sizeAssumed = true;
                value.ReadInt32();
                return true;
            case 0x12:
                return IsSystemType(signature.ReadTypeHandle()) && ReadTypeName(ref value);
            case 0x1D when depth == 0:
                int count = value.ReadInt32();
                BlobReader element = signature;
                for (int i = 0; i < count; i++)
                {
                    effort.Spend(1);
                    BlobReader again = signature;
                    if (!ReadFixed(ref again, ref value, depth + 1))
                    {
                        return false;
                    }

                    element = again;
                }

                if (count <= 0)
                {
                    SkipElement(ref element);
                }

                signature = element;
                return true;
            default:
                return ReadValue(code == 0x1C ? (byte)0x51 : code, ref value, depth);
        }
    }

    private static void SkipElement(ref BlobReader signature)
    {
        if (signature.ReadByte() is 0x11 or 0x12)
        {
            signature.ReadTypeHandle();
        }
    }

    private bool ReadNamed(ref BlobReader value)
    {
        byte code = ReadTypeCode(ref value, out byte element);
        value.ReadSerializedString();
        return code == 0x1D ? ReadArray(element, ref value, 0) : ReadValue(code, ref value, 0);
    }

    private byte ReadTypeCode(ref BlobReader value, out byte element)
    {
        element = 0;
        byte code = value.ReadByte();
        if (code == 0x55)
        {
            Add(TypeNames, value.ReadSerializedString());
        }
        else if (code == 0x1D)
        {
            element = value.ReadByte();
            if (element == 0x55)
            {
                Add(TypeNames, value.ReadSerializedString());
            }
        }

        return code;
    }

    private bool ReadArray(byte element, ref BlobReader value, int depth)
    {
        int count = value.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            effort.Spend(1);
            if (!ReadValue(element, ref value, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadValue(byte code, ref BlobReader value, int depth)
    {
        switch (code)
        {
            case 0x02 or 0x04 or 0x05:
                value.ReadByte();
                return true;
            case 0x03 or 0x06 or 0x07:
                value.ReadInt16();
                return true;
            case 0x08 or 0x09 or 0x0C or 0x55:
                _sizeAssumed |= code == 0x55;
                value.ReadInt32();
                return true;
            case 0x0A or 0x0B or 0x0D:
                value.ReadInt64();
                return true;
            case 0x0E:
                Add(Strings, value.ReadSerializedString());
                return true;
            case 0x50:
                return ReadTypeName(ref value);
            case 0x51 when depth < MaximumDepth:
                byte boxed = ReadTypeCode(ref value, out byte element);
                return boxed == 0x1D ? ReadArray(element, ref value, depth + 1) : ReadValue(boxed, ref value, depth + 1);
            default:
                return false;
        }
    }

    private bool ReadTypeName(ref BlobReader value)
    {
        Add(TypeNames, value.ReadSerializedString());
        return true;
    }

    private static void Add(List<string> texts, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            texts.Add(text);
        }
    }

    private bool IsSystemType(EntityHandle handle)
    {
        if (handle.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return metadata.StringComparer.Equals(type.Name, "Type") && metadata.StringComparer.Equals(type.Namespace, "System");
    }
}
