using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Formats;

/// <summary>Environment variables as <c>AddEnvironmentVariables</c> maps them.</summary>
internal static class VariableMapping
{
    /// <summary>Prefixes of connection strings, with the name of the ADO.NET provider that is given beside them; empty for none.</summary>
    private static readonly FrozenDictionary<string, string> ConnectionPrefixes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["MYSQLCONNSTR_"] = "MySql.Data.MySqlClient",
        ["SQLAZURECONNSTR_"] = "System.Data.SqlClient",
        ["SQLCONNSTR_"] = "System.Data.SqlClient",
        ["POSTGRESQLCONNSTR_"] = "Npgsql",
        ["APIHUBCONNSTR_"] = "",
        ["DOCDBCONNSTR_"] = "",
        ["EVENTHUBCONNSTR_"] = "",
        ["NOTIFICATIONHUBCONNSTR_"] = "",
        ["REDISCACHECONNSTR_"] = "",
        ["SERVICEBUSCONNSTR_"] = "",
        ["CUSTOMCONNSTR_"] = "",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps variables to keys.</summary>
    /// <param name="variables">Their <see cref="ProvidedKey.Key"/> is the variable's name.</param>
    /// <param name="prefix">The prefix given to <c>AddEnvironmentVariables</c>; empty for all.</param>
    public static ImmutableArray<ProvidedKey> Map(ImmutableArray<ProvidedKey> variables, string prefix)
    {
        var mapped = ImmutableArray.CreateBuilder<ProvidedKey>(variables.Length);
        string normalizedPrefix = Normalize(prefix);
        foreach (ProvidedKey variable in variables)
        {
            int underscore = variable.Key.IndexOf('_', StringComparison.Ordinal);
            if (underscore > 0 && ConnectionPrefixes.TryGetValue(variable.Key[..(underscore + 1)], out string? provider))
            {
                string key = "ConnectionStrings:" + Normalize(variable.Key[(underscore + 1)..]);
                Add(variable, key);
                if (provider.Length > 0)
                {
                    Add(variable with { Value = provider, ValueIsKnown = true, FromSecretStore = false, LiteralInFile = false }, key + "_ProviderName");
                }
            }
            else
            {
                Add(variable, Normalize(variable.Key));
            }
        }

        return mapped.ToImmutable();

        void Add(ProvidedKey variable, string key)
        {
            if (key.StartsWith(normalizedPrefix, StringComparison.OrdinalIgnoreCase))
            {
                mapped.Add(variable with { Key = key[normalizedPrefix.Length..], WrittenAs = variable.Key });
            }
        }
    }

    private static string Normalize(string name) => name.Replace("__", ":", StringComparison.Ordinal);
}
