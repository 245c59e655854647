using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3022: a variable is set for the running application that cannot reach it: settings of WebAssembly are static files, and a trimmed feature switch is a constant.</summary>
public static class RuntimeVariableForFrozenSwitch
{
    /// <summary>Judges the variables of each environment.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        bool client = app.Facts.Code.Host.Kind == HostKind.WebAssembly;
        if (!client && !app.Facts.Frozen.Trimmed)
        {
            yield break;
        }

        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (ProviderFacts provider in environment.Facts.Set.Variables.Where(static provider => provider.Origin is ProviderOrigin.Compose or ProviderOrigin.Workload or ProviderOrigin.ConfigMap or ProviderOrigin.DockerfileEnv or ProviderOrigin.GitHubActions or ProviderOrigin.DotEnv))
            {
                foreach (ProvidedKey key in provider.Keys)
                {
                    string name = key.WrittenAs.Length > 0 ? key.WrittenAs : key.Key;
                    if (client && app.Reads.FirstOrDefault(read => JudgedApp.Takes(read, JudgedApp.KeyOfVariable(name))) is not null && told.Add(key.Location))
                    {
                        yield return Found(app, key, name, $"{provider.Name} sets {name}, and {app.Name} runs in the browser, where its settings are wwwroot/appsettings.json.", $"Write the key into wwwroot/appsettings.{environment.Environment.DotNetName}.json, or let a server hand it to the client.");
                    }
                    else if (app.Facts.Frozen.Trimmed && app.Facts.Frozen.Switches.TryGetValue(name, out string? property) && told.Add(key.Location))
                    {
                        yield return Found(app, key, name, $"{provider.Name} sets {name}, and {app.Name} is trimmed with {property} set, which makes the switch a constant.", $"Set {property} in the project, and take {name} away.");
                    }
                }
            }
        }
    }

    private static Finding Found(JudgedApp app, ProvidedKey key, string name, string what, string fix) => new(
        RuleCatalog.RuntimeVariableForFrozenSwitch,
        key.Location,
        what,
        "The variable has no effect there, although it has one where the application is run from its sources.",
        fix)
    {
        Subject = $"{app.Name} {name}",
    };
}
