using System.Globalization;
using System.Net;
using System.Text;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes a run as one page: no script, nothing loaded from elsewhere, readable in light and dark, on paper and on a phone.</summary>
public static class CleanRoomPage
{
    private const int MostDifferences = 200;
    private const int MostParts = 30;
    private const int MostLines = 60;

    /// <summary>Writes the page.</summary>
    public static byte[] Write(CleanRoomReport report)
    {
        var page = new StringBuilder();
        string title = $"Clean room: {report.Repository}";
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            // Whatever an output's text holds, the page loads and runs nothing.
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<title>").Append(Text(title)).Append("</title>\n<style>\n").Append(Style).Append("</style>\n</head>\n<body>\n");
        WriteHeader(page, report);
        page.Append("<main>\n");
        WriteFindings(page, report);
        WriteFailure(page, report);
        WriteGrades(page, report);
        WriteDifferences(page, report);
        WriteVariations(page, report);
        WriteTimeline(page, report);
        page.Append("</main>\n<footer><p>ReproGate ").Append(Text(report.ToolVersion)).Append("</p></footer>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void WriteHeader(StringBuilder page, CleanRoomReport report)
    {
        int errors = report.Findings.Count(static finding => finding.Severity == Severity.Error);
        int warnings = report.Findings.Count(static finding => finding.Severity == Severity.Warning);
        (string mark, string verdict) = report.Obstacle.Length > 0 ? ("bad", "The room could not be built") : errors > 0 ? ("bad", $"{Count(errors, "error")}{(warnings > 0 ? $", {Count(warnings, "warning")}" : "")}")
            : warnings > 0 ? ("warn", Count(warnings, "warning"))
            : report.Comparison is null ? ("warn", "Nothing was compared")
            : report.Comparison.Differences.IsEmpty ? ("good", "Every output is identical") : ("warn", $"{Count(report.Comparison.Differences.Length, "output")} not identical");
        page.Append("<header>\n<h1>Clean room: ").Append(Text(report.Repository)).Append("</h1>\n<p class=\"verdict ").Append(mark).Append("\">").Append(Text(verdict)).Append("</p>\n<dl>\n");
        Row("Commit", report.Commit + (report.IsModified ? ", with uncommitted changes" : ""));
        Row("Built", report.Entry);
        Row("Job", report.Job);
        Row("Platform", report.ImagePlatform);
        Row("Engine", report.Engine + (report.Context.Length > 0 ? $" of {report.Context}" : "") + (report.IsWeakerRoom ? " (weaker than a container)" : ""));
        Row("Image", report.Image);
        Row("System", report.System.Length > 0 ? report.Paths.Scrub(report.System) + ", pinned by nothing" : "");
        Row("Started", CleanRoomJson.Iso(report.Started));
        Row("Took", Seconds(report.Elapsed));
        page.Append("</dl>\n</header>\n");
        if (report.IsWeakerRoom)
        {
            page.Append("<section aria-labelledby=\"weaker\">\n<h2 id=\"weaker\">A weaker room than a container</h2>\n<ul class=\"findings\">\n");
            foreach (string reason in report.Weaker)
            {
                page.Append("<li class=\"warn\"><p>").Append(Text(report.Paths.Scrub(reason))).Append("</p></li>\n");
            }

            page.Append("</ul>\n<p>What passes here may need this machine all the same; only a container engine's room proves that it does not.</p>\n</section>\n");
        }

        void Row(string name, string value)
        {
            if (value.Length > 0)
            {
                page.Append("<div><dt>").Append(name).Append("</dt><dd>").Append(Text(value)).Append("</dd></div>\n");
            }
        }
    }

    private static void WriteFindings(StringBuilder page, CleanRoomReport report)
    {
        JudgedFinding[] told = [.. report.Findings.Where(static finding => finding.Severity > Severity.None).OrderByDescending(static finding => finding.Severity)];
        if (told.Length == 0)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n<ul class=\"findings\">\n");
        foreach (JudgedFinding judged in told)
        {
            Finding finding = judged.Finding;
            string place = report.Paths.Scrub(finding.Location.File) + (finding.Location switch
            {
                { Line: > 0, Column: > 0 } at => string.Create(CultureInfo.InvariantCulture, $"({at.Line},{at.Column})"),
                { Line: > 0 } at => string.Create(CultureInfo.InvariantCulture, $"({at.Line})"),
                _ => "",
            });
            page.Append("<li class=\"").Append(judged.Severity == Severity.Error ? "bad" : "warn").Append("\"><p class=\"place\"><strong>").Append(judged.Severity.ToString().ToLowerInvariant()).Append(' ').Append(finding.Rule.Id).Append("</strong> <code>").Append(Text(place)).Append("</code></p><p>")
                .Append(Text(report.Paths.Scrub(finding.What))).Append(' ').Append(Text(report.Paths.Scrub(finding.Why))).Append("</p><p class=\"mend\">").Append(Text(report.Paths.Scrub(finding.Fix))).Append("</p></li>\n");
        }

        page.Append("</ul>\n</section>\n");
    }

    private static void WriteFailure(StringBuilder page, CleanRoomReport report)
    {
        if (report.FailureOutput.IsEmpty)
        {
            return;
        }

        ReadOnlySpan<string> last = report.FailureOutput.AsSpan()[Math.Max(0, report.FailureOutput.Length - MostLines)..];
        page.Append("<section aria-labelledby=\"output\">\n<h2 id=\"output\">The last lines of the step that failed</h2>\n<pre tabindex=\"0\">");
        foreach (string line in last)
        {
            page.Append(Text(report.Paths.Scrub(line))).Append('\n');
        }

        page.Append("</pre>\n</section>\n");
    }

    private static void WriteGrades(StringBuilder page, CleanRoomReport report)
    {
        if (report.Comparison is not { } comparison)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"grades\">\n<h2 id=\"grades\">Outputs</h2>\n<div class=\"scroll\"><table class=\"grades\">\n<caption>")
            .Append(Count(comparison.Files, "output")).Append(", ").Append(Text(string.Create(CultureInfo.InvariantCulture, $"{comparison.Bytes / 1048576.0:0.0} MB"))).Append(", compared byte by byte</caption>\n<thead><tr><th scope=\"col\">Grade</th><th scope=\"col\" class=\"number\">Outputs</th><th scope=\"col\">Share</th></tr></thead>\n<tbody>\n");
        foreach ((Grade grade, int count) in report.Grades)
        {
            double share = comparison.Files == 0 ? 0 : 100.0 * count / comparison.Files;
            page.Append("<tr><th scope=\"row\">").Append(CleanRoomReport.NameOf(grade)).Append("</th><td class=\"number\">").Append(count.ToString(CultureInfo.InvariantCulture)).Append("</td><td><span class=\"bar ").Append(ClassOf(grade)).Append("\" style=\"width:").Append(share.ToString("0.#", CultureInfo.InvariantCulture)).Append("%\"></span> ").Append(share.ToString("0.#", CultureInfo.InvariantCulture)).Append(" %</td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void WriteDifferences(StringBuilder page, CleanRoomReport report)
    {
        if (report.Comparison is not { Differences.IsEmpty: false } comparison)
        {
            return;
        }

        Dictionary<string, DifferingOutput> explained = report.Explained.GroupBy(static output => output.Path).ToDictionary(static group => group.Key, static group => group.First(), StringComparer.Ordinal);
        OutputDifference[] shown = [.. comparison.Differences.OrderBy(static difference => difference.Grade == Grade.MetadataOnly).ThenBy(difference => explained.TryGetValue(difference.Path, out DifferingOutput? output) && output.Cause.Class == CauseClass.Follows).Take(MostDifferences)];
        page.Append("<section aria-labelledby=\"differences\">\n<h2 id=\"differences\">What differs</h2>\n");
        if (comparison.Differences.Length > shown.Length)
        {
            page.Append("<p>The first ").Append(shown.Length.ToString(CultureInfo.InvariantCulture)).Append(" of ").Append(comparison.Differences.Length.ToString(CultureInfo.InvariantCulture)).Append("; cleanroom.json has all.</p>\n");
        }

        for (int index = 0; index < shown.Length; index++)
        {
            WriteDifference(page, report, shown[index], explained.GetValueOrDefault(shown[index].Path), open: index < 10);
        }

        page.Append("</section>\n");
    }

    private static void WriteDifference(StringBuilder page, CleanRoomReport report, OutputDifference difference, DifferingOutput? output, bool open)
    {
        page.Append("<details").Append(open ? " open" : "").Append(">\n<summary><span class=\"tag ").Append(ClassOf(difference.Grade)).Append("\">").Append(CleanRoomReport.NameOf(difference.Grade)).Append("</span> <code>").Append(Text(difference.Path)).Append("</code></summary>\n");
        if (output is not null)
        {
            page.Append("<dl class=\"cause\">\n");
            Row("Cause", Words(output.Cause.Class) + (output.Cause.Evidence.Length > 0 ? $": {output.Cause.Evidence}" : ""));
            Row("Comes from", output.Cause.Origin + (output.Cause.Location is { } location ? $"{(output.Cause.Origin.Length > 0 ? ", " : "")}{report.Paths.Scrub(location.ToString())}" : ""));
            Row("Written by", output.Producer);
            Row("Differs with", output.IsFlaky ? "nothing varied" : string.Join(", ", output.Variations));
            Row("Mend", output.Cause.Mend);
            page.Append("</dl>\n");
        }

        page.Append("<div class=\"scroll\"><table class=\"parts\">\n<caption>Inside the output</caption>\n<thead><tr><th scope=\"col\">Place</th><th scope=\"col\">First build</th><th scope=\"col\">Second build</th></tr></thead>\n<tbody>\n");
        foreach (DifferencePart part in difference.Parts.Take(MostParts))
        {
            (string left, string right) = Marked(report.Paths.Scrub(part.Left), report.Paths.Scrub(part.Right));
            page.Append("<tr><th scope=\"row\">").Append(Text(Inner(part.Where, difference.Path))).Append("<br><small>").Append(Text(part.Kind)).Append("</small></th><td data-side=\"First\"><code>").Append(left).Append("</code></td><td data-side=\"Second\"><code>").Append(right).Append("</code></td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
        if (difference.Parts.Length > MostParts)
        {
            page.Append("<p>").Append(Count(difference.Parts.Length - MostParts, "more place")).Append(" in cleanroom.json.</p>\n");
        }

        if (report.FirstTree.Length > 0 && report.SecondTree.Length > 0 && HexView.Of(Full(report.FirstTree), Full(report.SecondTree)) is { } hex)
        {
            static string Mark(string piece) => $"<mark>{piece}</mark>";
            page.Append("<div class=\"hex\"><figure><figcaption>First build, bytes</figcaption><pre tabindex=\"0\">").Append(hex.ToHtml(right: false, Mark)).Append("</pre></figure><figure><figcaption>Second build, bytes</figcaption><pre tabindex=\"0\">").Append(hex.ToHtml(right: true, Mark)).Append("</pre></figure></div>\n");
        }

        page.Append("</details>\n");

        string Full(string tree) => Path.Combine(tree, difference.Path.Replace('/', Path.DirectorySeparatorChar));

        void Row(string name, string value)
        {
            if (value.Length > 0)
            {
                page.Append("<div><dt>").Append(name).Append("</dt><dd>").Append(Text(report.Paths.Scrub(value))).Append("</dd></div>\n");
            }
        }
    }

    private static void WriteVariations(StringBuilder page, CleanRoomReport report)
    {
        if (report.Variations.IsEmpty)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"variations\">\n<h2 id=\"variations\">What was varied</h2>\n<div class=\"scroll\"><table class=\"parts\">\n<caption>The two builds ran with</caption>\n<thead><tr><th scope=\"col\">Thing</th><th scope=\"col\">First build</th><th scope=\"col\">Second build</th></tr></thead>\n<tbody>\n");
        foreach (ReportVariation variation in report.Variations)
        {
            page.Append("<tr><th scope=\"row\">").Append(Text(variation.Name)).Append("</th><td data-side=\"First\"><code>").Append(Text(variation.First)).Append("</code></td><td data-side=\"Second\"><code>").Append(Text(variation.Second)).Append("</code></td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void WriteTimeline(StringBuilder page, CleanRoomReport report)
    {
        if (report.Phases.IsEmpty)
        {
            return;
        }

        double total = Math.Max(report.Elapsed.TotalSeconds, 0.001);
        page.Append("<section aria-labelledby=\"phases\">\n<h2 id=\"phases\">Phases</h2>\n<div class=\"scroll\"><table class=\"phases\">\n<caption>").Append(Seconds(report.Elapsed)).Append(" in all</caption>\n<thead><tr><th scope=\"col\">Phase</th><th scope=\"col\" class=\"number\">Time</th><th scope=\"col\" class=\"line\">When</th><th scope=\"col\">Outcome</th></tr></thead>\n<tbody>\n");
        foreach (PhaseRecord phase in report.Phases)
        {
            double left = 100 * phase.Start.TotalSeconds / total;
            double width = Math.Max(0.5, 100 * phase.Elapsed.TotalSeconds / total);
            page.Append("<tr><th scope=\"row\">").Append(Text(phase.Name)).Append("</th><td class=\"number\">").Append(Seconds(phase.Elapsed)).Append("</td><td class=\"line\"><span class=\"track\"><span class=\"bar good\" style=\"margin-left:").Append(Math.Min(99.5, left).ToString("0.##", CultureInfo.InvariantCulture)).Append("%;width:").Append(Math.Min(width, 100 - Math.Min(99.5, left)).ToString("0.##", CultureInfo.InvariantCulture)).Append("%\"></span></span></td><td>").Append(Text(report.Paths.Scrub(phase.Outcome))).Append("</td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    // Marks what lies between the common beginning and the common end.
    private static (string Left, string Right) Marked(string left, string right)
    {
        if (left == right)
        {
            return (Text(left), Text(right));
        }

        int start = left.AsSpan().CommonPrefixLength(right);
        int end = 0;
        while (end < Math.Min(left.Length, right.Length) - start && left[left.Length - 1 - end] == right[right.Length - 1 - end])
        {
            end++;
        }

        return (Mark(left), Mark(right));

        string Mark(string text) => text.Length == 0
            ? "<em>nothing</em>"
            : $"{Text(text[..start])}<mark>{Text(text[start..(text.Length - end)])}</mark>{Text(text[(text.Length - end)..])}";
    }

    private static string Inner(string where, string path) => where.StartsWith(path + " › ", StringComparison.Ordinal) ? where[(path.Length + 3)..] : where == path ? "whole file" : where;

    private static string ClassOf(Grade grade) => grade switch
    {
        Grade.Identical => "good",
        Grade.MetadataOnly or Grade.NotTested => "warn",
        _ => "bad",
    };

    private static string Words(CauseClass cause)
    {
        string name = cause.ToString();
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            words.Append(words.Length > 0 && char.IsUpper(letter) ? " " : "").Append(words.Length > 0 ? char.ToLowerInvariant(letter) : letter);
        }

        return words.ToString();
    }

    private static string Count(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    internal const string Style = """
        :root { --ground: #fff; --sunk: #f4f5f7; --ink: #1a1d21; --soft: #525a64; --line: #d5d9de; --good: #1a7f37; --warn: #8a5a00; --bad: #b3261e; --mark: #ffe08a; --mark-ink: #1a1d21; }
        @media (prefers-color-scheme: dark) { :root { --ground: #15181c; --sunk: #1f2429; --ink: #e6e9ed; --soft: #a4adb8; --line: #3a424c; --good: #56d364; --warn: #e3b341; --bad: #ff8b82; --mark: #6b5200; --mark-ink: #fff3cf; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        h1 { font-size: 1.6rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
        code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .86em; }
        code { overflow-wrap: anywhere; }
        .verdict { font-size: 1.15rem; font-weight: 600; margin: 0 0 1rem; padding: .6rem .9rem; background: var(--sunk); border-left: .35rem solid; }
        .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
        dl { margin: 0; } dl div { display: grid; grid-template-columns: 8rem 1fr; gap: .75rem; padding: .1rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        .findings { list-style: none; margin: 0; padding: 0; } .findings li { border-left: .35rem solid; background: var(--sunk); padding: .6rem .9rem; margin-bottom: .75rem; } .findings p { margin: 0 0 .35rem; color: var(--ink); overflow-wrap: anywhere; } .findings strong { color: inherit; } .findings .bad .place strong, .findings li.bad strong { color: var(--bad); } .findings li.warn strong { color: var(--warn); } .mend { font-weight: 600; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding-bottom: .4rem; } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); } thead th { color: var(--soft); font-weight: 600; } tbody th { font-weight: 500; } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .grades { max-width: 42rem; } .grades td:last-child { width: 50%; white-space: nowrap; }
        .bar { display: inline-block; height: .7rem; min-width: 2px; max-width: calc(100% - 5rem); background: currentColor; vertical-align: middle; } .track { display: block; background: var(--sunk); } .track .bar { display: block; max-width: none; } .line { width: 35%; min-width: 8rem; }
        details { border: 1px solid var(--line); margin-bottom: .75rem; padding: 0 .9rem; } summary { cursor: pointer; padding: .6rem 0; } details[open] { padding-bottom: .9rem; } .cause { margin-bottom: .9rem; }
        .tag { display: inline-block; font-size: .8rem; font-weight: 600; border: 1px solid; padding: 0 .45rem; margin-right: .4rem; }
        .parts { table-layout: fixed; } .parts th:first-child { width: 30%; overflow-wrap: anywhere; } small { color: var(--soft); font-weight: 400; }
        mark { background: var(--mark); color: var(--mark-ink); }
        .hex { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: .9rem; } figure { margin: 0; min-width: 0; } figcaption { color: var(--soft); padding-bottom: .3rem; } pre { margin: 0; padding: .6rem; background: var(--sunk); overflow-x: auto; font-size: .75rem; line-height: 1.45; }
        footer { margin-top: 2.5rem; color: var(--soft); }
        :focus-visible { outline: 2px solid var(--warn); outline-offset: 2px; }
        @media (max-width: 60rem) { .hex { grid-template-columns: 1fr; } }
        @media (max-width: 40rem) { body { padding: 1rem; } dl div { grid-template-columns: 1fr; gap: 0; padding-bottom: .35rem; } .parts, .parts tbody, .parts tr, .parts th, .parts td { display: block; width: auto; } .parts th:first-child { width: auto; border-bottom: 0; padding-bottom: 0; } .parts td { border-bottom: 0; padding: .15rem .6rem; } .parts td::before { content: attr(data-side) ": "; color: var(--soft); } .parts tr { border-bottom: 1px solid var(--line); padding: .3rem 0; } .parts thead { display: none; } .phases .line, .phases th.line { display: none; } }
        @media print { body { max-width: none; padding: 0; font-size: 10pt; } details { break-inside: avoid; } pre { white-space: pre-wrap; } }

        """;
}
