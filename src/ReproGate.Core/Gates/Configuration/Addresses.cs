using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>Finds the hosts that values name: in URLs, connection strings and <c>host:port</c>.</summary>
internal static class Addresses
{
    private static readonly string[] HostParts = ["server", "data source", "datasource", "host", "address", "addr", "network address", "hostname", "endpoint", "endpoints"];

    // What a connection string of a server has beside the server's name. One of SQLite has none of them, and its "Data Source" is a file.
    private static readonly string[] ServerParts =
    [
        "initial catalog", "database", "user id", "userid", "uid", "user", "username", "user name", "integrated security", "trusted_connection", "trusted connection", "port", "server", "encrypt", "trustservercertificate", "trust server certificate",
        "multipleactiveresultsets", "connect timeout", "connection timeout", "network library", "authentication",
    ];

    /// <summary>The hosts in a value; empty where it names none for certain.</summary>
    /// <param name="value">The value.</param>
    /// <param name="isAddress">Whether the key is known to be a URL or a connection string; only then <c>host:port</c> without more counts.</param>
    public static IEnumerable<Address> Of(string value, bool isAddress)
    {
        if (value.Length is < 3 or > 4096)
        {
            return [];
        }

        if (value.Contains("://", StringComparison.Ordinal))
        {
            return OfUrls(value);
        }

        if (value.Contains('=', StringComparison.Ordinal))
        {
            return [.. OfParts(value)];
        }

        return isAddress ? [.. value.Split(',', StringSplitOptions.TrimEntries).Select(HostAndPort).OfType<Address>()] : [];
    }

    /// <summary>Whether a host means the machine, or the container, itself.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.StartsWith("127.", StringComparison.Ordinal) || host is "::1" or "[::1]" || host.StartsWith("(localdb)", StringComparison.OrdinalIgnoreCase) || host is "." or "(local)";

    private static IEnumerable<Address> OfUrls(string value)
    {
        // A connection string may hold URLs, and several may be joined.
        foreach (string part in value.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int scheme = part.IndexOf("://", StringComparison.Ordinal);
            if (scheme <= 0)
            {
                continue;
            }

            string name = part[..scheme];
            name = name[(name.LastIndexOf('=') + 1)..];
            if (Uri.TryCreate($"{name}://{part[(scheme + 3)..]}", UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0)
            {
                yield return new Address(uri.Host, uri.Port > 0 ? uri.Port : 0, name.ToLowerInvariant());
            }
        }
    }

    private static IEnumerable<Address> OfParts(string value)
    {
        string[] parts = value.Split(';', StringSplitOptions.RemoveEmptyEntries);
        bool isServer = parts.Any(static part => ServerParts.Contains(NameOf(part))) || value.Contains("tcp:", StringComparison.OrdinalIgnoreCase) || value.Contains("(localdb)", StringComparison.OrdinalIgnoreCase);
        foreach (string part in parts)
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = NameOf(part);
            if (HostParts.Contains(name) && (isServer || name is not ("data source" or "datasource")))
            {
                string host = part[(equals + 1)..].Trim().Trim('"', '\'');
                host = host.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? host[4..] : host;
                int instance = host.StartsWith('(') ? -1 : host.IndexOf('\\', StringComparison.Ordinal);
                host = instance > 0 ? host[..instance] : host;
                if (HostAndPort(host.Replace(',', ':')) is { } address && !address.Host.Contains('/', StringComparison.Ordinal))
                {
                    yield return address;
                }
            }
        }

        // Redis: "cache:6379,abortConnect=false".
        string first = value.Split(',')[0];
        if (!first.Contains('=', StringComparison.Ordinal) && first.Contains(':', StringComparison.Ordinal) && HostAndPort(first) is { } redis)
        {
            yield return redis;
        }
    }

    private static string NameOf(string part) => part.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals ? part[..equals].Trim().ToLowerInvariant() : "";

    private static Address? HostAndPort(string text)
    {
        if (text.StartsWith("(localdb)", StringComparison.OrdinalIgnoreCase))
        {
            return new Address("(localdb)", 0, "");
        }

        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        int port = 0;
        return host.Length > 0 && host.All(static letter => char.IsLetterOrDigit(letter) || letter is '-' or '.' or '_' or '(' or ')') && (colon < 0 || int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
            ? new Address(host, port, "")
            : null;
    }

    /// <summary>Whether the value of a key is certainly an address that the application itself connects to.</summary>
    /// <param name="app">The application.</param>
    /// <param name="key">The key.</param>
    public static bool? IsAddress(JudgedApp app, string key)
    {
        // What browsers are told may well be "localhost": they run outside.
        string name = key.ToUpperInvariant();
        ImmutableArray<string> forBrowsers = ["CORS", "ORIGIN", "REDIRECT", "CALLBACK", "PUBLIC", "EXTERNAL", "RETURN", "FRONTEND", "CLIENTURL", "SPA", "SELFURL", "ISSUER", "AUDIENCE", "LOGOUT", "WEBSITE", "BASEPATH"];
        if (forBrowsers.Any(word => name.Contains(word, StringComparison.Ordinal)) || app.RowsFor(key).Any(static row => row.Public))
        {
            return null;
        }

        return name.StartsWith("CONNECTIONSTRINGS:", StringComparison.Ordinal)
            || app.RowsFor(key).Any(static row => row.Type is ConfigurationValueType.Url or ConfigurationValueType.ConnectionString)
            || app.Reads.Any(read => read.Type is ConfigurationValueType.Url or ConfigurationValueType.ConnectionString && KeyPattern.Covers(read.Key, key));
    }
}

/// <summary>A host that a value names.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">0 where none is written.</param>
/// <param name="Scheme">In lower case; empty where there is none.</param>
internal sealed record Address(string Host, int Port, string Scheme);
