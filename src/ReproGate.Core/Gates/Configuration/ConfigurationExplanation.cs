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
                foreach (string line in Given(app, key))
                {
                    yield return line;
                }
            }

            foreach (MatrixKey row in app.Rows.Where(row => IsMissing(environment, row)))
            {
                yield return Missing(app, environment, row);
            }
        }
    }

    /// <summary>The lines about one key, or about a section and what is below it: where the code reads it, what declares it, and what wins in each environment; no secret stands in them.</summary>
    /// <returns>Nothing where the application neither reads nor declares the key and no environment gives it.</returns>
    public static IEnumerable<string> Why(JudgedApp app, string key, Func<MatrixEnvironment, bool> isMeant)
    {
        foreach (ConfigurationRead read in app.Facts.Code.Reads.Where(read => Reads(read, key)))
        {
            string by = read.Origin == "code" ? read.Member : read.Origin;
            yield return $"read as {read.Key}{(read.Location is { } place ? At(app, place) : $" in {read.Assembly}")}{(by.Length > 0 ? $" by {by}" : "")}: {read.Requirement.ToString().ToLowerInvariant()}";
        }

        foreach (UnresolvedRead read in app.Facts.Code.Unresolved.Where(read => read.Pattern is { } pattern && KeyPattern.Overlaps(pattern, key)))
        {
            yield return $"perhaps read as {read.Pattern}{(read.Location is { } place ? At(app, place) : $" in {read.Assembly}")} by {read.Member}: {read.Reason}";
        }

        foreach (MatrixKey row in app.Rows.Where(row => JudgedApp.Covers(row, key) || KeyPattern.IsBelow(row.Key, key)))
        {
            yield return $"declared as {row.Key}{At(app, row.Location)}{(row.Secret ? ", a secret" : "")}";
        }

        foreach (JudgedEnvironment environment in app.Environments.Where(environment => isMeant(environment.Environment)))
        {
            string[] lines =
            [
                .. environment.Effective.Keys.Where(given => KeyPattern.Overlaps(given.Key, key) || KeyPattern.IsBelow(given.Key, key)).SelectMany(given => Given(app, given)),
                .. app.Rows.Where(row => (JudgedApp.Covers(row, key) || KeyPattern.IsBelow(row.Key, key)) && IsMissing(environment, row)).Select(row => Missing(app, environment, row)),
            ];
            if (lines.Length > 0)
            {
                yield return $"in {environment.Environment.Name} ({environment.Environment.DotNetName})";
            }

            foreach (string line in lines)
            {
                yield return line;
            }
        }
    }

    private static bool Reads(ConfigurationRead read, string key) => read.Kind == ReadKind.EnvironmentVariable
        ? read.Key.Equals(key, StringComparison.OrdinalIgnoreCase) || JudgedApp.KeyOfVariable(read.Key).Equals(key, StringComparison.OrdinalIgnoreCase)
        : read.Key.Length > 0 && (JudgedApp.Takes(read, key) || KeyPattern.IsBelow(read.Key, key));

    private static IEnumerable<string> Given(JudgedApp app, EffectiveKey key)
    {
        bool secret = key.Value.FromSecretStore || app.RowsFor(key.Key).Any(static row => row.Secret);
        string value = !key.Value.ValueIsKnown ? "(not known)" : key.Value.Value is null ? "(null)" : SecretText.Show(key.Key, key.Value.Value, secret);
        yield return $"  {key.Key} = {value}   {key.Winner.Name}{At(app, key.Value.Location)}{(app.IsRead(key.Key) ? "" : "   never read")}";
        foreach ((ProviderFacts provider, ProvidedKey shadowed) in key.Shadowed)
        {
            yield return $"      over {provider.Name}{At(app, shadowed.Location)}";
        }
    }

    private static bool IsMissing(JudgedEnvironment environment, MatrixKey row) => !KeyPattern.IsPattern(row.Key) && !row.BuildPhase && !environment.Gives(row.Key) && !environment.HasVariable(row.Key);

    private static string Missing(JudgedApp app, JudgedEnvironment environment, MatrixKey row)
    {
        string source = row.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) && cell.Source != "any" ? cell.Source : environment.MayGiveMore ? "perhaps a source that is not known" : "nothing";
        return $"  {row.Key}   {environment.PresenceOf(row, app.ReadsOf(row)).ToString().ToLowerInvariant()}, from {source}";
    }

    private static string At(JudgedApp app, SourceLocation location) =>
        location.Line > 0 ? $" {(location.File.StartsWith(app.Facts.RepositoryRoot, StringComparison.Ordinal) ? location.File[app.Facts.RepositoryRoot.Length..] : Path.GetFileName(location.File))}({location.Line})" : "";
}
