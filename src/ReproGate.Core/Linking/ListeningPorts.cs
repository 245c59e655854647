using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Linking;

/// <summary>Finds the ports a web application listens on from its effective configuration, as Kestrel does.</summary>
public static class ListeningPorts
{
    /// <summary>
    /// Endpoints that code opens and those of Kestrel's own section count before addresses that code adds, those before <c>urls</c>, and that before
    /// <c>http_ports</c> and <c>https_ports</c>. Where none is given Kestrel listens on <c>http://localhost:5000</c>.
    /// </summary>
    /// <param name="configuration">What is effective.</param>
    /// <param name="listeners">What the code itself listens on.</param>
    /// <param name="environment">The environment's name, which may decide which of them are called.</param>
    public static ImmutableArray<ListeningPort> Find(EffectiveConfiguration configuration, ImmutableArray<CodeListener> listeners = default, string environment = "")
    {
        var ports = ImmutableArray.CreateBuilder<ListeningPort>();
        ImmutableArray<CodeListener> called = listeners.IsDefaultOrEmpty ? [] : [.. listeners.Where(listener => IsCalled(listener, environment))];
        AddListeners(ports, called, ListenerKind.Endpoint);
        foreach (string endpoint in configuration.Children("Kestrel:Endpoints"))
        {
            if (configuration.Find($"Kestrel:Endpoints:{endpoint}:Url") is { } url)
            {
                AddUrls(ports, url);
            }
        }

        if (ports.Count == 0)
        {
            AddListeners(ports, called, ListenerKind.Address);
        }

        if (ports.Count > 0)
        {
            return ports.ToImmutable();
        }

        if (configuration.Find("urls") is { } urls && configuration.HasValue("urls") && urls.Value.Value != "")
        {
            AddUrls(ports, urls);
            return ports.ToImmutable();
        }

        AddPorts(ports, configuration.Find("http_ports"), "http");
        AddPorts(ports, configuration.Find("https_ports"), "https");
        if (ports.Count == 0 && !Given(configuration, "http_ports") && !Given(configuration, "https_ports"))
        {
            ports.Add(new ListeningPort(5000, "http", "localhost", "", null));
        }

        return ports.ToImmutable();
    }

    /// <summary>Reads one address as Kestrel's <c>BindingAddress</c> does; null where it is none or a Unix socket or pipe.</summary>
    /// <param name="address"><c>http://+:8080</c>, <c>https://localhost</c>, …</param>
    public static (string Scheme, string Host, int Port)? ParseAddress(string address)
    {
        string text = address.Trim();
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return null;
        }

        string name = text[..scheme].ToLowerInvariant();
        string rest = text[(scheme + 3)..];
        if (name is not ("http" or "https") || rest.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("pipe:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        int path = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = path < 0 ? rest : rest[..path];
        int colon = authority.LastIndexOf(':');
        if (colon >= 0 && !authority[colon..].Contains(']', StringComparison.Ordinal))
        {
            return int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
                ? (name, authority[..colon], port)
                : null;
        }

        return authority.Length == 0 ? null : (name, authority, name == "https" ? 443 : 80);
    }

    private static bool IsCalled(CodeListener listener, string environment) =>
        (listener.OnlyIn.IsEmpty || listener.OnlyIn.Contains(environment, StringComparer.OrdinalIgnoreCase)) && !listener.NotIn.Contains(environment, StringComparer.OrdinalIgnoreCase);

    private static void AddListeners(ImmutableArray<ListeningPort>.Builder ports, ImmutableArray<CodeListener> listeners, ListenerKind kind) =>
        ports.AddRange(listeners.Where(listener => listener.Kind == kind).Select(static listener => new ListeningPort(listener.Port, listener.Scheme, listener.Host, listener.Member, listener.Location)));

    private static bool Given(EffectiveConfiguration configuration, string key) => configuration.Find(key) is { Value.ValueIsKnown: false };

    private static void AddUrls(ImmutableArray<ListeningPort>.Builder ports, EffectiveKey urls)
    {
        foreach (string address in (urls.Value.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseAddress(address) is ({ } scheme, { } host, int port))
            {
                ports.Add(new ListeningPort(port, scheme, host, urls.Key, urls.Value.Location) { Provider = urls.Winner });
            }
        }
    }

    private static void AddPorts(ImmutableArray<ListeningPort>.Builder ports, EffectiveKey? given, string scheme)
    {
        foreach (string text in (given?.Value.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535)
            {
                ports.Add(new ListeningPort(port, scheme, "*", given!.Key, given.Value.Location) { Provider = given.Winner });
            }
        }
    }
}
