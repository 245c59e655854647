using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace ReproGate.Reports;

/// <summary>Findings in the forms that other programs read line by line or as test results.</summary>
public static class LineReports
{
    /// <summary>MSBuild's own form, which every editor's and CI's problem matcher knows: <c>file(line,column): error ID: text</c>.</summary>
    public static string Text(IEnumerable<ReportedFinding> findings)
    {
        var text = new StringBuilder();
        foreach (ReportedFinding finding in findings)
        {
            text.Append(finding.File).Append(Position(finding)).Append(": ").Append(Word(finding.Level)).Append(' ').Append(finding.RuleId).Append(": ").Append(OneLine(finding.Message)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Workflow commands of GitHub Actions, which annotate a pull request. Source: docs.github.com, "Workflow commands for GitHub Actions".</summary>
    public static string GitHub(IEnumerable<ReportedFinding> findings)
    {
        var text = new StringBuilder();
        foreach (ReportedFinding finding in findings)
        {
            string command = finding.Level switch { Severity.Error => "error", Severity.Warning => "warning", _ => "notice" };
            text.Append("::").Append(command).Append(" file=").Append(Property(finding.File));
            if (finding.Line > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $",line={finding.Line}");
                if (finding.Column > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $",col={finding.Column}");
                }
            }

            text.Append(",title=").Append(Property($"{finding.RuleId} {RuleCatalog.Find(finding.RuleId)?.Title}")).Append("::").Append(Data(finding.Message)).Append('\n');
        }

        return text.ToString();

        static string Data(string value) => value.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
        static string Property(string value) => Data(value).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }

    /// <summary>JUnit's XML: a test suite a gate, a failed test case a finding, and one passed case for each gate without findings.</summary>
    public static string JUnit(IReadOnlyCollection<ReportedFinding> findings)
    {
        var suites = new XElement("testsuites", new XAttribute("name", "ReproGate"), new XAttribute("tests", 0), new XAttribute("failures", findings.Count));
        int tests = 0;
        foreach (IGrouping<Gate, Rule> gate in RuleCatalog.All.GroupBy(static rule => rule.Gate))
        {
            HashSet<string> ids = [.. gate.Select(static rule => rule.Id)];
            ReportedFinding[] own = [.. findings.Where(finding => ids.Contains(finding.RuleId))];
            var suite = new XElement("testsuite", new XAttribute("name", gate.Key), new XAttribute("tests", Math.Max(1, own.Length)), new XAttribute("failures", own.Length));
            foreach (ReportedFinding finding in own)
            {
                suite.Add(new XElement(
                    "testcase",
                    new XAttribute("classname", $"{gate.Key}.{finding.RuleId}"),
                    new XAttribute("name", Clean(finding.File + Position(finding))),
                    new XElement("failure", new XAttribute("type", Word(finding.Level)), new XAttribute("message", Clean(finding.What.Length > 0 ? finding.What : finding.Message)), Clean(finding.Message))));
            }

            if (own.Length == 0)
            {
                suite.Add(new XElement("testcase", new XAttribute("classname", gate.Key), new XAttribute("name", "no findings")));
            }

            tests += Math.Max(1, own.Length);
            suites.Add(suite);
        }

        suites.SetAttributeValue("tests", tests);
        var document = new XDocument(new XDeclaration("1.0", "utf-8", null), suites);
        return $"{document.Declaration}\n{document}\n";
    }

    /// <summary>The place behind the file name as MSBuild writes it; empty where only the file is known.</summary>
    public static string Position(ReportedFinding finding) => finding switch
    {
        { Line: 0 } => "",
        { Column: 0 } => string.Create(CultureInfo.InvariantCulture, $"({finding.Line})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"({finding.Line},{finding.Column})"),
    };

    /// <summary>The word for a level.</summary>
    public static string Word(Severity level) => level switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    // XML 1.0 has no way to write most control characters; runes replace what is half a surrogate pair.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(static rune => rune.Value is '\t' or '\n' or '\r' or (>= ' ' and not 0xFFFE and not 0xFFFF)).Select(static rune => rune.ToString()));
}
