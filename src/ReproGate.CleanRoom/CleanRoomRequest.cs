using System.Collections.Immutable;
using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Facts;

namespace ReproGate.CleanRoom;

/// <summary>What is asked of the clean room.</summary>
public sealed record CleanRoomRequest
{
    /// <summary>Absolute path of the repository's root.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>Absolute path of the solution or project.</summary>
    public required string Entry { get; init; }

    /// <summary>An empty folder of this machine for snapshot, logs and outputs; the caller removes it.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Says which image; a digest behind <c>@</c> pins it. Called where the engine needs one.</summary>
    public required Func<string> Image { get; init; }

    /// <summary>The pin that reprogate.lock.json has for an image; empty where it has none.</summary>
    public Func<string, string> ImagePin { get; init; } = static _ => "";

    /// <summary>Whether an image that nothing pins is an error. Off where its pin is just being written.</summary>
    public bool RequirePin { get; init; } = true;

    /// <summary>Absolute path of reprogate.lock.json: where the pin belongs.</summary>
    public required string LockFile { get; init; }

    /// <summary><c>auto</c>, <c>docker</c>, <c>podman</c>, <c>bubblewrap</c>, or the path of such a program.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>The docker context or podman connection of the engine; empty for the one that is in effect.</summary>
    public string Context { get; init; } = "";

    /// <summary>The platform of the room, as <c>linux/arm64</c>; empty for the one of the image that the engine has.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Further arguments of the engine for every room, separated by spaces.</summary>
    public string EngineArguments { get; init; } = "";

    /// <summary>The configuration that is built.</summary>
    public string Configuration { get; init; } = "Release";

    /// <summary>Whether the tests run in the room.</summary>
    public bool Test { get; init; } = true;

    /// <summary>Whether the build is done again with everything varied, and compared.</summary>
    public bool Rebuild { get; init; } = true;

    /// <summary>Whether the entry is packed behind the build, for a comparison with what was published; the outputs are then not searched for values of the room.</summary>
    public bool Pack { get; init; }

    /// <summary>Properties of restore, build and pack, each <c>Name=Value</c> as MSBuild's command line takes it.</summary>
    public ImmutableArray<string> Properties { get; init; } = [];

    /// <summary>Whether the system calls of the first build are looked at, where the room holds strace and the engine lets it work.</summary>
    public bool Trace { get; init; }

    /// <summary>How far ahead programs of the rebuild see the clock, where the room holds libfaketime; zero leaves it as it is.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Whether the build is repeated without each variable that it read and the repository does not declare.</summary>
    public bool Ablation { get; init; }

    /// <summary>Whether what failed in the room for no reason that could be named is done once more on this machine, so that the two logs can be compared. Never for sources of others.</summary>
    public bool HostBuild { get; init; }

    /// <summary>The dotnet host of this machine, its path or a name on the PATH: builds here what is compared, and in rooms without an image.</summary>
    public string DotnetHost { get; init; } = "dotnet";

    /// <summary>How many builds a search for the variation behind a difference may cost.</summary>
    public int MaximumBuilds { get; init; } = 12;

    /// <summary>Limits of each room.</summary>
    public RoomLimits Limits { get; init; } = new();

    /// <summary>What the repository takes from the machine on purpose.</summary>
    public required AllowList Allowed { get; init; }

    /// <summary>Brings the locked packages and verifies them: the only step with network. Gets the snapshot; its findings end the run where one is an error.</summary>
    public required Func<Snapshot, CancellationToken, Task<(RoomPackages Packages, ImmutableArray<Finding> Findings)>> Fetch { get; init; }

    /// <summary>Names of this machine's environment variables.</summary>
    public required ImmutableArray<string> HostVariables { get; init; }

    /// <summary>Told, before anything is built, what the room is weaker in than a container; never for a container.</summary>
    public Action<string> TellWeaker { get; init; } = static _ => { };

    /// <summary>Told at the beginning and end of each phase.</summary>
    public Action<string> Progress { get; init; } = static _ => { };
}
