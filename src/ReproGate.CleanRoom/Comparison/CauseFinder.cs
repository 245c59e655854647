using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>
/// Says why an output differs: classifies what differs, then follows the two binary logs from the task that wrote it back
/// to the first parameter, property or source that was not the same.
/// </summary>
public sealed partial class CauseFinder
{
    private const int MaximumDepth = 8;
    private const int MaximumInputs = 4000;

    // Parameters of the compiler that are lists of sources and of what sources are made of.
    private static readonly string[] InputParameters = ["Sources", "SourceFiles", "Resources", "AdditionalFiles", "EmbeddedFiles", "AnalyzerConfigFiles", "PackageFiles", "Files", "Inputs", "InputFiles", "PackageFilesToExclude", "SourceFile", "NuspecInputFile", "SourceDirectory", "FilesToBundle", "Assets", "CandidateAssets"];

    // Parameters whose value itself is written down.
    private static readonly string[] WrittenParameters = ["Lines", "Text", "Value"];

    private readonly BuildRecord? _leftLog;
    private readonly BuildRecord? _rightLog;
    private readonly BuildMachine _left;
    private readonly BuildMachine _right;
    private readonly string _repositoryRoot;

    private CauseFinder(BuildRecord? leftLog, BuildRecord? rightLog, BuildMachine left, BuildMachine right, string repositoryRoot) =>
        (_leftLog, _rightLog, _left, _right, _repositoryRoot) = (leftLog, rightLog, left, right, repositoryRoot);

    /// <summary>Reads the logs. A log that cannot be read leaves the classification by values alone.</summary>
    /// <param name="leftBinlog">The binary log of the first build.</param>
    /// <param name="rightBinlog">The binary log of the second build.</param>
    /// <param name="left">The machine of the first build.</param>
    /// <param name="right">The machine of the second build.</param>
    /// <param name="repositoryRoot">Where the repository lies here: findings point into it.</param>
    public static CauseFinder Create(string leftBinlog, string rightBinlog, BuildMachine left, BuildMachine right, string repositoryRoot) =>
        new(BuildRecord.TryRead(leftBinlog), BuildRecord.TryRead(rightBinlog), left, right, repositoryRoot);

    /// <summary>Who wrote an output, for the text of a finding, and the project to point at; empty where the log does not say.</summary>
    /// <param name="path">Path of the output below the repository's root, with forward slashes.</param>
    public (string Producer, string Project) Producer(string path)
    {
        TaskRun? run = _leftLog?.Producer($"{_left.SourcePath.TrimEnd('/')}/{path}") ?? _leftLog?.Producer(path);
        return run is null ? ("", "") : ($"task {run.Task} in target {run.Target} of {Path.GetFileName(run.Project.Replace('\\', '/'))}", Here(run.Project) ?? "");
    }

    /// <summary>Explains every difference of a comparison.</summary>
    /// <param name="comparison">The comparison of the two builds' outputs, their paths relative to the repository's root.</param>
    /// <param name="variations">The variations that make an output differ, by path; empty where that is not known.</param>
    /// <param name="isFlaky">Whether an output differs with nothing varied, by path.</param>
    public ImmutableArray<DifferingOutput> Explain(ComparisonResult comparison, Func<string, ImmutableArray<string>> variations, Func<string, bool> isFlaky)
    {
        ILookup<string, string> documents = comparison.Differences
            .Where(static difference => difference.Parts.Any(static part => part.Kind == PartKinds.DocumentChecksum))
            .SelectMany(static difference => difference.Parts.Where(static part => part.Kind == PartKinds.DocumentChecksum).Select(part => (Assembly: Path.GetFileNameWithoutExtension(difference.Path), Document: part.Where[(part.Where.LastIndexOf("document ", StringComparison.Ordinal) + 9)..])))
            .ToLookup(static pair => pair.Assembly, static pair => pair.Document, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. comparison.Differences
                .Where(static difference => difference.Grade is not (Grade.Identical or Grade.NotTested))
                .Select(difference => Explain(difference, variations(difference.Path), isFlaky(difference.Path), [.. documents[Path.GetFileNameWithoutExtension(difference.Path)]])),
        ];
    }

    private DifferingOutput Explain(OutputDifference difference, ImmutableArray<string> variations, bool isFlaky, ImmutableArray<string> documents)
    {
        (DifferencePart part, CauseClass @class, string evidence) = Classify(difference, variations, isFlaky);
        (string producer, string project) = Producer(difference.Path);
        Divergence? divergence = Diverge(difference.Path, part, documents);
        if (divergence is not null && (@class is CauseClass.Unknown or CauseClass.Random or CauseClass.Follows || isFlaky && @class == CauseClass.Order))
        {
            // The place of the value, then the value as the log has it, say more than the bytes of the output.
            if (CauseClassifier.ByExpression(divergence.Expression) is { } byExpression)
            {
                (@class, evidence) = byExpression;
                // Two draws may be alike by luck, as the numbers of processes are: what is drawn by lot differs by itself all the same.
                isFlaky |= @class == CauseClass.Random;
            }
            else if (divergence.Left != divergence.Right && @class != CauseClass.Random)
            {
                (CauseClass byValue, string valueEvidence) = CauseClassifier.Classify(new DifferencePart(part.Where, PartKinds.Text, divergence.Left, divergence.Right), _left, _right, variations, isFlaky);
                (@class, evidence) = byValue == CauseClass.Unknown ? (@class, evidence) : (byValue, valueEvidence);
            }
        }
        else if (divergence is not null && @class == CauseClass.Timestamp && CauseClassifier.ByExpression(divergence.Expression) is { Class: CauseClass.FileTime } fileTime)
        {
            (@class, evidence) = fileTime;
        }
        else if (divergence is not null && @class == CauseClass.EnvironmentVariable && CauseClassifier.ByExpression(divergence.Expression) is { Class: CauseClass.UserName or CauseClass.HostName or CauseClass.HomeFolder } named)
        {
            (@class, evidence) = named;
        }

        string task = producer.Length > 0 ? producer.Split(' ')[1] : "";
        string origin = divergence?.Origin ?? "";
        (SourceLocation? location, ImmutableArray<TextEdit> edits) = Edit(@class, project);
        return new DifferingOutput(
            difference.Path,
            part.Where,
            part.Kind,
            part.Left,
            part.Right,
            difference.Grade == Grade.MetadataOnly,
            isFlaky,
            variations,
            producer,
            project,
            new DifferenceCause(@class, evidence, origin, location ?? divergence?.Location, CauseMend.Of(@class, part, origin, task), edits));
    }

    // The part whose class is known and is no consequence of others tells the most.
    private (DifferencePart Part, CauseClass Class, string Evidence) Classify(OutputDifference difference, ImmutableArray<string> variations, bool isFlaky)
    {
        if (difference.Grade is Grade.OnlyLeft or Grade.OnlyRight)
        {
            DifferencePart only = difference.Parts[0];
            (CauseClass byName, string why) = CauseClassifier.Classify(new DifferencePart(only.Where, only.Kind, difference.Path, ""), _left, _right, variations, isFlaky);
            return (only, byName, why);
        }

        bool metadata = difference.Grade == Grade.MetadataOnly;
        var classified = difference.Parts.Select(part =>
        {
            (CauseClass kind, string why) = CauseClassifier.Classify(part, _left, _right, variations, isFlaky);
            // Known from the search alone, not from what differs.
            bool searched = kind != CauseClass.Unknown && CauseClassifier.Classify(part, _left, _right, [], isFlaky: false).Class == CauseClass.Unknown;
            return (Part: part, Class: kind, Evidence: why, Searched: searched);
        });
        var best = classified.OrderBy(entry => entry.Class switch
        {
            CauseClass.Unknown => 4,
            CauseClass.Follows => 5,
            CauseClass.NotDeterministic when isFlaky => 1,
            _ when !metadata && PartKinds.IsMetadata(entry.Part.Kind) => 6,
            _ when entry.Searched => 3,
            // What the machine is called is the same in two builds of one room, so something else differs there too.
            CauseClass.AbsolutePath => isFlaky ? 2 : 0,
            _ when Variation.Behind(entry.Class).Length > 0 && isFlaky => 2,
            // A path that nobody mapped is everywhere; what else differs is worse.
            CauseClass.DebugPath => 1,
            _ => 0,
        }).First();
        return best.Class == CauseClass.NotDeterministic && IsDeterministic(difference.Path)
            ? classified.Where(static entry => entry.Class != CauseClass.NotDeterministic).Select(static entry => (entry.Part, entry.Class, entry.Evidence)).FirstOrDefault((best.Part, CauseClass.Follows, "ids follow from the rest of the content"))
            : (best.Part, best.Class, best.Evidence);
    }

    // A compiler that was asked to be deterministic draws nothing by lot: what it was given differs.
    private bool IsDeterministic(string path) =>
        (_leftLog?.Producer($"{_left.SourcePath.TrimEnd('/')}/{path}") ?? _leftLog?.Producer(path)) is { } run && BuildRecord.Value(run, "Deterministic") is { } value && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private Divergence? Diverge(string path, DifferencePart part, ImmutableArray<string> documents)
    {
        if (_leftLog is null || _rightLog is null)
        {
            return null;
        }

        TaskRun? left = _leftLog.Producer($"{_left.SourcePath.TrimEnd('/')}/{path}");
        TaskRun? right = left is null ? null : Counterpart(left);
        if (left is null || right is null)
        {
            return null;
        }

        return Diverge(left, right, part, documents, [], 0);
    }

    // Depth first: what an input's own task got differently is nearer to the cause than what it passed on.
    private Divergence? Diverge(TaskRun left, TaskRun right, DifferencePart part, ImmutableArray<string> documents, HashSet<int> seen, int depth)
    {
        if (depth > MaximumDepth || !seen.Add(left.Order))
        {
            return null;
        }

        IEnumerable<string> inputs = left.Parameters
            .Where(static parameter => InputParameters.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(static parameter => parameter.Items)
            .Select(item => BuildRecord.Rooted(left.Folder, item.Text))
            .Take(MaximumInputs);
        // The PDB says which sources differ: those first.
        foreach (string input in inputs.OrderByDescending(input => documents.Any(document => Path.GetFileName(document) == Path.GetFileName(input))))
        {
            if (_leftLog!.Writer(input) is { } writer && writer.Run.Order != left.Order && Counterpart(writer.Run) is { } other && Diverge(writer.Run, other, part, documents, seen, depth + 1) is { } deeper)
            {
                return deeper;
            }
        }

        foreach (TaskParameter parameter in left.Parameters)
        {
            TaskParameter? other = right.Parameters.FirstOrDefault(candidate => candidate.Name == parameter.Name);
            if (other is not null && First(parameter, other) is { } difference)
            {
                return Origin(left, parameter.Name, difference.Left, difference.Right, difference.Order);
            }
        }

        // The log leaves out a parameter that is given nothing.
        foreach (string name in WrittenParameters)
        {
            string one = string.Join(';', BuildRecord.Items(left, name).Select(static item => item.Text)), other = string.Join(';', BuildRecord.Items(right, name).Select(static item => item.Text));
            if (one.Length == 0 != (other.Length == 0))
            {
                return Origin(left, name, one, other, order: false);
            }
        }

        return left.Task == "Exec" ? ByCommand(left, depth == 0) : depth == 0 ? ByDocument(left, documents) : null;
    }

    // A command that got the same and wrote something else: what it runs is the cause. Whether the one that wrote the output's sources is, its text has to say.
    private Divergence? ByCommand(TaskRun run, bool wroteOutput)
    {
        if (BuildRecord.Value(run, "Command") is not { } command || !wroteOutput && CauseClassifier.ByExpression(command) is null)
        {
            return null;
        }

        SourceLocation? location = run.Location is { } place && Here(place.File) is { } file ? place with { File = file } : null;
        return new Divergence($"the command of target {run.Target}", "", "", command, location);
    }

    // Sources that no task wrote and that are not in the repository: a generator made them.
    private Divergence? ByDocument(TaskRun run, ImmutableArray<string> documents)
    {
        string? document = documents.FirstOrDefault(document => !BuildRecord.Items(run, "Sources").Any(source => Path.GetFileName(source.Text.Replace('\\', '/')) == Path.GetFileName(document)));
        return document is null ? null : new Divergence($"{Path.GetFileName(document)}, which a source generator makes,", "", "", "", null);
    }

    private (string Left, string Right, bool Order)? First(TaskParameter left, TaskParameter right)
    {
        string[] leftTexts = [.. left.Items.Select(item => _left.Neutral(item.Text))];
        string[] rightTexts = [.. right.Items.Select(item => _right.Neutral(item.Text))];
        if (!leftTexts.SequenceEqual(rightTexts))
        {
            if (leftTexts.Length > 1 && leftTexts.Order(StringComparer.Ordinal).SequenceEqual(rightTexts.Order(StringComparer.Ordinal)))
            {
                return (string.Join(';', leftTexts), string.Join(';', rightTexts), true);
            }

            int index = leftTexts.Zip(rightTexts).TakeWhile(static pair => pair.First == pair.Second).Count();
            return (left.Items.ElementAtOrDefault(index)?.Text ?? "", right.Items.ElementAtOrDefault(index)?.Text ?? "", false);
        }

        foreach ((TaskItem leftItem, TaskItem rightItem) in left.Items.Zip(right.Items))
        {
            foreach ((string name, string value) in leftItem.Metadata)
            {
                string? other = rightItem.Metadata.FirstOrDefault(pair => pair.Key == name).Value;
                if (other is not null && _left.Neutral(value) != _right.Neutral(other))
                {
                    return (value, other, false);
                }
            }
        }

        // A path that is the same but for the machine's folders is a difference only where it is written down, not where it names a file.
        return WrittenParameters.Contains(left.Name, StringComparer.Ordinal) ? FirstRaw(left, right) : null;
    }

    private static (string Left, string Right, bool Order)? FirstRaw(TaskParameter left, TaskParameter right) => left.Items.Zip(right.Items)
        .Where(static pair => pair.First.Text != pair.Second.Text)
        .Select(static pair => ((string, string, bool)?)(pair.First.Text, pair.Second.Text, false))
        .FirstOrDefault();

    // The property that carries the value, and the line of the project that defines it; else the task itself.
    private Divergence Origin(TaskRun run, string parameter, string left, string right, bool order)
    {
        if (!order && _leftLog!.Property(run.Project, left, right, _rightLog!) is { } name && Definition(name, run.Project) is { } definition)
        {
            return new Divergence($"property {name}", left, right, definition.Expression, definition.Location);
        }

        SourceLocation? location = run.Location is { } place && Here(place.File) is { } file ? place with { File = file } : null;
        string expression = location is null ? "" : _leftLog!.Attribute(run.Location, parameter);
        // A property that a target sets is in no evaluation; the parameter names it.
        if (!order && BuildRecord.PropertyOf(expression) is { } property && Definition(property, run.Project) is { } set)
        {
            return new Divergence($"property {property}", left, right, set.Expression, set.Location);
        }

        return new Divergence(order ? $"the items of {parameter}" : $"parameter {parameter} of task {run.Task}", left, right, expression, location);
    }

    private (string Expression, SourceLocation? Location)? Definition(string property, string project) =>
        _leftLog!.Definition(property, project, _left.SourcePath) is { } found ? (found.Value, Here(found.Place.File) is { } here ? found.Place with { File = here } : null) : null;

    private (SourceLocation? Location, ImmutableArray<TextEdit> Edits) Edit(CauseClass @class, string project)
    {
        if (@class is not (CauseClass.DebugPath or CauseClass.NotDeterministic) || _leftLog is null || project.Length == 0)
        {
            return (null, []);
        }

        if (@class == CauseClass.NotDeterministic)
        {
            foreach ((string file, string text) in _leftLog.Sources(There(project), _left.SourcePath))
            {
                Match match = Regex.Match(text, "<Deterministic>\\s*false\\s*</Deterministic>", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
                if (match.Success && Here(file) is { } here)
                {
                    int line = text.AsSpan(0, match.Index).Count('\n') + 1;
                    int column = match.Index - text.LastIndexOf('\n', Math.Max(0, match.Index - 1));
                    return (new SourceLocation(here, line, column), [new TextEdit(here, line, column, line, column + match.Length, "<Deterministic>true</Deterministic>")]);
                }
            }

            return (null, []);
        }

        // Into the file that all projects share, where there is one.
        foreach ((string file, string text) in _leftLog.Sources("", _left.SourcePath).OrderByDescending(source => Path.GetFileName(source.File) == "Directory.Build.props"))
        {
            if (Here(file) is not { } here || !(Path.GetFileName(file) == "Directory.Build.props" || here == project))
            {
                continue;
            }

            int end = text.LastIndexOf("</Project>", StringComparison.Ordinal);
            if (end >= 0)
            {
                int line = text.AsSpan(0, end).Count('\n') + 1;
                int column = end - text.LastIndexOf('\n', Math.Max(0, end - 1));
                return (new SourceLocation(here, line, column), [new TextEdit(here, line, column, line, column, $"  <PropertyGroup>\n    {CauseMend.PathMap}\n  </PropertyGroup>\n")]);
            }
        }

        return (null, []);
    }

    private TaskRun? Counterpart(TaskRun run) => _leftLog!.Counterpart(run, _rightLog!, _left.Neutral, _right.Neutral);

    // Where a file of the left build lies here.
    private string? Here(string file)
    {
        string root = _left.SourcePath.Replace('\\', '/').TrimEnd('/');
        string forward = file.Replace('\\', '/');
        return forward.StartsWith(root + "/", StringComparison.Ordinal)
            ? Path.Combine(_repositoryRoot, forward[(root.Length + 1)..].Replace('/', Path.DirectorySeparatorChar))
            : null;
    }

    // Where a file of the repository lay in the left build.
    private string There(string file) => $"{_left.SourcePath.Replace('\\', '/').TrimEnd('/')}/{Path.GetRelativePath(_repositoryRoot, file).Replace('\\', '/')}";

    private sealed record Divergence(string Origin, string Left, string Right, string Expression, SourceLocation? Location);
}
