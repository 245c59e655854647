using System.Globalization;
using System.Reflection.Metadata;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>The arguments of custom attributes as text: strings, numbers and types where they can be read, else the bytes.</summary>
internal static class AttributeText
{
    /// <summary>Reads the arguments.</summary>
    public static IReadOnlyList<string> Arguments(MetadataReader metadata, CustomAttribute attribute)
    {
        BlobReader value = metadata.GetBlobReader(attribute.Value);
        BlobHandle constructor = attribute.Constructor.Kind switch
        {
            HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Signature,
            HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).Signature,
            _ => default,
        };
        string[] bytes = [Convert.ToHexStringLower(metadata.GetBlobBytes(attribute.Value))];
        if (constructor.IsNil || value.Length < 4 || value.ReadUInt16() != 1)
        {
            return bytes;
        }

        BlobReader signature = metadata.GetBlobReader(constructor);
        signature.ReadByte();
        int count = signature.ReadCompressedInteger();
        signature.ReadByte();
        var arguments = new List<string>();
        for (int index = 0; index < count; index++)
        {
            // Arrays, boxed values and enumerations are told as bytes: their form is not in this assembly.
            if (signature.RemainingBytes == 0 || Primitive(signature.ReadByte(), ref value) is not { } argument)
            {
                return bytes;
            }

            arguments.Add(argument);
        }

        int named = value.RemainingBytes >= 2 ? value.ReadUInt16() : 0;
        if (named > 0)
        {
            arguments.Add(Convert.ToHexStringLower(value.ReadBytes(value.RemainingBytes)));
        }

        return arguments;
    }

    private static string? Primitive(byte code, ref BlobReader value) => code switch
    {
        0x02 => value.ReadBoolean() ? "true" : "false",
        0x03 => value.ReadChar().ToString(),
        0x04 => value.ReadSByte().ToString(CultureInfo.InvariantCulture),
        0x05 => value.ReadByte().ToString(CultureInfo.InvariantCulture),
        0x06 => value.ReadInt16().ToString(CultureInfo.InvariantCulture),
        0x07 => value.ReadUInt16().ToString(CultureInfo.InvariantCulture),
        0x08 => value.ReadInt32().ToString(CultureInfo.InvariantCulture),
        0x09 => value.ReadUInt32().ToString(CultureInfo.InvariantCulture),
        0x0A => value.ReadInt64().ToString(CultureInfo.InvariantCulture),
        0x0B => value.ReadUInt64().ToString(CultureInfo.InvariantCulture),
        0x0C => value.ReadSingle().ToString("R", CultureInfo.InvariantCulture),
        0x0D => value.ReadDouble().ToString("R", CultureInfo.InvariantCulture),
        0x0E => value.ReadSerializedString() ?? "null",
        _ => null,
    };
}
