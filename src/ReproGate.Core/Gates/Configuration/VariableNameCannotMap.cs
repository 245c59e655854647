using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3042: an environment variable whose name does not become the key it is meant for: one underscore for two, a colon, a point.</summary>
public static class VariableNameCannotMap
{
    /// <summary>Judges the variables of each environment against the keys that the application reads.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (ProviderFacts provider in environment.Facts.Set.Providers.Concat(environment.Facts.Set.Variables).Where(static provider => provider.Origin is ProviderOrigin.Compose or ProviderOrigin.Workload or ProviderOrigin.ConfigMap or ProviderOrigin.DockerfileEnv or ProviderOrigin.DotEnv or ProviderOrigin.GitHubActions or ProviderOrigin.LaunchSettings))
            {
                foreach (ProvidedKey key in provider.Keys)
                {
                    string name = key.WrittenAs.Length > 0 ? key.WrittenAs : key.Key;
                    if (Meant(app, environment, provider, name) is { } meant && told.Add(key.Location))
                    {
                        string right = provider.Prefix + meant.Replace(":", "__", StringComparison.Ordinal);
                        yield return new Finding(
                            RuleCatalog.VariableNameCannotMap,
                            key.Location,
                            $"{provider.Name} sets {name}, which does not become '{meant}'.",
                            name.Contains(':', StringComparison.Ordinal) ? "A colon in a variable's name works on some systems only." : "The configuration system turns only two underscores into a colon, so the value never arrives.",
                            $"Write {right}.")
                        {
                            Subject = $"{app.Name} {name}",
                        };
                    }
                }
            }
        }
    }

    private static string? Meant(JudgedApp app, JudgedEnvironment environment, ProviderFacts provider, string name)
    {
        string plain = provider.Prefix.Length > 0 && name.StartsWith(provider.Prefix, StringComparison.OrdinalIgnoreCase) ? name[provider.Prefix.Length..] : name;
        bool colon = plain.Contains(':', StringComparison.Ordinal);
        // Docker hands a colon through, and the key is read; a cluster refuses the name.
        if (colon && provider.Origin is not (ProviderOrigin.Workload or ProviderOrigin.ConfigMap))
        {
            return null;
        }

        // A key's own name is fine, but not with its colons in a cluster.
        if (HostKeys.HasVariable(name) || app.Variables.Any(read => read.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) || (!colon && app.IsRead(name)))
        {
            return null;
        }

        string flat = Flat(plain);
        return app.Reads.Select(static read => read.Key)
            .Where(static key => key.Contains(':', StringComparison.Ordinal) && !KeyPattern.IsPattern(key))
            .FirstOrDefault(key => Flat(key).Equals(flat, StringComparison.OrdinalIgnoreCase)
                && !JudgedApp.KeyOfVariable(plain).Equals(key, StringComparison.OrdinalIgnoreCase) == !colon
                // Where the key has its value anyway, the variable may be for something else.
                && (colon || environment.Effective.Find(key) is not { Winner.Kind: ProviderKind.EnvironmentVariables }));
    }

    // Only names that hold a separator at every place where the key has one: ORDERSURL may be anything.
    private static string Flat(string name) => name.Replace("__", ":", StringComparison.Ordinal).Replace('_', ':').Replace('.', ':').Replace("::", ":", StringComparison.Ordinal);
}
