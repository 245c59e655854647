using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3041: the name of an environment is written in another case: in a file's name, or in <c>DOTNET_ENVIRONMENT</c>.</summary>
public static class EnvironmentNameCaseDiffers
{
    /// <summary>Judges the settings files of the project, and what sets the environment's name.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (SettingsFile file in app.Facts.SettingsFiles)
        {
            string name = Path.GetFileName(file.Path);
            if (SettingsFileName.EnvironmentOf(name) is { } written && Declared(app, written) is { } declared)
            {
                yield return new Finding(
                    RuleCatalog.EnvironmentNameCaseDiffers,
                    new SourceLocation(file.Path, 1, 1),
                    $"The environment '{declared.Name}' runs as '{declared.DotNetName}', and its file is called {name}.",
                    "Where file names have case, as on Linux, the file is not found, and that without a word.",
                    $"Rename it: git mv {name} {name.Replace(written, declared.DotNetName, StringComparison.Ordinal)}")
                {
                    Subject = $"{app.Name} {name}",
                };
            }
        }

        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (ProvidedKey key in environment.Facts.Set.Variables.Concat(environment.Facts.Set.Providers).SelectMany(static provider => provider.Keys))
            {
                string name = key.WrittenAs.Length > 0 ? key.WrittenAs : key.Key;
                if (name is "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT" && key is { ValueIsKnown: true, Value: { } value } && Declared(app, value) is { } declared && told.Add(key.Location))
                {
                    yield return new Finding(
                        RuleCatalog.EnvironmentNameCaseDiffers,
                        key.Location,
                        $"{name} is '{value}' here, and the environment '{declared.Name}' is declared to run as '{declared.DotNetName}'.",
                        $"Where file names have case, as on Linux, appsettings.{declared.DotNetName}.json is not found, and that without a word.",
                        $"Write {name}={declared.DotNetName}.")
                    {
                        Subject = $"{app.Name} {name} {value}",
                    };
                }
            }
        }
    }

    private static MatrixEnvironment? Declared(JudgedApp app, string written) =>
        app.Facts.Matrix.Environments.Any(environment => environment.DotNetName.Equals(written, StringComparison.Ordinal))
            ? null
            : app.Facts.Matrix.Environments.FirstOrDefault(environment => environment.DotNetName.Equals(written, StringComparison.OrdinalIgnoreCase));
}
