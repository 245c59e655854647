using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Cli.Building;
using ReproGate.Cli.Commands;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Reports;

namespace ReproGate.Cli.Jobs;

/// <summary>How a job ended.</summary>
/// <param name="Result">What it found.</param>
/// <param name="EngineLost">Whether no engine answered.</param>
internal sealed record JobEnd(JobResult Result, bool EngineLost);

/// <summary>Runs one job: the target CleanRoom of its entry in a process of its own, with reports in a folder of its own.</summary>
internal static class JobRunner
{
    /// <summary>The folder of all jobs' reports, below the root.</summary>
    public static string FolderOf(Repo repo) => Path.Combine(repo.Root, "obj", "reprogate", "cleanroom");

    /// <summary>Runs it.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="job">The job.</param>
    /// <param name="context">The context it runs on; empty for the one in effect.</param>
    /// <param name="properties">Further properties of the build, as arguments.</param>
    /// <param name="progress">Told each phase as it ends.</param>
    /// <param name="cancellation">Ends the job, and waits until its room is put away.</param>
    /// <exception cref="ToolException">dotnet cannot be started, or an earlier report cannot be removed.</exception>
    public static async Task<JobEnd> RunAsync(Repo repo, Job job, string context, IReadOnlyList<string> properties, Action<string> progress, CancellationToken cancellation)
    {
        string folder = Path.Combine(FolderOf(repo), job.Name), file = Path.Combine(folder, "cleanroom.json");
        Forget(folder);
        string entry = repo.PathOf(job.Entry);
        if (!File.Exists(entry))
        {
            return Ended($"{job.Entry} is not there");
        }

        List<ToldLine> told = [];
        List<string> other = [];
        int exitCode = await GateBuild.RunDotnetAsync(
            repo.Root,
            [.. CleanRoomCommand.Arguments(entry), .. properties, CommandLineProperty.Of("ReproGateCleanRoomJob", job.Name), .. Given("ReproGateCleanRoomPlatform", job.Platform), .. Given("ReproGateCleanRoomContext", context)],
            line =>
            {
                if ((CleanRoomCommand.WeakerOf(line) ?? CleanRoomCommand.ProgressOf(line)) is { } step)
                {
                    progress(step);
                    return;
                }

                GateBuild.Sort(line, told, other, static _ => { });
            },
            cancellation,
            CleanRoomCommand.PuttingAway);
        cancellation.ThrowIfCancellationRequested();
        if (!File.Exists(file))
        {
            string why = other.Any(static error => error.Contains("MSB4057", StringComparison.Ordinal)) ? "it does not use ReproGate.Sdk: `reprogate init` adds the line, the lock files and the pins that the room needs"
                : other.Count > 0 ? string.Join(' ', other.Distinct().Take(3)).TrimEnd('.')
                : exitCode == 0 ? "the clean room is switched off there (ReproGateEnabled, ReproGateCleanRoomEnabled), or this is a room already"
                : string.Create(CultureInfo.InvariantCulture, $"dotnet msbuild -t:CleanRoom ended with exit code {exitCode} and left no report");
            return Ended(why, GateBuild.Match(repo with { Entry = entry }, told, []));
        }

        try
        {
            JobResult result = JobResultReader.Read(file);
            // Its own report speaks of the room only; what else went wrong in the build is no pass.
            return new JobEnd(exitCode != 0 && result.State == JobState.Passed ? result with { Obstacle = other.Count > 0 ? other[0].TrimEnd('.') : string.Create(CultureInfo.InvariantCulture, $"dotnet msbuild ended with exit code {exitCode}") } : result, result.Findings.Any(IsEngineMissing));
        }
        catch (InvalidDataException exception)
        {
            return Ended($"{file} cannot be used, because {exception.Message}", GateBuild.Match(repo with { Entry = entry }, told, []));
        }

        JobEnd Ended(string why, params ImmutableArray<ReportedFinding> findings)
        {
            // Told by the build already, where it is a finding.
            ImmutableArray<ReportedFinding> all = findings.Length > 0 ? findings : [new ReportedFinding(RuleCatalog.CheckCouldNotRun.Id, Severity.Error, job.Entry, 0, 0, $"The clean room of {job.Name} was not built, because {why}. Whether this builds on another machine, and to the same bits, is not known (RGATE41xx, RGATE42xx). Mend that and ask again.")];
            return new JobEnd(new JobResult(job, "") { Context = context, Obstacle = why, Findings = all }, all.Any(IsEngineMissing));
        }
    }

    private static bool IsEngineMissing(ReportedFinding finding) => finding.RuleId == RuleCatalog.EngineMissing.Id;

    private static string[] Given(string name, string value) => value.Length > 0 ? [CommandLineProperty.Of(name, value)] : [];

    // What an earlier run left would speak for a job that this time leaves nothing.
    private static void Forget(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"the reports of an earlier run in {folder} cannot be removed: {exception.Message.TrimEnd('.')}. Remove that folder, then ask again.");
        }
    }
}
