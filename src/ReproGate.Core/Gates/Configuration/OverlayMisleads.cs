using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>RGATE3043: a shorter array, an empty one or a null that lies over a longer one does not replace it: arrays merge by index, and null leaves what is below it.</summary>
public static class OverlayMisleads
{
    /// <summary>Judges the settings files that lie over each other, for keys that the application reads.</summary>
    public static IEnumerable<Finding> Check(JudgedApp app)
    {
        var told = new HashSet<SourceLocation>();
        foreach (JudgedEnvironment environment in app.Environments)
        {
            ImmutableArray<ProviderFacts> files = [.. environment.Loaded.Where(static provider => provider.Kind == ProviderKind.JsonFile && !provider.Opaque)];
            for (int upper = 1; upper < files.Length; upper++)
            {
                foreach (Finding finding in Judge(app, environment, files[upper], files[..upper]))
                {
                    if (told.Add(finding.Location))
                    {
                        yield return finding;
                    }
                }
            }
        }
    }

    private static IEnumerable<Finding> Judge(JudgedApp app, JudgedEnvironment environment, ProviderFacts upper, ImmutableArray<ProviderFacts> lower)
    {
        foreach ((string array, (int length, ProvidedKey first)) in Arrays(upper))
        {
            (ProviderFacts Provider, int Length) longest = lower.Select(provider => (provider, Arrays(provider).TryGetValue(array, out var found) ? found.Length : 0)).MaxBy(static found => found.Item2);
            if (longest.Length > length && app.IsRead($"{array}:0"))
            {
                yield return Found(
                    app,
                    array,
                    first.Location,
                    $"{upper.Name} gives {length} of '{array}', and {longest.Provider.Name} gives {longest.Length}: in {environment.Environment.Name} the list has {longest.Length}, the first {(length == 1 ? "one" : length.ToString(CultureInfo.InvariantCulture))} from the one and the rest from the other.",
                    $"Give as many in both, or move the list out of {longest.Provider.Name} into each environment's file.");
            }
        }

        foreach (ProvidedKey key in upper.Keys)
        {
            // An empty object looks like nothing to add, which is what it does.
            ProviderFacts? below = key.ValueIsKnown && (key.EmptyContainer ? key.Value is not null : key.Value is null)
                ? lower.FirstOrDefault(provider => provider.Keys.Any(other => KeyPattern.IsBelow(other.Key, key.Key) && !KeyPattern.IsPattern(key.Key)))
                : null;
            if (below is not null && (app.IsRead(key.Key) || app.Reads.Any(read => KeyPattern.IsBelow(read.Key, key.Key))))
            {
                yield return Found(
                    app,
                    key.Key,
                    key.Location,
                    $"{upper.Name} gives '{key.Key}' {(key.EmptyContainer ? "as empty" : "as null")}, and what {below.Name} gives below it stays in {environment.Environment.Name}.",
                    $"Override each key below it, or move them out of {below.Name} into each environment's file.");
            }
        }
    }

    private static Finding Found(JudgedApp app, string key, SourceLocation location, string what, string fix) => new(
        RuleCatalog.OverlayMisleads,
        location,
        what,
        "Settings files are not replaced but merged key by key, and an element's key is its index.",
        fix)
    {
        Subject = $"{app.Name} {key}",
    };

    private static Dictionary<string, (int Length, ProvidedKey First)> Arrays(ProviderFacts provider)
    {
        var arrays = new Dictionary<string, (int Length, ProvidedKey First)>(StringComparer.OrdinalIgnoreCase);
        foreach (ProvidedKey key in provider.Keys)
        {
            string[] segments = key.Key.Split(':');
            for (int i = 1; i < segments.Length; i++)
            {
                if (int.TryParse(segments[i], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < 10_000)
                {
                    string array = string.Join(':', segments[..i]);
                    (int length, ProvidedKey first) = arrays.TryGetValue(array, out var found) ? found : (0, key);
                    arrays[array] = (Math.Max(length, index + 1), first);
                }
            }
        }

        return arrays;
    }
}
