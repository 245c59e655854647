using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Declarations;
using ReproGate.NuGet.LockFiles;
using ReproGate.Repository;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Git;
using ReproGate.Repository.ProjectXml;

namespace ReproGate.Tasks;

/// <summary>Judges what a project declares for restore against its lock file, before NuGet restores.</summary>
public sealed class CheckDeclaredRestore : ProjectGateTask
{
    private bool _isSettled = true;

    public bool IsRestoring { get; set; }

    public string PackageId { get; set; } = "";

    public bool IsCrossTargeting { get; set; }

    public string TargetFrameworkMoniker { get; set; } = "";

    public string RuntimeIdentifiers { get; set; } = "";

    [Required]
    public string PackagesLockFile { get; set; } = "";

    public string LockFileEnabled { get; set; } = "";

    public string LockedMode { get; set; } = "";

    public string ForceEvaluate { get; set; } = "";

    public string CentralVersions { get; set; } = "";

    public string CentralTransitivePinning { get; set; } = "";

    public ITaskItem[] PackageReferences { get; set; } = [];

    public ITaskItem[] PackageVersions { get; set; } = [];

    public ITaskItem[] PackageDownloads { get; set; } = [];

    public ITaskItem[] ProjectReferences { get; set; } = [];

    public string TargetPlatformMoniker { get; set; } = "";

    public string AssetTargetFallback { get; set; } = "";

    public string Configuration { get; set; } = "";

    public string SdkVersion { get; set; } = "";

    /// <summary>The folder of the .NET installation, with a trailing separator.</summary>
    public string SdkRoot { get; set; } = "";

    /// <summary>The solution that is restored or built; no file where there is none.</summary>
    public string SolutionPath { get; set; } = "";

    /// <summary>Directory.Build.props and its like, as this evaluation found them.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>PrunePackageReference items; empty where pruning is off.</summary>
    public ITaskItem[] PrunedPackages { get; set; } = [];

    /// <summary>Declaration files of the referenced projects (target ReproGateDeclareRestore).</summary>
    public ITaskItem[] ReferenceDeclarations { get; set; } = [];

    /// <summary>What the one check of the repository learned.</summary>
    public ITaskItem[] RepositoryFacts { get; set; } = [];

    /// <summary>Where this project's own declaration is written for its dependents; empty in an outer build.</summary>
    public string Declaration { get; set; } = "";

    /// <summary>Declared items of other evaluations of this project, where its text says that they may differ (see <see cref="VariationItems"/>).</summary>
    public ITaskItem[] Variations { get; set; } = [];

    public string RestoreSources { get; set; } = "";

    public string RestoreAdditionalProjectSources { get; set; } = "";

    public string RestoreFallbackFolders { get; set; } = "";

    public string RestoreAdditionalProjectFallbackFolders { get; set; } = "";

    public string RestoreConfigFile { get; set; } = "";

    /// <summary><c>ReproGateSelf</c>: ReproGate's own source repository runs the gate from its own output, which no version pins.</summary>
    public string Self { get; set; } = "";

    /// <summary>
    /// A lock file is added to git, and another project's declaration changes, without any change that the stamp could see; so while one of the two
    /// is told (RGATE1002, RGATE1003) the check stays out of date.
    /// </summary>
    protected internal override bool IsSettled => _isSettled;

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        RestoreDeclaration project = ReadDeclaration();
        ReferenceClosure closure = ReferenceClosure.Unknown;
        if (Declaration.Length > 0)
        {
            ImmutableArray<string> references = [.. ReferenceDeclarations.Select(static item => item.GetMetadata("FullPath"))];
            if (AtomicFile.WriteAllBytesIfDifferent(Declaration, DeclarationFile.Write(project, references)))
            {
                DependentMarkers.DropStamps(Declaration, RepositoryRoot);
            }

            closure = ReferenceClosureReader.Read(project, references, Split(AssetTargetFallback), BuildMemory.Of(BuildEngine, "", static () => new DeclarationFiles()), out ImmutableArray<DeclarationFile> reached);
            DependentMarkers.Leave(project, reached, IntermediateDirectory);
        }

        // In restore the outer build of a multi-targeting project judges what concerns the whole file, once.
        bool whole = project.IsOuter || TargetFrameworks.Length == 0 || !IsRestoring;
        RepositoryFiles files = RepositoryFilesReader.ReadProject(RepositoryRoot, project.SharedFiles, ProjectPath);
        List<Finding> findings = whole ? [.. LockFileMissing.Check(project, files), .. LockedModeOff.Check(project, files)] : [];
        bool rewrites = project.ForceEvaluate && !project.ContinuousIntegration;
        RepositoryFactItems facts = RepositoryFactItems.FromItems(RepositoryFacts);
        PackagesLockReading? reading = project.LockFileExists && project.LockFileEnabled ? BuildMemory.Of(BuildEngine, "", static () => new PackagesLockFiles()).Read(PackagesLockFile) : null;
        PackagesLock? locked = reading?.Lock;
        if (whole)
        {
            findings.AddRange(JudgePins(files));
        }

        if (!project.IsOuter)
        {
            findings.AddRange(ConfigurationFromOutside.Check(project, RestoreProperties(), RepositoryRoot, SdkRoot.Length > 0 ? [SdkRoot] : [], files));
            findings.AddRange(FloatingVersion.Check(project, files, id => locked?.Find(project.FrameworkName, project.TargetFramework)?.Find(id) is { Resolved.Length: > 0 } entry ? entry.Resolved : null));
            findings.AddRange(LockDependsOnMachine.Check(project, MachineDependencies.Of(files), VariationItems.Read(Variations, PackageReferences, PackageVersions, ProjectReferences)));
            // RestoreSources replaces the configuration's sources, and with them the names a mapping speaks of.
            if (facts.SettingsAvailable && RestoreSources.Length == 0)
            {
                IEnumerable<string> lockedIds = locked?.Find(project.FrameworkName, project.TargetFramework)?.Entries
                    .Where(static entry => entry.Type != PackagesLockEntryType.Project).Select(static entry => entry.Id) ?? [];
                findings.AddRange(SourceNotMapped.Check(project, project.Packages.Select(static package => package.Id).Concat(lockedIds), facts.Mappings, facts.EnabledSources, facts.MappingPlace));
            }
        }

        if (whole && project.LockFileExists && !rewrites && facts.GitAvailable && !PathsAsText.Has(facts.TrackedLocks, PackagesLockFile))
        {
            _isSettled = false;
            findings.AddRange(LockFileUntracked.Check(project, GitReader.State(PackagesLockFile, Cancellation)));
        }

        // A restore that is asked to re-evaluate writes the lock anew; with locked mode off, outside CI, NuGet brings it up to date itself.
        if (reading is not null && !rewrites && (LockFileStale.Applies(project) || project.ContinuousIntegration))
        {
            findings.AddRange(JudgeLock(project, reading, closure, whole));
        }

        return findings;
    }

    private IEnumerable<(string Name, string Value)> RestoreProperties() =>
    [
        (nameof(RestoreSources), RestoreSources),
        (nameof(RestoreAdditionalProjectSources), RestoreAdditionalProjectSources),
        (nameof(RestoreFallbackFolders), RestoreFallbackFolders),
        (nameof(RestoreAdditionalProjectFallbackFolders), RestoreAdditionalProjectFallbackFolders),
        (nameof(RestoreConfigFile), RestoreConfigFile),
    ];

    /// <summary>MSBuild SDKs named by the project's own files; what the repository's projects share is told by <see cref="CheckRepository"/>.</summary>
    private IEnumerable<Finding> JudgePins(RepositoryFiles files)
    {
        // Shared files are read first, so everything from the project on is its own.
        ImmutableArray<ProjectFileText> own = [.. files.Files.SkipWhile(file => file.Path != ProjectPath)];
        HashSet<string> ownPaths = [.. own.Select(static file => file.Path)];
        SdkPin pin = SdkPin.Of(RunningSdk.Version(PackageDirectory), files, GlobalJsonReader.ReadSdks(Path.Combine(RepositoryRoot, "global.json")).Versions);
        return
        [
            .. FloatingVersion.CheckSdks(new RepositoryFiles { Files = own }),
            .. SdkNotPinned.Check(pin, location => ownPaths.Contains(location.File)),
            .. ToolManifestReader.Nested(ProjectPath, RepositoryRoot).SelectMany(ToolManifests.CheckVersions),
            .. Self.Length == 0 ? SdkNotPinned.CheckDeclared(pin, files.IsComplete, ProjectPath) : [],
        ];
    }

    private IEnumerable<Finding> JudgeLock(RestoreDeclaration project, PackagesLockReading reading, ReferenceClosure closure, bool whole)
    {
        string command = RestoreCommand([ProjectPath]);
        List<Finding> findings = whole ? [.. LockFileMalformed.CheckForm(project, reading, command)] : [];
        if (reading.Lock is not { } locked || !reading.Defects.IsEmpty || findings.Count > 0)
        {
            return findings;
        }

        var questions = new StaleQuestions(new ProjectXmlPositions(), ReadLock, RestoreCommand);
        if (whole)
        {
            findings.AddRange(LockFileStale.CheckShape(project, locked, questions));
        }

        if (!project.IsOuter)
        {
            IEnumerable<string> references = ReferenceDeclarations.Select(static item => item.GetMetadata("FullPath"));
            ImmutableArray<DependentTarget> dependents = Declaration.Length > 0 ? DependentMarkers.Read(project, references, Declaration, RepositoryRoot, BuildMemory.Of(BuildEngine, "", static () => new DeclarationFiles())) : [];
            List<Finding> stale = [.. LockFileStale.CheckFramework(project, locked, closure, dependents, questions)];
            // In observe mode it stands as a warning; what it says of another project's declaration, that project's next edit makes untrue.
            _isSettled &= stale.Count == 0;
            // Nodes that no longer fit together are the consequence of a stale lock, not a second fault.
            findings.AddRange(stale.Count > 0 || findings.Count > 0 ? stale : LockFileMalformed.CheckNodes(project, locked, command));
        }

        return findings;
    }

    private static PackagesLock? ReadLock(string path) => File.Exists(path) ? PackagesLockReader.Read(path).Lock : null;

    /// <summary>One command for all. A solution that is built restores the project that is judged; which others it restores, its file says.</summary>
    private string RestoreCommand(IReadOnlyList<string> projects) => !File.Exists(SolutionPath) ? LockWriting.Command(projects)
        : LockWriting.Command(SolutionPath, projects.All(project => project == ProjectPath) ? "" : File.ReadAllText(SolutionPath), ProjectPath, projects);

    private RestoreDeclaration ReadDeclaration()
    {
        string framework = IsCrossTargeting ? "" : Facts.FrameworkNames.Canonical(TargetFrameworkMoniker, TargetPlatformMoniker);
        return new()
        {
            ProjectPath = ProjectPath,
            ProjectName = PackageId.Length > 0 ? PackageId : Path.GetFileNameWithoutExtension(ProjectPath),
            TargetFramework = TargetFramework,
            FrameworkName = framework,
            FrameworkNames = IsCrossTargeting
                ? [.. Split(TargetFrameworks).Select(static name => Facts.FrameworkNames.Canonical(name) ?? FrameworkText.Canonical(name)).OfType<string>().Distinct()]
                : TargetFrameworks.Length == 0 ? [framework] : [],
            IsOuter = IsCrossTargeting,
            IsRestoring = IsRestoring,
            TargetFrameworks = Split(TargetFrameworks.Length > 0 ? TargetFrameworks : TargetFramework),
            RuntimeIdentifiers = Split(RuntimeIdentifiers),
            LockFilePath = PackagesLockFile,
            LockFileExists = File.Exists(PackagesLockFile),
            LockFileEnabled = IsTrue(LockFileEnabled),
            LockedMode = IsTrue(LockedMode),
            ForceEvaluate = IsTrue(ForceEvaluate),
            ContinuousIntegration = ContinuousIntegration,
            CentralVersions = IsTrue(CentralVersions),
            CentralTransitivePinning = IsTrue(CentralTransitivePinning),
            Configuration = Configuration,
            SdkVersion = SdkVersion,
            SdkRoot = SdkRoot,
            SharedFiles = Split(SharedFiles),
            PrunedPackages = [.. PrunedPackages.Select(static item => new DeclaredPackage(item.ItemSpec, Metadata(item, "Version"), "", ""))],
            Packages = ReadPackages(),
            CentralPackages = ReadCentralPackages(),
            Downloads = [.. PackageDownloads.Select(static item => Package(item, Metadata(item, "Version"), ""))],
            Projects = ReadProjects(),
        };
    }

    /// <summary>
    /// Direct references with the version NuGet will use: the reference's own VersionOverride, its Version, or the central version.
    /// NuGet takes the first of several items with one id, and a reference without any version outside central management for "any version".
    /// </summary>
    private ImmutableArray<DeclaredPackage> ReadPackages()
    {
        bool central = IsTrue(CentralVersions);
        Dictionary<string, string> versions = new(StringComparer.OrdinalIgnoreCase);
        if (central)
        {
            foreach (ITaskItem item in PackageVersions)
            {
                versions.TryAdd(item.ItemSpec, Metadata(item, "Version"));
            }
        }

        return
        [
            .. PackageReferences.DistinctBy(static item => item.ItemSpec, StringComparer.OrdinalIgnoreCase).Select(item =>
            {
                string version = Metadata(item, "VersionOverride");
                if (version.Length == 0)
                {
                    version = Metadata(item, "Version");
                }

                bool isImplicit = IsTrue(Metadata(item, "IsImplicitlyDefined"));
                if (version.Length == 0 && central && !isImplicit)
                {
                    version = versions.GetValueOrDefault(item.ItemSpec, "");
                }

                return Package(item, version, version.Length > 0 ? RangeText.Normalize(version) : central ? "" : RangeText.Any) with { Implicit = isImplicit };
            }),
        ];
    }

    private ImmutableArray<DeclaredPackage> ReadCentralPackages() => !IsTrue(CentralVersions) ? [] :
    [
        .. PackageVersions.DistinctBy(static item => item.ItemSpec, StringComparer.OrdinalIgnoreCase)
            .Select(static item => Package(item, Metadata(item, "Version"), Metadata(item, "Version") is { Length: > 0 } version ? RangeText.Normalize(version) : RangeText.Any)),
    ];

    /// <summary>NuGet skips references that are only built (ReferenceOutputAssembly=false) and counts a project once.</summary>
    private ImmutableArray<DeclaredProjectReference> ReadProjects() =>
    [
        .. ProjectReferences
            .Where(static item => Metadata(item, "ReferenceOutputAssembly") is var output && (output.Length == 0 || IsTrue(output)))
            .Select(static item => new DeclaredProjectReference(Path.GetFullPath(item.GetMetadata("FullPath")), Metadata(item, "PrivateAssets"), item.GetMetadata("DefiningProjectFullPath")))
            .DistinctBy(static project => project.Path, StringComparer.Ordinal),
    ];

    private static DeclaredPackage Package(ITaskItem item, string version, string range) =>
        new(item.ItemSpec, version, range, item.GetMetadata("DefiningProjectFullPath")) { PrivateAssets = Metadata(item, "PrivateAssets") };

    private static string Metadata(ITaskItem item, string name) => item.GetMetadata(name).Trim();

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
