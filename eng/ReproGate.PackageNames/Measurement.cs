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
        foreach (Slip slip in corpus.Slips)
        {
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<NameCandidate> candidates = NameSuggestions.FromKnown(slip.Id, KnownNames.None);
            SuggestionTimes.Add(Stopwatch.GetElapsedTime(start));
            Suggested[slip] = candidates.TakeWhile(candidate => !candidate.Id.Equals(slip.Intended, StringComparison.OrdinalIgnoreCase)).Count() is var before && before < candidates.Count ? before + 1 : 0;
            Probed[slip] = NameSuggestions.Probes(slip.Id).Contains(slip.Intended, StringComparer.OrdinalIgnoreCase);
            start = Stopwatch.GetTimestamp();
            Found[slip] = Lookalikes.Find(slip.Id, KnownNames.None);
            LookalikeTimes.Add(Stopwatch.GetElapsedTime(start));
        }

        foreach (string id in corpus.Legitimate)
        {
            long start = Stopwatch.GetTimestamp();
            if (Lookalikes.Find(id, KnownNames.None) is { } accusation)
            {
                Accused.Add(accusation);
            }

            LookalikeTimes.Add(Stopwatch.GetElapsedTime(start));
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

    public static bool IsMisspelt(Slip slip) => Misspelt.Contains(slip.Kind);

    public bool IsFound(Slip slip) => Found[slip] is { } lookalike && lookalike.Resembles.Equals(slip.Intended, StringComparison.OrdinalIgnoreCase) && (slip.Kind != "homoglyph" || lookalike.Kind == LookalikeKind.Homoglyph);

    /// <summary>A share as <c>93.4 % (312 of 334)</c>.</summary>
    public static string Share(int part, int whole) => whole == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} % ({part} of {whole})");

    public static string Milliseconds(List<TimeSpan> times, double quantile) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.Order().ElementAt((int)((times.Count - 1) * quantile)).TotalMilliseconds:0.00} ms");
}
