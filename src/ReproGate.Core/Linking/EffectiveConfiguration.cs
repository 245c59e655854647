using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts.Configuration;

namespace ReproGate.Linking;

/// <summary>
/// What an application's configuration says in one environment: for each key the provider that wins, and those it shadows. It answers as
/// <c>IConfiguration</c> would: the last provider that has a key counts, even with null; keys differ not in case; children are those of all
/// providers, so arrays merge by index.
/// </summary>
public sealed class EffectiveConfiguration
{
    private readonly Dictionary<string, EffectiveKey> _byKey;

    private EffectiveConfiguration(ImmutableArray<ProviderFacts> providers, Dictionary<string, EffectiveKey> byKey)
    {
        _byKey = byKey;
        Providers = providers;
        Opaque = [.. providers.Where(static provider => provider.Loaded && provider.Opaque)];
        EffectiveKey[] keys = [.. byKey.Values];
        Array.Sort(keys, static (left, right) => KeyPathComparer.Instance.Compare(left.Key, right.Key));
        Keys = ImmutableArray.Create(keys);
    }

    /// <summary>All providers it was made from, lowest priority first, also those that are not loaded.</summary>
    public ImmutableArray<ProviderFacts> Providers { get; }

    /// <summary>Every key, a section right before what is below it.</summary>
    public ImmutableArray<EffectiveKey> Keys { get; }

    /// <summary>Loaded providers of which not every key is known, lowest priority first: a key that is not in <see cref="Keys"/> may come from one of them.</summary>
    public ImmutableArray<ProviderFacts> Opaque { get; }

    /// <summary>Joins providers; those that are not loaded give nothing.</summary>
    /// <param name="providers">Lowest priority first.</param>
    public static EffectiveConfiguration Resolve(ImmutableArray<ProviderFacts> providers)
    {
        var found = new Dictionary<string, (ProviderFacts Provider, ProvidedKey Key, ImmutableArray<(ProviderFacts, ProvidedKey)>.Builder? Shadowed)>(StringComparer.OrdinalIgnoreCase);
        for (int i = providers.Length - 1; i >= 0; i--)
        {
            ProviderFacts provider = providers[i];
            if (!provider.Loaded)
            {
                continue;
            }

            // Within one provider the last entry counts.
            for (int j = provider.Keys.Length - 1; j >= 0; j--)
            {
                ProvidedKey key = provider.Keys[j];
                if (!found.TryGetValue(key.Key, out var winner))
                {
                    found.Add(key.Key, (provider, key, null));
                    continue;
                }

                if (winner.Shadowed is null)
                {
                    winner.Shadowed = ImmutableArray.CreateBuilder<(ProviderFacts, ProvidedKey)>();
                    found[key.Key] = winner;
                }

                winner.Shadowed.Add((provider, key));
            }
        }

        var byKey = new Dictionary<string, EffectiveKey>(found.Count, StringComparer.OrdinalIgnoreCase);
        foreach ((string key, (ProviderFacts provider, ProvidedKey value, var shadowed)) in found)
        {
            byKey.Add(key, new EffectiveKey(value.Key, provider, value, shadowed?.ToImmutable() ?? []));
        }

        return new EffectiveConfiguration(providers, byKey);
    }

    /// <summary>The entry of exactly this key; null where no provider has it. A section that only has keys below it has none.</summary>
    public EffectiveKey? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Whether <c>GetSection(key).Exists()</c> is true: a value that is not null, or anything below it.</summary>
    public bool Exists(string key) => HasValue(key) || !Below(key).IsEmpty;

    /// <summary>Whether asking for the key gives a value that is not null (a value that is not known is one).</summary>
    public bool HasValue(string key) => Find(key) is { } found && (found.Value.Value is not null || !found.Value.ValueIsKnown);

    /// <summary>Every key below a section, the section itself excluded.</summary>
    /// <param name="section">Its path; empty for the root.</param>
    public ReadOnlySpan<EffectiveKey> Below(string section)
    {
        if (section.Length == 0)
        {
            return Keys.AsSpan();
        }

        string prefix = section + ":";
        int start = FirstAtOrAfter(prefix);
        int end = start;
        while (end < Keys.Length && Keys[end].Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            end++;
        }

        return Keys.AsSpan()[start..end];
    }

    /// <summary>The names right below a section, in the order <c>GetChildren</c> gives them: numbers first, by value, then names.</summary>
    /// <param name="section">Its path; empty for the root.</param>
    public ImmutableArray<string> Children(string section)
    {
        int skip = section.Length == 0 ? 0 : section.Length + 1;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (EffectiveKey key in Below(section))
        {
            int end = key.Key.IndexOf(':', skip);
            names.Add(end < 0 ? key.Key[skip..] : key.Key[skip..end]);
        }

        return [.. names.Order(ChildComparer.Instance)];
    }

    /// <summary>Keys that a pattern of the matrix covers: <c>*</c> stands for one segment, <c>:**</c> at the end for everything below.</summary>
    public IEnumerable<EffectiveKey> Match(string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return Find(pattern) is { } one ? [one] : [];
        }

        return Keys.Where(key => Matches(pattern, key.Key));
    }

    /// <summary>Whether a pattern of the matrix covers a key, ignoring case.</summary>
    /// <param name="pattern"><c>*</c> stands for one segment, <c>:**</c> at the end (or <c>**</c> alone) for one or more.</param>
    /// <param name="key">A key without wildcards.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> key)
    {
        while (true)
        {
            if (pattern is "**")
            {
                return true;
            }

            int patternEnd = pattern.IndexOf(':');
            int keyEnd = key.IndexOf(':');
            ReadOnlySpan<char> patternSegment = patternEnd < 0 ? pattern : pattern[..patternEnd];
            ReadOnlySpan<char> keySegment = keyEnd < 0 ? key : key[..keyEnd];
            if (patternSegment is not "*" && !patternSegment.Equals(keySegment, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            if (patternEnd < 0 || keyEnd < 0)
            {
                return patternEnd < 0 && keyEnd < 0;
            }

            pattern = pattern[(patternEnd + 1)..];
            key = key[(keyEnd + 1)..];
        }
    }

    private int FirstAtOrAfter(string prefix)
    {
        int low = 0;
        int high = Keys.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (KeyPathComparer.Instance.Compare(Keys[middle].Key, prefix) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // The colon sorts before everything, so that what is below a section follows it without a gap.
    private sealed class KeyPathComparer : IComparer<string>
    {
        public static readonly KeyPathComparer Instance = new();

        public int Compare(string? x, string? y)
        {
            int shared = Math.Min(x!.Length, y!.Length);
            for (int i = 0; i < shared; i++)
            {
                char left = x[i];
                char right = y[i];
                if (left == right)
                {
                    continue;
                }

                if (left == ':' || right == ':')
                {
                    return left == ':' ? -1 : 1;
                }

                int difference = char.ToUpperInvariant(left) - char.ToUpperInvariant(right);
                if (difference != 0)
                {
                    return difference;
                }
            }

            return x.Length - y.Length;
        }
    }

    private sealed class ChildComparer : IComparer<string>
    {
        public static readonly ChildComparer Instance = new();

        public int Compare(string? x, string? y)
        {
            bool left = int.TryParse(x, NumberStyles.Integer, CultureInfo.InvariantCulture, out int first);
            bool right = int.TryParse(y, NumberStyles.Integer, CultureInfo.InvariantCulture, out int second);
            return left && right ? first.CompareTo(second)
                : left ? -1
                : right ? 1
                : string.Compare(x, y, StringComparison.OrdinalIgnoreCase);
        }
    }
}
