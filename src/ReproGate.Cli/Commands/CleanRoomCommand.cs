using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ReproGate.Cli.Building;
using ReproGate.Cli.Jobs;
using ReproGate.Reports;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate cleanroom</c>: the target CleanRoom of a project or solution, with its progress on standard error and its findings on standard output.</summary>
internal static class CleanRoomCommand
{
    /// <summary>How long the room may take to be put away after Ctrl-C, before the build is killed and the engine ends the room by itself.</summary>
    internal static readonly TimeSpan PuttingAway = TimeSpan.FromSeconds(40);

    /// <summary>How every line of the room's progress begins.</summary>
    private const string Progress = "clean room: ";

    /// <summary>What stands before the note that the room is weaker than a container: a warning without id.</summary>
    private const string WeakerMark = ": warning : " + Progress;

    public static Command Create()
    {
        var path = new Argument<string[]>("path") { Description = "Solutions, projects, or folders that hold one; the current folder where it is left out. With --all a folder.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = "How findings are written to standard output.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong(CheckCommand.Formats);
        var pin = new Option<bool>("--pin") { Description = "Write the image's pin into reprogate.lock.json." };
        var noTest = new Option<bool>("--no-test") { Description = "Run no tests." };
        var noRebuild = new Option<bool>("--no-rebuild") { Description = "Build once; nothing is compared." };
        var trace = new Option<bool>("--trace") { Description = "Look at the build's system calls, where the room holds strace." };
        var ablate = new Option<bool>("--ablate") { Description = "Build once more without each undeclared variable that was read." };
        var clock = new Option<int?>("--clock") { Description = "How many days ahead the rebuild sees the clock, where the room holds libfaketime." };
        var engine = new Option<string?>("--engine") { Description = "docker, podman, bubblewrap (a weaker room, on Linux), or the path of such a program." };
        var image = new Option<string?>("--image") { Description = "The image of the room, instead of the one that the repository sets." };
        var configuration = new Option<string?>("--configuration", "-c") { Description = "The configuration that is built." };
        var all = new Option<bool>("--all") { Description = "Every solution that git holds, or else every project: a job each." };
        Option<string[]> platform = JobOptions.Platform(), context = JobOptions.Context();
        Option<bool> compare = JobOptions.CompareContexts();
        var job = new Option<int?>("--job") { Description = "Only the job of this number, of the matrix that --of names." };
        var of = new Option<string?>("--of") { Description = "The matrix, as `reprogate cleanroom matrix --format json` prints it." };
        var command = new Command("cleanroom", "Builds, tests and rebuilds in a clean room what git holds. Exit code 0: the same bits, 1: findings, 2: could not run.")
        {
            path, format, pin, noTest, noRebuild, trace, ablate, clock, engine, image, configuration, all, platform, context, compare, job, of,
            CleanRoomMatrixCommand.Create(), CleanRoomMergeCommand.Create(),
        };
        command.SetAction((parsed, cancellation) =>
        {
            string[] properties =
            [
                .. parsed.GetValue(pin) ? [CommandLineProperty.Of("ReproGateCleanRoomPin", "true")] : Array.Empty<string>(),
                .. parsed.GetValue(noTest) ? [CommandLineProperty.Of("ReproGateCleanRoomTest", "false")] : Array.Empty<string>(),
                .. parsed.GetValue(noRebuild) ? [CommandLineProperty.Of("ReproGateCleanRoomRebuild", "false")] : Array.Empty<string>(),
                .. parsed.GetValue(trace) ? [CommandLineProperty.Of("ReproGateCleanRoomTrace", "true")] : Array.Empty<string>(),
                .. parsed.GetValue(ablate) ? [CommandLineProperty.Of("ReproGateCleanRoomAblation", "true")] : Array.Empty<string>(),
                .. Given("ReproGateCleanRoomClock", parsed.GetValue(clock)?.ToString(CultureInfo.InvariantCulture)),
                .. Given("ReproGateCleanRoomEngine", parsed.GetValue(engine)),
                .. Given("ReproGateCleanRoomImage", parsed.GetValue(image)),
                .. Given("ReproGateCleanRoomConfiguration", parsed.GetValue(configuration)),
            ];
            var asked = new JobsAsked(parsed.GetValue(path) ?? [], parsed.GetValue(all), JobOptions.Platforms(parsed.GetValue(platform)), JobOptions.Contexts(parsed.GetValue(context)), parsed.GetValue(compare), parsed.GetValue(job), parsed.GetValue(of), parsed.GetValue(engine) ?? "auto") { Pin = parsed.GetValue(pin) };
            return asked.IsOne
                ? RunAsync(
                    Repo.Find(asked.Paths.FirstOrDefault()),
                    [.. properties, .. Given("ReproGateCleanRoomPlatform", asked.Platforms.FirstOrDefault()), .. Given("ReproGateCleanRoomContext", asked.Contexts.FirstOrDefault())],
                    parsed.GetValue(format)!,
                    cancellation)
                : CleanRoomJobs.RunAsync(asked, properties, parsed.GetValue(format)!, cancellation);
        });
        return command;
    }

    /// <summary>The arguments of dotnet that ask for the room of an entry.</summary>
    internal static string[] Arguments(string entry) => ["msbuild", "-t:CleanRoom", entry, "-v:minimal", "-tl:off", "-nologo", "-clp:NoSummary"];

    private static string[] Given(string name, string? value) => value is { Length: > 0 } ? [CommandLineProperty.Of(name, value)] : [];

    private static async Task<int> RunAsync(Repo repo, IReadOnlyList<string> properties, string format, CancellationToken cancellation)
    {
        List<ToldLine> told = [];
        List<string> other = [];
        bool ran = false;
        string weaker = "";
        int exitCode = await Terminal.WithStatusAsync($"Clean room of {repo.EntryName}", step => GateBuild.RunDotnetAsync(
            repo.Root,
            [.. Arguments(repo.Entry), .. properties],
            line =>
            {
                if (WeakerOf(line) is { } note)
                {
                    weaker = note;
                    Terminal.Remark(Progress + note);
                    return;
                }

                if (ProgressOf(line) is { } progress)
                {
                    ran = true;
                    Terminal.Remark(Progress + progress);
                    step(progress);
                    return;
                }

                GateBuild.Sort(line, told, other, step);
            },
            cancellation,
            PuttingAway));
        cancellation.ThrowIfCancellationRequested();
        ImmutableArray<ReportedFinding> findings = GateBuild.Match(repo, told, GateBuild.ReadSarif(repo));
        CheckCommand.Write(repo, findings, format, weaker.Length > 0 ? [weaker] : []);
        int concluded = Conclude(repo, exitCode, ran, findings, [.. other.Distinct()]);
        if (weaker.Length > 0)
        {
            // Once more where the eye ends.
            Terminal.Error.MarkupLine("[yellow]The room was weaker than a container[/]: what passes in it may need this machine all the same.");
        }

        return concluded;
    }

    /// <summary>What a line of the build says about the room's progress; null where it is none.</summary>
    internal static string? ProgressOf(string line) => line.TrimStart() is var text && text.StartsWith(Progress, StringComparison.Ordinal) ? text[Progress.Length..] : null;

    /// <summary>What a line of the build says of a room that is weaker than a container; null where it says nothing.</summary>
    internal static string? WeakerOf(string line) => line.IndexOf(WeakerMark, StringComparison.Ordinal) is >= 0 and var at
        ? line[(at + WeakerMark.Length)..].LastIndexOf(" [", StringComparison.Ordinal) is >= 0 and var project ? line[(at + WeakerMark.Length)..][..project] : line[(at + WeakerMark.Length)..]
        : null;

    /// <summary>Says on standard error how it ended, and gives the exit code.</summary>
    /// <exception cref="ToolException">There is no room to be had here.</exception>
    internal static int Conclude(Repo repo, int exitCode, bool ran, IReadOnlyList<ReportedFinding> findings, IReadOnlyList<string> other)
    {
        if (other.FirstOrDefault(static error => error.Contains("MSB4057", StringComparison.Ordinal)) is not null)
        {
            throw new ToolException($"{repo.EntryName} has no clean room: it does not use ReproGate.Sdk. `reprogate init` adds the line, the lock files and the pins that the room needs; commit them, then ask again.");
        }

        foreach (string error in other)
        {
            Console.Error.WriteLine(error);
        }

        // Neither of them says anything about the repository: whether it builds elsewhere is not known.
        bool notDone = findings.Any(static finding => finding.RuleId == RuleCatalog.EngineMissing.Id || (finding.RuleId == RuleCatalog.CheckCouldNotRun.Id && finding.Level == Severity.Error));
        if (notDone || (other.Count > 0 && findings.Count == 0))
        {
            Terminal.Error.MarkupLine("[red]The clean room could not run[/], so nothing is known.");
            return ExitCode.CouldNotRun;
        }

        if (!ran && findings.Count == 0)
        {
            throw new ToolException(exitCode == 0
                ? $"the clean room of {repo.EntryName} is switched off: ReproGateEnabled or ReproGateCleanRoomEnabled is false, or this is a room already (ReproGateInCleanRoom)."
                : string.Create(CultureInfo.InvariantCulture, $"dotnet msbuild -t:CleanRoom ended with exit code {exitCode} and named no error."));
        }

        int errors = findings.Count(static finding => finding.Level == Severity.Error);
        Terminal.Error.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{errors} errors, {findings.Count - errors} warnings.");
        return findings.Count > 0 ? ExitCode.Findings : exitCode == 0 ? ExitCode.Clean : ExitCode.CouldNotRun;
    }
}
