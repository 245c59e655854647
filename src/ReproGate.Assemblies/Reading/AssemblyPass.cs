using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Reading;

/// <summary>
/// The one pass over an assembly's metadata, IL and symbols. Every part that cannot be read is noted and left out;
/// the rest is read all the same.
/// </summary>
internal sealed class AssemblyPass
{
    private const int MaximumNotes = 20;
    private const int MaximumFailures = 200;

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly Effort _effort;
    private readonly SourceMap _sources;
    private readonly SignatureTypes _signature;
    private readonly UseTable _uses;
    private readonly NamesInStrings _names = new();
    private readonly MethodBodyPass _bodies;
    private readonly List<string> _unread;
    private readonly bool _isFSharp;
    private readonly Dictionary<int, MethodDefinitionHandle> _accessors = [];
    private readonly int[] _parameterOwners;
    private int _failures;

    public AssemblyPass(PEReader image, MetadataReader metadata, SourceMap sources, Effort effort, List<string> unread)
    {
        _image = image;
        _metadata = metadata;
        _sources = sources;
        _effort = effort;
        _unread = unread;
        _signature = new SignatureTypes(metadata, effort);
        _uses = new UseTable(metadata, effort);
        _isFSharp = IsFSharp();
        _bodies = new MethodBodyPass(metadata, sources, _signature, _uses, effort, _isFSharp);
        _parameterOwners = new int[metadata.GetTableRowCount(TableIndex.Param) + 1];
    }

    /// <summary>Runs the pass.</summary>
    public AssemblyFacts Run(SymbolState symbols)
    {
        foreach (TypeDefinitionHandle type in _metadata.TypeDefinitions)
        {
            if (!Guarded(() => ReadType(type), () => $"type {NameOf(type)}"))
            {
                break;
            }
        }

        foreach (CustomAttributeHandle attribute in _metadata.CustomAttributes)
        {
            if (!Guarded(() => ReadAttribute(_metadata.GetCustomAttribute(attribute)), () => "an attribute"))
            {
                break;
            }
        }

        Guarded(ReadForwarders, () => "the table of exported types");
        Guarded(ReadStrings, () => "the heap of string constants");
        if (_names.IsIncomplete)
        {
            _unread.Add("It holds more string constants than are kept.");
        }

        ImmutableArray<UsedAssembly> references = [];
        Guarded(() => references = _uses.ToFacts(), () => "the names of used types");
        return new AssemblyFacts
        {
            Name = _metadata.GetString(_metadata.GetAssemblyDefinition().Name),
            Mvid = _metadata.GetGuid(_metadata.GetModuleDefinition().Mvid),
            Symbols = symbols,
            References = references,
            NamesInStrings = _names.ToFacts(),
            Unread = [.. _unread],
        };
    }

    // Returns false when reading on is pointless.
    private bool Guarded(Action read, Func<string> what)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception exception) when (AssemblyFactsReader.IsDamage(exception))
        {
            _failures++;
            if (_unread.Count < MaximumNotes)
            {
                _unread.Add($"{what()} could not be read: {exception.Message}");
            }

            if (exception is EffortExceededException || _failures > MaximumFailures)
            {
                _unread.Add("The rest of that part was not read.");
                return false;
            }

            return true;
        }
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        try
        {
            string name = _metadata.GetString(_metadata.GetTypeDefinition(handle).Name);
            return name.Length <= 256 ? name : name[..256];
        }
        catch (BadImageFormatException)
        {
            return $"#{MetadataTokens.GetRowNumber(handle)}";
        }
    }

    private bool IsFSharp()
    {
        foreach (CustomAttributeHandle handle in _metadata.GetCustomAttributes(EntityHandle.AssemblyDefinition))
        {
            _effort.Spend(1);
            EntityHandle constructor = _metadata.GetCustomAttribute(handle).Constructor;
            if (constructor.Kind == HandleKind.MemberReference
                && _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } type
                && _uses.Is(type, "Microsoft.FSharp.Core", "FSharpInterfaceDataVersionAttribute"))
            {
                return true;
            }
        }

        return false;
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        bool generated = IsGenerated(handle, 0);
        ReadAccessors(type);
        if (!generated || _isFSharp)
        {
            ReadBase(handle, type, generated);
        }

        if (!generated)
        {
            ReadConstraints(type.GetGenericParameters(), () => _sources.OfType(handle));
            if (!_isFSharp)
            {
                ReadDeclaredSignatures(handle, type);
            }
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            foreach (ParameterHandle parameter in _metadata.GetMethodDefinition(method).GetParameters())
            {
                _effort.Spend(1);
                _parameterOwners[MetadataTokens.GetRowNumber(parameter)] = MetadataTokens.GetRowNumber(method);
            }

            if (!Guarded(() => ReadBody(method), () => $"a method of type {NameOf(handle)}"))
            {
                throw new EffortExceededException();
            }
        }

        foreach (MethodImplementationHandle implementation in type.GetMethodImplementations())
        {
            ReadImplementation(_metadata.GetMethodImplementation(implementation));
        }
    }

    private void ReadAccessors(TypeDefinition type)
    {
        foreach (PropertyDefinitionHandle handle in type.GetProperties())
        {
            PropertyAccessors accessors = _metadata.GetPropertyDefinition(handle).GetAccessors();
            _accessors[MetadataTokens.GetToken(handle)] = accessors.Getter.IsNil ? accessors.Setter : accessors.Getter;
        }

        foreach (EventDefinitionHandle handle in type.GetEvents())
        {
            _accessors[MetadataTokens.GetToken(handle)] = _metadata.GetEventDefinition(handle).GetAccessors().Adder;
        }
    }

    private void ReadBase(TypeDefinitionHandle handle, TypeDefinition type, bool generated)
    {
        if (!type.BaseType.IsNil)
        {
            AddHead(type.BaseType, UseKind.Inherited, generated, () => _sources.OfType(handle));
        }

        InterfaceImplementationHandleCollection interfaces = type.GetInterfaceImplementations();
        if (interfaces.Count == 0)
        {
            return;
        }

        // Compilers list the interfaces an interface brings along with it. Only where no interface of another package
        // is listed can one be sure that this one was written.
        var listed = new List<(EntityHandle Interface, int Assembly)>();
        foreach (InterfaceImplementationHandle implementation in interfaces)
        {
            EntityHandle face = _metadata.GetInterfaceImplementation(implementation).Interface;
            listed.Add((face, AssemblyOf(face)));
        }

        int[] packages = [.. listed.Select(static entry => entry.Assembly).Where(IsNotFramework).Distinct()];
        foreach ((EntityHandle face, int assembly) in listed)
        {
            bool written = packages.Length == 1 || !packages.Contains(assembly);
            AddHead(face, written ? UseKind.Implemented : UseKind.Mentioned, generated || !written, () => _sources.OfType(handle));
        }
    }

    private bool IsNotFramework(int assembly)
    {
        if (assembly == 0)
        {
            return false;
        }

        string name = _metadata.GetString(_metadata.GetAssemblyReference(MetadataTokens.AssemblyReferenceHandle(assembly)).Name);
        return !(name is "System" or "mscorlib" or "netstandard" or "FSharp.Core" || name.StartsWith("System.", StringComparison.Ordinal));
    }

    private int AssemblyOf(EntityHandle type)
    {
        if (type.Kind == HandleKind.TypeSpecification)
        {
            _signature.Clear();
            _signature.ReadSpecification((TypeSpecificationHandle)type);
            type = _signature.Types.Count > 0 ? _signature.Types[0] : default;
        }

        return type.Kind == HandleKind.TypeReference && !type.IsNil ? _uses.AssemblyOf((TypeReferenceHandle)type) : 0;
    }

    // The type itself with its kind of use; what stands between its angle brackets was written too, unless the type is generated.
    private void AddHead(EntityHandle type, UseKind kind, bool headOnly, Func<SourcePlace?> place)
    {
        if (type.Kind == HandleKind.TypeReference)
        {
            _uses.Add(type, kind, default, place());
        }
        else if (type.Kind == HandleKind.TypeSpecification)
        {
            _signature.Clear();
            _signature.ReadSpecification((TypeSpecificationHandle)type);
            for (int i = 0; i < _signature.Types.Count; i++)
            {
                UseKind used = i == 0 ? kind : headOnly || _isFSharp ? UseKind.Mentioned : UseKind.TypeArgument;
                _uses.Add(_signature.Types[i], used, default, place());
            }
        }
    }

    private void ReadConstraints(GenericParameterHandleCollection parameters, Func<SourcePlace?> place)
    {
        foreach (GenericParameterHandle parameter in parameters)
        {
            foreach (GenericParameterConstraintHandle constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
            {
                _effort.Spend(1);
                EntityHandle type = _metadata.GetGenericParameterConstraint(constraint).Type;
                _signature.Clear();
                if (type.Kind == HandleKind.TypeSpecification)
                {
                    _signature.ReadSpecification((TypeSpecificationHandle)type);
                }
                else
                {
                    _signature.Types.Add(type);
                }

                AddSignature(place);
            }
        }
    }

    private void ReadDeclaredSignatures(TypeDefinitionHandle handle, TypeDefinition type)
    {
        foreach (FieldDefinitionHandle fieldHandle in type.GetFields())
        {
            FieldDefinition field = _metadata.GetFieldDefinition(fieldHandle);
            if (!IsGeneratedMember(field.Name, field.GetCustomAttributes()))
            {
                _signature.Clear();
                _signature.ReadField(field.Signature);
                AddSignature(() => _sources.OfType(handle));
            }
        }

        foreach (PropertyDefinitionHandle propertyHandle in type.GetProperties())
        {
            PropertyDefinition property = _metadata.GetPropertyDefinition(propertyHandle);
            if (!IsGeneratedMember(property.Name, property.GetCustomAttributes()))
            {
                _signature.Clear();
                _signature.ReadMethod(property.Signature);
                AddSignature(() => PlaceOf(_accessors[MetadataTokens.GetToken(propertyHandle)], handle));
            }
        }

        foreach (EventDefinitionHandle eventHandle in type.GetEvents())
        {
            EventDefinition definition = _metadata.GetEventDefinition(eventHandle);
            AddHead(definition.Type, UseKind.Signature, headOnly: false, () => PlaceOf(_accessors[MetadataTokens.GetToken(eventHandle)], handle));
        }

        foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
        {
            MethodDefinition method = _metadata.GetMethodDefinition(methodHandle);
            if (!IsGeneratedMember(method.Name, method.GetCustomAttributes()))
            {
                _signature.Clear();
                _signature.ReadMethod(method.Signature);
                AddSignature(() => PlaceOf(methodHandle, handle));
                ReadConstraints(method.GetGenericParameters(), () => PlaceOf(methodHandle, handle));
            }
        }
    }

    private void AddSignature(Func<SourcePlace?> place)
    {
        foreach (EntityHandle type in _signature.Types)
        {
            if (type.Kind == HandleKind.TypeReference && _uses.Known((TypeReferenceHandle)type, UseKind.Signature) < Placed.Line)
            {
                _uses.Add(type, UseKind.Signature, default, place());
            }
        }
    }

    private SourcePlace? PlaceOf(MethodDefinitionHandle method, TypeDefinitionHandle type) =>
        (method.IsNil ? null : _sources.OfMethod(method)) ?? _sources.OfType(type);

    private void ReadBody(MethodDefinitionHandle handle)
    {
        int address = _metadata.GetMethodDefinition(handle).RelativeVirtualAddress;
        if (address > 0)
        {
            MethodBodyBlock body = _image.GetMethodBody(address);
            _effort.Spend(body.Size);
            _bodies.Read(handle, body);
        }
    }

    private void ReadImplementation(MethodImplementation implementation)
    {
        _effort.Spend(1);
        if (implementation.MethodBody.Kind == HandleKind.MethodDefinition
            && implementation.MethodDeclaration.Kind == HandleKind.MemberReference)
        {
            // A body named by its interface is an explicit implementation; any other is the compiler's bridge or an override.
            var body = (MethodDefinitionHandle)implementation.MethodBody;
            var member = (MemberReferenceHandle)implementation.MethodDeclaration;
            bool isExplicit = _metadata.GetString(_metadata.GetMethodDefinition(body).Name).Contains('.', StringComparison.Ordinal);
            EntityHandle parent = _metadata.GetMemberReference(member).Parent;
            if (isExplicit && !IsGenerated(_metadata.GetMethodDefinition(body).GetDeclaringType(), 0))
            {
                AddHead(parent, UseKind.Implemented, headOnly: true, () => _sources.OfMethod(body));
            }
        }
    }

    private void ReadForwarders()
    {
        foreach (ExportedTypeHandle handle in _metadata.ExportedTypes)
        {
            ExportedType type = _metadata.GetExportedType(handle);
            _effort.Spend(1);
            if (type.IsForwarder && type.Implementation.Kind == HandleKind.AssemblyReference)
            {
                string space = _metadata.GetString(type.Namespace);
                string name = _metadata.GetString(type.Name);
                _effort.Spend(space.Length + name.Length);
                _uses.AddNamed(
                    _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.Implementation).Name),
                    space.Length > 0 ? $"{space}.{name}" : name,
                    UseKind.Forwarded,
                    null);
            }
        }
    }

    private void ReadStrings()
    {
        int size = _metadata.GetHeapSize(HeapIndex.UserString);
        UserStringHandle handle = MetadataTokens.UserStringHandle(0);
        while (size > 1)
        {
            handle = _metadata.GetNextHandle(handle);
            if (handle.IsNil)
            {
                break;
            }

            string text = _metadata.GetUserString(handle);
            _effort.Spend(text.Length + 1);
            _names.Add(text);
        }
    }

    private void ReadAttribute(CustomAttribute attribute)
    {
        _effort.Spend(1);
        // What the tools write about the whole assembly cannot be told from what a person wrote there.
        bool whole = attribute.Parent.Kind is HandleKind.AssemblyDefinition or HandleKind.ModuleDefinition or HandleKind.AssemblyReference;
        SourcePlace? place = whole ? null : PlaceOfParent(attribute.Parent);
        if (!whole && attribute.Constructor.Kind == HandleKind.MemberReference)
        {
            EntityHandle type = _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            AddHead(type, UseKind.Attribute, headOnly: false, () => place);
        }

        var texts = new AttributeTexts(_metadata, _effort);
        texts.Read(attribute);
        foreach (string text in texts.Strings)
        {
            _names.Add(text);
        }

        foreach (string name in texts.TypeNames)
        {
            foreach ((string assembly, string type) in SerializedTypeName.Split(name))
            {
                _uses.AddNamed(assembly, type, whole ? UseKind.Mentioned : UseKind.TypeOf, place);
            }
        }
    }

    private SourcePlace? PlaceOfParent(EntityHandle parent)
    {
        switch (parent.Kind)
        {
            case HandleKind.TypeDefinition:
                return _sources.OfType((TypeDefinitionHandle)parent);
            case HandleKind.MethodDefinition:
                var method = (MethodDefinitionHandle)parent;
                return PlaceOf(method, _metadata.GetMethodDefinition(method).GetDeclaringType());
            case HandleKind.FieldDefinition:
                return _sources.OfType(_metadata.GetFieldDefinition((FieldDefinitionHandle)parent).GetDeclaringType());
            case HandleKind.Parameter:
                int row = MetadataTokens.GetRowNumber(parent);
                int owner = row < _parameterOwners.Length ? _parameterOwners[row] : 0;
                return owner == 0 ? null : PlaceOfParent(MetadataTokens.MethodDefinitionHandle(owner));
            case HandleKind.PropertyDefinition or HandleKind.EventDefinition:
                return _accessors.TryGetValue(MetadataTokens.GetToken(parent), out MethodDefinitionHandle accessor) && !accessor.IsNil ? PlaceOfParent(accessor) : null;
            case HandleKind.GenericParameter:
                EntityHandle declaring = _metadata.GetGenericParameter((GenericParameterHandle)parent).Parent;
                return declaring.Kind is HandleKind.TypeDefinition or HandleKind.MethodDefinition ? PlaceOfParent(declaring) : null;
            default:
                return null;
        }
    }

    private bool IsGenerated(TypeDefinitionHandle handle, int depth)
    {
        _effort.Spend(1);
        if (handle.IsNil || depth > 32)
        {
            return false;
        }

        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        return IsGeneratedMember(type.Name, type.GetCustomAttributes()) || IsGenerated(type.GetDeclaringType(), depth + 1);
    }

    // Compilers mark what they make up by names no person can write, or by CompilerGeneratedAttribute.
    private bool IsGeneratedMember(StringHandle nameHandle, CustomAttributeHandleCollection attributes)
    {
        string name = _metadata.GetString(nameHandle);
        _effort.Spend(name.Length);
        if (name.StartsWith('<') || name.Contains('$', StringComparison.Ordinal) || name.Contains('@', StringComparison.Ordinal))
        {
            return true;
        }

        foreach (CustomAttributeHandle attribute in attributes)
        {
            _effort.Spend(1);
            EntityHandle constructor = _metadata.GetCustomAttribute(attribute).Constructor;
            EntityHandle type = constructor.Kind == HandleKind.MemberReference ? _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent : default;
            if (!type.IsNil && _uses.Is(type, "System.Runtime.CompilerServices", "CompilerGeneratedAttribute"))
            {
                return true;
            }
        }

        return false;
    }
}
