using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3011: a secret is read by, or provided to, what runs at a client: WebAssembly, and files under wwwroot.</summary>
public static class SecretReachesClient
{
    /// <summary>Judges WebAssembly applications, and public files of every application.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        bool client = app.Facts.Code.Host.Kind == HostKind.WebAssembly;
        var told = new HashSet<SourceLocation>();
        foreach (ProviderFacts provider in app.Environments.SelectMany(static environment => environment.Facts.Set.Providers)
            .Where(provider => provider.Origin == ProviderOrigin.PublicFile || (client && provider.Origin == ProviderOrigin.ProjectFile)))
        {
            foreach (ProvidedKey key in provider.Keys.Where(static key => key.ValueIsKnown && !SecretText.IsPlaceholder(key.Value)))
            {
                bool declared = app.RowsFor(key.Key).Any(static row => row.Secret);
                string? kind = SecretText.KindOf(key.Value!);
                if ((declared || (kind is not null && kind != "a Google API key")) && told.Add(key.Location))
                {
                    yield return Found(app, key.Key, key.Location, $"{provider.Name} is sent to every client and holds {kind ?? $"'{key.Key}', which is declared to be a secret"}.");
                }
            }
        }

        if (!client)
        {
            yield break;
        }

        foreach (ConfigurationRead read in app.Reads)
        {
            if (app.RowsFor(read.Key).FirstOrDefault(static row => row.Secret) is { } row && told.Add(read.Location ?? row.Location))
            {
                yield return Found(app, read.Key, read.Location ?? row.Location, $"{(read.Member.Length > 0 ? read.Member : app.Name)} runs at the client and reads '{read.Key}', which is declared to be a secret.");
            }
        }
    }

    private static Finding Found(JudgedApp app, string key, SourceLocation location, string what) => new(
        RuleCatalog.SecretReachesClient,
        location,
        what,
        "What a client can read everybody can read; it is no secret from then on.",
        $"Keep the secret on a server and let the client ask it; where the value is meant to be seen, declare \"{key}\" as public and not as secret.")
    {
        Subject = $"{app.Name} {key}",
    };
}
