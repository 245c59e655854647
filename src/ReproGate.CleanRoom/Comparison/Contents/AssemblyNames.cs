using System.Globalization;
using System.Reflection.Metadata;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>
/// Names and signatures of an assembly as text that does not depend on token numbers. System.Reflection.Metadata's own
/// decoder recurses without a limit; this one is bounded.
/// </summary>
internal sealed class AssemblyNames(MetadataReader metadata)
{
    private const int MaximumDepth = 64;
    private const int MaximumLength = 16 << 10;

    private readonly Dictionary<EntityHandle, string> _names = [];

    /// <summary>A type, member or signature by its token.</summary>
    public string Of(EntityHandle handle) => Of(handle, 0);

    /// <summary>The signature of a method: parameters and return type.</summary>
    public string Method(BlobHandle signature)
    {
        var text = new StringBuilder();
        BlobReader blob = metadata.GetBlobReader(signature);
        Method(text, ref blob, 0);
        return text.ToString();
    }

    /// <summary>The type of a field.</summary>
    public string Field(BlobHandle signature)
    {
        var text = new StringBuilder();
        BlobReader blob = metadata.GetBlobReader(signature);
        blob.ReadByte();
        Type(text, ref blob, 0);
        return text.ToString();
    }

    /// <summary>The local variables of a method.</summary>
    public string Locals(StandaloneSignatureHandle handle)
    {
        if (handle.IsNil)
        {
            return "";
        }

        BlobReader blob = metadata.GetBlobReader(metadata.GetStandaloneSignature(handle).Signature);
        var text = new StringBuilder();
        blob.ReadByte();
        int count = blob.ReadCompressedInteger();
        Types(text, ref blob, count, 0);
        return text.ToString();
    }

    private string Of(EntityHandle handle, int depth)
    {
        if (handle.IsNil)
        {
            return "nil";
        }

        if (depth > MaximumDepth)
        {
            throw new BadImageFormatException("Types are nested too deeply.");
        }

        if (_names.TryGetValue(handle, out string? known))
        {
            return known;
        }

        string name = Read(handle, depth + 1);
        _names[handle] = name;
        return name;
    }

    private string Read(EntityHandle handle, int depth)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                TypeDefinition definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                TypeDefinitionHandle declaring = definition.GetDeclaringType();
                return declaring.IsNil ? Qualified(definition.Namespace, definition.Name) : $"{Of(declaring, depth)}.{metadata.GetString(definition.Name)}";
            case HandleKind.TypeReference:
                TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                return reference.ResolutionScope.Kind == HandleKind.TypeReference
                    ? $"{Of(reference.ResolutionScope, depth)}.{metadata.GetString(reference.Name)}"
                    : Qualified(reference.Namespace, reference.Name);
            case HandleKind.TypeSpecification:
                var type = new StringBuilder();
                BlobReader specification = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                Type(type, ref specification, depth);
                return type.ToString();
            case HandleKind.MethodDefinition:
                MethodDefinition method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return $"{Of(method.GetDeclaringType(), depth)}.{metadata.GetString(method.Name)}{Method(method.Signature)}";
            case HandleKind.FieldDefinition:
                FieldDefinition field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return $"{Of(field.GetDeclaringType(), depth)}.{metadata.GetString(field.Name)}";
            case HandleKind.MemberReference:
                MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                string memberName = $"{Of(member.Parent, depth)}.{metadata.GetString(member.Name)}";
                return member.GetKind() == MemberReferenceKind.Method ? memberName + Method(member.Signature) : memberName;
            case HandleKind.MethodSpecification:
                MethodSpecification generic = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                var arguments = new StringBuilder(Of(generic.Method, depth)).Append('<');
                BlobReader blob = metadata.GetBlobReader(generic.Signature);
                blob.ReadByte();
                Types(arguments, ref blob, blob.ReadCompressedInteger(), depth);
                return arguments.Append('>').ToString();
            case HandleKind.StandaloneSignature:
                return Convert.ToHexStringLower(metadata.GetBlobBytes(metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).Signature));
            case HandleKind.ModuleReference:
                return metadata.GetString(metadata.GetModuleReference((ModuleReferenceHandle)handle).Name);
            default:
                return handle.Kind.ToString();
        }
    }

    private string Qualified(StringHandle @namespace, StringHandle name) =>
        @namespace.IsNil ? metadata.GetString(name) : $"{metadata.GetString(@namespace)}.{metadata.GetString(name)}";

    private void Method(StringBuilder text, ref BlobReader blob, int depth)
    {
        byte header = blob.ReadByte();
        int arity = (header & 0x10) != 0 ? blob.ReadCompressedInteger() : 0;
        int count = blob.ReadCompressedInteger();
        var result = new StringBuilder();
        Type(result, ref blob, depth + 1);
        if (arity > 0)
        {
            text.Append('`').Append(arity.ToString(CultureInfo.InvariantCulture));
        }

        text.Append('(');
        Types(text, ref blob, count, depth);
        text.Append(')');
        if (result.ToString() is not "void")
        {
            text.Append(" : ").Append(result);
        }
    }

    private void Types(StringBuilder text, ref BlobReader blob, int count, int depth)
    {
        for (int index = 0; index < count; index++)
        {
            text.Append(index > 0 ? ", " : "");
            Type(text, ref blob, depth + 1);
        }
    }

    private void Type(StringBuilder text, ref BlobReader blob, int depth)
    {
        if (depth > MaximumDepth || text.Length > MaximumLength)
        {
            throw new BadImageFormatException("A signature is nested too deeply or too long.");
        }

        byte code = blob.ReadByte();
        switch (code)
        {
            case (>= 0x01 and <= 0x0E) or 0x16 or 0x18 or 0x19 or 0x1C:
                text.Append(Primitive(code));
                return;
            case 0x0F:
                Type(text, ref blob, depth + 1);
                text.Append('*');
                return;
            case 0x10:
                text.Append("ref ");
                Type(text, ref blob, depth + 1);
                return;
            case 0x11 or 0x12:
                text.Append(Of(blob.ReadTypeHandle(), depth));
                return;
            case 0x13 or 0x1E:
                text.Append(code == 0x13 ? "!" : "!!").Append(blob.ReadCompressedInteger().ToString(CultureInfo.InvariantCulture));
                return;
            case 0x14:
                Type(text, ref blob, depth + 1);
                text.Append('[').Append(blob.ReadCompressedInteger().ToString(CultureInfo.InvariantCulture));
                Integers(text, ref blob);
                Integers(text, ref blob);
                text.Append(']');
                return;
            case 0x15:
                blob.ReadByte();
                text.Append(Of(blob.ReadTypeHandle(), depth)).Append('<');
                Types(text, ref blob, blob.ReadCompressedInteger(), depth);
                text.Append('>');
                return;
            case 0x1B:
                text.Append("fn");
                Method(text, ref blob, depth + 1);
                return;
            case 0x1D:
                Type(text, ref blob, depth + 1);
                text.Append("[]");
                return;
            case 0x1F or 0x20:
                text.Append(code == 0x1F ? "modreq(" : "modopt(").Append(Of(blob.ReadTypeHandle(), depth)).Append(") ");
                Type(text, ref blob, depth + 1);
                return;
            case 0x41:
                text.Append("... ");
                Type(text, ref blob, depth + 1);
                return;
            case 0x45:
                text.Append("pinned ");
                Type(text, ref blob, depth + 1);
                return;
            default:
                throw new BadImageFormatException("A signature holds an unknown type.");
        }
    }

    private static void Integers(StringBuilder text, ref BlobReader blob)
    {
        int count = blob.ReadCompressedInteger();
        for (int index = 0; index < count; index++)
        {
            text.Append(index > 0 ? ' ' : ';').Append(blob.ReadCompressedInteger().ToString(CultureInfo.InvariantCulture));
            if (text.Length > MaximumLength)
            {
                throw new BadImageFormatException("A signature is too long.");
            }
        }
    }

    private static string Primitive(byte code) => code switch
    {
        0x01 => "void",
        0x02 => "bool",
        0x03 => "char",
        0x04 => "sbyte",
        0x05 => "byte",
        0x06 => "short",
        0x07 => "ushort",
        0x08 => "int",
        0x09 => "uint",
        0x0A => "long",
        0x0B => "ulong",
        0x0C => "float",
        0x0D => "double",
        0x0E => "string",
        0x16 => "typedref",
        0x18 => "nint",
        0x19 => "nuint",
        _ => "object",
    };
}
