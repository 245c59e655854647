namespace ReproGate.Gates.Configuration;

using ReproGate.Facts.Configuration;

/// <summary>RGATE3013: a publish ships the settings of an environment that is not declared, or <c>secrets.json</c>.</summary>
public static class EnvironmentFileShips
{
    /// <summary>Judges the settings files of the project.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (SettingsFile file in app.Facts.SettingsFiles.Where(static file => file.Ships))
        {
            string name = Path.GetFileName(file.Path);
            bool secrets = name.Equals("secrets.json", StringComparison.OrdinalIgnoreCase);
            string? environment = SettingsFileName.EnvironmentOf(name);
            // One that differs only in case is told as that (RGATE3041).
            if (!secrets && (environment is null || app.Facts.Matrix.Environments.Any(known => known.DotNetName.Equals(environment, StringComparison.OrdinalIgnoreCase))))
            {
                continue;
            }

            yield return new Finding(
                RuleCatalog.EnvironmentFileShips,
                new SourceLocation(file.Path, 1, 1),
                secrets ? "A publish ships secrets.json." : $"A publish ships {name}, and no environment that {Path.GetFileName(app.Facts.Matrix.File)} declares runs as '{environment}'.",
                secrets ? "Secrets then lie beside the application wherever it is installed." : "One machine's settings then lie beside the application everywhere, and take effect wherever somebody sets that environment's name.",
                $"Keep it out: <Content Update=\"{name}\" CopyToPublishDirectory=\"Never\" /> in the project{(secrets ? "" : ", or declare the environment")}.")
            {
                Subject = $"{app.Name} {name}",
            };
        }
    }
}
