using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.NuGet.Feeds;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>
/// Before restore, once per build: whether the tools, MSBuild SDKs and central versions that files of the repository declare, and the commit
/// does not have yet, exist and are what they seem. What a project references is judged with the project.
/// </summary>
public sealed class CheckSharedPackages : NewPackagesTask
{
    /// <summary>The global.json above the projects; empty where there is none.</summary>
    public string GlobalJson { get; set; } = "";

    /// <summary>Files that the evaluations of all projects share: Directory.Build.props, Directory.Build.targets, Directory.Packages.props.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>Whether anything was told, so that the check is run again on an up-to-date build to tell it again.</summary>
    [Output]
    public bool Told { get; set; }

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        List<Finding> findings = [.. JudgeDeclared()];
        Told = findings.Count > 0;
        RepositoryFolder.Ignore(IntermediateDirectory, findings, Log);
        return findings;
    }

    private List<Finding> JudgeDeclared()
    {
        RepositoryFiles files = RepositoryFilesReader.Read(RepositoryRoot, SharedFiles.Split(';'), new Dictionary<string, string> { ["ReproGateRepositoryRoot"] = RepositoryRoot });
        ImmutableArray<(string Path, PackageDeclarationKind Kind)> manifests = [.. JsonFiles()];
        List<SharedDeclaration> declared =
        [
            .. manifests.SelectMany(static file => SharedDeclaration.Of(ReadJson(file.Path, file.Kind), file.Kind)),
            .. SharedDeclaration.Sdks(files),
            .. SharedDeclaration.CentralVersions(files),
        ];
        declared.RemoveAll(IsOfTheSdk);
        if (declared.Count == 0)
        {
            return [];
        }

        CommittedPackages committed = CommittedPackages.Of(this, Cancellation);
        ImmutableArray<SharedDeclaration> before =
        [
            .. manifests.SelectMany(file => SharedDeclaration.Of(file.Kind == PackageDeclarationKind.Tool ? committed.Declared(file.Path, "tools", "version") : committed.Declared(file.Path, "msbuild-sdks", null), file.Kind)),
            .. CommittedDeclarations(committed, files),
        ];
        // A malformed file is told by the check that needs its hashes.
        var known = new KnownDeclarations(before, ReproGateLockReader.Read(ReproGateLockFile, out _), LockedRestoreEnabled);
        var taken = new Lazy<IReadOnlySet<string>>(() => ReferencedIds.Sdks(WorkTree(["**/*.*proj", "**/*.props", "**/*.targets"]), Cancellation));
        List<SharedDeclaration> fresh = declared.FindAll(package => !known.Has(package, RangeText.Minimum(package.Version), taken.Value.Contains) && !IsInLockFile(package, committed));
        fresh = WithoutReferenced(fresh);
        return fresh.Count == 0 ? [] : JudgeNew(declared, fresh, known, committed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<Finding> JudgeNew(List<SharedDeclaration> declared, List<SharedDeclaration> fresh, KnownDeclarations known, CommittedPackages committed)
    {
        List<NewPackage> packages = fresh.ConvertAll(package => package.ToNewPackage(declared, RangeText.Minimum(package.Version), !known.HasId(package) && !committed.HasId(package.Id)));
        IReadOnlySet<string> judged = NewIds(packages);
        List<Finding> findings = [];
        // Tools and SDKs have the repository's configuration alone; what properties say of sources is for projects.
        foreach (bool central in (ReadOnlySpan<bool>)[false, true])
        {
            List<NewPackage> asked = packages.FindAll(package => package.Kind == PackageDeclarationKind.Reference == central);
            if (asked.Count > 0)
            {
                FeedOptions options = central ? FeedLooks.Options(this) : FeedLooks.ConfiguredOptions(this);
                findings.AddRange(Judge(asked, options, judged, declared.Select(static package => package.Id), declared.Where(static package => package.Kind == PackageDeclarationKind.Tool).Select(static package => package.Id), committed, out ImmutableArray<LookedUpPackage> found));
                findings.AddRange(PackageWithdrawn.Check(found));
            }
        }

        return Settle(findings);
    }

    private IEnumerable<(string Path, PackageDeclarationKind Kind)> JsonFiles()
    {
        foreach (string name in ToolManifestReader.Names)
        {
            yield return (Path.Combine(RepositoryRoot, name), PackageDeclarationKind.Tool);
        }

        if (GlobalJson.Length > 0 && Territory.IsBelow(GlobalJson, RepositoryRoot))
        {
            yield return (GlobalJson, PackageDeclarationKind.Sdk);
        }
    }

    // A file that cannot be read is told by the check of its versions (RGATE1007).
    private static ImmutableArray<DeclaredVersion> ReadJson(string path, PackageDeclarationKind kind) =>
        (kind == PackageDeclarationKind.Tool ? ToolManifestReader.Read(path) : GlobalJsonReader.ReadSdks(path)).Versions;

    private static IEnumerable<SharedDeclaration> CommittedDeclarations(CommittedPackages committed, RepositoryFiles files)
    {
        var before = new RepositoryFiles { Files = [.. files.Files.Select(file => committed.MSBuildFile(file)).OfType<ProjectFileText>()] };
        return SharedDeclaration.Sdks(before).Concat(SharedDeclaration.CentralVersions(before));
    }

    private static bool IsInLockFile(SharedDeclaration package, CommittedPackages committed) =>
        package.Kind == PackageDeclarationKind.Reference && RangeText.Minimum(package.Version) is { Length: > 0 } version && committed.Has(package.Id, version);

    /// <summary>Leaves out central versions that some project references: they are told there, by the build of that project.</summary>
    private List<SharedDeclaration> WithoutReferenced(List<SharedDeclaration> declared)
    {
        HashSet<string> ids = new(declared.Where(static package => package.Kind == PackageDeclarationKind.Reference).Select(static package => package.Id), StringComparer.OrdinalIgnoreCase);
        if (ids.Count == 0)
        {
            return declared;
        }

        IReadOnlySet<string> referenced = ReferencedIds.Of(WorkTree(["**/*.*proj", "**/*.props", "**/*.targets", "**/*.cs"]), ids, Cancellation);
        return declared.FindAll(package => package.Kind != PackageDeclarationKind.Reference || !referenced.Contains(package.Id));
    }

    private ImmutableHashSet<string> WorkTree(string[] patterns) => GitReader.WorkTree(RepositoryRoot, patterns, Cancellation) ?? [];
}
