using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>Says in words what wins where.</summary>
public static class ConfigurationExplanation
{
    /// <summary>The lines for some environments of an application; no secret stands in them.</summary>
    public static IEnumerable<string> Lines(JudgedApp app, Func<MatrixEnvironment, bool> isMeant)
    {
        foreach (JudgedEnvironment environment in app.Environments.Where(environment => isMeant(environment.Environment)))
        {
            yield return $"{app.Name} in {environment.Environment.Name} ({environment.Environment.DotNetName})";
            foreach (EffectiveKey key in environment.Effective.Keys.Where(key => !HostKeys.Has(key.Key) || app.RowsFor(key.Key).Any()))
            {
                bool secret = key.Value.FromSecretStore || app.RowsFor(key.Key).Any(static row => row.Secret);
                string value = !key.Value.ValueIsKnown ? "(not known)" : key.Value.Value is null ? "(null)" : SecretText.Show(key.Key, key.Value.Value, secret);
                yield return $"  {key.Key} = {value}   {key.Winner.Name}{At(app, key.Value.Location)}{(app.IsRead(key.Key) ? "" : "   never read")}";
                foreach ((ProviderFacts provider, ProvidedKey shadowed) in key.Shadowed)
                {
                    yield return $"      over {provider.Name}{At(app, shadowed.Location)}";
                }
            }

            foreach (MatrixKey row in app.Rows.Where(row => !KeyPattern.IsPattern(row.Key) && !row.BuildPhase && !environment.Gives(row.Key) && !environment.HasVariable(row.Key)))
            {
                string source = row.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) && cell.Source != "any" ? cell.Source : environment.MayGiveMore ? "perhaps a source that is not known" : "nothing";
                yield return $"  {row.Key}   {environment.PresenceOf(row, app.ReadsOf(row)).ToString().ToLowerInvariant()}, from {source}";
            }
        }
    }

    private static string At(JudgedApp app, SourceLocation location) =>
        location.Line > 0 ? $" {(location.File.StartsWith(app.Facts.RepositoryRoot, StringComparison.Ordinal) ? location.File[app.Facts.RepositoryRoot.Length..] : Path.GetFileName(location.File))}({location.Line})" : "";
}
