using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What the types of .NET mean in a configuration.</summary>
internal static class ValueTypes
{
    /// <summary>The type without <c>Nullable</c>.</summary>
    public static string Underlying(string type) => type.StartsWith("System.Nullable`1{", StringComparison.Ordinal) ? CodeTypeName.Arguments(type)[0] : type;

    /// <summary>Whether values of a type are written as one text.</summary>
    public static bool IsScalar(string type, CodeProgram program) =>
        Underlying(type) is var plain && (OfScalar(plain) is not null || program.Type(plain) is { Kind: CodeTypeKind.Enum });

    /// <summary>The configuration's type of a scalar; null where it is none.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">Name of the key, which tells a port from another number.</param>
    public static ConfigurationValueType? OfScalar(string type, string name = "") => Underlying(type) switch
    {
        "System.String" or "System.Char" or "System.Guid" or "System.Version" or "System.DateTime" or "System.DateTimeOffset" or "System.DateOnly" or "System.TimeOnly"
            or "System.Type" or "System.Globalization.CultureInfo" or "System.Byte[]" or "System.Net.IPAddress" => ConfigurationValueType.String,
        "System.Boolean" => ConfigurationValueType.Bool,
        "System.Int32" or "System.UInt16" or "System.Int64" or "System.UInt32" when name.EndsWith("Port", StringComparison.OrdinalIgnoreCase) => ConfigurationValueType.Port,
        "System.Int32" or "System.UInt32" or "System.Int64" or "System.UInt64" or "System.Int16" or "System.UInt16" or "System.Byte" or "System.SByte" => ConfigurationValueType.Int,
        "System.Double" or "System.Single" or "System.Decimal" or "System.Half" => ConfigurationValueType.Number,
        "System.TimeSpan" => ConfigurationValueType.Duration,
        "System.Uri" => ConfigurationValueType.Url,
        "Microsoft.Extensions.Logging.LogLevel" or "System.Net.Security.SslPolicyErrors" or "System.DayOfWeek" or "System.StringComparison" or "System.Data.IsolationLevel" => ConfigurationValueType.Enum,
        _ => null,
    };

    /// <summary>Whether a type is a collection whose elements are numbered, or a map of names.</summary>
    public static bool IsCollection(string type, out bool isMap)
    {
        string definition = CodeTypeName.Definition(type);
        isMap = definition is "System.Collections.Generic.Dictionary`2" or "System.Collections.Generic.IDictionary`2" or "System.Collections.Generic.IReadOnlyDictionary`2"
            or "System.Collections.Generic.SortedDictionary`2" or "System.Collections.Concurrent.ConcurrentDictionary`2" or "System.Collections.IDictionary" or "System.Collections.Immutable.ImmutableDictionary`2"
            or "System.Collections.Frozen.FrozenDictionary`2";
        return isMap || type.EndsWith("[]", StringComparison.Ordinal) || type.EndsWith("[,]", StringComparison.Ordinal)
            || definition is "System.Collections.Generic.List`1" or "System.Collections.Generic.IList`1" or "System.Collections.Generic.ICollection`1" or "System.Collections.Generic.IEnumerable`1"
                or "System.Collections.Generic.IReadOnlyList`1" or "System.Collections.Generic.IReadOnlyCollection`1" or "System.Collections.Generic.HashSet`1" or "System.Collections.Generic.ISet`1"
                or "System.Collections.Generic.IReadOnlySet`1" or "System.Collections.ObjectModel.Collection`1" or "System.Collections.Immutable.ImmutableArray`1" or "System.Collections.Immutable.ImmutableList`1"
                or "System.Collections.Generic.SortedSet`1" or "System.Collections.ObjectModel.ObservableCollection`1" or "System.Collections.Generic.Queue`1" or "System.Collections.Generic.LinkedList`1";
    }

    /// <summary>Members of an enumeration of the program; empty for any other type.</summary>
    public static ImmutableArray<string> EnumMembers(string type, CodeProgram program) =>
        Underlying(type) is "Microsoft.Extensions.Logging.LogLevel" ? ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"] : program.Type(Underlying(type)) is { Kind: CodeTypeKind.Enum } known ? known.EnumMembers : [];

    /// <summary>The value a type has when nothing sets it; null for references.</summary>
    public static string? Zero(string type, CodeProgram program) => type switch
    {
        _ when type.StartsWith("System.Nullable`1", StringComparison.Ordinal) => null,
        "System.Boolean" => "false",
        "System.TimeSpan" => "00:00:00",
        _ when OfScalar(type) is ConfigurationValueType.Int or ConfigurationValueType.Number => "0",
        _ when program.Type(type) is { Kind: CodeTypeKind.Enum } known => known.EnumMembers.Length > 0 ? known.EnumMembers[0] : "0",
        "Microsoft.Extensions.Logging.LogLevel" => "Trace",
        "System.Guid" or "System.DateTime" or "System.DateTimeOffset" or "System.DateOnly" or "System.TimeOnly" or "System.Char" => "",
        _ => null,
    };

    /// <summary>A constant of IL as it would be written in a configuration.</summary>
    public static string Written(string number, string type, CodeProgram program)
    {
        string plain = Underlying(type);
        return plain == "System.Boolean" ? number is "0" or "false" ? "false" : "true"
            : program.Type(plain) is { Kind: CodeTypeKind.Enum } known && int.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out int index) && (uint)index < (uint)known.EnumMembers.Length ? known.EnumMembers[index]
            : number;
    }
}
