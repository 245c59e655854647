using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Reports;

/// <summary>One thing that was varied for the rebuild.</summary>
/// <param name="Name">What it is.</param>
/// <param name="First">What it was in the first build.</param>
/// <param name="Second">What it was in the second.</param>
public sealed record ReportVariation(string Name, string First, string Second);

/// <summary>A package the build got.</summary>
/// <param name="Id">The package's id.</param>
/// <param name="Version">Its version.</param>
/// <param name="ContentHash">Base64 SHA-512 of its content, as the lock file has it; empty where that is not known.</param>
public sealed record ReportPackage(string Id, string Version, string ContentHash);

/// <summary>All that a run of the clean room has to tell, in every form of report.</summary>
public sealed record CleanRoomReport
{
    /// <summary>Name of the repository's folder or remote.</summary>
    public required string Repository { get; init; }

    /// <summary>Address of the repository without credentials; empty where there is none.</summary>
    public string RepositoryUri { get; init; } = "";

    /// <summary>The commit; with uncommitted changes, the one that they would make; empty where no snapshot was taken.</summary>
    public required string Commit { get; init; }

    /// <summary>Whether the tree holds changes that are not committed.</summary>
    public bool IsModified { get; init; }

    /// <summary>What was built: solution or project relative to the root.</summary>
    public required string Entry { get; init; }

    /// <summary>The configuration that was built.</summary>
    public string Configuration { get; init; } = "Release";

    /// <summary>The job among several that the run is; empty where it is the only one.</summary>
    public string Job { get; init; } = "";

    /// <summary>The docker context or podman connection that was named; empty for the one that is in effect.</summary>
    public string Context { get; init; } = "";

    /// <summary>The platform that was asked for; empty for the image's own.</summary>
    public string Platform { get; init; } = "";

    /// <summary>The platform of the image, <c>os/architecture</c>; empty where that is not known.</summary>
    public string ImagePlatform { get; init; } = "";

    /// <summary>Whether every step was done and none failed; what differs is judged apart.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Why the run could not be done, one clause; empty where it could.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>The last lines of the step that failed.</summary>
    public ImmutableArray<string> FailureOutput { get; init; } = [];

    /// <summary>How many builds there were.</summary>
    public int Builds { get; init; }

    /// <summary>ReproGate's version.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The engine and its version; the weaker room names itself here.</summary>
    public required string Engine { get; init; }

    /// <summary>Whether the room was weaker than a container.</summary>
    public bool IsWeakerRoom => !Weaker.IsEmpty;

    /// <summary>What a container gives and the room did not, a clause each; empty for a container.</summary>
    public ImmutableArray<string> Weaker { get; init; } = [];

    /// <summary>The system the room stood on where it had no image; empty where it had one.</summary>
    public string System { get; init; } = "";

    /// <summary>The image, with digest or id.</summary>
    public string Image { get; init; } = "";

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The steps, in order.</summary>
    public ImmutableArray<PhaseRecord> Phases { get; init; } = [];

    /// <summary>What was varied; empty where nothing was rebuilt.</summary>
    public ImmutableArray<ReportVariation> Variations { get; init; } = [];

    /// <summary>The comparison; null where nothing was rebuilt.</summary>
    public ComparisonResult? Comparison { get; init; }

    /// <summary>The differences with their causes.</summary>
    public ImmutableArray<DifferingOutput> Explained { get; init; } = [];

    /// <summary>The findings.</summary>
    public ImmutableArray<JudgedFinding> Findings { get; init; } = [];

    /// <summary>The outputs of the first build; null where there are none.</summary>
    public OutputManifest? Outputs { get; init; }

    /// <summary>The packages the build got.</summary>
    public ImmutableArray<ReportPackage> Packages { get; init; } = [];

    /// <summary>Folder of the first build's outputs, for the bytes shown; empty where they are gone.</summary>
    public string FirstTree { get; init; } = "";

    /// <summary>Folder of the second build's outputs.</summary>
    public string SecondTree { get; init; } = "";

    /// <summary>Keeps this machine's paths out of what is written.</summary>
    public required ReportPaths Paths { get; init; }

    /// <summary>How long the run took: the end of its last step.</summary>
    public TimeSpan Elapsed => Phases.IsEmpty ? TimeSpan.Zero : Phases.Max(static phase => phase.Start + phase.Elapsed);

    /// <summary>How many outputs have each grade.</summary>
    public IEnumerable<(Grade Grade, int Count)> Grades => Comparison is null
        ? []
        : Enum.GetValues<Grade>().Select(grade => (grade, grade == Grade.Identical
            ? Comparison.Files - Comparison.Differences.Length
            : Comparison.Differences.Count(difference => difference.Grade == grade)));

    /// <summary>The words for a grade.</summary>
    public static string NameOf(Grade grade) => grade switch
    {
        Grade.Identical => "identical",
        Grade.MetadataOnly => "metadata only",
        Grade.Different => "different",
        Grade.OnlyLeft => "only in the first build",
        Grade.OnlyRight => "only in the second build",
        _ => "not tested",
    };
}
