using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace ReproGate.Gates.Packages.Names;

/// <summary>The well-known ids, taken apart once, and how telling each piece of them is: what most ids hold tells little.</summary>
internal sealed class WellKnownIndex
{
    private static readonly Lazy<WellKnownIndex> Made = new(static () => new WellKnownIndex());

    private readonly FrozenDictionary<int, int[]> _byGram;
    private readonly FrozenDictionary<string, int> _wordCounts;
    private readonly FrozenDictionary<string, int> _byWritten, _byLower;

    private WellKnownIndex()
    {
        Profiles = [.. WellKnownPackages.All.Select(static package => NameProfile.Of(package.Id)!)];
        var byGram = new Dictionary<int, List<int>>();
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < Profiles.Length; index++)
        {
            foreach (int gram in Profiles[index].Grams)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(byGram, gram, out _) ??= []).Add(index);
            }

            foreach (string word in Profiles[index].Words.Distinct())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(words, word, out _)++;
            }
        }

        _byGram = byGram.ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value.ToArray());
        (string Written, string Lower)[] keys = [.. Profiles.Select(static profile => Skeleton.KeysOf(profile.Id))];
        _byWritten = keys.Select(static (key, index) => (key.Written, index)).DistinctBy(static pair => pair.Written).ToFrozenDictionary(static pair => pair.Written, static pair => pair.index, StringComparer.Ordinal);
        _byLower = keys.Select(static (key, index) => (key.Lower, index)).DistinctBy(static pair => pair.Lower).ToFrozenDictionary(static pair => pair.Lower, static pair => pair.index, StringComparer.Ordinal);
        _wordCounts = words.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static WellKnownIndex Instance => Made.Value;

    /// <summary>In order of rank.</summary>
    public NameProfile[] Profiles { get; }

    /// <summary>The well-known id with this id's skeleton, or null.</summary>
    public NameProfile? LooksLike(string id)
    {
        (string written, string lower) = Skeleton.KeysOf(id);
        return _byWritten.TryGetValue(written, out int index) || _byLower.TryGetValue(lower, out index) ? Profiles[index] : null;
    }

    /// <summary>How telling a word is: from 1 for one that nearly every id holds upwards.</summary>
    public double WeightOfWord(string word) => 1 + Math.Log((Profiles.Length + 1.0) / (_wordCounts.GetValueOrDefault(word) + 1));

    /// <summary>How telling three letters in a row are, likewise.</summary>
    public double WeightOfGram(int gram) => 1 + Math.Log((Profiles.Length + 1.0) / ((_byGram.TryGetValue(gram, out int[]? ids) ? ids.Length : 0) + 1));

    /// <summary>The well-known ids that share the most telling letters with this one, best first, as indices.</summary>
    public IEnumerable<int> Nearest(NameProfile profile, int count)
    {
        var shared = new Dictionary<int, double>();
        foreach (int gram in profile.Grams)
        {
            if (_byGram.TryGetValue(gram, out int[]? ids))
            {
                double weight = WeightOfGram(gram);
                foreach (int id in ids)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(shared, id, out _) += weight;
                }
            }
        }

        return shared
            .OrderByDescending(pair => pair.Value / Math.Sqrt(Profiles[pair.Key].Grams.Length + 4.0))
            .ThenBy(static pair => pair.Key)
            .Take(count)
            .Select(static pair => pair.Key);
    }
}
