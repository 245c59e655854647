using System.Collections.Immutable;
using ReproGate.CleanRoom;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Reports;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>Writes what a run found out: every report of <see cref="CleanRoomReports"/>, and the binary logs of its builds.</summary>
internal static class RoomReport
{
    /// <summary>Writes the reports, and the logs beside them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="job">The job among several that the run is; empty where it is the only one.</param>
    /// <param name="outcome">What was found out; its outputs still lie where it says.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="started">When the run began.</param>
    /// <param name="findings">What was judged of it.</param>
    /// <param name="toolVersion">ReproGate's version.</param>
    /// <param name="paths">Keeps this machine's paths out.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="InvalidDataException">There are more outputs than a report can hold.</exception>
    public static void Write(string folder, string job, CleanRoomOutcome outcome, CleanRoomRequest request, DateTimeOffset started, IEnumerable<JudgedFinding> findings, string toolVersion, ReportPaths paths, CancellationToken cancellation)
    {
        RebuildReport? rebuild = outcome.Rebuild;
        if (rebuild is not null)
        {
            CopyLog(rebuild.FirstLog, Path.Combine(folder, "build.binlog"));
            CopyLog(rebuild.SecondLog, Path.Combine(folder, "rebuild.binlog"));
        }

        string remote = outcome.Snapshot?.Remote ?? "";
        CleanRoomReports.WriteAll(folder, new CleanRoomReport
        {
            Repository = NameOf(remote) is { Length: > 0 } name ? name : Path.GetFileName(request.RepositoryRoot),
            RepositoryUri = remote,
            Commit = outcome.Snapshot?.Commit ?? "",
            IsModified = outcome.Snapshot?.IsModified ?? false,
            Entry = Path.GetRelativePath(request.RepositoryRoot, request.Entry).Replace('\\', '/'),
            Configuration = request.Configuration,
            Job = job,
            Context = request.Context,
            Platform = request.Platform,
            ImagePlatform = outcome.Image?.Platform ?? "",
            IsWhole = outcome.IsWhole,
            Obstacle = outcome.Obstacle,
            FailureOutput = outcome.FailureOutput,
            Builds = outcome.Builds,
            ToolVersion = toolVersion,
            Engine = outcome.Engine,
            System = outcome.System,
            Weaker = outcome.Weaker,
            Image = outcome.Image is not { } image ? "" : image.Name.Contains('@', StringComparison.Ordinal) ? image.Name : $"{image.Name}@{image.Pin}",
            Started = started,
            Phases = outcome.Phases,
            Variations = rebuild is null ? [] : [.. Variation.Of(rebuild.SecondSettings).Select(variation => new ReportVariation(variation.Name, variation.Describe(rebuild.FirstSettings), variation.Describe(rebuild.SecondSettings)))],
            Comparison = rebuild?.Comparison,
            Explained = rebuild?.Outputs ?? [],
            Findings = [.. findings],
            Outputs = outcome.FirstOutputs.Length > 0 ? OutputManifest.Create(outcome.FirstOutputs, ComparisonOptions.Default, cancellation) : null,
            Packages = [.. (outcome.Packages?.Packages ?? []).Select(static package => new ReportPackage(package.Id, package.Version, package.ContentHash))],
            FirstTree = rebuild?.First ?? "",
            SecondTree = rebuild?.Second ?? "",
            Paths = paths,
        });
    }

    // The last part of an address, as people call the repository.
    private static string NameOf(string remote)
    {
        string name = remote.TrimEnd('/');
        name = name[(name.LastIndexOfAny(['/', ':']) + 1)..];
        return name.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }

    private static void CopyLog(string log, string target)
    {
        if (File.Exists(log))
        {
            File.Copy(log, target, overwrite: true);
        }
    }
}
