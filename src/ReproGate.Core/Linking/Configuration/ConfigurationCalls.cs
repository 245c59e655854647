using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Linking.Configuration;

/// <summary>What a call of .NET's configuration interface does.</summary>
internal enum CallForm
{
    None,
    Indexer,
    SetIndexer,
    Section,
    RequiredSection,
    Children,
    SectionValue,
    SectionKey,
    SectionPath,
    ConnectionString,
    Exists,
    Enumerate,
    GetValue,
    Get,
    Bind,
    Configure,
    OptionsBind,
    BindConfiguration,
    Variable,
    AllVariables,
    ExpandVariables,
}

/// <summary>Knows the methods of .NET that read configuration, by type and name: same-named methods of other types are none of them.</summary>
internal static class ConfigurationCalls
{
    private const string Space = "Microsoft.Extensions.Configuration.";

    /// <summary>Whether a type is one of those through which configuration is read.</summary>
    public static bool IsConfiguration(string type) => type is
        Space + "IConfiguration" or Space + "IConfigurationSection" or Space + "IConfigurationRoot" or Space + "IConfigurationManager"
        or Space + "ConfigurationManager" or Space + "ConfigurationRoot" or Space + "ConfigurationSection";

    /// <summary>Whether a type builds configuration.</summary>
    public static bool IsBuilder(string type) => type is Space + "IConfigurationBuilder" or Space + "ConfigurationBuilder" or Space + "ConfigurationManager" or Space + "IConfigurationManager";

    /// <summary>What a call does.</summary>
    public static CallForm FormOf(CodeMethodReference method)
    {
        string type = method.TypeDefinition;
        if (type == "System.Environment")
        {
            return method.Name switch
            {
                "GetEnvironmentVariable" => CallForm.Variable,
                "GetEnvironmentVariables" => CallForm.AllVariables,
                "ExpandEnvironmentVariables" => CallForm.ExpandVariables,
                _ => CallForm.None,
            };
        }

        if (!type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
        {
            return CallForm.None;
        }

        if (IsConfiguration(type))
        {
            return method.Name switch
            {
                "get_Item" => CallForm.Indexer,
                "set_Item" => CallForm.SetIndexer,
                "GetSection" => CallForm.Section,
                "GetChildren" => CallForm.Children,
                "get_Value" => CallForm.SectionValue,
                "get_Key" => CallForm.SectionKey,
                "get_Path" => CallForm.SectionPath,
                _ => CallForm.None,
            };
        }

        if (CodeProgram.IsBindingGenerator(type))
        {
            string name = method.Name.IndexOf('_', StringComparison.Ordinal) is > 0 and var cut ? method.Name[..cut] : method.Name;
            bool ofBuilder = method.Parameters.Length > 0 && method.Parameters[0].StartsWith("Microsoft.Extensions.Options.OptionsBuilder`1", StringComparison.Ordinal);
            return name switch
            {
                "GetValue" => CallForm.GetValue,
                "Get" => CallForm.Get,
                "Bind" => ofBuilder ? CallForm.OptionsBind : CallForm.Bind,
                "Configure" => CallForm.Configure,
                "BindConfiguration" => CallForm.BindConfiguration,
                _ => CallForm.None,
            };
        }

        return type switch
        {
            Space + "ConfigurationExtensions" => method.Name switch
            {
                "GetConnectionString" => CallForm.ConnectionString,
                "GetRequiredSection" => CallForm.RequiredSection,
                "Exists" => CallForm.Exists,
                "AsEnumerable" => CallForm.Enumerate,
                _ => CallForm.None,
            },
            Space + "ConfigurationBinder" => method.Name switch
            {
                "GetValue" => CallForm.GetValue,
                "Get" => CallForm.Get,
                "Bind" => CallForm.Bind,
                _ => CallForm.None,
            },
            "Microsoft.Extensions.DependencyInjection.OptionsConfigurationServiceCollectionExtensions" => method.Name == "Configure" ? CallForm.Configure : CallForm.None,
            "Microsoft.Extensions.DependencyInjection.OptionsBuilderConfigurationExtensions" => method.Name switch
            {
                "Bind" => CallForm.OptionsBind,
                "BindConfiguration" => CallForm.BindConfiguration,
                _ => CallForm.None,
            },
            _ => CallForm.None,
        };
    }

    /// <summary>Index of the argument that is the configuration; -1 where there is none.</summary>
    public static int ConfigurationArgument(CodeMethodReference method)
    {
        for (int i = 0; i < method.Parameters.Length + (method.IsStatic ? 0 : 1); i++)
        {
            if (IsConfiguration(method.ArgumentType(i)))
            {
                return i;
            }
        }

        return -1;
    }
}
