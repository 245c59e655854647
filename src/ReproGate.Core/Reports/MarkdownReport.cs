using System.Globalization;
using System.Text;

namespace ReproGate.Reports;

/// <summary>A summary for a pull request's comment or a job's summary page, in GitHub-flavoured Markdown.</summary>
public static class MarkdownReport
{
    /// <summary>Beyond this many rows a comment is not read, and GitHub cuts it at 65,536 characters.</summary>
    private const int MaxRows = 100;

    /// <summary>Writes the summary.</summary>
    public static string Write(IReadOnlyList<ReportedFinding> findings)
    {
        int errors = findings.Count(static finding => finding.Level == Severity.Error);
        var text = new StringBuilder();
        text.Append(errors == 0 ? "### ✅ ReproGate: " : "### ❌ ReproGate: ")
            .Append(findings.Count == 0 ? "nothing found" : string.Create(CultureInfo.InvariantCulture, $"{errors} {Plural(errors, "error")}, {findings.Count - errors} {Plural(findings.Count - errors, "warning")}"))
            .Append('\n');
        if (findings.Count == 0)
        {
            return text.ToString();
        }

        text.Append("\n| | rule | where | what happened | what to do |\n|---|---|---|---|---|\n");
        foreach (ReportedFinding finding in findings.Take(MaxRows))
        {
            text.Append("| ").Append(finding.Level == Severity.Error ? "🔴" : "🟡")
                .Append(" | ").Append(finding.RuleId)
                .Append(" | `").Append(Code(finding.File + LineReports.Position(finding))).Append('`')
                .Append(" | ").Append(Cell(finding.What.Length > 0 ? finding.What : finding.Message))
                .Append(" | ").Append(Cell(finding.Fix))
                .Append(" |\n");
        }

        if (findings.Count > MaxRows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n… and {findings.Count - MaxRows} more.\n");
        }

        return text.ToString();
    }

    private static string Plural(int count, string word) => count == 1 ? word : word + "s";

    private static string Code(string text) => text.Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal);

    private static string Cell(string text)
    {
        var cell = new StringBuilder(text.Length + 16);
        foreach (char character in text.ReplaceLineEndings(" "))
        {
            // Angle brackets of a paste-ready element would be taken for HTML.
            _ = character switch
            {
                '<' => cell.Append("&lt;"),
                '>' => cell.Append("&gt;"),
                '&' => cell.Append("&amp;"),
                '|' or '*' or '_' or '`' or '[' or ']' or '\\' or '@' or '#' => cell.Append('\\').Append(character),
                _ => cell.Append(character),
            };
        }

        return cell.ToString();
    }
}
