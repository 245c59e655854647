using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>Gathers the keys of one file, ignoring case, in the file's order and with a bound on what their names add up to.</summary>
internal sealed class KeyCollector(string file, FaultList faults)
{
    // A long name with many children multiplies: the text of all paths is bounded, not only the file.
    private const long MaxCharacters = 16L * 1024 * 1024;
    private readonly List<ProvidedKey> _keys = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.OrdinalIgnoreCase);
    private long _characters;

    /// <summary>True once the bound is reached; the caller stops.</summary>
    public bool Full => _characters > MaxCharacters;

    /// <summary>Adds a key that must not stand twice.</summary>
    public void Add(ProvidedKey key)
    {
        if (_index.TryGetValue(key.Key, out int first))
        {
            faults.Malformed(
                key.Location,
                $"the key '{FaultList.Shown(key.Key)}' stands here a second time (case and ':' in a name make no difference), first in line {_keys[first].Location.Line}; the configuration system throws");
            return;
        }

        Put(key);
    }

    /// <summary>Adds a key or replaces the one that is there.</summary>
    public void Set(ProvidedKey key)
    {
        if (_index.TryGetValue(key.Key, out int first))
        {
            _keys[first] = key;
            return;
        }

        Put(key);
    }

    public ImmutableArray<ProvidedKey> ToImmutable() => [.. _keys];

    private void Put(ProvidedKey key)
    {
        if (Full)
        {
            return;
        }

        _characters += key.Key.Length + 16;
        if (Full)
        {
            faults.NotRead(new SourceLocation(file), "its keys add up to more than 16 MB; the rest is not read");
            return;
        }

        _index.Add(key.Key, _keys.Count);
        _keys.Add(key);
    }
}
