using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>Finds the hosts that values name: in URLs, connection strings and <c>host:port</c>.</summary>
internal static class Addresses
{
    private static readonly string[] HostParts = ["server", "data source", "datasource", "host", "address", "addr", "network address", "hostname", "endpoint", "endpoints"];

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
        foreach (string part in value.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && HostParts.Contains(part[..equals].Trim().ToLowerInvariant()))
            {
                string host = part[(equals + 1)..].Trim().Trim('"', '\'');
                host = host.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? host[4..] : host;
                int instance = host.StartsWith('(') ? -1 : host.IndexOf('\\', StringComparison.Ordinal);
                host = instance > 0 ? host[..instance] : host;
                // "Data Source=app.db" is a file.
                if (HostAndPort(host.Replace(',', ':')) is { } address && !address.Host.Contains('/', StringComparison.Ordinal) && !(part.StartsWith("Data", StringComparison.OrdinalIgnoreCase) && address.Host.EndsWith(".db", StringComparison.OrdinalIgnoreCase)))
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
