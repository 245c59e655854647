using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>How a job ended, the better one first.</summary>
public enum JobState
{
    /// <summary>All was done, and nothing is told.</summary>
    Passed,

    /// <summary>There are findings.</summary>
    Findings,

    /// <summary>The room could not be built, or its result cannot be used: nothing is known.</summary>
    CouldNotRun,

    /// <summary>There is no result.</summary>
    Missing,
}

/// <summary>What a job's reports say.</summary>
/// <param name="Job">The job; its name is made from the rest where the run was none of several.</param>
/// <param name="File">Absolute path of its <c>cleanroom.json</c>; empty where there is none.</param>
public sealed record JobResult(Job Job, string File)
{
    /// <summary>The file as messages name it: reports are read on other machines.</summary>
    public string Place { get; init; } = File.Length == 0 ? "" : $"{Path.GetFileName(Path.GetDirectoryName(File))}/{Path.GetFileName(File)}";

    /// <summary>SHA-256 of the file: two copies of one result are one.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The repository's name.</summary>
    public string Repository { get; init; } = "";

    /// <summary>The commit; empty where no snapshot was taken.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Whether uncommitted changes were built.</summary>
    public bool IsModified { get; init; }

    /// <summary>The configuration.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The engine and its version; empty where none answered.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Whether the room was weaker than a container.</summary>
    public bool IsWeakerRoom { get; init; }

    /// <summary>The context that the job ran on; empty for the one in effect.</summary>
    public string Context { get; init; } = "";

    /// <summary>The image with its pin.</summary>
    public string Image { get; init; } = "";

    /// <summary>The platform of the image.</summary>
    public string ImagePlatform { get; init; } = "";

    /// <summary>Whether every step was done and none failed.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Why the run could not be done; empty where it could.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>How many builds there were.</summary>
    public int Builds { get; init; }

    /// <summary>Outputs that were compared; null where nothing was rebuilt.</summary>
    public int? Compared { get; init; }

    /// <summary>Outputs that differ between the job's own builds.</summary>
    public ImmutableArray<string> Differing { get; init; } = [];

    /// <summary>The findings that are told.</summary>
    public ImmutableArray<ReportedFinding> Findings { get; init; } = [];

    /// <summary>SHA-256 of each output; null where the job left no list.</summary>
    public ImmutableSortedDictionary<string, string>? Outputs { get; init; }

    /// <summary>How it ended: as the exit codes of <c>reprogate cleanroom</c> say it of one job.</summary>
    public JobState State => Obstacle.Length > 0 || Findings.Any(static finding => finding.RuleId == RuleCatalog.EngineMissing.Id || (finding.RuleId == RuleCatalog.CheckCouldNotRun.Id && finding.Level == Severity.Error)) ? JobState.CouldNotRun
        : Findings.Any(static finding => finding.Level >= Severity.Warning) ? JobState.Findings
        : IsWhole ? JobState.Passed : JobState.CouldNotRun;

    /// <summary>What a comparison with other jobs needs; null where the job left no list of outputs.</summary>
    public JobOutputs? Built => Outputs is null ? null : new JobOutputs(Job.Name, Job.Entry, Configuration, Outputs)
    {
        Machine = Context.Length > 0 ? $"{Engine} of {Context}" : Engine,
        Image = Image,
        Platform = ImagePlatform,
        IsRebuilt = Compared is not null,
        Told = [.. Differing],
    };
}
