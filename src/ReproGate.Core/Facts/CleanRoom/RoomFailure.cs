using System.Collections.Immutable;

namespace ReproGate.Facts.CleanRoom;

/// <summary>A step of the work in a room.</summary>
public enum RoomPhase
{
    /// <summary>Restore in locked mode, from the packages that were brought.</summary>
    Restore,

    /// <summary>The build.</summary>
    Build,

    /// <summary>The tests.</summary>
    Test,

    /// <summary>The build with everything varied.</summary>
    Rebuild,
}

/// <summary>What the build lacked in the room and has on this machine.</summary>
public enum MissingInput
{
    /// <summary>Nothing that could be named: the message has to say it.</summary>
    Unknown,

    /// <summary>A file that exists here and that git does not hold.</summary>
    File,

    /// <summary>An environment variable that is set here.</summary>
    Variable,

    /// <summary>A program that the room does not hold.</summary>
    Program,

    /// <summary>The network.</summary>
    Network,

    /// <summary>The .NET SDK that global.json asks for.</summary>
    Sdk,

    /// <summary>A package that no lock names, so that it was not brought.</summary>
    Package,

    /// <summary>Time: the watchdog ended the phase.</summary>
    Time,

    /// <summary>Space: the phase filled the room's share of the disk, and was ended.</summary>
    Disk,

    /// <summary>Processes: the phase started more than the room may have.</summary>
    Processes,
}

/// <summary>An error of the build in the room.</summary>
/// <param name="Code">Its code; empty where it has none.</param>
/// <param name="Message">Its text.</param>
/// <param name="Location">Its place, on this machine where the repository has the file.</param>
/// <param name="Project">The project, relative to the root; empty where it has none.</param>
public sealed record RoomError(string Code, string Message, SourceLocation Location, string Project);

/// <summary>A phase that failed in the room.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Error">The first error.</param>
/// <param name="Missing">The first input that the machine has and the room has not.</param>
/// <param name="Input">Its name: the file relative to the root, the variable, the program, the address.</param>
public sealed record RoomFailure(RoomPhase Phase, RoomError Error, MissingInput Missing, string Input)
{
    /// <summary>Where the repository asks for <see cref="Input"/>; null where only the error has a place.</summary>
    public SourceLocation? AskedAt { get; init; }

    /// <summary>How many further errors there were.</summary>
    public int Further { get; init; }

    /// <summary>Files of the failing project that exist here and git does not hold; they may be what is missing.</summary>
    public ImmutableArray<string> Suspects { get; init; } = [];

    /// <summary>Whether git ignores <see cref="Input"/>.</summary>
    public bool IsIgnored { get; init; }

    /// <summary>The names of the tests that failed.</summary>
    public ImmutableArray<string> Tests { get; init; } = [];

    /// <summary>How far ahead the clock stood, where the same build passes by the clock as it is; zero where the clock was not the reason.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Whether the same phase passes on this machine, from a copy of the work tree without what earlier builds left; null where that was not tried, or ended otherwise than in the room.</summary>
    public bool? PassesHere { get; init; }

    /// <summary>The first input that the build here and the one in the room did not have alike; null where none was looked for or found.</summary>
    public DivergentInput? Divergence { get; init; }
}

/// <summary>An input that two builds of one repository did not have alike.</summary>
/// <param name="What">What it is, for example <c>property AcmeLevel</c>.</param>
/// <param name="Here">Its value on this machine; empty for none. Values of environment variables are replaced by their names.</param>
/// <param name="InRoom">Its value in the room; empty for none.</param>
/// <param name="Location">Where the repository asks for it; null where the logs do not say.</param>
public sealed record DivergentInput(string What, string Here, string InRoom, SourceLocation? Location);

/// <summary>Something of a machine that a build asked for in the room and the repository does not declare.</summary>
/// <param name="Kind">What it is; a variable, a program, a file outside, or the network.</param>
/// <param name="Name">Its name.</param>
/// <param name="Location">What asked for it.</param>
public sealed record UndeclaredInput(MissingInput Kind, string Name, SourceLocation Location)
{
    /// <summary>Whether the room has it: a program that ran, a file that was opened.</summary>
    public bool IsThere { get; init; }

    /// <summary>What a build without it did, one clause; empty where none was made.</summary>
    public string Without { get; init; } = "";
}
