using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3032: an address of the machine itself (localhost, <c>(localdb)</c>) counts in an environment where the application runs in a container.</summary>
public static class LocalhostInContainer
{
    /// <summary>Judges the values that the application reads in environments with a network of containers.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments.Where(environment => environment.Environment.Network != NetworkKind.Host && app.RunsIn(environment)))
        {
            foreach (EffectiveKey key in environment.Effective.Keys)
            {
                if (key.Value is not { ValueIsKnown: true, Value: { } value } || key.Winner.Origin == ProviderOrigin.Code || HostKeys.Has(key.Key) || !app.IsRead(key.Key) || Addresses.IsAddress(app, key.Key) is not { } isAddress)
                {
                    continue;
                }

                // A provider that comes later and is not known may well replace it.
                bool replaced = environment.Loaded.SkipWhile(provider => !ReferenceEquals(provider, key.Winner)).Skip(1).Any(static provider => provider.Opaque || provider.Kind == ProviderKind.External);
                if (!replaced && Addresses.Of(value, isAddress).FirstOrDefault(static address => Addresses.IsLoopback(address.Host)) is { } found && told.Add(key.Value.Location))
                {
                    yield return new Finding(
                        RuleCatalog.LocalhostInContainer,
                        key.Value.Location,
                        $"'{key.Key}' from {key.Winner.Name} names {found.Host}{(found.Port > 0 ? $":{found.Port}" : "")}, and counts in the environment '{environment.Environment.Name}', where {app.Name} runs in a container.",
                        "In a container that is the container itself, where nothing of the kind listens.",
                        $"Override it there with the name of the service: {key.Key.Replace(":", "__", StringComparison.Ordinal)} in the service's environment{(environment.Environment.Network == NetworkKind.Kubernetes ? " or its ConfigMap" : "")}. Where a browser is meant, declare the key as public.")
                    {
                        Subject = $"{app.Name} {environment.Environment.Name} {key.Key}",
                    };
                }
            }
        }
    }
}
