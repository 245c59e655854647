using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Everything in an assembly that has a name, with a value that is equal exactly where the thing is.</summary>
internal sealed class AssemblyView
{
    private const string KeyedAttribute = "System.Reflection.AssemblyMetadataAttribute";

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly AssemblyNames _names;
    private readonly IlText _il;
    private readonly List<ViewItem> _items = [];

    private AssemblyView(PEReader image)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
        _names = new AssemblyNames(_metadata);
        _il = new IlText(image, _metadata, _names);
    }

    /// <summary>Reads an assembly. The image has to stay open while the items are used.</summary>
    /// <exception cref="BadImageFormatException">It is damaged.</exception>
    public static (IReadOnlyList<ViewItem> Items, IReadOnlyList<ArchiveEntry> Resources) Read(PEReader image, CancellationToken cancellation)
    {
        var view = new AssemblyView(image);
        view.ReadModule();
        foreach (TypeDefinitionHandle handle in view._metadata.TypeDefinitions)
        {
            cancellation.ThrowIfCancellationRequested();
            view.ReadType(handle);
        }

        return (view._items, view.ReadResources());
    }

    private void ReadModule()
    {
        ModuleDefinition module = _metadata.GetModuleDefinition();
        Add("module name", PartKinds.AssemblyIdentity, _metadata.GetString(module.Name));
        Add("MVID", PartKinds.ModuleId, _metadata.GetGuid(module.Mvid).ToString());
        Add("metadata version", PartKinds.Header, _metadata.MetadataVersion);
        ReadAttributes(module.GetCustomAttributes(), "module: ");
        if (_metadata.IsAssembly)
        {
            AssemblyDefinition assembly = _metadata.GetAssemblyDefinition();
            Add("assembly name", PartKinds.AssemblyIdentity, $"{_metadata.GetString(assembly.Name)}, Version={assembly.Version}, Culture={_metadata.GetString(assembly.Culture)}, PublicKey={Convert.ToHexStringLower(_metadata.GetBlobBytes(assembly.PublicKey))}, Flags={assembly.Flags}");
            ReadAttributes(assembly.GetCustomAttributes(), "assembly: ");
        }

        foreach (AssemblyReferenceHandle handle in _metadata.AssemblyReferences)
        {
            AssemblyReference reference = _metadata.GetAssemblyReference(handle);
            Add($"reference {_metadata.GetString(reference.Name)}", PartKinds.AssemblyReference, $"{_metadata.GetString(reference.Name)}, Version={reference.Version}, Culture={_metadata.GetString(reference.Culture)}, {Convert.ToHexStringLower(_metadata.GetBlobBytes(reference.PublicKeyOrToken))}");
        }

        foreach (ExportedTypeHandle handle in _metadata.ExportedTypes)
        {
            ExportedType type = _metadata.GetExportedType(handle);
            Add($"forwarded {_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}", PartKinds.Member, type.Implementation.Kind == HandleKind.AssemblyReference ? _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.Implementation).Name) : type.Implementation.Kind.ToString());
        }
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        string name = _names.Of(handle);
        string interfaces = string.Join(", ", type.GetInterfaceImplementations().Select(implementation => _names.Of(_metadata.GetInterfaceImplementation(implementation).Interface)));
        TypeLayout layout = type.GetLayout();
        Add(name, PartKinds.Member, $"{type.Attributes} : {(type.BaseType.IsNil ? "" : _names.Of(type.BaseType))} {interfaces} {layout.Size} {layout.PackingSize} {GenericParameters(type.GetGenericParameters())}".Trim());
        ReadAttributes(type.GetCustomAttributes(), name + ": ");
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            ReadField(name, _metadata.GetFieldDefinition(field));
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            ReadMethod(name, _metadata.GetMethodDefinition(method));
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            PropertyDefinition definition = _metadata.GetPropertyDefinition(property);
            string full = $"{name}.{_metadata.GetString(definition.Name)} (property)";
            Add(full, PartKinds.Member, $"{definition.Attributes} {_names.Method(definition.Signature)}");
            ReadAttributes(definition.GetCustomAttributes(), full + ": ");
        }

        foreach (EventDefinitionHandle @event in type.GetEvents())
        {
            EventDefinition definition = _metadata.GetEventDefinition(@event);
            Add($"{name}.{_metadata.GetString(definition.Name)} (event)", PartKinds.Member, $"{definition.Attributes} {_names.Of(definition.Type)}");
        }
    }

    private void ReadField(string type, FieldDefinition field)
    {
        string name = $"{type}.{_metadata.GetString(field.Name)}";
        Add($"{name} (field)", PartKinds.Member, $"{field.Attributes} {_names.Field(field.Signature)} {field.GetOffset()}");
        if (!field.GetDefaultValue().IsNil)
        {
            Add($"{name} (constant)", PartKinds.FieldConstant, Constant(field.GetDefaultValue()));
        }

        if (field.GetRelativeVirtualAddress() is > 0 and var address)
        {
            PEMemoryBlock block = _image.GetSectionData(address);
            int length = Math.Min(block.Length, DataLength(field));
            Add($"{name} (data)", PartKinds.FieldData, Convert.ToHexStringLower(SHA256.HashData(block.GetContent(0, length).AsSpan()))[..16]);
        }

        ReadAttributes(field.GetCustomAttributes(), name + ": ");
    }

    // The size of initial data is the size of the field's type: a primitive, or a nested type made for it.
    private int DataLength(FieldDefinition field)
    {
        BlobReader signature = _metadata.GetBlobReader(field.Signature);
        signature.ReadByte();
        byte code = signature.ReadByte();
        if (code == 0x11 && signature.ReadTypeHandle() is { Kind: HandleKind.TypeDefinition } type)
        {
            return Math.Max(0, _metadata.GetTypeDefinition((TypeDefinitionHandle)type).GetLayout().Size);
        }

        return code switch { 0x02 or 0x04 or 0x05 => 1, 0x03 or 0x06 or 0x07 => 2, 0x08 or 0x09 or 0x0C => 4, 0x0A or 0x0B or 0x0D => 8, _ => 0 };
    }

    private void ReadMethod(string type, MethodDefinition method)
    {
        string signature = _names.Method(method.Signature);
        string name = $"{type}.{_metadata.GetString(method.Name)}";
        string parameters = string.Join(", ", method.GetParameters().Select(parameter => Parameter(_metadata.GetParameter(parameter))));
        Add($"{name}{signature}", PartKinds.Member, $"{method.Attributes} {method.ImplAttributes} ({parameters}) {GenericParameters(method.GetGenericParameters())}".Trim());
        ReadAttributes(method.GetCustomAttributes(), $"{name}: ");
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        // Hashed now, told in lines only where it differs.
        string hash = Hash(_il.Lines(method));
        _items.Add(new ViewItem($"{name} (IL)", PartKinds.MethodBody, hash, () => _il.Lines(method)));
    }

    private string Parameter(Parameter parameter) =>
        $"{_metadata.GetString(parameter.Name)}{(parameter.GetDefaultValue().IsNil ? "" : " = " + Constant(parameter.GetDefaultValue()))}{Attributes(parameter.GetCustomAttributes())}";

    private string GenericParameters(GenericParameterHandleCollection parameters) => string.Join(", ", parameters.Select(handle =>
    {
        GenericParameter parameter = _metadata.GetGenericParameter(handle);
        return $"{_metadata.GetString(parameter.Name)} {parameter.Attributes} {string.Join(", ", parameter.GetConstraints().Select(constraint => _names.Of(_metadata.GetGenericParameterConstraint(constraint).Type)))}";
    }));

    private string Attributes(CustomAttributeHandleCollection handles) => handles.Count == 0
        ? ""
        : " " + string.Join(' ', handles.Select(_metadata.GetCustomAttribute).Select(attribute => $"[{AttributeType(attribute)}({string.Join(", ", AttributeText.Arguments(_metadata, attribute))})]"));

    private void ReadAttributes(CustomAttributeHandleCollection handles, string owner)
    {
        foreach (CustomAttribute attribute in handles.Select(_metadata.GetCustomAttribute))
        {
            string type = AttributeType(attribute);
            IReadOnlyList<string> arguments = AttributeText.Arguments(_metadata, attribute);
            bool keyed = type == KeyedAttribute && arguments.Count == 2;
            Add($"[{owner}{type}{(keyed ? $"(\"{arguments[0]}\")" : "")}]", PartKinds.Attribute, keyed ? arguments[1] : string.Join(", ", arguments));
        }
    }

    private string AttributeType(CustomAttribute attribute) => attribute.Constructor.Kind switch
    {
        HandleKind.MemberReference => _names.Of(_metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent),
        HandleKind.MethodDefinition => _names.Of(_metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()),
        _ => "?",
    };

    private string Constant(ConstantHandle handle)
    {
        Constant constant = _metadata.GetConstant(handle);
        BlobReader value = _metadata.GetBlobReader(constant.Value);
        return constant.TypeCode == ConstantTypeCode.String
            ? $"\"{value.ReadUTF16(value.Length)}\""
            : Convert.ToString(value.ReadConstant(constant.TypeCode), CultureInfo.InvariantCulture) ?? "null";
    }

    private List<ArchiveEntry> ReadResources()
    {
        var resources = new List<ArchiveEntry>();
        DirectoryEntry? directory = _image.PEHeaders.CorHeader?.ResourcesDirectory;
        foreach (ManifestResource resource in _metadata.ManifestResources.Select(_metadata.GetManifestResource))
        {
            string name = _metadata.GetString(resource.Name);
            if (!resource.Implementation.IsNil || directory is not { Size: > 0 })
            {
                Add($"resource {name}", PartKinds.Resource, resource.Implementation.Kind.ToString());
                continue;
            }

            PEMemoryBlock block = _image.GetSectionData(directory.Value.RelativeVirtualAddress);
            BlobReader reader = block.GetReader();
            reader.Offset = checked((int)resource.Offset);
            int length = reader.ReadInt32();
            resources.Add(new ArchiveEntry(name, reader.ReadBytes(length), [(PartKinds.Resource, resource.Attributes.ToString())]));
        }

        return resources;
    }

    private void Add(string name, string kind, string value) => _items.Add(new ViewItem(name, kind, value));

    private static string Hash(IReadOnlyList<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
