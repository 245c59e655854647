using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>
/// RGATE3002: a key is required, and nothing gives it in an environment. Where a developer's source (RGATE3003) or a file that is never loaded
/// there (RGATE3004) has it, that is told instead: the nearer cause.
/// </summary>
public static class KeyMissingInEnvironment
{
    /// <summary>Judges every declared key that the application reads, in every environment.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app) =>
        from missing in Missing(app)
        where missing.Cause is null
        select Found(app, missing);

    /// <summary>What is missing where, with what nearly gives it.</summary>
    public static IEnumerable<MissingKey> Missing(JudgedApp app)
    {
        foreach (MatrixKey row in app.Rows.Where(static row => !row.BuildPhase && !KeyPattern.IsPattern(row.Key)))
        {
            ImmutableArray<ConfigurationRead> reads = app.ReadsOf(row);
            // What is declared and never read is told as that (RGATE3006).
            if (reads.IsEmpty)
            {
                continue;
            }

            // Of an application that a machine wrote into the matrix no person has said yet that it runs where only others are named.
            foreach (JudgedEnvironment environment in app.Environments.Where(environment => !app.Facts.App.Inferred || app.RunsIn(environment)))
            {
                if (IsMissing(app, row, reads, environment))
                {
                    yield return new MissingKey(row, reads, environment, Nearly(app, row, environment));
                }
            }
        }
    }

    private static bool IsMissing(JudgedApp app, MatrixKey row, ImmutableArray<ConfigurationRead> reads, JudgedEnvironment environment)
    {
        if (environment.PresenceOf(row, reads) != Presence.Required || Gives(environment, row, reads))
        {
            return false;
        }

        bool explicitSource = row.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) && cell.Source != "any";
        if (explicitSource && SourceNames.Kind(cell!.Source) is "external" or "helm" or "aspire")
        {
            return false;
        }

        // A vault, a Helm value, or a provider that the code adds in a way nobody could follow may still give it.
        if ((environment.MayGiveMore || app.Facts.Code.Host.Incomplete) && !(explicitSource && IsKnown(environment, cell!.Source)))
        {
            return false;
        }

        return !Alternatives(app, row, reads).Any(key => environment.Gives(key) || environment.HasVariable(key));
    }

    // The source that the matrix names is read whole, so a key that it lacks is missing whatever else there is.
    private static bool IsKnown(JudgedEnvironment environment, string source) =>
        environment.Loaded.Where(provider => SourceNames.Is(provider, source)) is var named && named.Any() && named.All(static provider => !provider.Opaque && provider.Kind != ProviderKind.External);

    private static bool Gives(JudgedEnvironment environment, MatrixKey row, ImmutableArray<ConfigurationRead> reads) =>
        environment.Gives(row.Key)
        || reads.Any(read => read.Kind == ReadKind.EnvironmentVariable ? environment.HasVariable(read.Key) : !KeyPattern.IsPattern(read.Key) && read.Key != row.Key && KeyPattern.IsBelow(row.Key, read.Key) && environment.Gives(row.Key));

    private static IEnumerable<string> Alternatives(JudgedApp app, MatrixKey row, ImmutableArray<ConfigurationRead> reads)
    {
        IEnumerable<string> declared = row.AnyOf.Length > 0 ? app.Rows.Where(other => other.AnyOf == row.AnyOf).Select(static other => other.Key) : [];
        HashSet<string> groups = [.. reads.Select(static read => read.AnyOf).Where(static group => group.Length > 0)];
        return declared.Concat(app.Facts.Code.Reads.Where(read => groups.Contains(read.AnyOf)).Select(static read => read.Key));
    }

    private static (ProviderFacts Provider, ProvidedKey Key)? Nearly(JudgedApp app, MatrixKey row, JudgedEnvironment environment)
    {
        IEnumerable<ProviderFacts> idle = environment.Facts.Set.Providers.Where(provider => !environment.Loaded.Contains(provider));
        // The developer's sources of another environment, too: there it is that the key was seen to work.
        IEnumerable<ProviderFacts> developers = app.Environments.SelectMany(static other => other.Facts.Set.Providers).Where(static provider => provider.DeveloperOnly);
        return (from provider in idle.Concat(developers)
                from key in provider.Keys
                where key.Key.Equals(row.Key, StringComparison.OrdinalIgnoreCase) || KeyPattern.IsBelow(key.Key, row.Key)
                where provider.DeveloperOnly || !BelongsElsewhere(app, provider)
                select ((ProviderFacts, ProvidedKey)?)(provider, key)).FirstOrDefault();
    }

    // appsettings.Staging.json is not loaded in production, and nobody meant it to be.
    private static bool BelongsElsewhere(JudgedApp app, ProviderFacts provider) =>
        provider.ForEnvironment.Length > 0 && provider.ExpectedName.Length == 0 && app.Environments.Any(other => other.Environment.DotNetName.Equals(provider.ForEnvironment, StringComparison.Ordinal));

    private static Finding Found(JudgedApp app, MissingKey missing)
    {
        string environment = missing.Environment.Environment.Name;
        ConfigurationRead read = missing.Reads.OrderBy(static read => read.Location is null).First();
        string reader = read.Location is { } location ? $"{Path.GetFileName(location.File)}({location.Line})" : read.Member.Length > 0 ? read.Member : read.Assembly;
        string searched = string.Join(", ", missing.Environment.Loaded.Where(static provider => provider.Kind != ProviderKind.CommandLine).Select(static provider => provider.Name).Where(static name => name.Length > 0).Distinct());
        return new Finding(
            RuleCatalog.KeyMissingInEnvironment,
            missing.Row.Cells.TryGetValue(environment, out MatrixCell? cell) ? cell.Location : missing.Row.Location,
            $"'{missing.Row.Key}' is required in {app.Name} (read in {reader}), and nothing gives it in the environment '{environment}'{(searched.Length > 0 ? $"; searched: {searched}" : "")}.",
            $"It works where some machine has the key, and fails in {environment}.",
            $"Give it in {Advice(missing)}; or, where it comes from outside the repository, write \"{environment}\": \"external:…\" in the row; or \"{environment}\": \"?\" where {app.Name} can do without.")
        {
            Subject = $"{app.Name} {environment} {missing.Row.Key}",
        };
    }

    private static string Advice(MissingKey missing)
    {
        string variable = missing.Row.Key.Replace(":", "__", StringComparison.Ordinal);
        ProviderFacts? last = missing.Environment.Loaded.LastOrDefault(static provider => provider.File.Length > 0 && provider.Origin is ProviderOrigin.Compose or ProviderOrigin.Workload or ProviderOrigin.ConfigMap);
        return last is null
            ? $"appsettings.{missing.Environment.Environment.DotNetName}.json"
            : $"{last.Name} as {variable}";
    }
}

/// <summary>A required key that nothing gives in an environment.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Reads">Who reads it.</param>
/// <param name="Environment">Where it is missing.</param>
/// <param name="Cause">What has it and does not count there; null where nothing has it.</param>
public sealed record MissingKey(MatrixKey Row, ImmutableArray<ConfigurationRead> Reads, JudgedEnvironment Environment, (ProviderFacts Provider, ProvidedKey Key)? Cause);
