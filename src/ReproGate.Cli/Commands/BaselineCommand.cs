using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ReproGate.Cli.Building;
using ReproGate.Facts;
using ReproGate.Reports;
using ReproGate.Repository;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate baseline</c>: findings that are accepted for now. It only shrinks, unless <c>add</c> is asked for.</summary>
internal static class BaselineCommand
{
    private const int DefaultDays = 90;

    public static Command Create() => new("baseline", "Findings that are accepted for now, each with owner, reason and last day.") { Add(), Prune(), List() };

    /// <summary>Adds entries for findings; those that stand already keep theirs.</summary>
    /// <returns>How many were added.</returns>
    public static int Accept(Repo repo, IEnumerable<ReportedFinding> findings, string owner, string reason, DateOnly expires)
    {
        Baseline baseline = Load(repo);
        BaselineEntry[] added =
        [
            .. findings
                .Where(finding => finding.Fingerprint.Length > 0 && baseline.Find(finding.Fingerprint) is null)
                .DistinctBy(static finding => finding.Fingerprint)
                .Select(finding => new BaselineEntry(finding.RuleId, finding.File, finding.Subject, finding.Fingerprint, finding.Check, owner, reason, expires, new SourceLocation(FileOf(repo)))),
        ];
        if (added.Length > 0)
        {
            AtomicFile.WriteAllText(FileOf(repo), BaselineFile.Write([.. baseline.Entries, .. added]));
        }

        return added.Length;
    }

    private static Command Add()
    {
        Argument<string?> path = Shared.PathArgument();
        var owner = new Option<string>("--owner") { Description = "Who answers for the entries.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why they are accepted.", Required = true };
        var expires = new Option<string?>("--expires") { Description = $"The last day, YYYY-MM-DD; {DefaultDays} days from now where it is left out." };
        var rule = new Option<string[]>("--rule") { Description = "Only findings of this rule; may be given several times.", DefaultValueFactory = static _ => [] };
        var command = new Command("add", "Accepts what is found now.") { path, owner, reason, expires, rule };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? date = parsed.GetValue(expires);
            if (!DateOnly.TryParseExact(date ?? DateTime.UtcNow.AddDays(DefaultDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly last))
            {
                throw new ToolException($"'{date}' is no date, expected YYYY-MM-DD.");
            }

            Repo repo = Repo.Find(parsed.GetValue(path));
            ImmutableHashSet<string> rules = [.. parsed.GetValue(rule)!.Select(static text => ExplainCommand.Find(text).Id)];
            GateBuildResult result = await BuildAsync(repo, cancellation);
            int added = Accept(repo, result.Findings.Where(finding => rules.IsEmpty || rules.Contains(finding.RuleId)), parsed.GetValue(owner)!, parsed.GetValue(reason)!, last);
            Terminal.Error.MarkupLineInterpolated($"{added} entries added to {Baseline.FileName}, until {last:yyyy-MM-dd}.");
            return ExitCode.Clean;
        });
        return command;
    }

    private static Command Prune()
    {
        Argument<string?> path = Shared.PathArgument();
        var command = new Command("prune", "Removes entries whose finding is gone.") { path };
        command.SetAction(async (parsed, cancellation) =>
        {
            Repo repo = Repo.Find(parsed.GetValue(path));
            GateBuildResult result = await BuildAsync(repo, cancellation);
            HashSet<string> found = [.. result.Findings.Concat(GateBuild.ReadSarif(repo)).Select(static finding => finding.Fingerprint)];
            Baseline baseline = Load(repo);
            BaselineEntry[] kept = [.. baseline.Entries.Where(entry => found.Contains(entry.Fingerprint))];
            if (kept.Length < baseline.Entries.Length)
            {
                AtomicFile.WriteAllText(FileOf(repo), BaselineFile.Write(kept));
            }

            Terminal.Error.MarkupLineInterpolated($"{baseline.Entries.Length - kept.Length} entries removed, {kept.Length} kept.");
            return ExitCode.Clean;
        });
        return command;
    }

    private static Command List()
    {
        Argument<string?> path = Shared.PathArgument();
        var command = new Command("list", "Lists the entries, expired ones marked.") { path };
        command.SetAction(parsed =>
        {
            var table = new Table { Border = TableBorder.Simple };
            table.AddColumns("rule", "file", "subject", "owner", "until", "reason");
            DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);
            foreach (BaselineEntry entry in Load(Repo.Find(parsed.GetValue(path))).Entries)
            {
                table.AddRow(Markup.Escape(entry.Rule), Markup.Escape(entry.File), Markup.Escape(entry.Subject), Markup.Escape(entry.Owner), entry.Expires < today ? $"[red]{entry.Expires:yyyy-MM-dd}[/]" : $"{entry.Expires:yyyy-MM-dd}", Markup.Escape(entry.Reason));
            }

            Terminal.Out.Write(table);
            return ExitCode.Clean;
        });
        return command;
    }

    private static async Task<GateBuildResult> BuildAsync(Repo repo, CancellationToken cancellation)
    {
        GateBuildResult result = await Terminal.WithStatusAsync($"Checking {repo.EntryName}", step => GateBuild.RunAsync(repo, [], step, cancellation));
        return result.OtherErrors.Length == 0 && result.Gated
            ? result
            : throw new ToolException(result.Gated ? $"the build fails, so what is found is not all there is: {result.OtherErrors[0]}" : $"no gate has run in {repo.EntryName}.");
    }

    private static Baseline Load(Repo repo)
    {
        Baseline baseline = BaselineFile.Read(FileOf(repo), out MalformedFile? malformed);
        return malformed is null ? baseline : throw new ToolException($"{malformed.Location}: {malformed.Problem}.");
    }

    private static string FileOf(Repo repo) => Path.Combine(repo.Root, Baseline.FileName);
}
