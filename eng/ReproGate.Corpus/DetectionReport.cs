using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReproGate.Corpus;

/// <summary>The tables of <c>docs/benchmarks/detection.md</c>, over this run and those kept from earlier ones.</summary>
internal sealed class DetectionReport
{
    private const string Begin = "<!-- figures -->";
    private const string End = "<!-- end of figures -->";
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Dictionary<(string, string), Outcome> _outcomes = [];
    private readonly HashSet<string> _known;

    /// <param name="catalogue">What counts; kept outcomes of mutations that are gone do not.</param>
    public DetectionReport(Catalogue catalogue) => _known = [.. catalogue.Mutations.Select(static mutation => mutation.Key)];

    /// <summary>Whether a fault was not told rightly or a near miss accused.</summary>
    public bool Failed => All.Any(static outcome => outcome.Answer != Answer.Right || outcome.Accused.Length > 0);

    private Outcome[] All => [.. _outcomes.Values.Where(outcome => _known.Contains(outcome.Key)).OrderBy(static outcome => outcome.Subject, StringComparer.Ordinal).ThenBy(static outcome => outcome.Key, StringComparer.Ordinal)];

    /// <summary>Adds an outcome, in place of an older one of the same mutation in the same repository.</summary>
    public void Add(Outcome outcome) => _outcomes[(outcome.Subject, outcome.Key)] =
        outcome.Fixed is null && _outcomes.TryGetValue((outcome.Subject, outcome.Key), out Outcome? older) ? outcome with { Fixed = older.Fixed } : outcome;

    /// <summary>Reads outcomes kept by earlier runs, where the file is there.</summary>
    public void Read(string file)
    {
        if (File.Exists(file))
        {
            foreach (Outcome outcome in JsonSerializer.Deserialize<Outcome[]>(File.ReadAllText(file), Options) ?? [])
            {
                Add(outcome);
            }
        }
    }

    /// <summary>Keeps every outcome.</summary>
    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(All, Options));

    /// <summary>Every table.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        const string Columns = "right rule, right line | right rule elsewhere | another rule | missed | near misses accused | plain SDK | `fix` restores green |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
        text.Append("| repository | mutations | ").Append(Columns);
        foreach (IGrouping<string, Outcome> subject in All.GroupBy(static outcome => outcome.Commit.Length == 0 ? outcome.Subject : $"{outcome.Subject} `{outcome.Commit[..Math.Min(12, outcome.Commit.Length)]}`"))
        {
            Row(subject.Key, [.. subject]);
        }

        text.Append("\n| rule | mutations | ").Append(Columns);
        foreach (IGrouping<string, Outcome> rule in All.GroupBy(static outcome => outcome.Rule).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            Row($"[{rule.Key}](../rules/{rule.Key}.md)", [.. rule]);
        }

        Row("**all**", All);
        Outcome[] wrong = [.. All.Where(static outcome => outcome.Answer != Answer.Right || outcome.Accused.Length > 0)];
        if (wrong.Length > 0)
        {
            text.Append("\n| not as expected | rule | what was said |\n| --- | --- | --- |\n");
            foreach (Outcome outcome in wrong)
            {
                string said = outcome.Answer == Answer.Right ? "" : outcome.Said.Length == 0 ? "nothing" : outcome.Said;
                string accused = outcome.Accused.Length == 0 ? "" : $"of the near miss: {outcome.Accused}";
                text.Append(CultureInfo.InvariantCulture, $"| {outcome.Subject}, {outcome.Key}: {outcome.Name.Replace("|", "\\|", StringComparison.Ordinal)} | {outcome.Rule} | {string.Join("; ", ((string[])[said, accused]).Where(static part => part.Length > 0)).Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }

        return text.ToString();

        void Row(string name, Outcome[] outcomes) => text.Append(
            CultureInfo.InvariantCulture,
            $"| {name} | {outcomes.Length} | {Count(outcomes, Answer.Right)} | {Count(outcomes, Answer.Elsewhere)} | {Count(outcomes, Answer.Other)} | {Count(outcomes, Answer.Missed)} | {outcomes.Count(static outcome => outcome.Accused.Length > 0)} | {outcomes.Count(static outcome => outcome.Plain.Length > 0)} | {outcomes.Count(static outcome => outcome.Fixed == true)} of {outcomes.Count(static outcome => outcome.Fixed is not null)} |\n");
    }

    /// <summary>Puts the tables between the marks of a page.</summary>
    /// <exception cref="InvalidOperationException">The page has no marks.</exception>
    public static void WriteInto(string page, string tables)
    {
        string text = File.ReadAllText(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidOperationException($"{page} has no '{Begin}' … '{End}'.");
        }

        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n{tables}{text[end..]}");
    }

    private static int Count(Outcome[] outcomes, Answer answer) => outcomes.Count(outcome => outcome.Answer == answer);
}
