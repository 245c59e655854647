using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReproGate.Corpus;

/// <summary>What was judged, in this run and in earlier ones: a file that is written after each build's worth of mutations, so that a run that is cut short goes on where it was. Several threads may add.</summary>
internal sealed class Kept
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
    private readonly Lock _lock = new();
    private readonly string _file;
    private readonly Dictionary<string, string> _hashes;
    private readonly Dictionary<(string Subject, string Key), Outcome> _outcomes = [];
    private readonly Dictionary<(string Subject, string Part), Untouched> _untouched = [];

    private Kept(string file, Catalogue catalogue)
    {
        _file = file;
        _hashes = catalogue.Mutations.ToDictionary(static mutation => mutation.Key, static mutation => mutation.Hash, StringComparer.Ordinal);
    }

    /// <summary>Every outcome whose mutation the catalogue still holds as it was judged.</summary>
    public IReadOnlyList<Outcome> Outcomes => [.. _outcomes.Values.Where(IsOfCatalogue).OrderBy(static outcome => outcome.Subject, StringComparer.Ordinal).ThenBy(static outcome => outcome.Key, StringComparer.Ordinal)];

    /// <summary>What was said of repositories as they stood.</summary>
    public IReadOnlyList<Untouched> Untouched => [.. _untouched.Values.OrderBy(static entry => entry.Subject, StringComparer.Ordinal).ThenBy(static entry => entry.Part, StringComparer.Ordinal)];

    /// <summary>Reads the file, where it is there.</summary>
    /// <exception cref="JsonException">It is none of this.</exception>
    public static Kept Read(string file, Catalogue catalogue)
    {
        var kept = new Kept(file, catalogue);
        if (File.Exists(file) && JsonSerializer.Deserialize<Document>(File.ReadAllText(file), Options) is { } document)
        {
            foreach (Outcome outcome in document.Outcomes)
            {
                kept._outcomes[(outcome.Subject, outcome.Key)] = outcome;
            }

            foreach (Untouched untouched in document.Untouched)
            {
                kept._untouched[(untouched.Subject, untouched.Part)] = untouched;
            }
        }

        return kept;
    }

    /// <summary>Whether a mutation, as the catalogue has it now, was judged in a repository.</summary>
    /// <param name="whole">Whether the mend and the plain SDK count too.</param>
    public bool Has(string subject, Mutation mutation, bool whole) =>
        _outcomes.TryGetValue((subject, mutation.Key), out Outcome? outcome) && outcome.Mutation == mutation.Hash && outcome.IsJudged && (!whole || outcome.IsWhole);

    /// <summary>Whether a mutation was judged in a repository, and its neighbours were not asked yet.</summary>
    public bool LacksNeighbours(string subject, Mutation mutation)
    {
        lock (_lock)
        {
            return _outcomes.TryGetValue((subject, mutation.Key), out Outcome? outcome) && IsOfCatalogue(outcome) && outcome.Neighbours is null;
        }
    }

    /// <summary>Adds what the neighbours said of a judged mutation.</summary>
    public void AddNeighbours(string subject, IEnumerable<Trial> trials)
    {
        lock (_lock)
        {
            foreach (Trial trial in trials.Where(static trial => trial.Neighbours is not null))
            {
                if (_outcomes.TryGetValue((subject, trial.Mutation.Key), out Outcome? outcome))
                {
                    _outcomes[(subject, trial.Mutation.Key)] = outcome with { Neighbours = trial.Neighbours };
                }
            }

            Write();
        }
    }

    /// <summary>What the plain SDK said of the mutation when it was last asked; null where it was not. It does not change with the gate.</summary>
    public string? Plain(string subject, Mutation mutation)
    {
        lock (_lock)
        {
            return Plain(subject, mutation.Key);
        }
    }

    private string? Plain(string subject, string key) =>
        _outcomes.TryGetValue((subject, key), out Outcome? outcome) ? outcome.Plain : null;

    /// <summary>Adds outcomes in place of older ones of the same mutations in the same repository, and writes the file.</summary>
    public void Add(IEnumerable<Outcome> outcomes)
    {
        lock (_lock)
        {
            foreach (Outcome outcome in outcomes)
            {
                _outcomes[(outcome.Subject, outcome.Key)] = outcome with { Plain = outcome.Plain ?? Plain(outcome.Subject, outcome.Key), Neighbours = outcome.Neighbours ?? _outcomes.GetValueOrDefault((outcome.Subject, outcome.Key))?.Neighbours };
            }

            Write();
        }
    }

    /// <summary>Adds what was said of a repository as it stood, and writes the file.</summary>
    public void Add(Untouched untouched)
    {
        lock (_lock)
        {
            _untouched[(untouched.Subject, untouched.Part)] = untouched;
            Write();
        }
    }

    private bool IsOfCatalogue(Outcome outcome) => outcome.IsJudged && _hashes.TryGetValue(outcome.Key, out string? hash) && outcome.Mutation == hash;

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        string half = _file + ".half";
        File.WriteAllText(half, JsonSerializer.Serialize(new Document(Untouched, [.. _outcomes.Values.OrderBy(static outcome => outcome.Subject, StringComparer.Ordinal).ThenBy(static outcome => outcome.Key, StringComparer.Ordinal)]), Options));
        File.Move(half, _file, overwrite: true);
    }

    private sealed record Document(IReadOnlyList<Untouched> Untouched, IReadOnlyList<Outcome> Outcomes);
}
