using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3004: what gives a required key is never loaded in the environment that needs it.</summary>
public static class ProviderNeverLoaded
{
    /// <summary>Judges what is missing, and files named after an environment's name in the matrix in place of its .NET name.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (var missing in from missing in KeyMissingInEnvironment.Missing(app)
                                where missing.Cause is ({ DeveloperOnly: false, ExpectedName.Length: 0 }, _)
                                group missing by (missing.Cause!.Value.Provider.Name, missing.Environment.Environment.Name) into found
                                select found.First())
        {
            (ProviderFacts provider, ProvidedKey key) = missing.Cause!.Value;
            string environment = missing.Environment.Environment.Name;
            yield return new Finding(
                RuleCatalog.ProviderNeverLoaded,
                key.Location,
                $"{provider.Name} gives '{missing.Row.Key}', which {app.Name} requires, but it is never loaded in the environment '{environment}'{(provider.NotLoadedBecause.Length > 0 ? $": {provider.NotLoadedBecause}" : "")}.",
                $"The key looks provided and is not there when {app.Name} runs in {environment}.",
                $"Move the key to a source that is loaded there, or load this one: {environment} runs as {missing.Environment.Environment.DotNetName}, so its file is appsettings.{missing.Environment.Environment.DotNetName}.json.")
            {
                Subject = $"{app.Name} {environment} {provider.Name}",
            };
        }
    }
}
