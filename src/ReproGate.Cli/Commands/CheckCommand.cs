using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ReproGate.Cli.Building;
using ReproGate.Cli.Policy;
using ReproGate.Reports;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate check</c>: all gates over a repository, without building what is built already.</summary>
internal static class CheckCommand
{
    internal static readonly string[] Formats = ["text", "json", "sarif", "github", "junit", "markdown"];

    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var format = new Option<string>("--format") { Description = "How findings are written to standard output.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong(Formats);
        var since = new Option<string?>("--since") { Description = "Only findings that were not there at this commit, and what the change loosens (RGATE0020); the commit is checked in a work tree of its own, once." };
        var command = new Command("check", "Runs all gates. Exit code 0: nothing found, 1: findings, 2: could not run.") { path, format, since };
        command.SetAction((parsed, cancellation) => CheckAsync(Repo.Find(parsed.GetValue(path)), parsed.GetValue(format)!, parsed.GetValue(since), cancellation));
        return command;
    }

    private static async Task<int> CheckAsync(Repo repo, string format, string? since, CancellationToken cancellation)
    {
        string commit = since is null ? "" : await BaseCommit.ResolveAsync(repo, since, cancellation);
        // Before the build, which writes a lock file that is gone again.
        ImmutableArray<ReportedFinding> weakened = since is null ? [] : await GatePolicyComparison.RunAsync(repo, since, commit, cancellation);
        GateBuildResult result = await Terminal.WithStatusAsync($"Checking {repo.EntryName}", step => GateBuild.RunAsync(repo, [], step, cancellation));
        ImmutableArray<ReportedFinding> findings = result.Findings;
        if (since is not null)
        {
            IReadOnlySet<string> before = await BaseCommit.FingerprintsAsync(repo, since, commit, cancellation);
            findings = [.. weakened, .. findings.Select(finding => finding with { IsNew = !before.Contains(finding.Fingerprint) }).Where(static finding => finding.IsNew == true)];
        }

        Write(repo, findings, format);
        return Conclude(repo, result, findings, since);
    }

    /// <summary>Says on standard error how it ended, and gives the exit code.</summary>
    private static int Conclude(Repo repo, GateBuildResult result, ImmutableArray<ReportedFinding> findings, string? since)
    {
        foreach (string error in result.OtherErrors)
        {
            Console.Error.WriteLine(error);
        }

        if (result.OtherErrors.Length > 0)
        {
            Terminal.Error.MarkupLine("[red]The build fails for other reasons[/], so some gates have not run.");
            return findings.Length > 0 ? ExitCode.Findings : ExitCode.CouldNotRun;
        }

        // Where the change took the gate away, RGATE0020 says so.
        if (!result.Gated && findings.Length == 0)
        {
            throw new ToolException($"no gate has run in {repo.EntryName}: it does not use ReproGate.Sdk. `reprogate init` adds it.");
        }

        int errors = findings.Count(static finding => finding.Level == Severity.Error);
        string what = since is null ? "" : $" that were not there at {since}";
        Terminal.Error.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{errors} errors, {findings.Length - errors} warnings{what}.");
        return findings.Length > 0 ? ExitCode.Findings : ExitCode.Clean;
    }

    /// <summary>Writes findings to standard output.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="remarks">What SARIF is to say of the check itself.</param>
    public static void Write(Repo repo, IReadOnlyList<ReportedFinding> findings, string format, IReadOnlyList<string>? remarks = null)
    {
        string text = format switch
        {
            "json" => JsonLinesReport.Write(findings, VerifyCommand(repo)),
            "sarif" => MergedSarif.Of(repo, findings, remarks ?? []),
            "github" => LineReports.GitHub(findings),
            "junit" => LineReports.JUnit(findings),
            "markdown" => MarkdownReport.Write(findings),
            _ when Terminal.Out.Profile.Capabilities.Ansi => "",
            _ => LineReports.Text(findings),
        };
        if (text.Length > 0)
        {
            Console.Out.Write(text);
            return;
        }

        if (format == "text")
        {
            Pretty(findings);
        }
    }

    /// <summary>The command that shows whether a fault is gone.</summary>
    public static string VerifyCommand(Repo repo) => $"reprogate check \"{repo.EntryName}\"";

    private static void Pretty(IReadOnlyList<ReportedFinding> findings)
    {
        foreach (ReportedFinding finding in findings)
        {
            string colour = finding.Level == Severity.Error ? "red" : "yellow";
            Terminal.Out.MarkupLineInterpolated($"[bold]{finding.File}{LineReports.Position(finding)}[/]");
            Terminal.Out.Markup($"  [{colour}]{LineReports.Word(finding.Level)} {finding.RuleId}[/] ");
            Terminal.Out.MarkupLineInterpolated($"{(finding.What.Length > 0 ? finding.What : finding.Message)}");
            if (finding.Why.Length > 0)
            {
                Terminal.Out.MarkupLineInterpolated($"  [grey]{finding.Why}[/]");
            }

            if (finding.Fix.Length > 0)
            {
                Terminal.Out.MarkupLineInterpolated($"  [green]→[/] {finding.Fix}");
            }

            Terminal.Out.WriteLine();
        }
    }
}
