using System.CommandLine;
using ReproGate.Cli.Building;
using ReproGate.Reports;
using ReproGate.Repository;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate report</c>: writes what the last check or build found as files for people and services.</summary>
internal static class ReportCommand
{
    private const int LinesAround = 2;
    private const int MaxExcerptLine = 400;

    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var html = new Option<string?>("--html") { Description = "Write one self-contained page to this file." };
        var sarif = new Option<string?>("--sarif") { Description = "Write one SARIF 2.1.0 file of the whole build." };
        var markdown = new Option<string?>("--markdown") { Description = "Write a summary for a pull request." };
        var command = new Command("report", "Runs all gates and writes reports.") { path, html, sarif, markdown };
        command.SetAction((parsed, cancellation) => ReportAsync(Repo.Find(parsed.GetValue(path)), parsed.GetValue(html), parsed.GetValue(sarif), parsed.GetValue(markdown), cancellation));
        return command;
    }

    private static async Task<int> ReportAsync(Repo repo, string? html, string? sarif, string? markdown, CancellationToken cancellation)
    {
        if (html is null && sarif is null && markdown is null)
        {
            throw new ToolException("name at least one of --html, --sarif and --markdown.");
        }

        GateBuildResult result = await Terminal.WithStatusAsync($"Checking {repo.EntryName}", step => GateBuild.RunAsync(repo, [], step, cancellation));
        ReportedFinding[] all = [.. result.Findings, .. GateBuild.ReadSarif(repo).Where(static finding => finding.Suppressed).DistinctBy(static finding => finding.Fingerprint)];
        string commit = (await repo.GitAsync(cancellation, "rev-parse", "--short=12", "HEAD"))?.Trim() ?? "";
        Save(html, () => HtmlReport.Write(Path.GetFileName(repo.Root), commit, all, finding => Excerpt(repo, finding)));
        Save(sarif, () => MergedSarif.Of(repo, all));
        Save(markdown, () => MarkdownReport.Write(result.Findings));
        foreach (string error in result.OtherErrors)
        {
            await Console.Error.WriteLineAsync(error);
        }

        return result.OtherErrors.Length > 0 ? ExitCode.CouldNotRun : result.Findings.Length > 0 ? ExitCode.Findings : ExitCode.Clean;
    }

    private static void Save(string? path, Func<string> content)
    {
        if (path is not null)
        {
            string full = Path.GetFullPath(path);
            AtomicFile.WriteAllText(full, content());
            Console.Error.WriteLine("Wrote " + full);
        }
    }

    private static SourceExcerpt? Excerpt(Repo repo, ReportedFinding finding)
    {
        // A file that may hold a secret is not copied into a page that gets uploaded.
        if (finding.Line == 0 || !finding.InRepository || RuleCatalog.Find(finding.RuleId)?.Gate == Gate.Configuration)
        {
            return null;
        }

        string path = repo.PathOf(finding.File);
        if (!File.Exists(path) || new FileInfo(path).Length > 4 << 20)
        {
            return null;
        }

        int first = Math.Max(1, finding.Line - LinesAround);
        string[] lines = [.. File.ReadLines(path).Skip(first - 1).Take((LinesAround * 2) + 1).Select(static line => line.Length > MaxExcerptLine ? line[..MaxExcerptLine] + "…" : line)];
        return lines.Length > 0 ? new SourceExcerpt(first, lines) : null;
    }
}
