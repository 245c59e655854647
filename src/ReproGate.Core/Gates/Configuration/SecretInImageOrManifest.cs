using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3012: a secret in a Dockerfile's <c>ARG</c> or <c>ENV</c>, a plain ConfigMap, or a literal of a workload.</summary>
public static class SecretInImageOrManifest
{
    /// <summary>Judges declared secrets, and texts that certainly are one.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (ProviderFacts provider in app.Environments.SelectMany(static environment => environment.Facts.Set.Providers.Concat(environment.Facts.Set.BuildArguments))
            .Where(static provider => provider.Origin is ProviderOrigin.DockerfileEnv or ProviderOrigin.DockerfileArg or ProviderOrigin.ConfigMap or ProviderOrigin.Workload))
        {
            bool image = provider.Origin is ProviderOrigin.DockerfileEnv or ProviderOrigin.DockerfileArg;
            foreach (ProvidedKey key in provider.Keys)
            {
                string? kind = key is { ValueIsKnown: true, Value: { } value } ? SecretText.KindOf(value) : null;
                bool declared = app.Rows.Any(row => row.Secret && (JudgedApp.Covers(row, key.Key) || JudgedApp.Covers(row, JudgedApp.KeyOfVariable(key.WrittenAs.Length > 0 ? key.WrittenAs : key.Key))));
                // An argument without a value in the file is given by whoever builds, and stays in the image's history.
                bool given = provider.Origin == ProviderOrigin.DockerfileArg || (key.ValueIsKnown && !SecretText.IsPlaceholder(key.Value));
                if ((kind is null && !(declared && given)) || key.FromSecretStore || !told.Add(key.Location))
                {
                    continue;
                }

                string name = key.WrittenAs.Length > 0 ? key.WrittenAs : key.Key;
                yield return new Finding(
                    RuleCatalog.SecretInImageOrManifest,
                    key.Location,
                    $"{provider.Name} holds {kind ?? $"'{name}', which is declared to be a secret"}.",
                    image ? "It stays in the image's layers or history, and everybody who can pull the image has it." : "A plain manifest is kept unencrypted, in the repository and in the cluster, for everybody who may read it.",
                    image ? "Take it out; hand it in when the container runs, or to the build as RUN --mount=type=secret." : "Take it out and refer to a Secret: valueFrom: { secretKeyRef: { name: …, key: … } }.")
                {
                    Subject = $"{app.Name} {name}",
                };
            }
        }
    }
}
