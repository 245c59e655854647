using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3010: a secret stands in a file of the repository or in a constant of the code.</summary>
public static class SecretInTrackedFile
{
    /// <summary>Judges declared secrets, and texts that certainly are one. How random a text looks never counts.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        // Where it is loaded first: that environment is the one to name.
        IEnumerable<(JudgedEnvironment Environment, ProviderFacts Provider)> places = app.Environments
            .SelectMany(environment => environment.Facts.Set.Providers.Where(provider => IsInRepository(app, provider)).Select(provider => (environment, provider)))
            .OrderBy(static place => IsIdle(place.provider));
        foreach ((JudgedEnvironment environment, ProviderFacts provider) in places)
        {
            foreach (ProvidedKey key in provider.Keys.Where(static key => key.LiteralInFile || (key.ValueIsKnown && !SecretText.IsPlaceholder(key.Value))))
            {
                string? kind = key.Value is { } value ? SecretText.KindOf(value) : null;
                if ((kind is null && !IsDeclared(app, environment, provider, key)) || !told.Add(key.Location))
                {
                    continue;
                }

                yield return new Finding(
                    RuleCatalog.SecretInTrackedFile,
                    key.Location,
                    kind is null
                        ? $"{provider.Name} holds the value of '{key.Key}', which {Path.GetFileName(app.Facts.Matrix.File)} declares to be a secret."
                        : $"{provider.Name} holds {kind} as '{key.Key}'.",
                    "Everybody who can read the repository, now or in its history, has it.",
                    $"Take it out and revoke it; give it from a secret store, and write where from in the row: \"{environment.Environment.Name}\": \"external:…\".{(environment.Facts.IsDevelopers ? $" Where it opens nothing but a developer's own machine, say so: \"{environment.Environment.Name}\": \"{provider.SourceKind}\"." : "")}")
                {
                    Subject = $"{app.Name} {key.Key}",
                };
            }
        }

        foreach (LiteralConstant literal in app.Facts.Code.Literals)
        {
            if (SecretText.KindOf(literal.Text) is { } kind && (literal.Location is null || told.Add(literal.Location)))
            {
                yield return new Finding(
                    RuleCatalog.SecretInTrackedFile,
                    literal.Location ?? new SourceLocation(app.Facts.Matrix.File),
                    $"{literal.Assembly} holds {kind} as a constant.",
                    "Everybody who can read the repository or the assembly has it.",
                    "Take it out and revoke it; read it from the configuration, and give it from a secret store.")
                {
                    Subject = $"{app.Name} {literal.Assembly} {kind}",
                };
            }
        }
    }

    // Images and plain manifests are RGATE3012, what clients see is RGATE3011.
    private static bool IsInRepository(JudgedApp app, ProviderFacts provider) =>
        provider is { DeveloperOnly: false } or { Origin: ProviderOrigin.LaunchSettings }
        && provider.Origin is ProviderOrigin.ProjectFile or ProviderOrigin.Compose or ProviderOrigin.DotEnv or ProviderOrigin.KubernetesSecret or ProviderOrigin.Helm or ProviderOrigin.GitHubActions or ProviderOrigin.LaunchSettings
        && provider.File.StartsWith(app.Facts.RepositoryRoot, StringComparison.Ordinal)
        && !(provider.Origin == ProviderOrigin.ProjectFile && app.Facts.Code.Host.Kind == HostKind.WebAssembly);

    private static bool IsDeclared(JudgedApp app, JudgedEnvironment environment, ProviderFacts provider, ProvidedKey key)
    {
        MatrixKey? row = app.RowsFor(key.Key).FirstOrDefault(static row => row.Secret);
        if (row is null)
        {
            return false;
        }

        // A person has written that it comes from there; a developer's throw-away password is the usual case.
        return !(row.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) && cell.Presence == Presence.Required && cell.Source != "any" && SourceNames.Is(provider, cell.Source))
            // The same file in an environment where nobody asks for it.
            && !IsIdle(provider);
    }

    private static bool IsIdle(ProviderFacts provider) => provider.ForEnvironment.Length > 0 && !provider.Loaded;
}
