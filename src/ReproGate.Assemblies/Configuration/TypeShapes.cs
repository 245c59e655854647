using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using ReproGate.Assemblies.Reading;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Reads what a binder sees of a type: properties, constructors, members of an enumeration, and the annotations on them.</summary>
internal sealed class TypeShapes(MetadataReader metadata, TypeNames names, AttributeRows attributes, Effort effort)
{
    private TypeDefinitionHandle _lastOwner;
    private bool? _lastContext;

    /// <summary>Reads one type.</summary>
    public CodeType Read(TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string @base = names.Of(type.BaseType);
        CodeTypeKind kind = (type.Attributes & TypeAttributes.Interface) != 0 ? CodeTypeKind.Interface
            : @base switch
            {
                "System.Enum" => CodeTypeKind.Enum,
                "System.ValueType" => CodeTypeKind.Struct,
                "System.MulticastDelegate" => CodeTypeKind.Delegate,
                _ => CodeTypeKind.Class,
            };
        InterfaceImplementationHandleCollection implementations = type.GetInterfaceImplementations();
        var interfaces = ImmutableArray.CreateBuilder<string>(implementations.Count);
        foreach (InterfaceImplementationHandle implementation in implementations)
        {
            interfaces.Add(names.Of(metadata.GetInterfaceImplementation(implementation).Interface));
        }

        var shape = new CodeType(names.Of(handle), kind)
        {
            Base = @base,
            BaseAssembly = type.BaseType.IsNil ? "" : names.AssemblyOf(type.BaseType),
            Interfaces = interfaces.DrainToImmutable(),
            IsPublic = (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic,
            IsAbstract = (type.Attributes & TypeAttributes.Abstract) != 0,
        };
        if (shape.IsGenerated)
        {
            return shape;
        }

        return kind switch
        {
            CodeTypeKind.Enum => shape with { EnumMembers = EnumMembers(type) },
            CodeTypeKind.Class or CodeTypeKind.Struct => shape with { Properties = Properties(handle, type), Constructors = Constructors(handle, type) },
            _ => shape,
        };
    }

    private ImmutableArray<string> EnumMembers(TypeDefinition type)
    {
        var members = new List<(ulong Value, string Name)>();
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            effort.Spend(1);
            FieldDefinition field = metadata.GetFieldDefinition(handle);
            if ((field.Attributes & (FieldAttributes.Static | FieldAttributes.Literal)) == (FieldAttributes.Static | FieldAttributes.Literal))
            {
                string? value = field.GetDefaultValue().IsNil ? null : Constant(field.GetDefaultValue());
                members.Add((ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : ulong.MaxValue, metadata.GetString(field.Name)));
            }
        }

        return [.. members.OrderBy(static member => member.Value).Select(static member => member.Name)];
    }

    private ImmutableArray<CodeProperty> Properties(TypeDefinitionHandle owner, TypeDefinition type)
    {
        PropertyDefinitionHandleCollection all = type.GetProperties();
        if (all.Count == 0)
        {
            return [];
        }

        var properties = ImmutableArray.CreateBuilder<CodeProperty>(all.Count);
        foreach (PropertyDefinitionHandle handle in all)
        {
            effort.Spend(2);
            PropertyDefinition property = metadata.GetPropertyDefinition(handle);
            PropertyAccessors accessors = property.GetAccessors();
            MethodDefinition? getter = accessors.Getter.IsNil ? null : metadata.GetMethodDefinition(accessors.Getter);
            MethodDefinition? setter = accessors.Setter.IsNil ? null : metadata.GetMethodDefinition(accessors.Setter);
            if ((getter ?? setter) is not { } accessor || (accessor.Attributes & MethodAttributes.Static) != 0)
            {
                continue;
            }

            bool isIndexer = names.Signature(accessor.Signature).Parameters.Length > (getter is null ? 1 : 0);
            if (isIndexer)
            {
                continue;
            }

            (string keyName, bool required, bool? nullable, ImmutableArray<string> simple) = Annotations(handle);
            properties.Add(new CodeProperty(metadata.GetString(property.Name), names.FieldType(property.Signature))
            {
                KeyName = keyName,
                CanGet = getter is { } get && IsPublic(get),
                CanSet = setter is { } set && IsPublic(set),
                Required = required,
                Nullable = nullable ?? ContextOf(accessors.Getter.IsNil ? accessors.Setter : accessors.Getter) ?? Context(owner),
                Attributes = simple,
            });
        }

        return properties.DrainToImmutable();
    }

    private ImmutableArray<ImmutableArray<CodeProperty>> Constructors(TypeDefinitionHandle owner, TypeDefinition type)
    {
        // Few types have more than one.
        var constructors = ImmutableArray.CreateBuilder<ImmutableArray<CodeProperty>>(1);
        foreach (MethodDefinitionHandle handle in type.GetMethods())
        {
            effort.Spend(1);
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            if ((method.Attributes & MethodAttributes.SpecialName) == 0 || !IsPublic(method) || !metadata.StringComparer.Equals(method.Name, ".ctor"))
            {
                continue;
            }

            ImmutableArray<string> types = names.Signature(method.Signature).Parameters;
            var parameters = new CodeProperty[types.Length];
            for (int i = 0; i < types.Length; i++)
            {
                parameters[i] = new CodeProperty("", types[i]);
            }

            bool? context = ContextOf(handle) ?? Context(owner);
            foreach (ParameterHandle parameterHandle in method.GetParameters())
            {
                effort.Spend(1);
                Parameter parameter = metadata.GetParameter(parameterHandle);
                int index = parameter.SequenceNumber - 1;
                if ((uint)index < (uint)parameters.Length)
                {
                    (string keyName, bool required, bool? nullable, ImmutableArray<string> simple) = Annotations(parameterHandle);
                    ConstantHandle constant = parameter.GetDefaultValue();
                    parameters[index] = new CodeProperty(names.Text(parameter.Name), types[index])
                    {
                        KeyName = keyName,
                        CanGet = true,
                        CanSet = true,
                        Required = required,
                        Nullable = nullable ?? context,
                        HasDefault = (parameter.Attributes & ParameterAttributes.HasDefault) != 0 && !constant.IsNil,
                        Default = constant.IsNil ? null : Constant(constant),
                        Attributes = simple,
                    };
                }
            }

            constructors.Add([.. parameters]);
        }

        return constructors.DrainToImmutable();
    }

    /// <summary>Whether the result of a method is annotated as nullable; null where nothing is said.</summary>
    public bool? ReturnsNullable(TypeDefinitionHandle owner, MethodDefinitionHandle method)
    {
        foreach (ParameterHandle handle in metadata.GetMethodDefinition(method).GetParameters())
        {
            effort.Spend(1);
            Parameter parameter = metadata.GetParameter(handle);
            if (parameter.SequenceNumber == 0 && Annotations(handle).Nullable is { } nullable)
            {
                return nullable;
            }
        }

        return ContextOf(method) ?? Context(owner);
    }

    /// <summary>Full name of an attribute.</summary>
    public string AttributeType(CustomAttributeHandle handle)
    {
        effort.Spend(1);
        return names.Method(metadata.GetCustomAttribute(handle).Constructor).TypeDefinition;
    }

    /// <summary>Full name and first string argument of an attribute; null where it has none.</summary>
    public (string Type, string? Text) Attribute(CustomAttributeHandle handle)
    {
        effort.Spend(2);
        CustomAttribute attribute = metadata.GetCustomAttribute(handle);
        CodeMethodReference constructor = names.Method(attribute.Constructor);
        string? text = null;
        if (constructor.Parameters is [var first, ..] && first is "System.String" or "System.Type")
        {
            BlobReader blob = metadata.GetBlobReader(attribute.Value);
            effort.Spend(blob.Length);
            if (blob.RemainingBytes > 2 && blob.ReadUInt16() == 1)
            {
                text = blob.ReadSerializedString();
            }
        }

        return (constructor.TypeDefinition, text);
    }

    private (string KeyName, bool Required, bool? Nullable, ImmutableArray<string> Attributes) Annotations(EntityHandle owner)
    {
        string keyName = "";
        bool required = false;
        bool? nullable = null;
        ImmutableArray<string>.Builder? simple = null;
        foreach (CustomAttributeHandle handle in attributes.Of(owner))
        {
            (string type, string? text) = Attribute(handle);
            switch (type)
            {
                case "Microsoft.Extensions.Configuration.ConfigurationKeyNameAttribute":
                    keyName = text ?? "";
                    break;
                case "System.ComponentModel.DataAnnotations.RequiredAttribute" or "System.Runtime.CompilerServices.RequiredMemberAttribute":
                    required = true;
                    break;
                case "System.Runtime.CompilerServices.NullableAttribute":
                    nullable = Flag(handle);
                    break;
                default:
                    (simple ??= ImmutableArray.CreateBuilder<string>()).Add(CodeTypeName.Simple(type));
                    break;
            }
        }

        return (keyName, required, nullable, simple?.DrainToImmutable() ?? []);
    }

    private bool? ContextOf(EntityHandle owner)
    {
        foreach (CustomAttributeHandle handle in attributes.Of(owner))
        {
            effort.Spend(1);
            if (names.Method(metadata.GetCustomAttribute(handle).Constructor).TypeDefinition == "System.Runtime.CompilerServices.NullableContextAttribute")
            {
                return Flag(handle);
            }
        }

        return null;
    }

    // A type's methods ask for it one after the other.
    private bool? Context(TypeDefinitionHandle type)
    {
        if (type != _lastOwner || type.IsNil)
        {
            _lastContext = FindContext(type);
            _lastOwner = type;
        }

        return _lastContext;
    }

    private bool? FindContext(TypeDefinitionHandle type)
    {
        for (int depth = 0; depth < 16 && !type.IsNil; depth++)
        {
            TypeDefinition definition = metadata.GetTypeDefinition(type);
            if (ContextOf(type) is { } context)
            {
                return context;
            }

            type = definition.GetDeclaringType();
        }

        return null;
    }

    // 0: not annotated, 1: never null, 2: may be null; the first of an array is the type itself.
    private bool? Flag(CustomAttributeHandle handle)
    {
        CustomAttribute attribute = metadata.GetCustomAttribute(handle);
        BlobReader blob = metadata.GetBlobReader(attribute.Value);
        if (blob.RemainingBytes < 3 || blob.ReadUInt16() != 1)
        {
            return null;
        }

        if (names.Method(attribute.Constructor).Parameters is ["System.Byte[]"])
        {
            if (blob.RemainingBytes < 5 || blob.ReadInt32() < 1)
            {
                return null;
            }
        }

        return blob.ReadByte() switch { 1 => false, 2 => true, _ => null };
    }

    private string? Constant(ConstantHandle handle)
    {
        Constant constant = metadata.GetConstant(handle);
        BlobReader blob = metadata.GetBlobReader(constant.Value);
        effort.Spend(blob.Length);
        object? value = constant.TypeCode == ConstantTypeCode.NullReference ? null : blob.ReadConstant(constant.TypeCode);
        return value switch
        {
            null => null,
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private static bool IsPublic(MethodDefinition method) => (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public;
}
