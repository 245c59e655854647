using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3005: a key is provided that nothing reads; most often a misspelt name.</summary>
public static class KeyNeverRead
{
    /// <summary>Judges every key that a source of the repository gives. A section of which nothing is read is one finding.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        if (app.ReadsAnything)
        {
            yield break;
        }

        var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach ((ProviderFacts provider, ProvidedKey key) in
            from environment in app.Environments
            from provider in environment.Loaded.Reverse()
            where IsOurs(provider) && provider.File.StartsWith(app.Facts.RepositoryRoot, StringComparison.Ordinal)
            from key in provider.Keys
            where !HostKeys.Has(key.Key) && IsMeant(provider, key) && !app.IsRead(key.Key) && !app.RowsFor(key.Key).Any() && !IsSectionOfRead(app, key)
            orderby provider.File, key.Location.Line
            select (provider, key))
        {
            string section = UnreadSection(app, key.Key);
            if (!told.Add(section))
            {
                continue;
            }

            string? meant = Nearest(app, key.Key);
            string what = section.Equals(key.Key, StringComparison.OrdinalIgnoreCase) ? $"'{key.Key}'" : $"'{section}' (with '{key.Key}')";
            yield return new Finding(
                RuleCatalog.KeyNeverRead,
                key.Location,
                $"{provider.Name} gives {what}, and nothing in {app.Name} reads it.{(meant is null ? "" : $" Did you mean '{meant}'?")}",
                "A setting that nothing reads has no effect, and whoever changes it believes that it has.",
                meant is null ? "Delete it, or correct its name." : $"Correct the name to '{Written(key, meant)}', or delete it.")
            {
                Subject = $"{app.Name} {section}",
            };
        }
    }

    // Only what is written for this application: not the settings of a base image, a vault or the code's own defaults.
    private static bool IsOurs(ProviderFacts provider) => provider is { Opaque: false, DeveloperOnly: false } && provider.Origin is ProviderOrigin.ProjectFile or ProviderOrigin.PublicFile or ProviderOrigin.Compose or ProviderOrigin.Workload or ProviderOrigin.ConfigMap or ProviderOrigin.DockerfileEnv or ProviderOrigin.DotEnv;

    // A variable may be for the system, a tool or a library; the double underscore says it is a key.
    private static bool IsMeant(ProviderFacts provider, ProvidedKey key) =>
        provider.Origin is ProviderOrigin.ProjectFile or ProviderOrigin.PublicFile ? key.Key.Length > 0 && !key.Key.StartsWith('$') : key.WrittenAs.Contains("__", StringComparison.Ordinal);

    // "Orders": {} or null, of which the application reads what is not there.
    private static bool IsSectionOfRead(JudgedApp app, ProvidedKey key) =>
        key is { ValueIsKnown: true, Value: null or "" } && app.Facts.Code.Reads.Any(read => KeyPattern.IsBelow(read.Key, key.Key));

    private static string UnreadSection(JudgedApp app, string key)
    {
        string[] segments = key.Split(':');
        for (int i = 1; i < segments.Length; i++)
        {
            string section = string.Join(':', segments[..i]);
            if (!app.Facts.Code.Reads.Any(read => KeyPattern.Overlaps(read.Key, section) || KeyPattern.IsBelow(read.Key, section))
                && !app.Rows.Any(row => KeyPattern.IsBelow(row.Key, section))
                && !app.Facts.Code.Unresolved.Any(read => read.Pattern is { } pattern && KeyPattern.IsBelow(pattern, section)))
            {
                return section;
            }
        }

        return key;
    }

    private static string? Nearest(JudgedApp app, string key)
    {
        ImmutableArray<string> read = [.. app.Reads.Select(static read => read.Key).Concat(app.Rows.Select(static row => row.Key)).Where(static known => !KeyPattern.IsPattern(known)).Distinct(StringComparer.OrdinalIgnoreCase)];
        string last = key[(key.LastIndexOf(':') + 1)..];
        return read
            .Select(known => (Key: known, Distance: EditDistance.Between(key.ToUpperInvariant(), known.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(3, key.Length / 5)))
            .OrderBy(static candidate => candidate.Distance).ThenBy(static candidate => candidate.Key, StringComparer.Ordinal)
            .Select(static candidate => candidate.Key)
            .FirstOrDefault()
            // The right name in the wrong section.
            ?? (last.Length >= 5 ? read.Where(known => known[(known.LastIndexOf(':') + 1)..].Equals(last, StringComparison.OrdinalIgnoreCase)) is var same && same.Count() == 1 ? same.First() : null : null);
    }

    private static string Written(ProvidedKey key, string meant) => key.WrittenAs.Contains("__", StringComparison.Ordinal) ? meant.Replace(":", "__", StringComparison.Ordinal) : meant;
}
