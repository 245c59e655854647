namespace ReproGate.Gates.Configuration;

/// <summary>Takes apart the names of settings files.</summary>
public static class SettingsFileName
{
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
