namespace ReproGate.Gates.Configuration;

/// <summary>Takes apart the names of settings files.</summary>
public static class SettingsFileName
{
    /// <summary>Whether a file is a settings file of a project: by its name, in the project's folder or what it serves; what a folder of tests or samples holds is not the application's.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="projectDirectory">Absolute path of the project's folder.</param>
    public static bool IsOf(string path, string projectDirectory)
    {
        string name = Path.GetFileName(path);
        return (name.Equals("appsettings.json", StringComparison.OrdinalIgnoreCase) || name.Equals("secrets.json", StringComparison.OrdinalIgnoreCase) || EnvironmentOf(name) is not null)
            && Path.GetDirectoryName(path) is { } folder
            && (folder == projectDirectory || folder == Path.Combine(projectDirectory, "wwwroot"));
    }

    /// <summary>Whether an item with this value of <c>CopyToPublishDirectory</c> ships.</summary>
    public static bool Ships(string copies) => copies.Length > 0 && !copies.Equals("Never", StringComparison.OrdinalIgnoreCase);

    /// <summary>The environment in <c>appsettings.{Environment}.json</c> or <c>{App}.settings.{Environment}.json</c>; null where the name has none.</summary>
    public static string? EnvironmentOf(string name)
    {
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string stem = name[..^5];
        if (stem.StartsWith("appsettings.", StringComparison.OrdinalIgnoreCase))
        {
            return stem.Length > 12 ? stem[12..] : null;
        }

        int settings = stem.LastIndexOf(".settings.", StringComparison.OrdinalIgnoreCase);
        return settings > 0 && settings + 10 < stem.Length ? stem[(settings + 10)..] : null;
    }
}
