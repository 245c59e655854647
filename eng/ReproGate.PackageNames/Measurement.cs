using System.Diagnostics;
using System.Globalization;
using ReproGate.Gates.Packages.Names;

namespace ReproGate.PackageNames;

/// <summary>What suggestions and lookalikes are worth on one half of the corpus.</summary>
internal sealed class Measurement
{
    /// <summary>Kinds that leave the id nearly as it was: what a lookalike is. The others recombine words.</summary>
    private static readonly string[] Misspelt = ["order", "separator", "plural", "typo", "squat", "homoglyph"];

    public Measurement(Corpus corpus)
    {
        Slips = corpus.Slips;
        Legitimate = corpus.Legitimate;
        OutsideList = [.. corpus.Legitimate.Where(static id => WellKnownPackages.Find(id) is null)];
        // The data is read and the code compiled once in a process; what counts is what each further id costs.
        for (int round = 0; round < 200; round++)
        {
            Lookalikes.Find($"Warm.Up{round}", KnownNames.None);
            NameSuggestions.FromKnown($"Warm.Up.Logging{round}", KnownNames.None);
        }

        foreach (Slip slip in corpus.Slips)
        {
            IReadOnlyList<NameCandidate> candidates = Timed(SuggestionTimes, () => NameSuggestions.FromKnown(slip.Id, KnownNames.None));
            Suggested[slip] = candidates.TakeWhile(candidate => !candidate.Id.Equals(slip.Intended, StringComparison.OrdinalIgnoreCase)).Count() is var before && before < candidates.Count ? before + 1 : 0;
            Probed[slip] = NameSuggestions.Probes(slip.Id).Contains(slip.Intended, StringComparer.OrdinalIgnoreCase);
            Found[slip] = Timed(LookalikeTimes, () => Lookalikes.Find(slip.Id, KnownNames.None));
        }

        foreach (string id in corpus.Legitimate)
        {
            if (Timed(LookalikeTimes, () => Lookalikes.Find(id, KnownNames.None)) is { } accusation)
            {
                Accused.Add(accusation);
            }
        }
    }

    public Slip[] Slips { get; }

    public string[] Legitimate { get; }

    public string[] OutsideList { get; }

    /// <summary>The place of the intended id among three, from 1; 0 where it is not among them.</summary>
    public Dictionary<Slip, int> Suggested { get; } = [];

    public Dictionary<Slip, bool> Probed { get; } = [];

    public Dictionary<Slip, Lookalike?> Found { get; } = [];

    public List<Lookalike> Accused { get; } = [];

    public List<TimeSpan> SuggestionTimes { get; } = [];

    public List<TimeSpan> LookalikeTimes { get; } = [];

    /// <summary>The well-known ids that would be accused if they were not on the list themselves.</summary>
    public static Lookalike[] AccusedWhenUnknown() => [.. WellKnownPackages.All.Select(static package => CloseNames.Find(package.Id, [], package.Id)).OfType<Lookalike>()];

    public static bool IsMisspelt(Slip slip) => Misspelt.Contains(slip.Kind);

    public bool IsFound(Slip slip) => Found[slip] is { } lookalike && lookalike.Resembles.Equals(slip.Intended, StringComparison.OrdinalIgnoreCase) && (slip.Kind != "homoglyph" || lookalike.Kind == LookalikeKind.Homoglyph);

    // The fastest of five: what the code costs, not what else the machine was doing.
    private static T Timed<T>(List<TimeSpan> times, Func<T> call)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        T result = default!;
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            result = call();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            fastest = elapsed < fastest ? elapsed : fastest;
        }

        times.Add(fastest);
        return result;
    }

    /// <summary>A share as <c>93.4 % (312 of 334)</c>.</summary>
    public static string Share(int part, int whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} % ({part} of {whole})");

    public static string Milliseconds(List<TimeSpan> times, double quantile) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.Order().ElementAt((int)((times.Count - 1) * quantile)).TotalMilliseconds:0.00} ms");
}
