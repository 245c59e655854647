using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using ReproGate.Facts.Configuration;

namespace ReproGate.Analyzers.Configuration;

/// <summary>
/// A read of one key as an editor sees it: an indexer, GetValue, GetConnectionString or the value of a section, with a key that is a constant. What the
/// build finds by following code from method to method is not looked for here.
/// </summary>
internal static class KeyRead
{
    private const string Namespace = "Microsoft.Extensions.Configuration";

    /// <summary>The read an operation is, and where its key is written; null where it is none, or where the section it starts from is not known for certain.</summary>
    public static (ConfigurationRead Read, SyntaxNode Place)? Of(IOperation operation, SectionFinder sections) => operation switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true, Arguments: [var argument], Instance: { } instance } indexer
            when IsConfiguration(indexer.Property.ContainingType) && !IsWritten(indexer) && Constant(argument.Value) is { } key =>
            Make(sections.PrefixOf(instance), key, argument.Value.Syntax, ReadKind.Value, ConfigurationValueType.String, RequirementOf(indexer)),
        IPropertyReferenceOperation { Property: { Name: "Value", ContainingType.Name: "IConfigurationSection" }, Instance: { } instance } value
            when IsOurs(value.Property.ContainingType) && !IsWritten(value) && sections.PrefixOf(instance) is { Length: > 0 } key =>
            Make("", key, value.Syntax, ReadKind.Value, ConfigurationValueType.String, RequirementOf(value)),
        IInvocationOperation { TargetMethod: { Name: "GetValue", ContainingType.Name: "ConfigurationBinder" } method } call when IsOurs(method.ContainingType) => OfGetValue(call, sections),
        IInvocationOperation { TargetMethod: { Name: "GetConnectionString", ContainingType.Name: "ConfigurationExtensions" } method } call
            when IsOurs(method.ContainingType) && Argument(call, "configuration") is { } receiver && Argument(call, "name") is { } name && Constant(name) is { } key =>
            Make(sections.PrefixOf(receiver), "ConnectionStrings:" + key, name.Syntax, ReadKind.ConnectionString, ConfigurationValueType.ConnectionString, RequirementOf(call)),
        _ => null,
    };

    /// <summary>Whether a type is one of configuration's, or a section, root or manager of it.</summary>
    public static bool IsConfiguration(ITypeSymbol? type) =>
        type is not null && ((type.Name == "IConfiguration" && IsOurs(type)) || type.AllInterfaces.Any(static one => one.Name == "IConfiguration" && IsOurs(one)));

    /// <summary>Whether a type is Microsoft.Extensions.Configuration's own.</summary>
    public static bool IsOurs(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() == Namespace;

    /// <summary>A constant text.</summary>
    public static string? Constant(IOperation operation) => operation.ConstantValue is { HasValue: true, Value: string { Length: > 0 } text } ? text : null;

    /// <summary>The argument of a parameter by its name; null where the call takes its default.</summary>
    public static IOperation? Argument(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter && argument.ArgumentKind != ArgumentKind.DefaultValue)?.Value;

    private static (ConfigurationRead, SyntaxNode)? OfGetValue(IInvocationOperation call, SectionFinder sections)
    {
        if (Argument(call, "configuration") is not { } receiver || Argument(call, "key") is not { } name || Constant(name) is not { } key)
        {
            return null;
        }

        ITypeSymbol? type = call.TargetMethod.TypeArguments is [var argument] ? argument : (Argument(call, "type") as ITypeOfOperation)?.TypeOperand;
        bool isNullable = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };
        ITypeSymbol? plain = isNullable ? ((INamedTypeSymbol)type!).TypeArguments[0] : type;
        ConfigurationValueType kind = TypeOf(plain, key);
        Requirement requirement = Argument(call, "defaultValue") is not null ? Requirement.Defaulted
            : kind == ConfigurationValueType.Bool && !isNullable ? Requirement.Defaulted
            : isNullable ? Requirement.Optional
            : type is { IsReferenceType: true } ? RequirementOf(call)
            : Requirement.Required;
        (ConfigurationRead Read, SyntaxNode Place)? made = Make(sections.PrefixOf(receiver), key, name.Syntax, ReadKind.Value, kind, requirement);
        return made is { } found && kind == ConfigurationValueType.Enum
            ? (found.Read with { EnumMembers = [.. plain!.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).Select(static field => field.Name)] }, found.Place)
            : made;
    }

    private static (ConfigurationRead, SyntaxNode)? Make(string? prefix, string key, SyntaxNode place, ReadKind kind, ConfigurationValueType type, Requirement requirement) =>
        prefix is null ? null : (new ConfigurationRead(prefix.Length == 0 ? key : $"{prefix}:{key}", kind, null) { Type = type, Requirement = requirement }, place);

    private static bool IsWritten(IOperation property) => property.Parent is ISimpleAssignmentOperation assignment && assignment.Target == property;

    // As docs/decisions/0041 has it, as far as one expression shows it.
    private static Requirement RequirementOf(IOperation read)
    {
        IOperation inner = read;
        IOperation? outer = read.Parent;
        while (outer is IConversionOperation or IParenthesizedOperation)
        {
            (inner, outer) = (outer, outer.Parent);
        }

        return outer switch
        {
            ICoalesceOperation coalesce when coalesce.Value == inner => Last(coalesce.WhenNull) is IThrowOperation ? Requirement.Required : Requirement.Defaulted,
            ICoalesceOperation => Requirement.Defaulted,
            IConditionalAccessOperation or IBinaryOperation or IIsPatternOperation => Requirement.Optional,
            IArgumentOperation { Parameter.ContainingSymbol: IMethodSymbol { Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" or "TryParse" } } => Requirement.Optional,
            _ => Requirement.Required,
        };
    }

    private static IOperation Last(IOperation operation) => operation switch
    {
        IConversionOperation conversion => Last(conversion.Operand),
        ICoalesceOperation coalesce => Last(coalesce.WhenNull),
        _ => operation,
    };

    // As the build's ValueTypes.
    private static ConfigurationValueType TypeOf(ITypeSymbol? type, string key) => type switch
    {
        null => ConfigurationValueType.String,
        { TypeKind: TypeKind.Enum } => ConfigurationValueType.Enum,
        { SpecialType: SpecialType.System_Boolean } => ConfigurationValueType.Bool,
        { SpecialType: SpecialType.System_Int32 or SpecialType.System_UInt16 or SpecialType.System_Int64 or SpecialType.System_UInt32 } when key.EndsWith("Port", StringComparison.OrdinalIgnoreCase) => ConfigurationValueType.Port,
        { SpecialType: SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Byte or SpecialType.System_SByte } => ConfigurationValueType.Int,
        { SpecialType: SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Decimal } => ConfigurationValueType.Number,
        { Name: "TimeSpan", ContainingNamespace.Name: "System" } => ConfigurationValueType.Duration,
        { Name: "Uri", ContainingNamespace.Name: "System" } => ConfigurationValueType.Url,
        _ => ConfigurationValueType.String,
    };
}
