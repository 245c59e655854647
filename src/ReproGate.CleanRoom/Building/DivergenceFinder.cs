using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Building;

/// <summary>
/// Compares the log of a build that passes on this machine with that of the one that failed in the room, and names the first input that they did not
/// have alike: from the task that failed back through what it was given, then what the evaluation read.
/// </summary>
internal sealed partial class DivergenceFinder
{
    private const int MaximumDepth = 8;
    private const int MaximumInputs = 4000;
    private const int MostText = 200;

    // Lists of files that a task reads.
    private static readonly string[] InputParameters = ["Sources", "SourceFiles", "Resources", "AdditionalFiles", "EmbeddedFiles", "Files", "Inputs", "InputFiles", "SourceFile", "References", "Include", "Assets"];

    private readonly BuildRecord _host;
    private readonly BuildRecord _room;
    private readonly RoomLog _hostReads;
    private readonly FrozenSet<string> _roomReads;
    private readonly string _hostRoot;
    private readonly string _roomRoot;
    private readonly (string Path, string Name)[] _hostPaths;
    private readonly (string Path, string Name)[] _roomPaths;
    private readonly string _repositoryRoot;
    private readonly FrozenSet<string> _tracked;
    private readonly IMachine _machine;
    private readonly (string Name, string Value)[] _variables;

    private DivergenceFinder(BuildRecord host, BuildRecord room, RoomLog hostReads, RoomLog roomReads, BuildMachine here, BuildMachine there, string repositoryRoot, FrozenSet<string> tracked, IMachine machine, IEnumerable<KeyValuePair<string, string>> variables)
    {
        (_host, _room, _hostReads, _repositoryRoot, _tracked, _machine) = (host, room, hostReads, repositoryRoot, tracked, machine);
        _roomReads = roomReads.Variables.Select(static read => read.Name).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        (_hostRoot, _roomRoot) = (Forward(here.SourcePath), Forward(there.SourcePath));
        (_hostPaths, _roomPaths) = (Paths(host, here), Paths(room, there));
        _variables = [.. variables.Where(static variable => variable.Value.Length >= 4 && !WorkTreeMachine.IsEverywhere(variable.Key)).Select(static variable => (variable.Key, variable.Value)).OrderByDescending(static variable => variable.Value.Length)];
    }

    /// <summary>Reads the two logs; null where one cannot be read.</summary>
    /// <param name="hostLog">Absolute path of the log of this machine's build.</param>
    /// <param name="roomLog">Absolute path of the log of the room's.</param>
    /// <param name="here">This machine.</param>
    /// <param name="there">The room.</param>
    /// <param name="repositoryRoot">Where the repository lies: places point into it.</param>
    /// <param name="tracked">What git holds.</param>
    /// <param name="machine">What the work tree has.</param>
    /// <param name="variables">This machine's environment: values are replaced by their names wherever one would be shown.</param>
    public static DivergenceFinder? Create(string hostLog, string roomLog, BuildMachine here, BuildMachine there, string repositoryRoot, FrozenSet<string> tracked, IMachine machine, IEnumerable<KeyValuePair<string, string>> variables) =>
        BuildRecord.TryRead(hostLog) is { } host && BuildRecord.TryRead(roomLog) is { } room
            ? new DivergenceFinder(host, room, RoomLog.Read(hostLog), RoomLog.Read(roomLog), here, there, repositoryRoot, tracked, machine, variables)
            : null;

    /// <summary>Says what a failure's project was given here and not in the room. A file of the work tree and a variable are named as such.</summary>
    public RoomFailure Explain(RoomFailure failure)
    {
        string project = failure.Error.Project;
        if (_room.Failed.FirstOrDefault(run => project.Length == 0 || InRoom(run.Project) == project) is { } failed && FromTask(failure, failed) is { } byTask)
        {
            return byTask;
        }

        if (Imported(project) is { } import)
        {
            return File(failure, import);
        }

        if (Read(project) is { } read)
        {
            return Variable(failure, read.Name, Place(read)!);
        }

        return Sdk(failure) ?? ByProperty(failure, Definitions(project)) ?? failure;
    }

    private RoomFailure? FromTask(RoomFailure failure, TaskRun failed)
    {
        if (_room.Counterpart(failed, _host, ThereNeutral, HereNeutral) is not { } here)
        {
            // It did not run here at all: whatever its conditions ask for decides.
            return ByCondition(failure, failed.Project, failed.Target, failed.Location, _room, _roomRoot);
        }

        if (Inputs(failure, here, failed, [], 0) is { } found)
        {
            return found;
        }

        return failed.Task == "Exec"
            ? failure with { Divergence = new DivergentInput($"what the command of target {failed.Target} runs or reads, for the same command passes here", "", "", Place(failed.Location, _roomRoot)) }
            : null;
    }

    // Depth first: what an input's own task got differently is nearer to the cause than what it passed on.
    private RoomFailure? Inputs(RoomFailure failure, TaskRun here, TaskRun there, HashSet<int> seen, int depth)
    {
        if (depth > MaximumDepth || !seen.Add(here.Order))
        {
            return null;
        }

        foreach (string path in ReadFiles(here))
        {
            if (_host.Writer(path) is not { } writer || writer.Run.Order == here.Order)
            {
                continue;
            }

            RoomFailure? deeper = _host.Counterpart(writer.Run, _room, HereNeutral, ThereNeutral) is { } other
                ? Inputs(failure, writer.Run, other, seen, depth + 1)
                // It ran here only: for what it was given, or for its conditions.
                : (ReadFiles(writer.Run).Select(path => Own(path)).FirstOrDefault(static file => file is not null) is { } own ? File(failure, own) : null)
                    ?? ByCondition(failure, writer.Run.Project, writer.Run.Target, writer.Run.Location, _host, _hostRoot);
            if (deeper is not null)
            {
                return deeper;
            }
        }

        foreach (string name in here.Parameters.Concat(there.Parameters).Select(static parameter => parameter.Name).Distinct(StringComparer.Ordinal))
        {
            if (Parameter(failure, here, there, name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private RoomFailure? Parameter(RoomFailure failure, TaskRun here, TaskRun there, string name)
    {
        string[] ours = [.. BuildRecord.Items(here, name).Select(item => HereNeutral(item.Text))];
        string[] theirs = [.. BuildRecord.Items(there, name).Select(item => ThereNeutral(item.Text))];
        if (ours.Order(StringComparer.Ordinal).SequenceEqual(theirs.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            return null;
        }

        // A file that only the work tree has, taken in by a pattern.
        foreach (TaskItem item in BuildRecord.Items(here, name).Where(item => !theirs.Contains(HereNeutral(item.Text), StringComparer.Ordinal)))
        {
            if (Own(BuildRecord.Rooted(here.Folder, item.Text)) is { } own)
            {
                return File(failure, own);
            }
        }

        string one = string.Join(';', ours.Except(theirs, StringComparer.Ordinal)), other = string.Join(';', theirs.Except(ours, StringComparer.Ordinal));
        // Hashes hold what nobody can read, and paths among it.
        if (Hash().IsMatch(one) || Hash().IsMatch(other))
        {
            return null;
        }

        // The property that carries the value, and the variable behind it where there is one.
        IEnumerable<string> names = BuildRecord.PropertyOf(_host.Attribute(here.Location, name)) is { } single ? [single] : Differing(here.Project).Where(property => Joined(here, name).Contains(property.Here, StringComparison.Ordinal) && property.Here.Length > 0).OrderByDescending(static property => property.Here.Length).Select(static property => property.Name);
        foreach (string property in names)
        {
            if (Definition(property, here.Project) is { } definition)
            {
                if (definition.Untracked is { } file)
                {
                    return File(failure, file);
                }

                return Behind(failure, definition.Text, definition.Location) ?? failure with { Divergence = new DivergentInput($"property {property}", Shown(one), Shown(other), definition.Location) };
            }
        }

        return failure with { Divergence = new DivergentInput($"parameter {name} of task {here.Task} in target {here.Target}", Shown(one), Shown(other), Place(here.Location, _hostRoot)) };
    }

    private static IEnumerable<string> ReadFiles(TaskRun run) => run.Parameters
        .Where(static parameter => InputParameters.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
        .SelectMany(static parameter => parameter.Items)
        .Take(MaximumInputs)
        .Select(item => BuildRecord.Rooted(run.Folder, item.Text));

    // A file of either build that the work tree has by itself: nobody committed it, and no build made it.
    private string? Own(string path) =>
        (Below(path, _hostRoot) ?? Below(path, _roomRoot)) is { } relative && HostBuild.IsTaken(relative) && !_tracked.Contains(relative) && _machine.Has(relative) ? relative : null;

    private static string Joined(TaskRun run, string name) => string.Join(';', BuildRecord.Items(run, name).Select(static item => item.Text));

    /// <summary>A task that ran in one build only: what its own condition and its target's ask for, and the other build answers otherwise.</summary>
    private RoomFailure? ByCondition(RoomFailure failure, string project, string target, SourceLocation? task, BuildRecord log, string root)
    {
        if (task is null || log.StartTag(task.File, task.Line) is not { } tag)
        {
            return null;
        }

        var elements = new List<(int Line, string Text)> { (task.Line, tag) };
        int at = Array.FindLastIndex(log.Source(task.File)!.Split('\n'), task.Line - 1, line => line.Contains("<Target", StringComparison.Ordinal) && Regex.IsMatch(line, $@"Name\s*=\s*""{Regex.Escape(target)}""", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
        if (at >= 0)
        {
            elements.Add((at + 1, log.StartTag(task.File, at + 1)!));
        }

        foreach ((int line, string element) in elements)
        {
            if (Place(new SourceLocation(task.File, line, 1), root) is not { } place)
            {
                continue;
            }

            foreach (Match exists in Exists().Matches(element))
            {
                string path = BuildRecord.Rooted(Path.GetDirectoryName(Forward(task.File)) ?? "", exists.Groups[1].Value);
                if (Own(path) is { } own)
                {
                    return File(failure, own);
                }

                if (Below(path, root) is null && exists.Groups[1].Value.StartsWith('/') && (System.IO.File.Exists(path) || Directory.Exists(path)))
                {
                    return failure with { Divergence = new DivergentInput($"{path}, which the condition of target {target} asks for and which lies outside the repository,", "there", "not there", place) };
                }
            }

            if (Behind(failure, element, place) is { } variable)
            {
                return variable;
            }

            Dictionary<string, (string Here, string InRoom)> differing = Differing(project).ToDictionary(static property => property.Name, static property => (property.Here, property.InRoom), StringComparer.OrdinalIgnoreCase);
            foreach (string name in Reference().Matches(element).Select(static match => match.Groups[1].Value).Where(differing.ContainsKey))
            {
                (string definition, SourceLocation? location, string? file) = Definition(name, project) ?? ("", null, null);
                return file is not null ? File(failure, file) : Behind(failure, definition, location ?? place) ?? failure with { Divergence = new DivergentInput($"property {name}", Shown(differing[name].Here), Shown(differing[name].InRoom), location ?? place) };
            }
        }

        return null;
    }

    // A variable that is read here, at the text given, and that the room does not set.
    private RoomFailure? Behind(RoomFailure failure, string text, SourceLocation? place)
    {
        if (place is null)
        {
            return null;
        }

        string? name = Reference().Matches(text).Select(static match => match.Groups[1].Value)
            .Concat(Asked().Matches(text).Select(static match => match.Groups[1].Value))
            .FirstOrDefault(name => !_roomReads.Contains(name) && (_hostReads.Variables.Any(read => read.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) || _variables.Any(variable => variable.Name.Equals(name, StringComparison.Ordinal))));
        return name is null ? null : Variable(failure, name, place);
    }

    private string? Imported(string project)
    {
        HashSet<string> theirs = [.. Imports(_room, project, _roomRoot)];
        return Imports(_host, project, _hostRoot).FirstOrDefault(path => !theirs.Contains(path) && !_tracked.Contains(path) && _machine.Has(path));
    }

    private static IEnumerable<string> Imports(BuildRecord log, string project, string root) => log.Build.FindChildrenRecursive<ProjectEvaluation>()
        .Where(evaluation => project.Length == 0 || Below(Forward(evaluation.ProjectFile ?? ""), root) == project)
        .SelectMany(static evaluation => evaluation.FindChildrenRecursive<Import>())
        .Select(import => Below(BuildRecord.Normal(import.ImportedProjectFilePath ?? ""), root))
        .OfType<string>();

    // The first variable that the repository's files ask for here, for this project, and that the room does not set.
    private LoggedRead? Read(string project)
    {
        string folder = project.Contains('/', StringComparison.Ordinal) ? project[..project.LastIndexOf('/')] : "";
        return _hostReads.Variables.FirstOrDefault(read => Below(Forward(read.File), _hostRoot) is { } file
            && !_roomReads.Contains(read.Name)
            && !WorkTreeMachine.IsEverywhere(read.Name)
            // Another project's own file says nothing of this one.
            && (project.Length == 0 || file == project || !file.EndsWith("proj", StringComparison.OrdinalIgnoreCase) || folder.Length > 0 && file.StartsWith(folder + "/", StringComparison.Ordinal)));
    }

    private RoomFailure? Sdk(RoomFailure failure)
    {
        string here = Version(_host), there = Version(_room);
        return here == there || here.Length == 0 || there.Length == 0 ? null : failure with { Divergence = new DivergentInput("the .NET SDK", here, there, null) };

        static string Version(BuildRecord log) => log.Build.FindChildrenRecursive<Property>().FirstOrDefault(static property => property.Name == "NETCoreSdkVersion")?.Value ?? "";
    }

    private RoomFailure? ByProperty(RoomFailure failure, IEnumerable<(string Name, string Here, string InRoom, string Text, SourceLocation Location)> properties)
    {
        foreach ((string name, string here, string inRoom, string text, SourceLocation location) in properties)
        {
            return Behind(failure, text, location) ?? failure with { Divergence = new DivergentInput($"property {name}", Shown(here), Shown(inRoom), location) };
        }

        return null;
    }

    // Of all that differs, only what the repository's own files define.
    private IEnumerable<(string Name, string Here, string InRoom, string Text, SourceLocation Location)> Definitions(string project) => project.Length == 0 ? [] :
        Differing(project).Select(property => (property.Name, property.Here, property.InRoom, Definition: Definition(property.Name, $"{_hostRoot}/{project}")))
            .Where(static property => property.Definition is { Location: not null })
            .Select(static property => (property.Name, property.Here, property.InRoom, property.Definition!.Value.Text, property.Definition.Value.Location!))
            .OrderBy(static property => property.Item5.File, StringComparer.Ordinal).ThenBy(static property => property.Item5.Line);

    private IEnumerable<(string Name, string Here, string InRoom)> Differing(string project)
    {
        string name = Path.GetFileName(Forward(project));
        Dictionary<string, string> theirs = _room.Properties(name);
        return _host.Properties(name)
            .Select(property => (property.Key, Here: property.Value, InRoom: theirs.GetValueOrDefault(property.Key, "")))
            .Where(property => HereNeutral(property.Here) != ThereNeutral(property.InRoom));
    }

    /// <summary>Where a property gets its value in the repository's files: the text of its element, its conditions included.</summary>
    private (string Text, SourceLocation? Location, string? Untracked)? Definition(string property, string project)
    {
        // As the log has it: of this machine's build.
        string own = Below(Forward(project), _roomRoot) is { } relative ? $"{_hostRoot}/{relative}" : project;
        if (_host.Definition(property, own, _hostRoot) is not { } found)
        {
            return null;
        }

        SourceLocation? place = Place(found.Place, _hostRoot);
        return (found.Element, place, place is null && Below(found.Place.File, _hostRoot) is { } mine && _machine.Has(mine) ? mine : null);
    }

    private RoomFailure File(RoomFailure failure, string relative) => failure with { Missing = MissingInput.File, Input = relative, IsIgnored = _machine.Ignores(relative), Suspects = [] };

    private static RoomFailure Variable(RoomFailure failure, string name, SourceLocation place) => failure with { Missing = MissingInput.Variable, Input = name, AskedAt = place, Suspects = [] };

    private string? InRoom(string file) => Below(Forward(file), _roomRoot);

    private SourceLocation? Place(LoggedRead read) => Place(new SourceLocation(read.File, read.Line, read.Column), _hostRoot);

    private SourceLocation? Place(SourceLocation? place, string root) =>
        place is not null && Below(Forward(place.File), root) is { } relative && _tracked.Contains(relative) ? place with { File = Path.Combine(_repositoryRoot, relative.Replace('/', Path.DirectorySeparatorChar)) } : null;

    // Short, on one line, and without what only this machine knows.
    private string Shown(string value)
    {
        string shown = _variables.Aggregate(value, static (text, variable) => text.Replace(variable.Value, $"$({variable.Name})", StringComparison.Ordinal)).ReplaceLineEndings(" ").Trim();
        return shown.Length > MostText ? shown[..MostText] + "…" : shown;
    }

    private string HereNeutral(string text) => Neutral(text, _hostPaths);

    private string ThereNeutral(string text) => Neutral(text, _roomPaths);

    private static string Neutral(string text, (string Path, string Name)[] paths) => paths.Aggregate(text, static (changed, path) => changed.Replace(path.Path, $"{{{path.Name}}}", StringComparison.Ordinal));

    // The SDK lies elsewhere in an image, and has the same files.
    private static (string Path, string Name)[] Paths(BuildRecord log, BuildMachine machine)
    {
        string packs = log.Build.FindChildrenRecursive<Property>().FirstOrDefault(static property => property.Name == "NetCoreTargetingPackRoot")?.Value ?? "";
        string dotnet = packs.Length > 0 ? Path.GetDirectoryName(Forward(packs).TrimEnd('/')) ?? "" : "";
        return [.. machine.Paths.Append((Path: dotnet, Name: "dotnet")).Where(static path => path.Path.Length > 1).OrderByDescending(static path => path.Path.Length)];
    }

    private static string? Below(string path, string root) =>
        path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal) && !path.Contains("/../", StringComparison.Ordinal) ? path[(root.TrimEnd('/').Length + 1)..] : null;

    private static string Forward(string path) => path.Replace('\\', '/').TrimEnd('/');

    [GeneratedRegex(@"\$\((\w+)\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"GetEnvironmentVariable\(\s*['""`]?(\w+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Asked();

    [GeneratedRegex(@"Exists\(\s*'([^'$%@]+)'\s*\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Exists();

    [GeneratedRegex(@"\b[0-9a-fA-F]{32,128}\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Hash();
}
