using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Gates.Machine;
using ReproGate.Gates.Packages;
using ReproGate.Repository.Machine;
using ReproGate.Settings.Matrix;

namespace ReproGate.Tasks;

/// <summary>Judges, before restore and before the build, what one evaluation takes from outside the repository, and what its targets run.</summary>
public sealed class CheckMachine : MachineTask
{
    private bool _isSettled = true;

    public bool IsRestoring { get; set; }

    /// <summary>Absolute path of the environment matrix; empty where the configuration gate is off.</summary>
    public string MatrixFile { get; set; } = "";

    public ITaskItem[] Compile { get; set; } = [];

    public ITaskItem[] Content { get; set; } = [];

    public ITaskItem[] None { get; set; } = [];

    public ITaskItem[] EmbeddedResources { get; set; } = [];

    public ITaskItem[] AdditionalFiles { get; set; } = [];

    public ITaskItem[] Analyzers { get; set; } = [];

    public ITaskItem[] References { get; set; } = [];

    /// <summary>Properties that name files, each with its value in metadata <c>Value</c>.</summary>
    public ITaskItem[] FileProperties { get; set; } = [];

    /// <summary>A referenced file is added to git without any change the stamp could see, so while one is told that git does not track the check stays out of date.</summary>
    protected internal override bool IsSettled => _isSettled;

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        RunningEvaluation project = RunningEvaluation.Of(BuildEngine);
        Territory territory = ReadTerritory();
        RepositoryFiles own = OwnFiles.Read(ProjectPath, Split(SharedFiles), territory, project);
        ImmutableArray<NamedFile> references = [.. References.Select(ReferenceOf).OfType<NamedFile>()];
        MachineInputs inputs = NewInputs();
        if (RootIsKnown)
        {
            IEnumerable<string> imports = project.Imports ?? [.. Split(SharedFiles).Where(File.Exists)];
            inputs = inputs with
            {
                Outside =
                [
                    .. OutsideFilesReader.Imports(ProjectPath, imports, territory, own, project),
                    .. OutsideFilesReader.Items(ProjectPath, Items(), InputKind.Item, territory, own, project, IsRestoring),
                    .. OutsideFilesReader.Items(ProjectPath, PropertyFiles(), InputKind.Property, territory, own, project, IsRestoring),
                    .. OutsideFilesReader.Items(ProjectPath, references, InputKind.Reference, territory, own, project, IsRestoring),
                ],
                References = ReferencesOfRepository(references, territory, own, project),
            };
        }

        // A restore does not see what packages import, and so not what they define.
        if (!IsRestoring)
        {
            if (MatrixFile.Length > 0)
            {
                inputs = WithMatrix(inputs);
            }

            inputs = inputs with
            {
                Variables = MachineEnabled || inputs.App is not null ? VariablesReader.Read(own, project, VariableUndeclared.IsCandidate, VariableUndeclared.NamesMachine) : [],
                Programs = PackagesEnabled ? ProgramsReader.Read(own, project, ProjectPath, territory) : [],
            };
            if (inputs.App is not null)
            {
                inputs = inputs with { Frozen = FrozenVariablesReader.Read(own, project, inputs.Variables, VariableUndeclared.IsCandidate) };
            }
        }

        ImmutableArray<Finding> untracked = [.. ReferenceUntracked.Check(inputs)];
        _isSettled = untracked.IsEmpty;
        return
        [
            .. OfEnabledGates([.. FileFromOutside.Check(inputs), .. ReferenceFromOutside.Check(inputs), .. untracked, .. VariableUndeclared.Check(inputs), .. BuildVariableUndeclared.Check(inputs), .. ProgramUndeclared.Check(inputs)]),
            .. project.Imports is null && MachineEnabled && !IsRestoring ? [ImportsUnknown()] : Array.Empty<Finding>(),
        ];
    }

    // Not inlined: without a matrix its reader need not be loaded. A malformed one is told by the check of the configuration.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private MachineInputs WithMatrix(MachineInputs inputs)
    {
        EnvironmentMatrix? matrix = MatrixReader.Read(MatrixFile, out _);
        return inputs with { Matrix = matrix, App = matrix?.AppOf(ProjectPath, RepositoryRoot) };
    }

    private IEnumerable<NamedFile> Items() =>
    [
        .. Of("Compile", Compile),
        .. Of("Content", Content),
        // Of the files of no type only those that leave the project matter.
        .. Of("None", None.Where(static item => item.GetMetadata("CopyToOutputDirectory") is { Length: > 0 } copy && !copy.Equals("Never", StringComparison.OrdinalIgnoreCase) || item.GetMetadata("Pack").Equals("true", StringComparison.OrdinalIgnoreCase))),
        .. Of("EmbeddedResource", EmbeddedResources),
        .. Of("AdditionalFiles", AdditionalFiles),
        .. Of("Analyzer", Analyzers),
        .. Of("ProjectReference", ProjectReferences),
    ];

    private static IEnumerable<NamedFile> Of(string type, IEnumerable<ITaskItem> items) => items.Select(item => Named(type, item, item.GetMetadata("FullPath")));

    private IEnumerable<NamedFile> PropertyFiles()
    {
        foreach (ITaskItem item in FileProperties)
        {
            string value = item.GetMetadata("Value");
            if (value.Length > 0 && OwnFiles.Absolute(value, Path.GetDirectoryName(ProjectPath)!) is { } path)
            {
                yield return new NamedFile(item.ItemSpec, value, path, "");
            }
        }
    }

    /// <summary>A reference that names a file; null for a name that the SDK or a search resolves.</summary>
    private NamedFile? ReferenceOf(ITaskItem item)
    {
        string hint = item.GetMetadata("HintPath");
        string path = hint.Length > 0 ? hint : item.ItemSpec.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? item.ItemSpec : "";
        return path.Length > 0 && OwnFiles.Absolute(path, Path.GetDirectoryName(ProjectPath)!) is { } full ? Named("Reference", item, full) : null;
    }

    private ImmutableArray<ReferencedFile> ReferencesOfRepository(ImmutableArray<NamedFile> references, Territory territory, RepositoryFiles own, RunningEvaluation project)
    {
        if (UntrackedItems.FromItems(RepositoryFacts) is not { } untracked)
        {
            return [];
        }

        string[] projects = [.. ProjectReferences.Select(static item => Path.GetFullPath(item.GetMetadata("FullPath")))];
        return
        [
            .. references.Where(reference => territory.IsOwn(reference.Path) && !territory.IsGiven(reference.DefiningFile) && File.Exists(reference.Path))
                .Where(reference => !projects.Any(built => Territory.IsBelow(reference.Path, Path.GetDirectoryName(built)!) || Path.GetFileNameWithoutExtension(built).Equals(Path.GetFileNameWithoutExtension(reference.Path), StringComparison.OrdinalIgnoreCase)))
                .Select(reference => new ReferencedFile(
                    reference.Include,
                    reference.Path,
                    OutsideFilesReader.ItemOf(reference, Path.GetDirectoryName(ProjectPath)!, own, project) ?? new SourceLocation(reference.DefiningFile.Length > 0 ? reference.DefiningFile : ProjectPath),
                    untracked.StateOf(reference.Path))),
        ];
    }

    // The place is the repository's, so a build with many projects says it once.
    private Finding ImportsUnknown() => new(
        RuleCatalog.CheckCouldNotRun,
        new SourceLocation(RepositoryRoot.TrimEnd('/', '\\')),
        "This MSBuild does not tell a task which files a project imports, so RGATE4002 saw only Directory.Build.props and its like, and RGATE4003 and RGATE3020 only property functions.",
        "A file or variable of this machine may pass unseen.",
        "Build with dotnet build once, which tells; where that is known, add dotnet_diagnostic.RGATE0090.severity = none to .editorconfig.")
    {
        Subject = "imports",
    };
}
