using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.Tasks;

/// <summary>Judges what a project declares for restore against its lock file, before NuGet restores.</summary>
public sealed class CheckDeclaredRestore : GateTask
{
    public bool IsRestoring { get; set; }

    public string PackageId { get; set; } = "";

    public bool IsCrossTargeting { get; set; }

    public string TargetFrameworks { get; set; } = "";

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

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge() => LockFileMissing.Check(ReadDeclaration());

    private RestoreDeclaration ReadDeclaration() => new()
    {
        ProjectPath = ProjectPath,
        ProjectName = PackageId.Length > 0 ? PackageId : Path.GetFileNameWithoutExtension(ProjectPath),
        TargetFramework = TargetFramework,
        FrameworkName = TargetFrameworkMoniker,
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
        Packages = ReadPackages(),
        CentralPackages = ReadCentralPackages(),
        Downloads = [.. PackageDownloads.Select(static item => Package(item, Metadata(item, "Version"), ""))],
        Projects = ReadProjects(),
    };

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

    private static ImmutableArray<string> Split(string list) => [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
