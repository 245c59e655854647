using System.Collections.Immutable;
using Microsoft.Build.Framework;
using Microsoft.Build.Logging.StructuredLogger;

namespace ReproGate.CleanRoom.Building;

/// <summary>An error as the room's log has it, with the room's own paths.</summary>
internal sealed record LoggedError(string Code, string Message, string File, int Line, int Column, string Project);

/// <summary>A read of an environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">The file that reads it; empty where the log does not say.</param>
/// <param name="Line">One-based line; 0 where the log does not say.</param>
/// <param name="Column">One-based column; 0 where the log does not say.</param>
internal sealed record LoggedRead(string Name, string File, int Line, int Column);

/// <summary>What a binary log of the room says about errors and about what the evaluation asked for.</summary>
internal sealed record RoomLog(ImmutableArray<LoggedError> Errors, ImmutableArray<LoggedRead> Variables)
{
    private const int Most = 10_000;

    public static RoomLog Empty { get; } = new([], []);

    /// <summary>Reads a log, the part before a damage included: a build that was killed leaves half a log.</summary>
    public static RoomLog Read(string path)
    {
        var errors = ImmutableArray.CreateBuilder<LoggedError>();
        var variables = new HashSet<LoggedRead>();
        if (!File.Exists(path))
        {
            return Empty;
        }

        try
        {
            foreach (var record in new BinLogReader().ReadRecords(path))
            {
                switch (record.Args)
                {
                    case BuildErrorEventArgs error when errors.Count < Most:
                        errors.Add(new LoggedError(error.Code ?? "", error.Message ?? "", Full(error.File, error.ProjectFile), error.LineNumber, error.ColumnNumber, error.ProjectFile ?? ""));
                        break;
                    // The reader's own type has the place, in members that hide those of its base.
                    case global::StructuredLogger.BinaryLogger.EnvironmentVariableReadEventArgs2 read when variables.Count < Most:
                        variables.Add(new LoggedRead(read.EnvironmentVariableName, read.File ?? "", read.LineNumber, read.ColumnNumber));
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or NotSupportedException or FormatException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or NullReferenceException or KeyNotFoundException)
        {
            // The reader answers damage in many ways; what came before it counts.
        }

        return new RoomLog(errors.ToImmutable(), [.. variables]);
    }

    private static string Full(string? file, string? project) =>
        string.IsNullOrEmpty(file) || file.StartsWith('/') || string.IsNullOrEmpty(project) ? file ?? "" : $"{project[..(project.LastIndexOf('/') + 1)]}{file}";
}
