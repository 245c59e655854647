using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3033: a value names a service that neither compose nor Kubernetes nor the app host defines.</summary>
public static class ServiceHostUndefined
{
    /// <summary>Judges names without a point, in environments whose services are all known.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            NetworkFacts network = environment.Facts.Set.Network;
            if (environment.Environment.Network == NetworkKind.Host || !network.HostsAreComplete || network.Hosts.IsEmpty)
            {
                continue;
            }

            foreach (EffectiveKey key in environment.Effective.Keys)
            {
                if (key.Value is not { ValueIsKnown: true, Value: { } value } || key.Winner.Origin == ProviderOrigin.Code || HostKeys.Has(key.Key) || !app.IsRead(key.Key) || Addresses.IsAddress(app, key.Key) is not { } isAddress)
                {
                    continue;
                }

                bool replaced = environment.Loaded.SkipWhile(provider => !ReferenceEquals(provider, key.Winner)).Skip(1).Any(static provider => provider.Opaque || provider.Kind == ProviderKind.External);
                // A secret without the form of an address may be the secret itself, which no message names.
                bool bare = app.RowsFor(key.Key).Any(static row => row.Secret) && !value.AsSpan().ContainsAny("=:");
                foreach (Address address in replaced || bare ? [] : Addresses.Of(value, isAddress))
                {
                    if (IsServiceName(address.Host) && !network.Hosts.Any(host => host.Name.Equals(address.Host, StringComparison.OrdinalIgnoreCase)) && told.Add(key.Value.Location))
                    {
                        string? meant = network.Hosts.Select(static host => host.Name)
                            .Select(name => (Name: name, Distance: EditDistance.Between(name.ToUpperInvariant(), address.Host.ToUpperInvariant())))
                            .Where(static candidate => candidate.Distance <= 2).OrderBy(static candidate => candidate.Distance).Select(static candidate => candidate.Name).FirstOrDefault();
                        yield return new Finding(
                            RuleCatalog.ServiceHostUndefined,
                            key.Value.Location,
                            $"'{key.Key}' from {key.Winner.Name} names the host '{address.Host}', which nothing defines in the environment '{environment.Environment.Name}'.{(meant is null ? "" : $" Did you mean '{meant}'?")}",
                            "The name resolves on no machine but one that happens to know it.",
                            $"Name one of the services: {string.Join(", ", network.Hosts.Select(static host => host.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).Take(10))}; or define '{address.Host}'.")
                        {
                            Subject = $"{app.Name} {environment.Environment.Name} {key.Key}",
                        };
                    }
                }
            }
        }
    }

    // A name with a point may be anything outside; "host.docker.internal" has points.
    private static bool IsServiceName(string host) => !host.Contains('.', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal) && !Addresses.IsLoopback(host) && host is not ("*" or "+" or "0.0.0.0") && host.Any(char.IsLetter);
}
