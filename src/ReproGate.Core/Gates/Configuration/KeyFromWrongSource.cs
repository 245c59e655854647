using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3008: a key is given where the matrix forbids it, or wins from another source than the matrix names.</summary>
public static class KeyFromWrongSource
{
    /// <summary>Judges each cell.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        foreach (MatrixKey row in app.Rows.Where(static row => !row.BuildPhase))
        {
            foreach (JudgedEnvironment environment in app.Environments)
            {
                if (row.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) && (cell.Presence == Presence.Forbidden || cell.Source != "any"))
                {
                    foreach (EffectiveKey key in environment.Effective.Keys)
                    {
                        if (JudgedApp.Covers(row, key.Key) && Judge(app, row, cell, environment, key) is { } finding)
                        {
                            yield return finding;
                        }
                    }
                }
            }
        }
    }

    private static Finding? Judge(JudgedApp app, MatrixKey row, MatrixCell cell, JudgedEnvironment environment, EffectiveKey key)
    {
        string name = environment.Environment.Name;
        string file = Path.GetFileName(app.Facts.Matrix.File);
        if (cell.Presence == Presence.Forbidden)
        {
            return key.Value is { Value: null or "", ValueIsKnown: true }
                ? null
                : Found(
                    key,
                    $"{key.Winner.Name} gives '{key.Key}' in the environment '{name}', where {file} forbids it (line {cell.Location.Line}).",
                    $"Take it out of {key.Winner.Name}, or allow it: \"{name}\": \"any\" in its row.");
        }

        // Init wrote that of a key which one of several applications has in its files and another has not.
        if (cell.Source == MatrixText.Unconfirmed)
        {
            return null;
        }

        // What nothing else gives is missing (RGATE3002), and an empty text in appsettings.json is the usual mark for "comes from elsewhere".
        if (SourceNames.Is(key.Winner, cell.Source) || key.Value is { Value: null or "", ValueIsKnown: true } || (key.Value.ValueIsKnown && SecretText.IsPlaceholder(key.Value.Value)))
        {
            return null;
        }

        // A vault that is asked last wins, whatever lies below it.
        bool vaultWins = environment.Loaded.SkipWhile(provider => !ReferenceEquals(provider, key.Winner)).Skip(1).Any(static provider => provider.Opaque || provider.Kind == ProviderKind.External);
        if (vaultWins || app.Facts.Code.Host.Incomplete)
        {
            return null;
        }

        return Found(
            key,
            $"'{key.Key}' has its value from {key.Winner.Name} in the environment '{name}', and {file} says it comes from {cell.Source} (line {cell.Location.Line}).",
            $"Take it out of {key.Winner.Name}, or name that source: \"{name}\": \"{(key.Winner.SourceKind.Length > 0 ? key.Winner.SourceKind : "any")}\" in its row.");

        Finding Found(EffectiveKey found, string what, string fix) => new(
            RuleCatalog.KeyFromWrongSource,
            found.Value.Location,
            what,
            "Where a value comes from decides who may change it and who sees it; another source than the agreed one wins silently.",
            fix)
        {
            Subject = $"{app.Name} {name} {found.Key}",
        };
    }
}
