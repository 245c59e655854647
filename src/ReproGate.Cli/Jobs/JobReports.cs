using System.Globalization;
using ReproGate.Cli.Building;
using ReproGate.Cli.Commands;
using ReproGate.CleanRoom.Jobs;
using ReproGate.CleanRoom.Reports;
using ReproGate.Reports;

namespace ReproGate.Cli.Jobs;

/// <summary>Writes and tells what several jobs found.</summary>
internal static class JobReports
{
    /// <summary>Writes page, SARIF and <c>cleanroom.jobs.json</c>, the last one last.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="root">What findings' files are relative to.</param>
    /// <param name="merged">The jobs.</param>
    /// <exception cref="ToolException">The folder cannot be written.</exception>
    public static void Write(string folder, string root, MergedJobs merged)
    {
        try
        {
            ReportFile.Write(Path.Combine(folder, "cleanroom.jobs.html"), JobsPage.Write(merged, folder, MergedSarif.Version));
            ReportFile.Write(Path.Combine(folder, "cleanroom.jobs.sarif"), MergedSarif.Of(root, merged));
            ReportFile.Write(Path.Combine(folder, "cleanroom.jobs.json"), JobsJson.Write(merged, folder, MergedSarif.Version));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"the merged reports cannot be written to {folder}: {exception.Message.TrimEnd('.')}. Name another folder with --output.");
        }

        Terminal.Remark($"clean room: reports in {folder}: cleanroom.jobs.html, cleanroom.jobs.sarif, cleanroom.jobs.json");
    }

    /// <summary>Writes findings to standard output and a line a job to standard error.</summary>
    /// <param name="repo">The repository, for forms that name it.</param>
    /// <param name="merged">The jobs.</param>
    /// <param name="format">The form of the findings.</param>
    /// <returns>The exit code of the worst.</returns>
    public static int Tell(Repo repo, MergedJobs merged, string format)
    {
        if (format == "sarif")
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(MergedSarif.Of(repo.Root, merged));
        }
        else
        {
            CheckCommand.Write(repo, [.. merged.Findings.Select(static found => found.Finding)], format);
        }

        foreach (JobRow row in merged.Jobs)
        {
            string outcome = row.State switch
            {
                JobState.Passed => row.Result!.Compared is { } compared ? string.Create(CultureInfo.InvariantCulture, $"passed, {compared - row.Result.Differing.Length} of {compared} outputs identical") : "passed, nothing compared",
                JobState.Findings => Count(row.Result!.Findings),
                JobState.CouldNotRun => row.Result?.Obstacle is { Length: > 0 } obstacle ? $"could not run: {obstacle}" : "could not run",
                _ => "did not run",
            };
            Terminal.Remark(string.Create(CultureInfo.InvariantCulture, $"{row.Job.Name}: {outcome}{(row.Result is { Elapsed.TotalSeconds: > 0 } result ? $" ({result.Elapsed.TotalSeconds:0.0} s)" : "")}"));
        }

        Terminal.Remark($"{merged.Jobs.Length} jobs: {Count([.. merged.Findings.Select(static found => found.Finding)])}.");
        return CodeOf(merged.State);
    }

    /// <summary>The exit code for a state.</summary>
    public static int CodeOf(JobState state) => state switch
    {
        JobState.Passed => ExitCode.Clean,
        JobState.Findings => ExitCode.Findings,
        _ => ExitCode.CouldNotRun,
    };

    private static string Count(IReadOnlyCollection<ReportedFinding> findings) =>
        $"{findings.Count(static finding => finding.Level == Severity.Error)} errors, {findings.Count(static finding => finding.Level == Severity.Warning)} warnings";
}
