using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Build.Logging.StructuredLogger;
using LogTask = Microsoft.Build.Logging.StructuredLogger.Task;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>A parameter of a task: its name and its values (of an item the identity, then its metadata as <c>name=value</c>).</summary>
internal sealed record TaskParameter(string Name, ImmutableArray<TaskItem> Items);

/// <summary>One value of a parameter.</summary>
internal sealed record TaskItem(string Text, ImmutableArray<KeyValuePair<string, string>> Metadata);

/// <summary>One run of a task, as the log has it.</summary>
internal sealed record TaskRun(string Project, string Target, string Task, SourceLocation? Location, int Order, ImmutableArray<TaskParameter> Parameters, ImmutableArray<TaskParameter> Outputs)
{
    public string Folder => System.IO.Path.GetDirectoryName(Project.Replace('\\', '/')) ?? "";

    public ProducedBy ToProducedBy() => new(Project, Target, Task, Location);
}

/// <summary>What a binary log tells about who wrote which file.</summary>
internal sealed partial class BuildRecord
{
    private static readonly string[] OutputNames = ["OutputAssembly", "PdbFile", "DocumentationFile", "OutputRefAssembly", "OutputFile", "OutputFiles", "File", "DestinationFile", "DestinationFiles", "CopiedFiles", "OutputPath", "ManifestFile", "DepsFilePath", "RuntimeConfigPath", "RuntimeConfigDevPath", "OutputPackItems", "AssemblyInfoPath", "OutputManifestPath", "OutputManifest", "EndpointsManifestPath", "ManifestPath", "AppHostDestinationPath", "OutputResources", "OutputEndpointsManifest", "GeneratedFile", "TargetOutputs"];

    // A Copy names its sources in the same order as its destinations.
    private static readonly string[] CopyTasks = ["Copy", "CopyRefAssembly", "Move", "HardLink"];

    // These name files they read, list or remove under the same parameter names.
    private static readonly string[] NotWriting = ["AssignTargetPath", "CallTarget", "ConvertToAbsolutePath", "Delete", "Error", "FindInList", "FindUnderPath", "GetFileHash", "Hash", "JoinItems", "MakeDir", "Message", "MSBuild", "ReadLinesFromFile", "RemoveDuplicates", "ResolveAssemblyReference", "Touch", "VerifyFileHash", "Warning", "XmlPeek"];

    // Lines of one start tag that are looked at.
    private const int LongestTag = 12;

    private readonly Dictionary<string, List<(TaskRun Run, string Full)>> _writersByName = new(StringComparer.OrdinalIgnoreCase);

    private BuildRecord(Build build)
    {
        Build = build;
        var tasks = new Dictionary<LogTask, TaskRun>(ReferenceEqualityComparer.Instance);
        Runs = [.. build.FindChildrenRecursive<LogTask>().OrderBy(static task => task.StartTime).Select((task, order) => ToRun(task, order) is { } run ? tasks[task] = run : null).OfType<TaskRun>()];
        Failed = [.. build.FindChildrenRecursive<Error>().Select(error => error.GetNearestParent<LogTask>() is { } task ? tasks.GetValueOrDefault(task) : null).OfType<TaskRun>().Distinct()];
        foreach (TaskRun run in Runs)
        {
            foreach (string path in Written(run))
            {
                string full = Rooted(run.Folder, path);
                string name = NameOf(full);
                if (!_writersByName.TryGetValue(name, out List<(TaskRun, string)>? writers))
                {
                    _writersByName[name] = writers = [];
                }

                writers.Add((run, full));
            }
        }
    }

    public Build Build { get; }

    /// <summary>The tasks in the order they started.</summary>
    public ImmutableArray<TaskRun> Runs { get; }

    /// <summary>The tasks that logged an error, in the order of the log.</summary>
    public ImmutableArray<TaskRun> Failed { get; }

    /// <summary>Reads a log; null where it cannot be read, whatever is wrong with it.</summary>
    public static BuildRecord? TryRead(string binlogPath)
    {
        try
        {
            return File.Exists(binlogPath) ? new BuildRecord(BinaryLog.ReadBuild(binlogPath)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException or FormatException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or NullReferenceException or KeyNotFoundException)
        {
            // The reader of the log answers damage in many ways; a damaged log is a log that says nothing.
            return null;
        }
    }

    /// <summary>The task that wrote a file's content, copies followed back; null where no task names it.</summary>
    public TaskRun? Producer(string outputPath)
    {
        string wanted = Normal(outputPath);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        TaskRun? found = null;
        while (seen.Add(wanted) && Writer(wanted) is { } writer)
        {
            found = writer.Run;
            if (SourceOfCopy(writer.Run, writer.Full) is not { } source)
            {
                break;
            }

            wanted = source;
        }

        return found;
    }

    /// <summary>The last task that names a file among its outputs.</summary>
    public (TaskRun Run, string Full)? Writer(string path)
    {
        string wanted = Normal(path);
        // Nobody's name may be shortened to match: the end has to begin at a separator.
        List<(TaskRun Run, string Full)> matching = _writersByName.TryGetValue(NameOf(wanted), out List<(TaskRun Run, string Full)>? writers)
            ? [.. writers.Where(writer => EndsWith(writer.Full, wanted) || EndsWith(wanted, writer.Full))]
            : [];
        return matching.Count > 0 ? matching.MaxBy(static writer => writer.Run.Order) : Command(wanted) is { } command ? (command, wanted) : null;
    }

    // A command says what it writes only in its text; a name without an extension is a word like others. Several projects may write files of one
    // name: the command of the project that lies nearest above the file is meant, the last one where there are more.
    private TaskRun? Command(string wanted) => !NameOf(wanted).Contains('.', StringComparison.Ordinal) ? null : Runs
        .Where(run => run.Task == "Exec" && Value(run, "Command")?.Contains(NameOf(wanted), StringComparison.OrdinalIgnoreCase) == true)
        .OrderBy(run => wanted.StartsWith(Normal(run.Folder) + "/", StringComparison.Ordinal) ? run.Folder.Length : 0)
        .ThenBy(static run => run.Order)
        .LastOrDefault();

    /// <summary>The property whose values in the two builds are, or are part of, two values that differ; null where none is.</summary>
    /// <param name="project">Path of the project in this build.</param>
    /// <param name="value">The value here.</param>
    /// <param name="other">The value in the other build.</param>
    /// <param name="otherLog">The other build.</param>
    public string? Property(string project, string value, string other, BuildRecord otherLog)
    {
        Dictionary<string, string> otherProperties = otherLog.Properties(Path.GetFileName(project.Replace('\\', '/')));
        return Properties(Path.GetFileName(project.Replace('\\', '/')))
            .Where(property => property.Value.Length > 0 && otherProperties.TryGetValue(property.Key, out string? otherValue)
                && otherValue != property.Value && value.Contains(property.Value, StringComparison.Ordinal) && other.Contains(otherValue, StringComparison.Ordinal)
                && otherValue.Length > 0)
            // The one that is the most of the value; among equals the one that was set first.
            .OrderByDescending(static property => property.Value.Length)
            .Select(static property => property.Key)
            .FirstOrDefault();
    }

    /// <summary>The text of a file that took part in the evaluation; null where the log does not hold it.</summary>
    public string? Source(string file) => SourceTexts.FirstOrDefault(source => source.File.Equals(Normal(file), StringComparison.Ordinal)).Text;

    /// <summary>The files of the repository that took part in the evaluation, the project first.</summary>
    /// <param name="project">Path of the project; empty for none.</param>
    /// <param name="root">Where the repository lay.</param>
    public IEnumerable<(string File, string Text)> Sources(string project, string root) => SourceTexts
        .Where(source => source.File.StartsWith(root.Replace('\\', '/').TrimEnd('/') + "/", StringComparison.Ordinal) && !source.File.Contains("/obj/", StringComparison.Ordinal))
        // Another project took part in another evaluation.
        .Where(source => project.Length == 0 || source.File == Normal(project) || !source.File.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(source => source.File == Normal(project));

    /// <summary>The run of another build that is this one there: the same task at the same line of the same target and project, of several the one of that number.</summary>
    /// <param name="run">A run of this build.</param>
    /// <param name="other">The other build.</param>
    /// <param name="neutral">Replaces this build's own paths in a text.</param>
    /// <param name="otherNeutral">Replaces the other's.</param>
    public TaskRun? Counterpart(TaskRun run, BuildRecord other, Func<string, string> neutral, Func<string, string> otherNeutral)
    {
        string project = neutral(run.Project);
        int index = Runs.Where(candidate => IsSame(candidate, run) && candidate.Project == run.Project).TakeWhile(candidate => candidate.Order != run.Order).Count();
        return other.Runs.Where(candidate => IsSame(candidate, run) && otherNeutral(candidate.Project) == project).Skip(index).FirstOrDefault();

        static bool IsSame(TaskRun one, TaskRun another) => one.Task == another.Task && one.Target == another.Target && one.Location?.Line == another.Location?.Line;
    }

    /// <summary>The first element of the repository's files that gives a property a value: all of it, its value, and its place in this build.</summary>
    /// <param name="property">The property.</param>
    /// <param name="project">Path of the project in this build.</param>
    /// <param name="root">Where the repository lay in this build.</param>
    public (string Element, string Value, SourceLocation Place)? Definition(string property, string project, string root)
    {
        foreach ((string file, string text) in Sources(project, root))
        {
            // An element of this name; a comment or a condition that mentions it is none.
            Match match = Regex.Match(text, $@"<{Regex.Escape(property)}(\s[^>]*)?>(?<value>[^<]*)</{Regex.Escape(property)}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            if (match.Success)
            {
                int line = text.AsSpan(0, match.Index).Count('\n') + 1;
                return (match.Value, match.Groups["value"].Value, new SourceLocation(file, line, match.Index == 0 ? 1 : match.Index - text.LastIndexOf('\n', match.Index - 1)));
            }
        }

        return null;
    }

    /// <summary>An attribute of a task as it is written; empty where the log does not hold the file, or the task has none of that name.</summary>
    public string Attribute(SourceLocation? task, string name) =>
        task is not null && StartTag(task.File, task.Line) is { } tag && Regex.Match(tag, $@"\b{Regex.Escape(name)}\s*=\s*""([^""]*)""", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups[1].Value : "";

    /// <summary>The start tag of the element at a line, whatever lines it goes on for; null where the log does not hold the file or the line.</summary>
    public string? StartTag(string file, int line)
    {
        string[] lines = (Source(file) ?? "").Split('\n');
        if (line <= 0 || line > lines.Length)
        {
            return null;
        }

        string text = string.Join('\n', lines.Skip(line - 1).Take(LongestTag));
        bool quoted = false;
        for (int position = Math.Max(0, text.IndexOf('<', StringComparison.Ordinal)); position < text.Length; position++)
        {
            quoted ^= text[position] == '"';
            if (text[position] == '>' && !quoted)
            {
                return text[..(position + 1)];
            }
        }

        return text;
    }

    /// <summary>The property that an expression is, where it is one and nothing else.</summary>
    public static string? PropertyOf(string expression) => OneProperty().Match(expression) is { Success: true } match ? match.Groups[1].Value : null;

    private ImmutableArray<(string File, string Text)> SourceTexts => field.IsDefault
        ? field = [.. (Build.SourceFiles ?? []).Where(static file => file.FullPath is not null && file.Text is not null).Select(static file => (Normal(file.FullPath), file.Text))]
        : field;

    /// <summary>The properties of all evaluations of a project, by its file name; of several values the last.</summary>
    public Dictionary<string, string> Properties(string projectName)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (ProjectEvaluation evaluation in Build.FindChildrenRecursive<ProjectEvaluation>().Where(evaluation => Path.GetFileName(evaluation.ProjectFile?.Replace('\\', '/')) == projectName))
        {
            foreach (Property property in evaluation.FindChild<Folder>("Properties")?.FindChildrenRecursive<Property>() ?? [])
            {
                properties[property.Name] = property.Value ?? "";
            }
        }

        return properties;
    }

    /// <summary>A path with forward slashes and without dot segments.</summary>
    public static string Normal(string path)
    {
        string[] segments = path.Replace('\\', '/').Split('/');
        var kept = new List<string>(segments.Length);
        for (int index = 0; index < segments.Length; index++)
        {
            string segment = segments[index];
            if (segment == ".." && kept.Count > 0 && kept[^1] is not ("" or ".."))
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not "." && (segment.Length > 0 || index == 0))
            {
                kept.Add(segment);
            }
        }

        return string.Join('/', kept);
    }

    /// <summary>A path a task names, made absolute by the folder of its project.</summary>
    public static string Rooted(string folder, string path)
    {
        string forward = path.Replace('\\', '/');
        return Normal(forward.StartsWith('/') || (forward.Length > 1 && forward[1] == ':') ? forward : $"{folder.Replace('\\', '/')}/{forward}");
    }

    private static bool EndsWith(string full, string end) =>
        full.EndsWith(end, StringComparison.OrdinalIgnoreCase) && (full.Length == end.Length || end.StartsWith('/') || full[full.Length - end.Length - 1] == '/');

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static IEnumerable<string> Written(TaskRun run)
    {
        if (NotWriting.Contains(run.Task, StringComparer.Ordinal))
        {
            yield break;
        }

        IEnumerable<TaskParameter> parameters = run.Parameters.Where(parameter => OutputNames.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
            // Files are what most tasks read, and what some say they wrote.
            .Concat(run.Outputs.Where(parameter => parameter.Name.Equals("Files", StringComparison.OrdinalIgnoreCase) || OutputNames.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase)));
        foreach (TaskItem item in parameters.SelectMany(static parameter => parameter.Items).Where(static item => item.Text.Length is > 0 and < 4096))
        {
            yield return item.Text;
        }

        // The compiler names its PDB only where it does not lie beside the assembly.
        if (Value(run, "OutputAssembly") is { } assembly)
        {
            yield return Path.ChangeExtension(assembly, ".pdb");
        }

        string? folder = Value(run, "DestinationFolder") ?? Value(run, "DestinationDirectory") ?? Value(run, "PackageOutputPath");
        if (CopyTasks.Contains(run.Task, StringComparer.Ordinal) && folder is not null)
        {
            foreach (TaskItem source in run.Parameters.Where(static parameter => parameter.Name is "SourceFiles").SelectMany(static parameter => parameter.Items))
            {
                yield return $"{folder}/{NameOf(source.Text.Replace('\\', '/'))}";
            }
        }

        // Pack names a folder; the package is named by id and version.
        if (run.Task == "PackTask" && folder is not null && Value(run, "PackageId") is { } id)
        {
            string version = (Value(run, "PackageVersion") ?? "").Split('+')[0];
            yield return $"{folder}/{id}.{version}.nupkg";
            yield return $"{folder}/{id}.{version}.snupkg";
            yield return $"{Value(run, "NuspecOutputPath")}/{id}.{version}.nuspec";
        }
    }

    private static string? SourceOfCopy(TaskRun run, string destination)
    {
        if (!CopyTasks.Contains(run.Task, StringComparer.Ordinal))
        {
            return null;
        }

        ImmutableArray<TaskItem> sources = Items(run, "SourceFiles");
        ImmutableArray<TaskItem> targets = Items(run, "DestinationFiles");
        if (run.Task == "CopyRefAssembly")
        {
            return Value(run, "SourcePath") is { } path ? Rooted(run.Folder, path) : null;
        }

        for (int index = 0; index < sources.Length; index++)
        {
            bool matches = index < targets.Length
                ? Rooted(run.Folder, targets[index].Text).Equals(destination, StringComparison.OrdinalIgnoreCase)
                : targets.IsEmpty && NameOf(Normal(sources[index].Text)).Equals(NameOf(destination), StringComparison.OrdinalIgnoreCase);
            if (matches)
            {
                return Rooted(run.Folder, sources[index].Text);
            }
        }

        return null;
    }

    public static string? Value(TaskRun run, string name) => Items(run, name) is [{ Text: var text }, ..] ? text : null;

    public static ImmutableArray<TaskItem> Items(TaskRun run, string name) =>
        run.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Items ?? [];

    private static TaskRun? ToRun(LogTask task, int order)
    {
        Target? target = task.GetNearestParent<Target>();
        Project? project = task.GetNearestParent<Project>();
        if (target is null || project?.ProjectFile is null)
        {
            return null;
        }

        string? file = task.SourceFilePath ?? target.SourceFilePath;
        return new TaskRun(
            project.ProjectFile,
            target.Name,
            task.Name,
            string.IsNullOrEmpty(file) ? null : new SourceLocation(file, task.LineNumber ?? 0, task.LineNumber is null ? 0 : 1),
            order,
            Parameters(task.FindChild<Folder>("Parameters")),
            Parameters(task.FindChild<Folder>("OutputItems")).AddRange(Parameters(task.FindChild<Folder>("OutputProperties"))));
    }

    private static ImmutableArray<TaskParameter> Parameters(Folder? folder)
    {
        if (folder is null)
        {
            return [];
        }

        var parameters = ImmutableArray.CreateBuilder<TaskParameter>();
        foreach (BaseNode child in folder.Children)
        {
            switch (child)
            {
                case Property property:
                    parameters.Add(new TaskParameter(property.Name, [new TaskItem(property.Value ?? "", [])]));
                    break;
                case NamedNode parameter:
                    parameters.Add(new TaskParameter(parameter.Name, [.. parameter.Children.OfType<Item>().Select(static item => new TaskItem(
                        item.Text ?? "",
                        [.. item.Children.OfType<Metadata>().Select(static metadata => KeyValuePair.Create(metadata.Name, metadata.Value ?? ""))]))]));
                    break;
                default:
                    break;
            }
        }

        return parameters.ToImmutable();
    }

    [GeneratedRegex(@"^\s*\$\((\w+)\)\s*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OneProperty();
}
