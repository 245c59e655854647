using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.InteropServices;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Writes types, methods and fields of the metadata as facts name them, each once.</summary>
internal sealed class TypeNames(MetadataReader metadata, Effort effort)
{
    private const int MaximumDepth = 24;
    private const int MaximumLength = 4096;

    private static readonly string[] OfType = [.. Enumerable.Range(0, 8).Select(static index => $"!{index}")];
    private static readonly string[] OfMethod = [.. Enumerable.Range(0, 8).Select(static index => $"!!{index}")];

    private readonly ByRow<string> _types = new(metadata, TableIndex.TypeDef, TableIndex.TypeRef, TableIndex.TypeSpec);
    private readonly ByRow<CodeMethodReference> _methods = new(metadata, TableIndex.MethodDef, TableIndex.MemberRef, TableIndex.MethodSpec);
    private readonly ByRow<KnownField> _fields = new(metadata, TableIndex.Field, TableIndex.MemberRef);
    private readonly Dictionary<CodeField, KnownField> _sameFields = [];
    private readonly ByRow<TypeOwner> _owners = new(metadata, TableIndex.TypeDef, TableIndex.TypeRef, TableIndex.TypeSpec);
    private readonly ByRow<string[]> _arguments = new(metadata, TableIndex.MethodSpec);
    private readonly ByHandle<BlobHandle, MethodSignature> _signatures = new((metadata.GetTableRowCount(TableIndex.MethodDef) + metadata.GetTableRowCount(TableIndex.MemberRef)) / 4);
    private readonly ByHandle<BlobHandle, string> _fieldTypes = new(metadata.GetTableRowCount(TableIndex.Field) / 4);
    private readonly ByHandle<StringHandle, string> _strings = new((metadata.GetTableRowCount(TableIndex.MethodDef) + metadata.GetTableRowCount(TableIndex.Field)) / 2);
    private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);

    // Names that are put together are written here and looked up, so that one that is known costs no new string.
    private char[] _written = new char[512];
    private int _writtenLength;
    private readonly string _self = metadata.GetString(metadata.GetAssemblyDefinition().Name);

    /// <summary>A name of the metadata; few names are used once.</summary>
    public string Text(StringHandle handle)
    {
        string? text = _strings.Find(handle);
        if (text is null)
        {
            text = metadata.GetString(handle);
            _strings.Add(handle, text);
        }

        return text;
    }

    /// <summary>Full name of a type; empty for none.</summary>
    public string Of(EntityHandle handle, int depth = 0)
    {
        if (handle.IsNil)
        {
            return "";
        }

        if (_types.Find(handle) is { } known)
        {
            return known;
        }

        if (depth > MaximumDepth)
        {
            throw new BadImageFormatException("Types are nested too deeply.");
        }

        effort.Spend(1);
        string name;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                TypeDefinition definition = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
                TypeDefinitionHandle outer = definition.GetDeclaringType();
                name = outer.IsNil ? Join(definition.Namespace, definition.Name) : string.Concat(Of(outer, depth + 1), "+", Text(definition.Name));
                break;
            case HandleKind.TypeReference:
                TypeReference reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
                name = reference.ResolutionScope.Kind == HandleKind.TypeReference && !reference.ResolutionScope.IsNil
                    ? string.Concat(Of(reference.ResolutionScope, depth + 1), "+", Text(reference.Name))
                    : Join(reference.Namespace, reference.Name);
                break;
            case HandleKind.TypeSpecification:
                BlobReader blob = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                effort.Spend(blob.Length);
                name = ReadType(ref blob, depth + 1);
                break;
            default:
                name = "";
                break;
        }

        effort.Spend(name.Length);
        name = Same(Short(name));
        _types.Add(handle, name);
        return name;
    }

    /// <summary>Simple name of the assembly a type is asked of.</summary>
    public string AssemblyOf(EntityHandle handle)
    {
        for (int depth = 0; depth < MaximumDepth && !handle.IsNil; depth++)
        {
            effort.Spend(1);
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    return _self;
                case HandleKind.TypeReference:
                    handle = metadata.GetTypeReference((TypeReferenceHandle)handle).ResolutionScope;
                    break;
                case HandleKind.AssemblyReference:
                    return Text(metadata.GetAssemblyReference((AssemblyReferenceHandle)handle).Name);
                case HandleKind.TypeSpecification:
                    BlobReader blob = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                    byte first = blob.ReadByte();
                    while (first is 0x1D or 0x10 or 0x0F)
                    {
                        first = blob.ReadByte();
                    }

                    if (first != 0x15)
                    {
                        return "";
                    }

                    blob.ReadByte();
                    handle = blob.ReadTypeHandle();
                    break;
                default:
                    return "";
            }
        }

        return "";
    }

    /// <summary>A method definition or reference; an instance of a generic one as the generic one.</summary>
    /// <exception cref="BadImageFormatException">It is no method.</exception>
    public CodeMethodReference Method(EntityHandle handle)
    {
        if (_methods.Find(handle) is { } known)
        {
            return known;
        }

        effort.Spend(1);
        if (handle.Kind == HandleKind.MethodDefinition)
        {
            return Method((MethodDefinitionHandle)handle, metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
        }

        if (handle.Kind == HandleKind.MethodSpecification)
        {
            EntityHandle generic = metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
            CodeMethodReference method = generic.Kind == HandleKind.MethodSpecification ? throw new BadImageFormatException("An instruction calls what is no method.") : Method(generic);
            _methods.Add(handle, method);
            return method;
        }

        if (handle.Kind == HandleKind.MemberReference)
        {
            MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
            MethodSignature signature = Signature(member.Signature);
            EntityHandle parent = member.Parent;
            return parent.Kind == HandleKind.MethodDefinition ? Keep(handle, Method(parent)) : Keep(handle, Named(Owner(parent), member.Name, signature));
        }

        throw new BadImageFormatException("An instruction calls what is no method.");
    }

    /// <summary>A method definition whose type is known: the metadata would have to search for it.</summary>
    public CodeMethodReference Method(MethodDefinitionHandle handle, TypeDefinitionHandle owner)
    {
        if (_methods.Find(handle) is { } known)
        {
            return known;
        }

        effort.Spend(1);
        MethodDefinition definition = metadata.GetMethodDefinition(handle);
        MethodSignature signature = Signature(definition.Signature);
        return Keep(handle, Named(Owner(owner), definition.Name, signature));
    }

    private CodeMethodReference Named(TypeOwner owner, StringHandle name, MethodSignature signature) =>
        new(owner.Assembly, owner.Type, owner.Definition, Text(name), signature.Parameters, signature.Returns, signature.IsStatic);

    private CodeMethodReference Keep(EntityHandle handle, CodeMethodReference method)
    {
        foreach (string parameter in method.Parameters)
        {
            effort.Spend(parameter.Length + 1);
        }

        effort.Spend(method.Name.Length + 2);
        _methods.Add(handle, method);
        return method;
    }

    /// <summary>The type that a member is asked of.</summary>
    private TypeOwner Owner(EntityHandle handle)
    {
        if (_owners.Find(handle) is { } known)
        {
            return known;
        }

        string type = Of(handle);
        var owner = new TypeOwner(type, type.Contains('{', StringComparison.Ordinal) ? CodeTypeName.Definition(type) : type, AssemblyOf(handle));
        _owners.Add(handle, owner);
        return owner;
    }

    /// <summary>Type arguments of a generic method's instance; empty for any other.</summary>
    public ImmutableArray<string> MethodArguments(EntityHandle handle)
    {
        if (handle.Kind != HandleKind.MethodSpecification)
        {
            return [];
        }

        if (_arguments.Find(handle) is { } known)
        {
            return ImmutableCollectionsMarshal.AsImmutableArray(known);
        }

        BlobReader blob = metadata.GetBlobReader(metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Signature);
        effort.Spend(blob.Length);
        blob.ReadByte();
        int count = blob.ReadCompressedInteger();
        if (count > blob.RemainingBytes)
        {
            throw new BadImageFormatException("A method has more type arguments than its signature holds.");
        }

        var arguments = new string[count];
        for (int i = 0; i < count; i++)
        {
            string argument = ReadType(ref blob, 1);
            arguments[i] = argument.Length <= MaximumLength ? argument : Same(argument);
        }

        _arguments.Add(handle, arguments);
        return ImmutableCollectionsMarshal.AsImmutableArray(arguments);
    }

    /// <summary>A field.</summary>
    /// <exception cref="BadImageFormatException">It is no field.</exception>
    public KnownField Field(EntityHandle handle)
    {
        if (_fields.Find(handle) is { } found)
        {
            return found;
        }

        effort.Spend(1);
        CodeField field;
        if (handle.Kind == HandleKind.FieldDefinition)
        {
            FieldDefinition definition = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
            field = new CodeField(Of(definition.GetDeclaringType()), Text(definition.Name), FieldType(definition.Signature));
        }
        else if (handle.Kind == HandleKind.MemberReference)
        {
            MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
            if (member.GetKind() != MemberReferenceKind.Field)
            {
                throw new BadImageFormatException("An instruction uses what is no field.");
            }

            field = new CodeField(Owner(member.Parent).Definition, Text(member.Name), FieldType(member.Signature));
        }
        else
        {
            throw new BadImageFormatException("An instruction uses what is no field.");
        }

        // A field of a generic type is named anew for each instance of it, and is one object all the same.
        KnownField? known;
        if (handle.Kind == HandleKind.FieldDefinition && !field.Owner.Contains('`', StringComparison.Ordinal))
        {
            known = new KnownField(field);
        }
        else if (!_sameFields.TryGetValue(field, out known))
        {
            known = new KnownField(field);
            _sameFields.Add(field, known);
        }

        _fields.Add(handle, known);
        return known;
    }

    /// <summary>Type of a field or property by its signature.</summary>
    public string FieldType(BlobHandle signature)
    {
        string? type = _fieldTypes.Find(signature);
        if (type is null)
        {
            BlobReader blob = metadata.GetBlobReader(signature);
            effort.Spend(blob.Length);
            byte header = blob.ReadByte();
            if ((header & 0x0F) == 0x08)
            {
                blob.ReadCompressedInteger();
            }

            type = Kept(ReadType(ref blob, 0));
            _fieldTypes.Add(signature, type);
        }

        return type;
    }

    /// <summary>Parameters and result of a method by its signature.</summary>
    public MethodSignature Signature(BlobHandle handle)
    {
        if (_signatures.Find(handle) is { } known)
        {
            return known;
        }

        BlobReader blob = metadata.GetBlobReader(handle);
        effort.Spend(blob.Length);
        byte header = blob.ReadByte();
        if ((header & 0x0F) is > 5 and not 9)
        {
            throw new BadImageFormatException("An instruction calls what is no method.");
        }

        if ((header & 0x10) != 0)
        {
            blob.ReadCompressedInteger();
        }

        int count = blob.ReadCompressedInteger();
        if (count > blob.RemainingBytes)
        {
            throw new BadImageFormatException("A method has more parameters than its signature holds.");
        }

        string returns = Kept(ReadType(ref blob, 1));
        string[] parameters = count == 0 ? [] : new string[count];
        for (int i = 0; i < count; i++)
        {
            parameters[i] = Kept(ReadType(ref blob, 1));
        }

        var signature = new MethodSignature(ImmutableCollectionsMarshal.AsImmutableArray(parameters), returns, (header & 0x20) == 0);
        _signatures.Add(handle, signature);
        return signature;
    }

    // What is put together is written anew in each signature; names of rows are there once.
    private string Same(string name)
    {
        if (name.Length == 0 || (name[^1] is not ('}' or ']' or '&' or '*') && name[0] != '!'))
        {
            return name;
        }

        if (!_same.TryGetValue(name, out string? same))
        {
            same = name;
            _same.Add(name, name);
        }

        return same;
    }

    private string Kept(string name) => name.Length <= MaximumLength ? name : Same(Short(name));

    private string ReadType(ref BlobReader blob, int depth)
    {
        int start = _writtenLength;
        try
        {
            if (TypeOrWritten(ref blob, depth) is { } name)
            {
                return name;
            }

            ReadOnlySpan<char> written = _written.AsSpan(start, _writtenLength - start);
            if (written.Length > MaximumLength)
            {
                return written.ToString();
            }

            if (!_same.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(written, out string? same))
            {
                same = written.ToString();
                _same.Add(same, same);
            }

            return same;
        }
        finally
        {
            _writtenLength = start;
        }
    }

    // Null for a type whose name was put together and written.
    private string? TypeOrWritten(ref BlobReader blob, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new BadImageFormatException("A signature is nested too deeply.");
        }

        effort.Spend(1);
        while (true)
        {
            byte code = blob.ReadByte();
            switch (code)
            {
                case 0x01: return "System.Void";
                case 0x02: return "System.Boolean";
                case 0x03: return "System.Char";
                case 0x04: return "System.SByte";
                case 0x05: return "System.Byte";
                case 0x06: return "System.Int16";
                case 0x07: return "System.UInt16";
                case 0x08: return "System.Int32";
                case 0x09: return "System.UInt32";
                case 0x0A: return "System.Int64";
                case 0x0B: return "System.UInt64";
                case 0x0C: return "System.Single";
                case 0x0D: return "System.Double";
                case 0x0E: return "System.String";
                case 0x16: return "System.TypedReference";
                case 0x18: return "System.IntPtr";
                case 0x19: return "System.UIntPtr";
                case 0x1C: return "System.Object";
                case 0x0F: return Written(ref blob, depth + 1, "*");
                case 0x10: return Written(ref blob, depth + 1, "&");
                case 0x1D: return Written(ref blob, depth + 1, "[]");
                case 0x41 or 0x45: continue;
                case 0x11 or 0x12: return Of(blob.ReadTypeHandle(), depth + 1);
                case 0x13: return Parameter(OfType, "!", blob.ReadCompressedInteger());
                case 0x1E: return Parameter(OfMethod, "!!", blob.ReadCompressedInteger());
                case 0x14:
                    Write(ref blob, depth + 1);
                    blob.ReadCompressedInteger();
                    for (int part = 0; part < 2; part++)
                    {
                        for (int count = blob.ReadCompressedInteger(); count > 0; count--)
                        {
                            blob.ReadCompressedInteger();
                        }
                    }

                    Write("[,]");
                    return null;
                case 0x15:
                    WriteGeneric(ref blob, depth);
                    return null;
                case 0x1B:
                    SkipMethod(ref blob, depth + 1);
                    return "System.IntPtr";
                case 0x1F or 0x20:
                    blob.ReadTypeHandle();
                    continue;
                default:
                    throw new BadImageFormatException("A signature holds an unknown type.");
            }
        }
    }

    private void WriteGeneric(ref BlobReader blob, int depth)
    {
        blob.ReadByte();
        string generic = Of(blob.ReadTypeHandle(), depth + 1);
        int arguments = blob.ReadCompressedInteger();
        if (arguments > blob.RemainingBytes)
        {
            throw new BadImageFormatException("A type has more arguments than its signature holds.");
        }

        Write(generic);
        Write("{");
        int length = generic.Length;
        for (int i = 0; i < arguments; i++)
        {
            if (i > 0)
            {
                Write(",");
            }

            int start = _writtenLength;
            Write(ref blob, depth + 1);
            length += _writtenLength - start;
            effort.Spend((_writtenLength - start) / 8);
            if (length > 16 * MaximumLength)
            {
                throw new BadImageFormatException("A type's name is too long.");
            }
        }

        Write("}");
    }

    private string? Written(ref BlobReader blob, int depth, string suffix)
    {
        Write(ref blob, depth);
        Write(suffix);
        return null;
    }

    private string? Parameter(string[] known, string prefix, int index)
    {
        if (index < known.Length)
        {
            return known[index];
        }

        Write($"{prefix}{index}");
        return null;
    }

    private void Write(ref BlobReader blob, int depth)
    {
        if (TypeOrWritten(ref blob, depth) is { } name)
        {
            Write(name);
        }
    }

    private void Write(string text)
    {
        if (text.Length > _written.Length - _writtenLength)
        {
            Array.Resize(ref _written, 2 * (_writtenLength + text.Length));
        }

        text.CopyTo(_written.AsSpan(_writtenLength));
        _writtenLength += text.Length;
    }

    private void SkipMethod(ref BlobReader blob, int depth)
    {
        byte header = blob.ReadByte();
        if ((header & 0x10) != 0)
        {
            blob.ReadCompressedInteger();
        }

        int count = blob.ReadCompressedInteger();
        int start = _writtenLength;
        for (int i = 0; i <= count; i++)
        {
            TypeOrWritten(ref blob, depth + 1);
            _writtenLength = start;
        }
    }

    private string Join(StringHandle space, StringHandle name) =>
        space.IsNil ? metadata.GetString(name) : string.Concat(Text(space), ".", metadata.GetString(name));

    private static string Short(string name) => name.Length <= MaximumLength ? name : name[..MaximumLength];
}
