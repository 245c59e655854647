using System.Reflection;
using System.Text;
using ReproGate.Cli.Commands;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Reports;

namespace ReproGate.Cli.Building;

/// <summary>One SARIF file for a whole build: a run a project, since consumers tell runs apart by their automation id.</summary>
internal static class MergedSarif
{
    public static string Of(Repo repo, IEnumerable<ReportedFinding> findings, IReadOnlyList<string>? remarks = null)
    {
        string root = repo.Root;
        var paths = new ReportPaths(root);
        ReadOnlyMemory<byte>[] parts =
        [
            .. findings
                .Where(static finding => RuleCatalog.Find(finding.RuleId) is not null)
                .GroupBy(static finding => finding.Project)
                .Select(group => (ReadOnlyMemory<byte>)SarifPart.Write("", group.Select(finding => Judged(finding, root)), paths)),
            SarifPart.Write("", [], paths, remarks: remarks),
        ];
        return Encoding.UTF8.GetString(SarifReport.Merge(parts, repo.EntryName, Version, ExplainPage, helpLinkBase: null));
    }

    /// <summary>A run for each job of a clean room, one more for what is told about the results themselves or of two jobs together.</summary>
    /// <param name="root">Absolute path that findings are relative to.</param>
    /// <param name="merged">The jobs.</param>
    public static byte[] Of(string root, MergedJobs merged)
    {
        var paths = new ReportPaths(root);
        IEnumerable<(string Id, IEnumerable<ReportedFinding> Findings)> runs = merged.Jobs.Where(static job => job.Result is not null).Select(static job => ($"cleanroom/{job.Job.Name}", job.Result!.Findings.AsEnumerable()));
        HashSet<(string, string, int, int, string)> own = [.. merged.Jobs.SelectMany(static job => job.Result?.Findings ?? []).Select(Key)];
        ReportedFinding[] between = [.. merged.Findings.Select(static found => found.Finding).Where(finding => !own.Contains(Key(finding)))];
        return SarifReport.Combine(
            runs.Append(("cleanroom", between)).Select(run => (ReadOnlyMemory<byte>)SarifReport.Merge(
                [SarifPart.Write("", run.Item2.Where(static finding => RuleCatalog.Find(finding.RuleId) is not null).Select(finding => Judged(finding, root)), paths)],
                run.Item1,
                Version,
                ExplainPage,
                helpLinkBase: null)));

        static (string, string, int, int, string) Key(ReportedFinding finding) => (finding.RuleId, finding.File, finding.Line, finding.Column, finding.Message);
    }

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string ExplainPage(Rule rule) => ExplainCommand.Page(rule);

    private static JudgedFinding Judged(ReportedFinding finding, string root)
    {
        string Full(string relative) => Path.Combine(root, relative.Replace('/', Path.DirectorySeparatorChar));
        var judged = new Finding(
            RuleCatalog.Find(finding.RuleId)!,
            new SourceLocation(finding.InRepository ? Full(finding.File) : finding.File, finding.Line, finding.Column),
            finding.What.Length > 0 ? finding.What : finding.Message,
            finding.Why,
            finding.Fix)
        {
            Subject = finding.Subject,
            Command = finding.Command.Length > 0 ? finding.Command : null,
            Edits = [.. finding.Edits.Select(edit => new TextEdit(Full(edit.File), edit.StartLine, edit.StartColumn, edit.EndLine, edit.EndColumn, edit.NewText))],
        };
        return new JudgedFinding(judged, finding.Suppressed ? Severity.None : finding.Level);
    }
}
