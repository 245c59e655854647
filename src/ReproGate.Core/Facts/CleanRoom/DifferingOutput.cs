using System.Collections.Immutable;

namespace ReproGate.Facts.CleanRoom;

/// <summary>Why two builds of the same sources give other bytes.</summary>
public enum CauseClass
{
    /// <summary>Not found out.</summary>
    Unknown,

    /// <summary>The time of the build is written down.</summary>
    Timestamp,

    /// <summary>A time is written in the machine's time zone.</summary>
    TimeZone,

    /// <summary>The modification time of a file is written down.</summary>
    FileTime,

    /// <summary>Where the repository, the packages or temporary files lie is written down.</summary>
    AbsolutePath,

    /// <summary>The user's folder is written down.</summary>
    HomeFolder,

    /// <summary>The user's name is written down.</summary>
    UserName,

    /// <summary>The machine's name is written down.</summary>
    HostName,

    /// <summary>An environment variable is written down.</summary>
    EnvironmentVariable,

    /// <summary>A Guid, a random or a process number.</summary>
    Random,

    /// <summary>The same things in another order.</summary>
    Order,

    /// <summary>Several writers, whose order the scheduler decides.</summary>
    Race,

    /// <summary>Numbers, dates or letter case follow the culture.</summary>
    Culture,

    /// <summary>Commit or history are written down and are not the same, or missing.</summary>
    GitMetadata,

    /// <summary>The same content, compressed otherwise: another library or processor.</summary>
    Compression,

    /// <summary>The number of processors.</summary>
    ProcessorCount,

    /// <summary>Modes of files: the umask.</summary>
    FileMode,

    /// <summary>The path of the PDB or of source documents: the compiler maps no paths.</summary>
    DebugPath,

    /// <summary>The compiler works without Deterministic.</summary>
    NotDeterministic,

    /// <summary>Line ends of the machine or of git's settings.</summary>
    LineEnds,

    /// <summary>It only follows from another output that differs.</summary>
    Follows,
}

/// <summary>The cause of a difference.</summary>
/// <param name="Class">What kind of cause.</param>
/// <param name="Evidence">What it was concluded from, one clause, for example <c>the value is a time</c>.</param>
/// <param name="Origin">What brought the value in, for example <c>property BuildStamp</c>; empty where that is not known.</param>
/// <param name="Location">The place to change; null where it is not known.</param>
/// <param name="Mend">What to do, one or two sentences.</param>
/// <param name="Edits">The edits that do it, where the mend is one.</param>
public sealed record DifferenceCause(CauseClass Class, string Evidence, string Origin, SourceLocation? Location, string Mend, ImmutableArray<TextEdit> Edits);

/// <summary>An output that a rebuild made differently.</summary>
/// <param name="Path">Path of the output, with forward slashes.</param>
/// <param name="Where">The place inside that tells the most.</param>
/// <param name="Kind">What differs there.</param>
/// <param name="Left">What the first build wrote, shortened.</param>
/// <param name="Right">What the second build wrote, shortened.</param>
/// <param name="IsMetadataOnly">Whether every byte is explained by metadata.</param>
/// <param name="IsFlaky">Whether it differs between two builds with nothing varied, or its source draws it by lot.</param>
/// <param name="Variations">The variations that make it differ; empty where that was not found out.</param>
/// <param name="Producer">Who wrote it: <c>task Csc in target CoreCompile of Shop.csproj</c>; empty where the log does not say.</param>
/// <param name="Project">Absolute path of the project or file to point at where the cause has no place of its own.</param>
/// <param name="Cause">The cause.</param>
public sealed record DifferingOutput(string Path, string Where, string Kind, string Left, string Right, bool IsMetadataOnly, bool IsFlaky, ImmutableArray<string> Variations, string Producer, string Project, DifferenceCause Cause);

/// <summary>A value of the machine that was found in an output.</summary>
/// <param name="Path">Path of the output, with forward slashes.</param>
/// <param name="Where">The place inside.</param>
/// <param name="Name">What the value is: <c>user name</c>, <c>build path</c>.</param>
/// <param name="Producer">Who wrote the output; empty where the log does not say.</param>
/// <param name="Project">Absolute path of the project or file to point at.</param>
public sealed record FoundCanary(string Path, string Where, string Name, string Producer, string Project);
