using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.CleanRoom.Engines;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>What this machine has, for the search of what the room lacked.</summary>
public interface IMachine
{
    /// <summary>Whether a file of the work tree exists here.</summary>
    /// <param name="relative">Its path below the repository's root, with forward slashes.</param>
    bool Has(string relative);

    /// <summary>Whether git ignores that file.</summary>
    bool Ignores(string relative);

    /// <summary>The sources in a folder of the work tree that git does not hold, relative to the root.</summary>
    ImmutableArray<string> SourcesWithoutGit(string folder);

    /// <summary>The first place where a file of the repository reads an environment variable that is set here and that no such file gives a value; null where there is none.</summary>
    /// <param name="folder">A project's folder, relative to the root: only files in it, below it and above it count. Empty for all files.</param>
    (string Name, SourceLocation Location)? VariableRead(string folder);
}

/// <summary>Finds the first thing a build lacked in the room, from its errors and its log.</summary>
internal static partial class FailureReader
{
    // More than a person mends before the next run.
    private const int MostProjects = 20;

    // They say that another project made nothing.
    private static readonly string[] Consequences = ["CS0006", "BC2017", "FS0084", "MSB4181"];

    /// <summary>Reads why a phase failed: a failure for each project that failed, the first one first. What several projects lacked alike is told once.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="log">Its log.</param>
    /// <param name="sourcePath">Where the repository lay in the room.</param>
    /// <param name="root">The repository's root on this machine.</param>
    /// <param name="tracked">What git holds.</param>
    /// <param name="machine">What this machine has.</param>
    public static ImmutableArray<RoomFailure> ReadAll(RoomPhase phase, RoomExit exit, RoomLog log, string sourcePath, string root, FrozenSet<string> tracked, IMachine machine)
    {
        RoomFailure whole = Read(phase, exit, log, sourcePath, root, tracked, machine);
        ImmutableArray<LoggedError>[] projects =
        [
            .. log.Errors.Where(error => Relative(error.Project, sourcePath) is not null)
                .GroupBy(static error => error.Project, StringComparer.Ordinal)
                .Where(static errors => errors.Any(static error => !Consequences.Contains(error.Code, StringComparer.Ordinal)))
                .Take(MostProjects)
                .Select(static errors => errors.ToImmutableArray()),
        ];
        // What ended the phase, what no project has of its own, and tests that only the output names are told as one.
        if (projects.Length < 2 || !whole.Tests.IsEmpty || whole.Missing is MissingInput.Time or MissingInput.Disk or MissingInput.Processes or MissingInput.Sdk)
        {
            return [whole];
        }

        return
        [
            .. projects.Select(errors => Read(phase, exit with { Output = [] }, log with { Errors = errors }, sourcePath, root, tracked, machine, Folder(Relative(errors[0].Project, sourcePath)!)))
                .DistinctBy(static failure => failure.Missing == MissingInput.Unknown ? $"{failure.Error.Location} {failure.Error.Code} {failure.Error.Message}" : $"{failure.Missing} {failure.Input}"),
        ];
    }

    private static string Folder(string file) => file.Contains('/', StringComparison.Ordinal) ? file[..file.LastIndexOf('/')] : "";

    /// <summary>Reads why a phase failed, as one failure.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="log">Its log.</param>
    /// <param name="sourcePath">Where the repository lay in the room.</param>
    /// <param name="root">The repository's root on this machine.</param>
    /// <param name="tracked">What git holds.</param>
    /// <param name="machine">What this machine has.</param>
    /// <param name="variablesOf">The folder whose project may read the variable that is missing; empty for the whole repository.</param>
    public static RoomFailure Read(RoomPhase phase, RoomExit exit, RoomLog log, string sourcePath, string root, FrozenSet<string> tracked, IMachine machine, string variablesOf = "")
    {
        string Here(string text) => text.Replace(sourcePath + "/", "", StringComparison.Ordinal).Replace(sourcePath, ".", StringComparison.Ordinal);

        ImmutableArray<LoggedError> errors = log.Errors.IsEmpty ? FromOutput(exit.Output) : log.Errors;
        LoggedError first = Cause(errors)
            ?? (phase == RoomPhase.Test ? FailedAssertion(exit.Output, sourcePath, tracked) : null)
            ?? new LoggedError("", exit.Output.LastOrDefault(static line => line.Trim().Length > 0)?.Trim() ?? "it said nothing", "", 0, 0, "");
        string? relativeFile = Relative(first.File, sourcePath);
        string project = Relative(first.Project, sourcePath) ?? "";
        SourceLocation location = relativeFile is not null && tracked.Contains(relativeFile)
            ? new SourceLocation(Path.Combine(root, relativeFile), first.Line, first.Column)
            : project.Length > 0 ? new SourceLocation(Path.Combine(root, project)) : new SourceLocation(root);
        var failure = new RoomFailure(phase, new RoomError(first.Code, Here(first.Message), location, project), MissingInput.Unknown, "")
        {
            Further = Math.Max(0, errors.Length - 1),
            Tests = phase == RoomPhase.Test ? FailedTests(exit.Output) : [],
        };
        if (exit.IsEnded)
        {
            return failure with { Missing = exit.OverDisk ? MissingInput.Disk : MissingInput.Time };
        }

        string everything = string.Join('\n', errors.Select(static error => error.Message).Concat(exit.Output));
        if (TooManyProcesses().IsMatch(everything))
        {
            return failure with { Missing = MissingInput.Processes };
        }

        if (SdkMissing().Match(everything) is { Success: true })
        {
            return failure with { Missing = MissingInput.Sdk, Input = AskedSdk().Match(everything) is { Success: true } asked ? asked.Groups[1].Value : "" };
        }

        if (errors.Select(error => MissingFile(error, sourcePath)).FirstOrDefault(path => path is not null && !tracked.Contains(path) && machine.Has(path)) is { } file)
        {
            return failure with { Missing = MissingInput.File, Input = file, IsIgnored = machine.Ignores(file) };
        }

        string? program = errors.Select(static error => MissingProgram(error.Message)).Concat(exit.Output.Select(MissingProgram)).FirstOrDefault(static name => name is not null);
        if (program is not null)
        {
            return failure with { Missing = MissingInput.Program, Input = program };
        }

        if (first.Code is "NU1100" or "NU1101" or "NU1102" or "NU1301" or "NU1004" or "NU1403" || first.Message.Contains("SDK resolver", StringComparison.Ordinal) && first.Message.Contains("could not be", StringComparison.Ordinal))
        {
            return failure with { Missing = MissingInput.Package, Input = PackageName().Match(first.Message) is { Success: true } package ? package.Groups[1].Value.TrimEnd('.') : "" };
        }

        if (Network().Match(everything) is { Success: true } network)
        {
            return failure with { Missing = MissingInput.Network, Input = Address().Match(everything) is { Success: true } address ? address.Value.TrimEnd('.', ',', ')', '\'', '"') : network.Value };
        }

        if (phase != RoomPhase.Test && machine.VariableRead(variablesOf) is { } variable)
        {
            return failure with { Missing = MissingInput.Variable, Input = variable.Name, AskedAt = variable.Location };
        }

        return phase == RoomPhase.Test ? failure : failure with { Suspects = machine.SourcesWithoutGit(Folder(project)) };
    }

    /// <summary>A path of the room below the repository's root; null for any other.</summary>
    internal static string? Relative(string path, string sourcePath) =>
        path.StartsWith(sourcePath + "/", StringComparison.Ordinal) && path.Length > sourcePath.Length + 1 ? Normal(path[(sourcePath.Length + 1)..]) : null;

    // The errors that follow from others come late in the list of what a person should look at.
    private static LoggedError? Cause(ImmutableArray<LoggedError> errors) =>
        errors.FirstOrDefault(static error => error.Code is not ("MSB3073" or "MSB4181" or "MSB3721" or "")) ?? errors.FirstOrDefault();

    private static ImmutableArray<LoggedError> FromOutput(ImmutableArray<string> output) =>
    [
        .. output.Select(static line => ErrorLine().Match(line)).Where(static match => match.Success).Select(static match => new LoggedError(
            match.Groups["code"].Value,
            match.Groups["text"].Value,
            match.Groups["file"].Value.Trim(),
            int.TryParse(match.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture, out int line) ? line : 0,
            int.TryParse(match.Groups["column"].Value, System.Globalization.CultureInfo.InvariantCulture, out int column) ? column : 0,
            match.Groups["project"].Value)).Distinct(),
    ];

    private static string? MissingFile(LoggedError error, string sourcePath)
    {
        if (error.Code is not ("CS2001" or "CS1566" or "FS0225" or "BC2001" or "MSB3202" or "MSB4019" or "MSB3030" or "MSB3552" or "MSB3541" or "CS7027" or "CS0006" or "CS1504" or "MSB3231" or "MSB4018" or "MSB3713" or "NETSDK1022" or "CS8785" or "AVLN2000" or "NU5019" or "MSB3375" or "MSB3324" or "MSB3323")
            && !FileWords().IsMatch(error.Message))
        {
            return null;
        }

        string directory = error.Project.Length > 0 ? error.Project[..(error.Project.LastIndexOf('/') + 1)] : sourcePath + "/";
        foreach (Match match in Quoted().Matches(error.Message))
        {
            string text = match.Groups[1].Value.Replace('\\', '/');
            string full = text.StartsWith('/') ? text : directory + text;
            if (full.StartsWith(sourcePath + "/", StringComparison.Ordinal) && Relative(full, sourcePath) is { } relative)
            {
                return relative;
            }
        }

        return null;
    }

    private static string? MissingProgram(string message)
    {
        Match match = NotFoundProgram().Match(message);
        if (match.Success)
        {
            return match.Groups["name"].Value;
        }

        // The shell's own code for "no such program".
        match = Exited127().Match(message);
        return match.Success ? match.Groups["name"].Value : null;
    }

    private static ImmutableArray<string> FailedTests(ImmutableArray<string> output) =>
        [.. output.Select(static line => FailedTest().Match(line)).Where(static match => match.Success).Select(static match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Take(50)];

    /// <summary>
    /// What the first failed test said, and the first line of its stack that is in the repository. The runner writes no error for a test, and the last
    /// line of its output is of whichever project ended last. Null where no test is named.
    /// </summary>
    private static LoggedError? FailedAssertion(ImmutableArray<string> output, string sourcePath, FrozenSet<string> tracked)
    {
        int start = 0;
        while (start < output.Length && !FailedTest().IsMatch(output[start]))
        {
            start++;
        }

        if (start == output.Length)
        {
            return null;
        }

        string message = "";
        foreach (string line in output.Skip(start + 1).TakeWhile(static line => !FailedTest().IsMatch(line)))
        {
            string text = line.Trim();
            if (StackLine().Match(text) is { Success: true } frame && Below(frame.Groups["file"].Value) is { } file)
            {
                return new LoggedError("", message, file, int.TryParse(frame.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture, out int number) ? number : 0, 0, "");
            }

            // The lines of other tests, and the sums at the end.
            if (text.StartsWith("Passed ", StringComparison.Ordinal) || text.StartsWith("Skipped ", StringComparison.Ordinal) || text.StartsWith("Failed! ", StringComparison.Ordinal) || text.StartsWith("Passed! ", StringComparison.Ordinal))
            {
                break;
            }

            if (message.Length == 0 && text.Length > 0 && text is not "Error Message:")
            {
                message = text;
            }
        }

        return new LoggedError("", message.Length > 0 ? message : "it said nothing", "", 0, 0, "");

        // A deterministic build calls the root /_/.
        string? Below(string path)
        {
            string full = path.StartsWith("/_/", StringComparison.Ordinal) ? sourcePath + path[2..] : path;
            return Relative(full, sourcePath) is { } relative && tracked.Contains(relative) ? full : null;
        }
    }

    private static string Normal(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return path;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"^\s*(?<file>[^\r\n]*?)(\((?<line>\d+)(,(?<column>\d+))?[^)]*\))?\s*: error (?<code>[A-Z]+\d+)?\s*: (?<text>.*?)( \[(?<project>[^\[\]]*)\])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ErrorLine();

    [GeneratedRegex("compatible \\.NET SDK was not found|A compatible installed \\.NET SDK", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SdkMissing();

    [GeneratedRegex("[Cc]annot fork|fork(: retry)?: (retry: )?Resource temporarily unavailable|unable to fork|vfork: Resource temporarily unavailable", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TooManyProcesses();

    [GeneratedRegex(@"Requested SDK version: (\S+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AskedSdk();

    [GeneratedRegex("could not (be found|find|open)|cannot find|not found|does not exist|No such file", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FileWords();

    [GeneratedRegex("[\"'“‘]([^\"'”’\r\n]{1,1000})[\"'”’]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?:^|[\s:])(?:sh|bash|dash|/bin/sh|[^\s:]+\.(?:sh|exec\.cmd)): (?:line )?\d*:? ?(?<name>[^\s:]+): (?:command )?not found|An error occurred trying to start process '(?<name>[^']+)'.*No such file", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NotFoundProgram();

    [GeneratedRegex(@"^The command ""(?<name>[^\s""]+)[^\r\n]* exited with code 127\.", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Exited127();

    [GeneratedRegex(@"(?:package|SDK) '?""?([A-Za-z0-9_.\-]+(?:/[0-9][\w.\-+]*)?)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PackageName();

    [GeneratedRegex("Temporary failure in name resolution|Name or service not known|Could not resolve host|Network is unreachable|Resource temporarily unavailable|nodename nor servname|unable to resolve host", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Network();

    [GeneratedRegex(@"https?://[^\s'""<>]+|(?<=\()[a-z0-9.\-]+:\d+(?=\))|(?<=resolve host:? )[^\s]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"^\s*(?:Failed|failed) (\S[^\[\r\n]*?)\s*(?:\[[^\]]*\]|\([\d.,a-z ]+\))\s*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FailedTest();

    [GeneratedRegex(@"^at .* in (?<file>/[^\r\n]*):line (?<line>\d+)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StackLine();
}
