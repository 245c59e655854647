using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>Lists the keys that binding a type asks for, as the configuration binder does.</summary>
internal sealed class OptionsShape(CodeProgram program)
{
    private const int MaximumDepth = 12;
    private const int MaximumKeys = 2000;

    private readonly Dictionary<string, Dictionary<string, CodeValue>> _initial = new(StringComparer.Ordinal);

    /// <summary>The keys of a type bound to a section.</summary>
    /// <param name="type">Full name of the type.</param>
    /// <param name="path">The section's path; empty for the root.</param>
    /// <param name="isOptional">Whether the code can do without the whole section.</param>
    public List<ConfigurationRead> KeysOf(string type, string path, bool isOptional)
    {
        var keys = new List<ConfigurationRead>();
        Walk(ValueTypes.Underlying(type), path, isOptional, keys, []);
        return keys;
    }

    private void Walk(string type, string path, bool isOptional, List<ConfigurationRead> keys, ImmutableStack<string> open)
    {
        if (open.Contains(CodeTypeName.Definition(type)) || open.Count() > MaximumDepth || keys.Count >= MaximumKeys)
        {
            Whole(keys, path, ConfigurationValueType.Object, Requirement.Optional);
            return;
        }

        if (program.Type(type) is not { } shape || shape.Kind is not (CodeTypeKind.Class or CodeTypeKind.Struct))
        {
            Whole(keys, path, ConfigurationValueType.Object, isOptional ? Requirement.Optional : Requirement.Required);
            return;
        }

        open = open.Push(CodeTypeName.Definition(type));
        var bound = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<string> arguments = CodeTypeName.Arguments(type);
        bool hasPlainConstructor = shape.Constructors.Any(static parameters => parameters.Length == 0) || shape.Kind == CodeTypeKind.Struct;
        if (!hasPlainConstructor && shape.Constructors.Length == 1)
        {
            foreach (CodeProperty parameter in shape.Constructors[0])
            {
                // A property of the same name carries the annotations.
                CodeProperty? property = shape.Properties.FirstOrDefault(other => string.Equals(other.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
                string name = parameter.KeyName.Length > 0 ? parameter.KeyName : property?.KeyName is { Length: > 0 } keyName ? keyName : property?.Name ?? parameter.Name;
                if (name.Length > 0 && bound.Add(name))
                {
                    Member(parameter with { Required = parameter.Required || property?.Required == true }, name, CodeTypeName.Substitute(parameter.Type, arguments, []), isParameter: true, initial: null, path, isOptional, keys, open);
                }
            }
        }

        for (int depth = 0; shape is not null && depth < 32; depth++)
        {
            Dictionary<string, CodeValue> initial = InitialOf(shape);
            foreach (CodeProperty property in shape.Properties)
            {
                string name = property.KeyName.Length > 0 ? property.KeyName : property.Name;
                string propertyType = CodeTypeName.Substitute(property.Type, arguments, []);
                // Without a public setter only what is there already can be filled.
                if ((property.CanSet || (property.CanGet && !ValueTypes.IsScalar(propertyType, program) && initial.ContainsKey(property.Name) && !propertyType.EndsWith("[]", StringComparison.Ordinal))) && bound.Add(name) && IsBindable(propertyType))
                {
                    Member(property, name, propertyType, isParameter: false, initial.GetValueOrDefault(property.Name), path, isOptional, keys, open);
                }
            }

            arguments = [.. CodeTypeName.Arguments(CodeTypeName.Substitute(shape.Base, arguments, []))];
            shape = program.Type(shape.Base);
        }
    }

    // Delegates, types and the like are not written into configuration.
    private bool IsBindable(string type) =>
        !type.StartsWith("System.Action", StringComparison.Ordinal) && !type.StartsWith("System.Func`", StringComparison.Ordinal) && !type.StartsWith("System.Delegate", StringComparison.Ordinal)
        && type is not "System.IntPtr" && !type.EndsWith('*') && program.Type(type) is not { Kind: CodeTypeKind.Delegate or CodeTypeKind.Interface };

    private void Member(CodeProperty member, string name, string type, bool isParameter, CodeValue? initial, string path, bool isOptional, List<ConfigurationRead> keys, ImmutableStack<string> open)
    {
        string key = path.Length == 0 ? name : $"{path}:{name}";
        bool isNullable = member.Nullable == true || type.StartsWith("System.Nullable`1", StringComparison.Ordinal);
        if (ValueTypes.IsScalar(type, program))
        {
            (Requirement requirement, string? standard) = RequirementOf(member, type, isParameter, initial, isNullable, isOptional);
            ConfigurationValueType kind = ValueTypes.OfScalar(type, name) ?? ConfigurationValueType.Enum;
            if (kind == ConfigurationValueType.String)
            {
                kind = member.Attributes.Contains("UrlAttribute") ? ConfigurationValueType.Url
                    : name.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase) ? ConfigurationValueType.ConnectionString
                    : ConfigurationValueType.String;
            }

            keys.Add(new ConfigurationRead(key, ReadKind.Options, null)
            {
                Type = kind,
                EnumMembers = kind == ConfigurationValueType.Enum ? ValueTypes.EnumMembers(type, program) : [],
                Requirement = requirement,
                Default = standard,
            });
        }
        else if (ValueTypes.IsCollection(type, out bool isMap))
        {
            Whole(keys, key, isMap ? ConfigurationValueType.Object : ConfigurationValueType.Array, member.Required && !isOptional ? Requirement.Required : Requirement.Optional);
        }
        else if (program.Type(type) is { Kind: CodeTypeKind.Class or CodeTypeKind.Struct })
        {
            Walk(ValueTypes.Underlying(type), key, isOptional || (isNullable && !member.Required), keys, open);
        }
        else if (type != "System.Object" && !type.StartsWith("Microsoft.Extensions.Configuration.", StringComparison.Ordinal))
        {
            // A type of a library: what it asks for is its own affair, and so is whether it can do without.
            Whole(keys, key, ConfigurationValueType.Object, member.Required && !isOptional ? Requirement.Required : Requirement.Optional);
        }
        else
        {
            Whole(keys, key, ConfigurationValueType.Object, Requirement.Optional);
        }
    }

    private (Requirement, string?) RequirementOf(CodeProperty member, string type, bool isParameter, CodeValue? initial, bool isNullable, bool isOptional)
    {
        if (isParameter && member.HasDefault)
        {
            return member.Default is null ? (Requirement.Optional, null) : (Requirement.Defaulted, ValueTypes.Written(member.Default, type, program));
        }

        if (member.Required)
        {
            return (isOptional ? Requirement.Optional : Requirement.Required, null);
        }

        switch (initial)
        {
            case TextValue text:
                return (Requirement.Defaulted, text.Text);
            case NumberValue number:
                return (Requirement.Defaulted, ValueTypes.Written(number.Text, type, program));
            case null or NullValue:
                break;
            default:
                return (Requirement.Defaulted, null);
        }

        if (isNullable)
        {
            return (Requirement.Optional, null);
        }

        if (ValueTypes.Zero(type, program) is { } zero)
        {
            // A parameter without default must be given, or the binder throws.
            return isParameter ? (isOptional ? Requirement.Optional : Requirement.Required, null) : (Requirement.Defaulted, zero.Length > 0 ? zero : null);
        }

        if (isOptional)
        {
            return (Requirement.Optional, null);
        }

        return (isParameter || member.Nullable == false ? Requirement.Required : Requirement.Optional, null);
    }

    // What the constructor without parameters, or the only one, stores into the properties' own fields.
    private Dictionary<string, CodeValue> InitialOf(CodeType type)
    {
        if (_initial.TryGetValue(type.Name, out Dictionary<string, CodeValue>? known))
        {
            return known;
        }

        known = new Dictionary<string, CodeValue>(StringComparer.Ordinal);
        List<MethodNode> constructors = [.. program.MethodsOf(type.Name).Where(static method => method.Method.Reference.Name == ".ctor").OrderBy(static method => method.Method.Reference.Parameters.Length)];
        if (constructors.Count > 0)
        {
            foreach (CodeStore store in constructors[0].Body.Stores)
            {
                string field = store.Field.Name;
                if (field.StartsWith('<') && field.EndsWith(">k__BackingField", StringComparison.Ordinal))
                {
                    known[field[1..^">k__BackingField".Length]] = store.Value;
                }
            }

            foreach (CodeSite site in constructors[0].Body.Sites)
            {
                if (site.Target.Name.StartsWith("set_", StringComparison.Ordinal) && site.Arguments is [ParameterValue { Index: 0 }, var value])
                {
                    known[site.Target.Name[4..]] = value;
                }
            }

            // A property over a field with an initial value of its own: get => _field.
            foreach (MethodNode getter in program.MethodsOf(type.Name))
            {
                string name = getter.Method.Reference.Name;
                if (name.StartsWith("get_", StringComparison.Ordinal) && getter.Body.Returns is FieldValue { Field: var behind } && !known.ContainsKey(name[4..])
                    && constructors[0].Body.Stores.FirstOrDefault(store => store.Field == behind) is { } set)
                {
                    known[name[4..]] = set.Value;
                }
            }
        }

        _initial[type.Name] = known;
        return known;
    }

    private static void Whole(List<ConfigurationRead> keys, string path, ConfigurationValueType type, Requirement requirement)
    {
        if (keys.Count < MaximumKeys)
        {
            keys.Add(new ConfigurationRead(path, ReadKind.Options, null) { WholeSection = true, Type = type, Requirement = requirement });
        }
    }
}
