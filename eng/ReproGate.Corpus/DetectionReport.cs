using System.Globalization;
using System.Text;

namespace ReproGate.Corpus;

/// <summary>The tables of <c>docs/benchmarks/detection.md</c>, over what was judged in this run and earlier ones.</summary>
/// <param name="outcomes">The mutations.</param>
/// <param name="untouched">The repositories before them.</param>
internal sealed class DetectionReport(IReadOnlyList<Outcome> outcomes, IReadOnlyList<Untouched> untouched)
{
    private const string Begin = "<!-- figures -->";
    private const string End = "<!-- end of figures -->";
    private const string Columns = "mutations | right rule, right line | right rule elsewhere | another rule | missed | near misses accused | said of the untouched repository | plain SDK | mended by `reprogate fix` | mended by the finding's command | a person decides |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

    /// <summary>Whether a fault was not told rightly or a near miss accused.</summary>
    public bool Failed => outcomes.Any(static outcome => outcome.Answer != Answer.Right || outcome.Accused is { Length: > 0 });

    /// <summary>Every table.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        Shares(text);
        string gates = string.Join(", ", outcomes.GroupBy(static outcome => outcome.Gate).OrderByDescending(static group => group.Count()).Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} of the gate at `{group.Key}`")));
        text.Append(CultureInfo.InvariantCulture, $"\nOf the rows are: {gates}.\n");
        text.Append("\n| repository | ").Append(Columns);
        foreach (IGrouping<(string Subject, string Commit), Outcome> subject in outcomes.GroupBy(static outcome => (outcome.Subject, outcome.Commit)))
        {
            int said = untouched.Where(entry => entry.Subject == subject.Key.Subject).Sum(static entry => entry.Findings.Values.Sum());
            Row(text, subject.Key.Commit.Length == 0 ? subject.Key.Subject : $"{subject.Key.Subject} `{subject.Key.Commit[..Math.Min(12, subject.Key.Commit.Length)]}`", [.. subject], said);
        }

        text.Append("\n| rule | ").Append(Columns);
        foreach (IGrouping<string, Outcome> rule in outcomes.GroupBy(static outcome => outcome.Rule).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            Row(text, $"[{rule.Key}](../rules/{rule.Key}.md)", [.. rule], untouched.Sum(entry => entry.Findings.GetValueOrDefault(rule.Key)));
        }

        Row(text, "**all**", outcomes, Said());
        Table(text, "not as expected | rule | what was said", outcomes.Where(static outcome => outcome.Answer != Answer.Right || outcome.Accused is { Length: > 0 }), static outcome => string.Join("; ", ((string[])
        [
            outcome.Answer == Answer.Right ? "" : outcome.Said.Length == 0 ? "nothing" : outcome.Said,
            outcome.Accused is null or "" ? "" : $"of the near miss: {outcome.Accused}",
        ]).Where(static part => part.Length > 0)));
        Table(text, "not green after its mend | rule | what was still said", outcomes.Where(static outcome => outcome.Fixed == false), static outcome => outcome.Left);
        Table(text, "a neighbour tells | rule | codes that it does not say of the near miss", outcomes.Where(static outcome => outcome.Neighbours is { Length: > 0 }), static outcome => outcome.Neighbours!);
        return text.ToString();
    }

    /// <summary>Puts the tables between the marks of a page.</summary>
    /// <exception cref="InvalidOperationException">The page has no marks.</exception>
    public static void WriteInto(string page, string tables)
    {
        string text = File.ReadAllText(page);
        (int begin, int end) = Between(text) ?? throw new InvalidOperationException(NoMarks(page));
        File.WriteAllText(page, $"{text[..begin]}\n{tables}{text[end..]}");
    }

    /// <summary>Why no tables can be written into a page; null where they can. To be asked before half an hour of judging, not behind it.</summary>
    public static string? WhyNotInto(FileInfo page) =>
        !page.Exists ? $"{page.FullName} is not there: tables are written into a page between '{Begin}' and '{End}'."
        : Between(File.ReadAllText(page.FullName)) is null ? NoMarks(page.FullName)
        : null;

    private static string NoMarks(string page) => $"{page} has no '{Begin}' … '{End}'.";

    private static (int Begin, int End)? Between(string text)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : (begin + Begin.Length, end);
    }

    /// <summary>Recall, precision and what is mended, each with its denominator.</summary>
    private void Shares(StringBuilder text)
    {
        int right = outcomes.Count(static outcome => outcome.Answer == Answer.Right);
        int accused = outcomes.Count(static outcome => outcome.Accused is { Length: > 0 });
        int mended = outcomes.Count(static outcome => outcome.Fixed == true);
        int tried = outcomes.Count(static outcome => outcome.Fixed is not null);
        text.Append("| | of | share |\n| --- | --- | --- |\n");
        Share("**recall**: the right rule at the right line", right, outcomes.Count, "mutations");
        Share("told by any rule", outcomes.Count(static outcome => outcome.Answer != Answer.Missed), outcomes.Count, "mutations");
        Share("**precision**: mutations told rightly, of these and the false accusations (near misses, untouched repositories)", right, right + accused + Said(), "told");
        Share("near misses that pass", outcomes.Count - accused, outcomes.Count, "near misses");
        Share("**green after the mend** that the finding carries", mended, tried, "mends tried");
        Share("green after the mend, of all that was told, those included that only a person can decide", mended, tried + outcomes.Count(static outcome => outcome.Mend == Mend.Person), "told");
        foreach ((string name, string[] prefixes) in Neighbours.All)
        {
            Share($"{name} says anything that it does not say of the near miss", outcomes.Count(outcome => Says(outcome, prefixes)), outcomes.Count(static outcome => outcome.Neighbours is not null), "mutations");
        }

        Share("the plain SDK says anything", outcomes.Count(static outcome => outcome.Plain is { Length: > 0 }), outcomes.Count(static outcome => outcome.Plain is not null), "mutations");

        void Share(string name, int part, int whole, string of) => text.Append(CultureInfo.InvariantCulture, $"| {name} | {part} of {whole} {of} | {(whole == 0 ? "–" : ((double)part / whole).ToString("P1", CultureInfo.InvariantCulture))} |\n");
    }

    private static bool Says(Outcome outcome, string[] prefixes) =>
        outcome.Neighbours is { Length: > 0 } codes && codes.Split(", ").Any(code => prefixes.Any(prefix => code.StartsWith(prefix, StringComparison.Ordinal)));

    private static void Row(StringBuilder text, string name, IReadOnlyList<Outcome> outcomes, int said) => text.Append(
        CultureInfo.InvariantCulture,
        $"| {name} | {outcomes.Count} | {Count(outcomes, Answer.Right)} | {Count(outcomes, Answer.Elsewhere)} | {Count(outcomes, Answer.Other)} | {Count(outcomes, Answer.Missed)} | {outcomes.Count(static outcome => outcome.Accused is { Length: > 0 })} | {said} | {outcomes.Count(static outcome => outcome.Plain is { Length: > 0 })} | {Mended(outcomes, Mend.Tool)} | {Mended(outcomes, Mend.Command)} | {outcomes.Count(static outcome => outcome.Mend == Mend.Person)} |\n");

    private static string Mended(IReadOnlyList<Outcome> outcomes, Mend mend)
    {
        Outcome[] carry = [.. outcomes.Where(outcome => outcome.Mend == mend)];
        int tried = carry.Count(static outcome => outcome.Fixed is not null);
        return carry.Length == 0 ? "–" : tried == 0 ? "not tried" : string.Create(CultureInfo.InvariantCulture, $"{carry.Count(static outcome => outcome.Fixed == true)} of {tried}");
    }

    private static void Table(StringBuilder text, string head, IEnumerable<Outcome> rows, Func<Outcome, string> last)
    {
        Outcome[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\n| {head} |\n| --- | --- | --- |\n");
        foreach (Outcome outcome in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {outcome.Subject}, {outcome.Key}: {Escape(outcome.Name)} | {outcome.Rule} | {Escape(last(outcome))} |\n");
        }

        static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal);
    }

    private int Said() => untouched.Sum(static entry => entry.Findings.Values.Sum());

    private static int Count(IReadOnlyList<Outcome> outcomes, Answer answer) => outcomes.Count(outcome => outcome.Answer == answer);
}
