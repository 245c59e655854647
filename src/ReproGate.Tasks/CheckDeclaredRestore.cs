using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;

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
    };

    private static ImmutableArray<string> Split(string list) => [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
