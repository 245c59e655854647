using ReproGate.Gates.Packages.Names;

namespace ReproGate.PackageNames;

/// <summary>Measures the corpus, prints the table, writes it where asked.</summary>
internal static class MeasureCommand
{
    // What the README promises, on the half that nothing was tuned on.
    private const double LeastSuggested = 0.90, LeastPrecision = 0.99;

    /// <summary>0; or 1 where a figure of the held-out half is below what is promised.</summary>
    public static int Run(DirectoryInfo folder, FileInfo? output, bool tuningOnly, TextWriter log)
    {
        Corpus corpus = Corpus.Read(folder.FullName);
        var tune = new Measurement(corpus.Half(tune: true));
        if (tuningOnly)
        {
            Misses(tune, log);
            log.WriteLine(Table([("tuning half", tune)]));
            return 0;
        }

        Lookalike[] unknown = Measurement.AccusedWhenUnknown();
        var test = new Measurement(corpus.Half(tune: false));
        string table = Table([("held-out half", test), ("tuning half", tune)])
            + $"\n\nEach of the well-known ids judged as if it were not on the list itself, the hardest neighbours there are: {Measurement.Share(unknown.Length, WellKnownPackages.All.Count)} would be accused.";
        log.WriteLine(table);
        if (output is not null)
        {
            Directory.CreateDirectory(output.DirectoryName!);
            File.WriteAllText(output.FullName, Page(table));
        }

        int suggested = test.Slips.Count(slip => test.Suggested[slip] > 0);
        return suggested < LeastSuggested * test.Slips.Length || test.OutsideList.Length - test.Accused.Count < LeastPrecision * test.OutsideList.Length ? 1 : 0;
    }

    private static string Table((string Name, Measurement Measured)[] halves)
    {
        var rows = new List<string[]>
        {
            Row("ids people or models wrote that are not what they meant", static half => $"{half.Slips.Length}"),
            Row("the id they meant is the first suggestion", static half => Measurement.Share(half.Slips.Count(slip => half.Suggested[slip] == 1), half.Slips.Length)),
            Row("… is among three suggestions", static half => Measurement.Share(half.Slips.Count(slip => half.Suggested[slip] > 0), half.Slips.Length)),
            Row("… where it is on the list", static half => Measurement.Share(half.Slips.Count(slip => half.Suggested[slip] > 0), half.Slips.Count(static slip => WellKnownPackages.Find(slip.Intended) is not null))),
            Row("… or among the twelve spellings a feed is asked for", static half => Measurement.Share(half.Slips.Count(slip => half.Suggested[slip] > 0 || half.Probed[slip]), half.Slips.Length)),
        };
        rows.AddRange(halves.SelectMany(static half => half.Measured.Slips).Select(static slip => slip.Kind).Distinct().Order(StringComparer.Ordinal).Select(kind =>
            Row($"… among three, of kind {kind}", half => Measurement.Share(half.Slips.Count(slip => slip.Kind == kind && half.Suggested[slip] > 0), half.Slips.Count(slip => slip.Kind == kind)))));
        rows.AddRange(
        [
            Row("homoglyphs told as such, with the id they imitate", static half => Share(half, static slip => slip.Kind == "homoglyph")),
            Row("misspelt ids (typo, squat, separator, order, plural) told as close names", static half => Share(half, static slip => Measurement.IsMisspelt(slip) && slip.Kind != "homoglyph")),
            Row("… of those that a stranger may register, outside reserved prefixes", static half => Share(half, static slip => Measurement.IsMisspelt(slip) && slip.Kind != "homoglyph" && !ReservedPrefixes.Cover(slip.Id))),
            Row("legitimate ids accused", static half => Measurement.Share(half.Accused.Count, half.Legitimate.Length)),
            Row("… of those that are not on the list", static half => Measurement.Share(half.Accused.Count, half.OutsideList.Length)),
            Row("time of one look for a lookalike, median and 99th percentile", static half => $"{Measurement.Milliseconds(half.LookalikeTimes, 0.5)}, {Measurement.Milliseconds(half.LookalikeTimes, 0.99)}"),
            Row("time of one set of suggestions, median and 99th percentile", static half => $"{Measurement.Milliseconds(half.SuggestionTimes, 0.5)}, {Measurement.Milliseconds(half.SuggestionTimes, 0.99)}"),
        ]);
        string[] header = ["", .. halves.Select(static half => half.Name)];
        return string.Join('\n', new[] { header, [.. header.Select(static _ => "---")] }.Concat(rows).Select(static row => $"| {string.Join(" | ", row)} |"));

        string[] Row(string name, Func<Measurement, string> figure) => [name, .. halves.Select(half => figure(half.Measured))];
        static string Share(Measurement half, Func<Slip, bool> chosen) => Measurement.Share(half.Slips.Count(slip => chosen(slip) && half.IsFound(slip)), half.Slips.Count(chosen));
    }

    private static void Misses(Measurement half, TextWriter log)
    {
        foreach (Slip slip in half.Slips.Where(slip => half.Suggested[slip] == 0))
        {
            log.WriteLine($"not suggested  {slip.Id} ({slip.Kind}): {slip.Intended}{(WellKnownPackages.Find(slip.Intended) is null ? ", not on the list" : "")}; but {string.Join(", ", NameSuggestions.FromKnown(slip.Id, KnownNames.None).Select(static candidate => candidate.Id))}");
        }

        foreach (Slip slip in half.Slips.Where(slip => Measurement.IsMisspelt(slip) && !half.IsFound(slip)))
        {
            log.WriteLine($"not told       {slip.Id} ({slip.Kind}): {slip.Intended}{(half.Found[slip] is { } other ? $"; but {other.Resembles}" : "")}");
        }

        foreach (Lookalike accused in Measurement.AccusedWhenUnknown())
        {
            log.WriteLine($"if unknown     {accused.Id}: {accused.How}");
        }

        foreach (Lookalike accused in half.Accused)
        {
            log.WriteLine($"accused        {accused.Id}: {accused.How}");
        }
    }

    private static string Page(string table) =>
        $"""
        # Names of packages: what is suggested, what is accused

        Written by `eng/package-names.sh`. The corpus is in `testassets/package-names`: ids as people and language models write them, by
        hand, each with the id that was meant; and ids of packages that exist, most of them not on the list of well-known ids. It is cut in
        two by a hash; rules and weights were tuned on one half, and the other only measures. Suggestions come from the shipped list alone,
        as in a repository that declares nothing yet; in a real one its own ids come first, and a feed is asked for likely spellings.

        {table}

        Limits: the corpus was written by the people who wrote the rules, so it holds the slips they know of. An intended id that is not
        on the list cannot be suggested from it, and counts as a miss. Times are the fastest of five, with the data read already.

        """.ReplaceLineEndings("\n");
}
