namespace ReproGate.Gates.Configuration;

/// <summary>Names that secrets have.</summary>
internal static class SecretNames
{
    /// <summary>Words for a secret that say so in any text, in the singular.</summary>
    public static readonly string[] Words =
    [
        "password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "accesskey", "access_key", "accountkey", "account_key", "privatekey", "private_key", "credential",
    ];

    // These at the end of a key only: elsewhere they are parts of other words, or what they name is shown with its secrets left out.
    private static readonly string[] Ends = [.. Words, "connectionstring", "connection_string", "sas"];

    /// <summary>Whether a key's last segment ends in a name that secrets have, in the singular or the plural.</summary>
    public static bool Has(string key) =>
        Array.Exists(Ends, end => key.EndsWith(end, StringComparison.OrdinalIgnoreCase) || key.EndsWith(end + "s", StringComparison.OrdinalIgnoreCase));
}
