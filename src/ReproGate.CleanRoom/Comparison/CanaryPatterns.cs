using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>The byte forms of canaries, and the automaton that finds them.</summary>
internal sealed class CanaryPatterns
{
    private readonly ImmutableArray<Canary> _owners;

    private CanaryPatterns(ImmutableArray<byte[]> patterns, ImmutableArray<Canary> owners)
    {
        _owners = owners;
        Automaton = new PatternAutomaton(patterns);
    }

    /// <summary>Finds the patterns.</summary>
    public PatternAutomaton Automaton { get; }

    /// <summary>Whether there is nothing to search.</summary>
    public bool IsEmpty => _owners.IsEmpty;

    /// <summary>The canary of a pattern.</summary>
    public Canary this[int pattern] => _owners[pattern];

    /// <summary>Every form in which a value stands in files.</summary>
    public static CanaryPatterns Of(IReadOnlyList<Canary> canaries)
    {
        var patterns = ImmutableArray.CreateBuilder<byte[]>();
        var owners = ImmutableArray.CreateBuilder<Canary>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // The longer first: a home folder says more than the user name inside it.
        foreach (Canary canary in canaries.Where(static canary => canary.Value.Trim().Length >= CanarySearch.ShortestValue).OrderByDescending(static canary => canary.Value.Length))
        {
            foreach (string form in Forms(canary.Value).Where(seen.Add))
            {
                patterns.Add(Encoding.UTF8.GetBytes(form));
                owners.Add(canary);
                patterns.Add(Encoding.Unicode.GetBytes(form));
                owners.Add(canary);
            }
        }

        return new CanaryPatterns(patterns.ToImmutable(), owners.ToImmutable());
    }

    private static IEnumerable<string> Forms(string value)
    {
        yield return value;
        yield return value.Replace('\\', '/');
        yield return value.Replace('/', '\\');
        // As JSON and as URIs write it.
        yield return value.Replace("\\", "\\\\", StringComparison.Ordinal);
        string json = JsonEncodedText.Encode(value).ToString();
        yield return json;
        yield return Uri.EscapeDataString(value).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);
    }
}
