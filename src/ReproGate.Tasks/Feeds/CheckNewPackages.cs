using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.Feeds;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;
using ReproGate.Repository.Evaluation;

namespace ReproGate.Tasks;

/// <summary>
/// Before restore: whether the packages a project declares, and the commit does not have yet, exist and are what they seem. A project with
/// nothing new asks nobody, and loads nothing that could.
/// </summary>
public sealed class CheckNewPackages : NewPackagesTask
{
    [Required]
    public string PackagesLockFile { get; set; } = "";

    public bool LockFileEnabled { get; set; }

    public bool CentralVersions { get; set; }

    public string TargetFrameworkMoniker { get; set; } = "";

    public string TargetPlatformMoniker { get; set; } = "";

    public ITaskItem[] PackageReferences { get; set; } = [];

    public ITaskItem[] GlobalPackageReferences { get; set; } = [];

    public ITaskItem[] PackageVersions { get; set; } = [];

    public ITaskItem[] PackageDownloads { get; set; } = [];

    /// <summary>Directory.Build.props and its like, as this evaluation found them.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>Folders of the .NET SDK, MSBuild and packages: what is declared below them the repository did not choose.</summary>
    public string ForeignFolders { get; set; } = "";

    /// <summary>Which files the commit has as they are (target ReproGateReadCommitted).</summary>
    public ITaskItem[] Committed { get; set; } = [];

    /// <summary>The source file of a file-based app; empty for a project.</summary>
    public string EntryPoint { get; set; } = "";

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        List<Declared> declared = [.. Declarations()];
        ProjectFileText? project = EntryPoint.Length > 0 ? null : ProjectFileReader.Read(ProjectPath, []);
        string[] manifests = [.. ToolManifestReader.Nested(EntryPoint.Length > 0 ? EntryPoint : ProjectPath, RepositoryRoot)];
        List<SharedDeclaration> own =
        [
            .. (EntryPoint.Length > 0 ? PackageDirectives.Sdks(EntryPoint) : Sdks(project)).Where(sdk => !IsOfTheSdk(sdk)),
            .. manifests.SelectMany(static manifest => SharedDeclaration.Of(ToolManifestReader.Read(manifest).Versions, PackageDeclarationKind.Tool)),
        ];
        if (declared.Count == 0 && own.Count == 0)
        {
            return [];
        }

        // The rule, not the exception: nothing is declared that the project's committed lock does not hold. Git need not be asked by this node, too.
        if (own.Count == 0 && CommittedLocks.Contains(Committed, PackagesLockFile) && File.Exists(PackagesLockFile)
            && BuildMemory.Of(BuildEngine, "", static () => new PackagesLockFiles()).Read(PackagesLockFile).Lock is { } current && declared.TrueForAll(package => IsLocked(package, current)))
        {
            return [];
        }

        CommittedPackages committed = CommittedPackages.Of(this, Cancellation);
        ImmutableArray<Declared> unknown = [.. declared.Where(package => !IsCommitted(package, committed))];
        ImmutableArray<SharedDeclaration> before = own.Count == 0 || LockedRestoreEnabled ? [] :
        [
            .. EntryPoint.Length > 0 ? committed.DirectiveSdks(EntryPoint) : Sdks(project is null ? null : committed.MSBuildFile(project)),
            .. manifests.SelectMany(manifest => SharedDeclaration.Of(committed.Declared(manifest, "tools", "version"), PackageDeclarationKind.Tool)),
        ];
        var known = new KnownDeclarations(before, own.Count == 0 ? null : ReproGateLockReader.Read(ReproGateLockFile, out _), LockedRestoreEnabled);
        ImmutableArray<SharedDeclaration> unknownOwn = [.. own.Where(declaration => !known.Has(declaration, RangeText.Minimum(declaration.Version), static _ => true))];
        return unknown.IsEmpty && unknownOwn.IsEmpty ? [] : JudgeNew(declared, own, unknown, unknownOwn, known, committed);
    }

    private static IEnumerable<SharedDeclaration> Sdks(ProjectFileText? file) => file is null ? [] : SharedDeclaration.Sdks(new RepositoryFiles { Files = [file] });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<Finding> JudgeNew(List<Declared> declared, List<SharedDeclaration> ownDeclared, ImmutableArray<Declared> unknown, ImmutableArray<SharedDeclaration> unknownOwn, KnownDeclarations known, CommittedPackages committed)
    {
        // A malformed file is told by the check that needs its hashes.
        ReproGateLock? own = ReproGateLockReader.Read(ReproGateLockFile, out _);
        List<NewPackage> packages = [.. New(unknown.Where(package => !IsRecorded(package, own)), declared, committed)];
        List<NewPackage> others = [.. unknownOwn.Select(declaration => declaration.ToNewPackage(ownDeclared, RangeText.Minimum(declaration.Version), !known.HasId(declaration)))];
        IReadOnlySet<string> judged = NewIds([.. packages, .. others]);
        // Those of the root are judged with the repository, and known to its projects all the same.
        string[] tools =
        [
            .. ownDeclared.Where(static declaration => declaration.Kind == PackageDeclarationKind.Tool).Select(static declaration => declaration.Id),
            .. ToolManifestReader.Names.SelectMany(name => ToolManifestReader.Read(Path.Combine(RepositoryRoot, name)).Versions).Select(static tool => tool.Id),
        ];
        string[] ids = [.. declared.Select(static package => package.Id), .. PackageVersions.Select(static item => item.ItemSpec)];
        // What properties say of sources is for packages; tools know none, and SDKs were resolved before there were any.
        return Settle(
        [
            .. packages.Count == 0 ? [] : Judge(packages, FeedLooks.Options(this), judged, ids, tools, committed, out _),
            .. others.Count == 0 ? [] : Judge(others, FeedLooks.ConfiguredOptions(this), judged, ids, tools, committed, out _),
        ]);
    }

    private IEnumerable<Declared> Declarations()
    {
        ImmutableArray<string> foreign = [.. Split(ForeignFolders).Select(Path.GetFullPath)];
        Dictionary<string, string> central = new(StringComparer.OrdinalIgnoreCase);
        foreach (ITaskItem item in CentralVersions ? PackageVersions : [])
        {
            central.TryAdd(item.ItemSpec, Metadata(item, "Version"));
        }

        // NuGet's own targets make references of global ones, and are then the file that defines them.
        HashSet<string> global = new(GlobalPackageReferences.Select(static item => item.ItemSpec), StringComparer.OrdinalIgnoreCase);
        foreach (ITaskItem item in PackageReferences.DistinctBy(static item => item.ItemSpec, StringComparer.OrdinalIgnoreCase))
        {
            string file = item.GetMetadata("DefiningProjectFullPath");
            if (IsTrue(Metadata(item, "IsImplicitlyDefined")) || (!global.Contains(item.ItemSpec) && IsForeign(file)))
            {
                continue;
            }

            string version = Metadata(item, "VersionOverride") is { Length: > 0 } over ? over
                : Metadata(item, "Version") is { Length: > 0 } direct ? direct
                : central.GetValueOrDefault(item.ItemSpec, "");
            yield return new Declared(item.ItemSpec, version, RangeText.Minimum(version), file, IsDownload: false);
        }

        foreach (ITaskItem item in PackageDownloads.Where(item => !IsForeign(item.GetMetadata("DefiningProjectFullPath"))))
        {
            foreach (string version in Metadata(item, "Version").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                yield return new Declared(item.ItemSpec, version, RangeText.Minimum(version), item.GetMetadata("DefiningProjectFullPath"), IsDownload: true);
            }
        }

        bool IsForeign(string file) => file.Length > 0 && foreign.Any(folder => Territory.IsBelow(file, folder));
    }

    /// <summary>Whether the commit has what is declared: in the project's own lock the same request, else in some lock the same version.</summary>
    private bool IsCommitted(Declared package, CommittedPackages committed)
    {
        if (package.IsDownload)
        {
            return committed.ReproGateLockOf(ReproGateLockFile)?.Find(DownloadKind.Pack, package.Id, package.Minimum) is not null;
        }

        PackagesLock? locked = committed.LockOf(PackagesLockFile);
        if (locked is null && !LockFileEnabled)
        {
            // Without a lock file nothing says what is new; whoever switches it off is told so (RGATE1001).
            return true;
        }

        return (locked is not null && IsLocked(package, locked))
            || (package.Minimum.Length > 0 ? committed.Has(package.Id, package.Minimum) : committed.HasId(package.Id));
    }

    /// <summary>Whether a lock holds the same request of a package, or its version.</summary>
    private bool IsLocked(Declared package, PackagesLock locked) =>
        !package.IsDownload
        && locked.Find(FrameworkNames.Canonical(TargetFrameworkMoniker, TargetPlatformMoniker), TargetFramework)?.Find(package.Id) is { } entry
        && (entry.Resolved.Equals(package.Minimum, StringComparison.OrdinalIgnoreCase) || entry.Requested == RangeText.Normalize(package.Version));

    private static bool IsRecorded(Declared package, ReproGateLock? own) =>
        own?.FindVerdict(package.Id, package.Minimum) is not null || (package.IsDownload && own?.Find(DownloadKind.Pack, package.Id, package.Minimum) is not null);

    private IEnumerable<NewPackage> New(IEnumerable<Declared> unknown, List<Declared> all, CommittedPackages committed)
    {
        RepositoryFiles? files = null;
        RunningEvaluation? evaluation = null;
        ImmutableHashSet<string>? central = null;
        foreach (Declared package in unknown)
        {
            if (EntryPoint.Length > 0 && PackageDirectives.Find(EntryPoint, package.Id) is { } line)
            {
                yield return new NewPackage(package.Id, package.Minimum, PackageDeclarationKind.Directive, line.Id) { VersionLocation = line.Version, IdSpan = line.IdSpan, VersionSpan = line.VersionSpan, IsIdNew = !committed.HasId(package.Id) };
                continue;
            }

            files ??= RepositoryFilesReader.ReadProject(RepositoryRoot, Split(SharedFiles), ProjectPath);
            evaluation ??= RunningEvaluation.Of(BuildEngine);
            PackagePlaces places = PackagePlaces.Of(files, package.Id, package.Version, package.IsDownload, Territory.IsBelow(package.File, RepositoryRoot) ? package.File : ProjectPath, evaluation.Holds);
            yield return new NewPackage(package.Id, package.Minimum, package.IsDownload ? PackageDeclarationKind.Download : PackageDeclarationKind.Reference, places.Id)
            {
                VersionLocation = places.Version,
                IdSpan = places.IdSpan,
                VersionSpan = places.VersionSpan,
                CentralIdSpans = places.CentralIdSpans,
                CentralIds = central ??= SharedDeclaration.CentralVersions(files).Select(static version => version.Id).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
                Siblings = all.Where(other => other.IsDownload == package.IsDownload && !other.Id.Equals(package.Id, StringComparison.OrdinalIgnoreCase)).Select(static other => other.Id).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
                IsIdNew = !committed.HasId(package.Id),
            };
        }
    }

    private static string Metadata(ITaskItem item, string name) => item.GetMetadata(name).Trim();

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private sealed record Declared(string Id, string Version, string Minimum, string File, bool IsDownload);
}
