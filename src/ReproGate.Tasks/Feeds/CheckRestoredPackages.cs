using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.NuGet.Assets;
using ReproGate.NuGet.Feeds;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository.Evaluation;

namespace ReproGate.Tasks;

/// <summary>
/// After restore: packages that are withdrawn, by their recorded verdicts; and of those the commit does not have, transitive ones included,
/// their age and the build code they bring.
/// </summary>
public sealed class CheckRestoredPackages : FeedTask
{
    private bool _settled = true;

    [Required]
    public string PackagesLockFile { get; set; } = "";

    /// <summary>Absolute path of project.assets.json.</summary>
    [Required]
    public string AssetsFile { get; set; } = "";

    public string TargetFrameworkMoniker { get; set; } = "";

    public string TargetPlatformMoniker { get; set; } = "";

    /// <summary>Directory.Build.props and its like, as this evaluation found them.</summary>
    public string SharedFiles { get; set; } = "";

    public ITaskItem[] PackageReferences { get; set; } = [];

    /// <summary>Which files the commit has as they are (target ReproGateReadCommitted).</summary>
    public ITaskItem[] Committed { get; set; } = [];

    /// <inheritdoc />
    protected internal override bool IsSettled => _settled;

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        // Whether the lock is well-formed and current was judged before restore.
        if (!File.Exists(PackagesLockFile) || PackagesLockReader.Read(PackagesLockFile).Lock is not { } locked)
        {
            return [];
        }

        string framework = FrameworkNames.Canonical(TargetFrameworkMoniker, TargetPlatformMoniker);
        ImmutableArray<PackagesLockEntry> entries =
        [
            .. locked.Targets
                .Where(target => FrameworkNames.AreSame(framework, target.Framework) && (target.Alias.Length == 0 || target.Alias.Equals(TargetFramework, StringComparison.OrdinalIgnoreCase)))
                .SelectMany(static target => target.Entries)
                .Where(static entry => entry.Type != PackagesLockEntryType.Project && entry.Resolved.Length > 0)
                .DistinctBy(static entry => $"{entry.Id}/{entry.Resolved}", StringComparer.OrdinalIgnoreCase),
        ];
        // The SDK chooses its own packages (trimming, analyzers), and another one with each of its versions.
        HashSet<string> implied = new(PackageReferences.Where(static item => item.GetMetadata("IsImplicitlyDefined").Equals("true", StringComparison.OrdinalIgnoreCase)).Select(static item => item.ItemSpec), StringComparer.OrdinalIgnoreCase);
        entries = [.. entries.Where(entry => !implied.Contains(entry.Id))];
        ReproGateLock? own = ReproGateLockReader.Read(ReproGateLockFile, out _);
        List<LookedUpPackage> looked = [];
        List<PackagesLockEntry> unknown = [];
        // Null where the lock is the commit's, so that nothing of it is new.
        CommittedPackages? committed = CommittedLocks.Contains(Committed, PackagesLockFile) ? null : CommittedPackages.Of(this, Cancellation);
        HashSet<string> known = new((committed?.LockOf(PackagesLockFile)?.Targets ?? []).SelectMany(static target => target.Entries).Select(static entry => $"{entry.Id}/{entry.Resolved}"), StringComparer.OrdinalIgnoreCase);
        var places = new Places(this);
        List<NewPackage> fresh = [];
        foreach (PackagesLockEntry entry in entries)
        {
            bool isNew = committed is not null && !known.Contains($"{entry.Id}/{entry.Resolved}") && !committed.Has(entry.Id, entry.Resolved);
            if (own?.FindVerdict(entry.Id, entry.Resolved) is { } verdict)
            {
                if (verdict.Unlisted || verdict.Deprecated.Length > 0)
                {
                    looked.Add(new LookedUpPackage(places.Of(entry, isIdNew: false), RecordedVerdicts.ToLookUp(verdict)));
                }
            }
            else if (isNew)
            {
                unknown.Add(entry);
            }

            if (isNew && !committed!.HasId(entry.Id) && !committed.LocksNothing)
            {
                fresh.Add(places.Of(entry, isIdNew: true));
            }
        }

        List<Finding> findings = [.. PackageWithdrawn.Check(looked), .. PackageBringsBuildCode.Check(fresh, Files(fresh.Count > 0))];
        if (unknown.Count > 0)
        {
            findings.AddRange(JudgeUnknown([.. unknown.Select(entry => places.Of(entry, !committed!.HasId(entry.Id)))]));
        }

        return findings;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<Finding> JudgeUnknown(List<NewPackage> packages)
    {
        FeedLooks? looks = FeedLooks.Open(this, FeedLooks.Options(this), Cancellation, out _);
        if (looks is null)
        {
            // Told before restore.
            return [];
        }

        ImmutableArray<LookedUpPackage> found = looks.Look(packages);
        // Those the project declares were judged before restore, their age and the missing answers told there.
        ImmutableArray<LookedUpPackage> brought = [.. found.Where(static look => look.Package.Kind == PackageDeclarationKind.Transitive)];
        List<Finding> findings = [.. PackageWithdrawn.Check(found), .. PackageTooYoung.Check(brought, Policy()), .. PackagesNotLookedUp.Check(brought, Policy())];
        _settled = !findings.Exists(static finding => finding.Rule == RuleCatalog.CheckCouldNotRun);
        return findings;
    }

    private Func<NewPackage, ImmutableArray<string>> Files(bool needed)
    {
        if (!needed)
        {
            return static _ => [];
        }

        try
        {
            ImmutableDictionary<string, RestoredPackage> packages = AssetsReader.Read(AssetsFile).Packages;
            return package => packages.TryGetValue($"{package.Id}/{package.Version}", out RestoredPackage? restored) ? restored.Files : [];
        }
        catch (AssetsException)
        {
            // The locked-restore gate tells it (RGATE0090), and NuGet fails the build.
            return static _ => [];
        }
    }

    /// <summary>Where packages are written: the declaration of a direct one, the lock file's line of another.</summary>
    private sealed class Places(CheckRestoredPackages task)
    {
        private RepositoryFiles? _files;
        private RunningEvaluation? _evaluation;

        public NewPackage Of(PackagesLockEntry entry, bool isIdNew)
        {
            if (entry.Type == PackagesLockEntryType.Direct && Array.Find(task.PackageReferences, item => item.ItemSpec.Equals(entry.Id, StringComparison.OrdinalIgnoreCase)) is { } item)
            {
                _files ??= RepositoryFilesReader.ReadProject(task.RepositoryRoot, Split(task.SharedFiles), task.ProjectPath);
                _evaluation ??= RunningEvaluation.Of(task.BuildEngine);
                PackagePlaces places = PackagePlaces.Of(_files, entry.Id, item.GetMetadata("Version"), isDownload: false, task.ProjectPath, _evaluation.Holds);
                return new NewPackage(entry.Id, entry.Resolved, PackageDeclarationKind.Reference, places.Id)
                {
                    VersionLocation = places.Version,
                    IncludeAssets = item.GetMetadata("IncludeAssets"),
                    ExcludeAssets = item.GetMetadata("ExcludeAssets"),
                    IsIdNew = isIdNew,
                };
            }

            return new NewPackage(entry.Id, entry.Resolved, PackageDeclarationKind.Transitive, entry.Location) { IsIdNew = isIdNew };
        }
    }
}
