using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom;

/// <summary>One step of a run, for the timeline.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Start">When it began, after the beginning of the run.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Outcome">How it ended, a few words.</param>
public sealed record PhaseRecord(string Name, TimeSpan Start, TimeSpan Elapsed, string Outcome);

/// <summary>What came of building again with everything varied.</summary>
/// <param name="Comparison">The comparison of the first build and the varied one.</param>
/// <param name="Outputs">Each output that differs, with its cause.</param>
/// <param name="First">Outputs of the first build.</param>
/// <param name="Second">Outputs of the varied one.</param>
/// <param name="FirstLog">The binary log of the first build.</param>
/// <param name="SecondLog">The binary log of the varied one.</param>
/// <param name="FirstSettings">The first room.</param>
/// <param name="SecondSettings">The varied room.</param>
public sealed record RebuildReport(ComparisonResult Comparison, ImmutableArray<DifferingOutput> Outputs, string First, string Second, string FirstLog, string SecondLog, RoomSettings FirstSettings, RoomSettings SecondSettings);

/// <summary>All that a run found out; where it stopped early, later members are empty.</summary>
public sealed record CleanRoomOutcome
{
    /// <summary>The engines that gave no answer; meaningful where <see cref="Engine"/> is empty.</summary>
    public ImmutableArray<EngineAttempt> Tried { get; init; } = [];

    /// <summary>The engine and its version; empty where none answered.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Whether the weaker room might be asked for where no engine answered.</summary>
    public bool OffersWeaker { get; init; }

    /// <summary>The image; null where it could not be had, and where the engine needs none.</summary>
    public RoomImage? Image { get; init; }

    /// <summary>What the room stood on where it had no image: the system and the SDK of this machine; empty else.</summary>
    public string System { get; init; } = "";

    /// <summary>What a container gives and this room did not, a clause each; empty for a container.</summary>
    public ImmutableArray<string> Weaker { get; init; } = [];

    /// <summary>The same in one sentence; empty for a container.</summary>
    public string WeakerNote => Weaker.IsEmpty ? "" : $"clean room: the room of {Engine} is weaker than a container: {string.Join("; ", Weaker)}. What passes here may need this machine all the same; only a container engine's room proves that it does not.";

    /// <summary>Whether the image is not the pinned one, or nothing pins it.</summary>
    public bool ImageIsUnpinned { get; init; }

    /// <summary>Why the run could not be done, one clause; empty where it could.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>The snapshot; null where none was taken.</summary>
    public SnapshotFacts? Snapshot { get; init; }

    /// <summary>What the room got.</summary>
    public RoomPackages? Packages { get; init; }

    /// <summary>What the fetch found wrong.</summary>
    public ImmutableArray<Finding> FetchFindings { get; init; } = [];

    /// <summary>What failed in the room, of the projects that failed in the same phase the first one first; empty where nothing did.</summary>
    public ImmutableArray<RoomFailure> Failures { get; init; } = [];

    /// <summary>The last lines of the phase that failed.</summary>
    public ImmutableArray<string> FailureOutput { get; init; } = [];

    /// <summary>What the build asked of the machine.</summary>
    public ImmutableArray<UndeclaredInput> Undeclared { get; init; } = [];

    /// <summary>Why system calls were not looked at although that was asked for, one clause; empty where they were, or nobody asked.</summary>
    public string NotTraced { get; init; } = "";

    /// <summary>Why the clock of the rebuild was not another one although that was asked for, one clause; empty where it was, or nobody asked.</summary>
    public string NotFaked { get; init; } = "";

    /// <summary>Values of the room that were found in outputs of the first build.</summary>
    public ImmutableArray<FoundCanary> Canaries { get; init; } = [];

    /// <summary>The rebuild; null where none was done.</summary>
    public RebuildReport? Rebuild { get; init; }

    /// <summary>Folder of the first build's outputs; empty where none succeeded.</summary>
    public string FirstOutputs { get; init; } = "";

    /// <summary>How many builds there were.</summary>
    public int Builds { get; init; }

    /// <summary>The steps, in order.</summary>
    public ImmutableArray<PhaseRecord> Phases { get; init; } = [];

    /// <summary>Whether the whole run was done and nothing failed; differences of a rebuild are judged apart.</summary>
    public bool IsWhole => Obstacle.Length == 0 && Failures.IsEmpty && Phases.Length > 0;
}
