using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using ReproGate.Cli.Building;
using ReproGate.Reports;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate fix</c>: applies the edits and commands that findings carry, and shows the difference.</summary>
internal static class FixCommand
{
    /// <summary>Edits may bring faults that were hidden to light (a new reference makes the lock stale), so the gates run again; more rounds than this mend nothing more.</summary>
    private const int MaxRounds = 12;

    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var safe = new Option<bool>("--safe") { Description = "Only edits that add text; nothing is replaced or removed, and no command is run." };
        var dry = new Option<bool>("--dry-run") { Description = "Show the difference and the commands, change nothing." };
        var rule = new Option<string[]>("--rule") { Description = "Only findings of this rule; may be given several times.", DefaultValueFactory = static _ => [] };
        var command = new Command("fix", "Applies the edits and commands that findings carry. Exit code 0: nothing is left, 1: something is left, 2: could not run.") { path, safe, dry, rule };
        command.SetAction((parsed, cancellation) => FixAsync(
            Repo.Find(parsed.GetValue(path)),
            parsed.GetValue(safe),
            parsed.GetValue(dry),
            [.. parsed.GetValue(rule)!.Select(static text => ExplainCommand.Find(text).Id)],
            cancellation));
        return command;
    }

    /// <summary>Mends what can be mended; the exit code.</summary>
    /// <param name="repo">What to mend.</param>
    /// <param name="safe">Only edits that add, and no command.</param>
    /// <param name="dry">Show, change nothing.</param>
    /// <param name="rules">Only these rules; all where empty.</param>
    /// <param name="cancellation">Ends the build and everything it started.</param>
    /// <param name="tellsRest">Whether what is left is listed.</param>
    public static async Task<int> FixAsync(Repo repo, bool safe, bool dry, ImmutableHashSet<string> rules, CancellationToken cancellation, bool tellsRest = true)
    {
        var attempts = new Attempts();
        var removals = new Removals();
        for (int round = 1; ; round++)
        {
            GateBuildResult result = await Terminal.WithStatusAsync($"Checking {repo.EntryName}", step => GateBuild.RunAsync(repo, [], step, cancellation));
            ReportedFinding[] wanted = [.. result.Findings.Where(finding => rules.IsEmpty || rules.Contains(finding.RuleId))];
            bool changed = !dry && round <= MaxRounds;
            ILookup<bool, ReportedFinding> removes = wanted.Where(removals.MayApply).ToLookup(static finding => finding.Edits.Any(static edit => string.IsNullOrWhiteSpace(edit.NewText)));
            int edits = ApplyEdits(repo, dry ? removes[false].Concat(removes[true]) : removes[false], safe, write: changed);
            string[] commands = safe ? [] : [.. wanted.Where(static finding => finding.Edits.IsEmpty && MaySafelyRun(finding.Command)).Select(static finding => finding.Command).Distinct().Where(attempts.MayRun)];
            if (dry)
            {
                foreach (string line in commands)
                {
                    Console.Out.WriteLine("$ " + line);
                }
            }
            else if (changed && edits == 0)
            {
                foreach (string line in commands)
                {
                    attempts.Ran(line, await RunAsync(repo, line, cancellation));
                }
            }

            if (dry || !changed)
            {
                return Conclude(result, wanted, tellsRest);
            }

            if (edits > 0)
            {
                attempts.Edited();
            }

            if (edits > 0 || commands.Length > 0)
            {
                continue;
            }

            if (result.OtherErrors.Length > 0 && removals.TakeBack(repo))
            {
                Terminal.Error.MarkupLineInterpolated($"[yellow]![/] Without what was taken out the build fails ({result.OtherErrors[0]}), so it is put back.");
                attempts.Restart();
                continue;
            }

            // What takes something out comes last and alone, because only a build that was well before tells whether it was needed.
            if (result.OtherErrors.Length > 0 || safe || !removals.Apply(repo, removes[true], findings => ApplyEdits(repo, findings, safe, write: true)))
            {
                return Conclude(result, wanted, tellsRest);
            }

            attempts.Edited();
        }
    }

    private static int Conclude(GateBuildResult result, IReadOnlyCollection<ReportedFinding> left, bool tellsRest)
    {
        foreach (string error in result.OtherErrors)
        {
            Console.Error.WriteLine(error);
        }

        if (left.Count > 0)
        {
            if (!tellsRest)
            {
                return ExitCode.Findings;
            }

            Terminal.Error.MarkupLineInterpolated($"{left.Count} findings are left; what mends them a person has to decide:");
            Console.Error.Write(LineReports.Text(left));
            return ExitCode.Findings;
        }

        return result.OtherErrors.Length > 0 ? ExitCode.CouldNotRun : ExitCode.Clean;
    }

    /// <summary>Applies the edits of findings; how many.</summary>
    private static int ApplyEdits(Repo repo, IEnumerable<ReportedFinding> findings, bool safe, bool write)
    {
        int applied = 0;
        // A finding's edits belong together: all of them, or none.
        IEnumerable<ReportedEdit> wanted = EditApplier.Together(findings.Where(finding => !safe || finding.Edits.All(EditApplier.OnlyAdds))).SelectMany(static finding => finding.Edits);
        foreach (IGrouping<string, ReportedEdit> file in wanted.GroupBy(static edit => edit.File, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            string path = Path.GetFullPath(repo.PathOf(file.Key));
            if (!path.StartsWith(repo.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                continue;
            }

            string? before = Utf8Text.Read(path);
            string after = EditApplier.Apply(before ?? "", file, out ImmutableArray<ReportedEdit> left);
            string diff = UnifiedDiff.Of(file.Key, before, after);
            if (diff.Length == 0)
            {
                continue;
            }

            applied += file.Distinct().Count() - left.Length;
            Terminal.ShowDiff(diff);
            if (write)
            {
                Utf8Text.Write(path, after);
            }
        }

        return applied;
    }

    /// <summary>Only commands that write lock files again, or let git know of one, are run unasked; others a person runs.</summary>
    internal static bool MaySafelyRun(string command) => Steps(command) is { Length: > 0 } steps && steps.All(static step => step switch
    {
        ["dotnet", "restore", ..] or ["dotnet", "msbuild", "-t:ReproGateLock", ..] => true,
        ["git", "add", var file] => Path.GetFileName(file) is "packages.lock.json" or "reprogate.lock.json",
        _ => false,
    });

    /// <summary>The commands of a line, in order: a finding about several projects that no solution holds joins one for each with <c>&amp;&amp;</c>.</summary>
    internal static ImmutableArray<string[]> Steps(string command)
    {
        var steps = ImmutableArray.CreateBuilder<string[]>();
        var words = new List<string>();
        // No path is the word "&&" alone: each names a solution or a project.
        foreach (string word in CommandLineParser.SplitCommandLine(command).Append("&&"))
        {
            if (word != "&&")
            {
                words.Add(word);
            }
            else if (words.Count > 0)
            {
                steps.Add([.. words]);
                words.Clear();
            }
        }

        return steps.ToImmutable();
    }

    /// <summary>
    /// Runs a command that mends. Findings that it cannot mend must not stop it from mending the one it is for (a source that a person has to move would keep every lock file
    /// stale), so the gates only observe meanwhile; what is left is told by the check behind it.
    /// </summary>
    private static async Task<bool> RunAsync(Repo repo, string command, CancellationToken cancellation)
    {
        await Console.Error.WriteLineAsync("$ " + command);
        foreach (string[] words in Steps(command))
        {
            bool done = words[0] == "git"
                ? await repo.GitAsync(cancellation, words[1..]) is not null
                : await GateBuild.RunDotnetAsync(repo.Root, [.. words[1..], "-tl:off", .. GateBuild.Observe], GateBuild.TellAllButFindings, cancellation) == 0;
            if (!done)
            {
                await Console.Error.WriteLineAsync("It failed; what is left is told below.");
                return false;
            }
        }

        return true;
    }
}
