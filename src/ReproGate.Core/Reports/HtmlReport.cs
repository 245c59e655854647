using System.Globalization;
using System.Net;
using System.Text;

namespace ReproGate.Reports;

/// <summary>
/// One self-contained page without scripts and without a request: summary, findings by gate with the lines around them and what mends
/// them. It reads on paper and on a phone, light and dark, and by its headings and landmarks with a screen reader.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="repository">The repository's name.</param>
    /// <param name="commit">The commit that was checked; empty where it is not known.</param>
    /// <param name="findings">The findings, suppressed ones included.</param>
    /// <param name="excerpt">The lines around a finding's place, from its file and line; null where there are none to show.</param>
    public static string Write(string repository, string commit, IReadOnlyList<ReportedFinding> findings, Func<ReportedFinding, SourceExcerpt?> excerpt)
    {
        ReportedFinding[] told = [.. findings.Where(static finding => !finding.Suppressed)];
        int errors = told.Count(static finding => finding.Level == Severity.Error);
        int warnings = told.Length - errors;
        int suppressed = findings.Count - told.Length;
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>ReproGate: ")
            .Append(Encode(repository)).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<header>\n<h1>").Append(Encode(repository)).Append("</h1>\n<p>");
        html.Append(commit.Length > 0 ? $"ReproGate at <code>{Encode(commit)}</code>" : "ReproGate").Append("</p>\n<ul class=\"sum\">\n");
        Tile(html, errors, errors == 1 ? "error" : "errors", errors > 0 ? "bad" : "good");
        Tile(html, warnings, warnings == 1 ? "warning" : "warnings", warnings > 0 ? "warn" : "good");
        Tile(html, suppressed, "accepted or suppressed", "plain");
        html.Append("</ul>\n</header>\n<main>\n");
        Summary(html, findings);
        foreach (IGrouping<Gate, ReportedFinding> gate in findings.GroupBy(static finding => RuleCatalog.Find(finding.RuleId)?.Gate ?? Gate.Itself).OrderBy(static group => group.Key))
        {
            html.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"g{gate.Key}\">\n<h2 id=\"g{gate.Key}\">{Encode(Name(gate.Key))}</h2>\n");
            foreach (ReportedFinding finding in gate.OrderBy(static finding => finding.Suppressed).ThenByDescending(static finding => finding.Level).ThenBy(static finding => finding.RuleId, StringComparer.Ordinal).ThenBy(static finding => finding.File, StringComparer.Ordinal).ThenBy(static finding => finding.Line))
            {
                Article(html, finding, excerpt(finding));
            }

            html.Append("</section>\n");
        }

        if (findings.Count == 0)
        {
            html.Append("<p class=\"good\">Nothing was found: everything that the build relies on is declared.</p>\n");
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Tile(StringBuilder html, int count, string what, string kind) =>
        html.Append(CultureInfo.InvariantCulture, $"<li class=\"{kind}\"><strong>{count}</strong> {what}</li>\n");

    private static void Summary(StringBuilder html, IReadOnlyList<ReportedFinding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        html.Append("<table>\n<caption>Findings by rule</caption>\n<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">Fault</th><th scope=\"col\" class=\"n\">Told</th><th scope=\"col\" class=\"n\">Accepted</th></tr></thead>\n<tbody>\n");
        foreach (IGrouping<string, ReportedFinding> rule in findings.GroupBy(static finding => finding.RuleId).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            int told = rule.Count(static finding => !finding.Suppressed);
            html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{rule.Key}</th><td>{Encode(RuleCatalog.Find(rule.Key)?.Title ?? "")}</td><td class=\"n\">{told}</td><td class=\"n\">{rule.Count() - told}</td></tr>\n");
        }

        html.Append("</tbody>\n</table>\n");
    }

    private static void Article(StringBuilder html, ReportedFinding finding, SourceExcerpt? excerpt)
    {
        string kind = finding.Suppressed ? "plain" : finding.Level == Severity.Error ? "bad" : "warn";
        string word = finding.Suppressed ? "accepted" : LineReports.Word(finding.Level);
        html.Append(CultureInfo.InvariantCulture, $"<article class=\"{kind}\">\n<h3><span class=\"tag\">{word}</span> {finding.RuleId}: {Encode(RuleCatalog.Find(finding.RuleId)?.Title ?? "")}</h3>\n<p class=\"at\">{Encode(finding.File + LineReports.Position(finding))}</p>\n");
        html.Append("<p>").Append(Encode(finding.What.Length > 0 ? finding.What : finding.Message)).Append("</p>\n");
        if (finding.Why.Length > 0)
        {
            html.Append("<p class=\"why\">").Append(Encode(finding.Why)).Append("</p>\n");
        }

        if (finding.Justification.Length > 0)
        {
            html.Append("<p><strong>Accepted by</strong> ").Append(Encode(finding.Justification)).Append("</p>\n");
        }

        if (excerpt is not null)
        {
            html.Append("<pre>");
            for (int i = 0; i < excerpt.Lines.Count; i++)
            {
                int number = excerpt.FirstLine + i;
                string line = string.Create(CultureInfo.InvariantCulture, $"{number,5}  {Encode(excerpt.Lines[i])}");
                html.Append(number == finding.Line ? $"<mark>{line}</mark>" : line).Append('\n');
            }

            html.Append("</pre>\n");
        }

        if (finding.Fix.Length > 0)
        {
            html.Append("<p class=\"fix\"><strong>What to do:</strong> ").Append(Encode(finding.Fix)).Append("</p>\n");
        }

        if (finding.Command.Length > 0)
        {
            html.Append("<pre class=\"cmd\">").Append(Encode(finding.Command)).Append("</pre>\n");
        }

        html.Append("</article>\n");
    }

    private static string Name(Gate gate) => gate switch
    {
        Gate.Itself => "ReproGate itself",
        Gate.LockedRestore => "Locked restore",
        Gate.Packages => "Packages",
        Gate.Configuration => "Configuration",
        Gate.Machine => "The machine",
        Gate.CleanRoom => "Clean room",
        _ => gate.ToString(),
    };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """

        :root{--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--bad:#b3261e;--warn:#8a5a00;--good:#1a7f37;--code:#f6f8fa;--mark:#fff3c4}
        @media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9aa4af;--line:#30363d;--bad:#ff8a80;--warn:#e3b341;--good:#56d364;--code:#161b22;--mark:#4b3f12}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:62rem;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,sans-serif}
        h1{margin:0;font-size:1.7rem}h2{margin:2.2rem 0 .6rem;font-size:1.25rem}h3{margin:0 0 .3rem;font-size:1.02rem}
        header p{margin:.2rem 0;color:var(--dim)}
        .sum{display:flex;flex-wrap:wrap;gap:.6rem;padding:0;list-style:none}.sum li{border:1px solid var(--line);border-left-width:5px;border-radius:6px;padding:.4rem .9rem}.sum strong{font-size:1.3rem}
        table{border-collapse:collapse;width:100%;margin-top:1rem}caption{text-align:left;color:var(--dim)}th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}.n{text-align:right}
        article{margin:.9rem 0;padding:.8rem 1rem;border:1px solid var(--line);border-left:5px solid var(--line);border-radius:6px;break-inside:avoid}
        article p{margin:.35rem 0;overflow-wrap:anywhere}
        .at{font-family:ui-monospace,monospace;font-size:.88rem;color:var(--dim)}.why{color:var(--dim)}
        .tag{text-transform:uppercase;font-size:.72rem;letter-spacing:.05em;border:1px solid currentColor;border-radius:4px;padding:.05rem .4rem}
        .bad{border-left-color:var(--bad)}.bad .tag,li.bad strong{color:var(--bad)}.warn{border-left-color:var(--warn)}.warn .tag,li.warn strong{color:var(--warn)}.good{border-left-color:var(--good)}li.good strong{color:var(--good)}.plain .tag{color:var(--dim)}
        pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--code);border-radius:6px;overflow-x:auto;font:.85rem/1.45 ui-monospace,monospace}mark{background:var(--mark);color:inherit;display:inline-block;min-width:100%}
        @media print{body{max-width:none;padding:0}pre{white-space:pre-wrap}article{border-color:#999}}

        """;
}

/// <summary>Lines of a file around a place.</summary>
/// <param name="FirstLine">One-based number of the first line.</param>
/// <param name="Lines">The lines, without line ends.</param>
public sealed record SourceExcerpt(int FirstLine, IReadOnlyList<string> Lines);
