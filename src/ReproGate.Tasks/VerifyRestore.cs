using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Assets;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.NuGet.Verification;
using ReproGate.Repository;
using ReproGate.Repository.ProjectXml;
using AtomicFile = ReproGate.Repository.AtomicFile;

namespace ReproGate.Tasks;

/// <summary>Judges what restore brought to one target framework of a project: the graph, and the bytes of its packages.</summary>
public sealed class VerifyRestore : ProjectGateTask
{
    /// <summary>Absolute path of project.assets.json.</summary>
    [Required]
    public string AssetsFile { get; set; } = "";

    /// <summary>Absolute path of packages.lock.json, whether or not it exists.</summary>
    [Required]
    public string PackagesLockFile { get; set; } = "";

    /// <summary>Absolute path of reprogate.lock.json, whether or not it exists.</summary>
    [Required]
    public string ReproGateLockFile { get; set; } = "";

    /// <summary>Where what was found good is remembered.</summary>
    [Required]
    public string CacheDirectory { get; set; } = "";

    /// <summary>The command that writes reprogate.lock.json.</summary>
    [Required]
    public string LockCommand { get; set; } = "";

    public string TargetFrameworkMoniker { get; set; } = "";

    public string NuGetPackageRoot { get; set; } = "";

    /// <summary>The project's direct packages, for the place that declares one.</summary>
    public ITaskItem[] PackageReferences { get; set; } = [];

    /// <summary>Centrally managed versions, for the same.</summary>
    public ITaskItem[] PackageVersions { get; set; } = [];

    /// <summary>Packs the project asks for, for their place in the text.</summary>
    public ITaskItem[] PackageDownloads { get; set; } = [];

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        // While the look goes on nothing may stand for a passed check.
        if (Stamp.Length > 0)
        {
            File.Delete(Stamp);
        }

        RestoredAssets assets;
        try
        {
            assets = AssetsReader.Read(AssetsFile);
        }
        catch (AssetsException exception)
        {
            return
            [
                new Finding(
                    RuleCatalog.CheckCouldNotRun,
                    new SourceLocation(ProjectPath),
                    $"RGATE1003, RGATE1005, RGATE1006 and RGATE1008 could not look at what was restored: {exception.Message}.",
                    "Whether the packages are the ones that were locked is not known.",
                    $"Restore anew: dotnet restore \"{ProjectPath}\" --force")
                {
                    Subject = "assets",
                },
            ];
        }

        ImmutableArray<RestoredTarget> targets = assets.TargetsOf(TargetFramework, TargetFrameworkMoniker);
        RestoredFramework? framework = assets.FrameworkOf(TargetFramework);
        LockedPackages? locked = LockedPackages.Read(PackagesLockFile);
        List<Finding> findings = [.. VersionSubstituted.Check(ProjectPath, framework, targets, Locate)];
        if (locked is not null)
        {
            findings.AddRange(AssetsNotLocked.Check(ProjectPath, targets, PackagesLockFile, locked.Versions));
        }

        ImmutableArray<string> folders = PackageBytes.Folders(PackageDirectory, [.. assets.PackageFolders, NuGetPackageRoot]);
        List<DeclaredDownload> downloads = [.. Downloads(framework), .. DeclaredDownloads.Sdks([ProjectPath], RepositoryRoot), .. ToolManifests.Declared(ToolManifestReader.Nested(ProjectPath, RepositoryRoot), findings)];
        List<PackageToVerify> restored = [.. Packages(assets, targets, locked)];
        findings.AddRange(CheckSources(restored));
        List<PackageToVerify> packages = [.. restored, .. PackageBytes.ToVerify(downloads, folders)];
        packages = [.. packages.DistinctBy(static package => package.Directory, StringComparer.Ordinal)];
        ImmutableArray<PackageVerification> verified = PackageBytes.Verify(this, CacheDirectory, packages, Cancellation);

        findings.AddRange(PackageContentMismatch.Check(verified, PackagesLockFile, locked is null ? static _ => 0 : locked.LineOf));
        findings.AddRange(ExtractedFileMismatch.Check(verified));
        findings.AddRange(PackagesNotVerified.Check(verified, ProjectPath));
        // A malformed lock was told once for the repository (CheckRepositoryLock), which stops the project before this task.
        if (ReproGateLockReader.Read(ReproGateLockFile, out _) is { } own)
        {
            Dictionary<string, PackageVerification> byName = verified
                .DistinctBy(static package => package.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(static package => package.Name, StringComparer.OrdinalIgnoreCase);
            // An SDK without a package on this machine is one of the .NET SDK's own, whatever version it is asked for with.
            findings.AddRange(SdkOrToolNotLocked.Check(own, downloads.Where(download => download.Kind != DownloadKind.Sdk || byName.ContainsKey(download.Name)), byName, LockCommand));
        }

        WriteWatchedFiles(packages);
        return findings;
    }

    /// <summary>Where the version of a direct package is written: its PackageVersion where versions are central, else its PackageReference.</summary>
    private SourceLocation? Locate(string id)
    {
        var positions = new ProjectXmlPositions();
        ITaskItem? reference = Named(PackageReferences);
        (string type, ITaskItem? item) = reference is not null && (reference.GetMetadata("Version").Length > 0 || reference.GetMetadata("VersionOverride").Length > 0)
            ? ("PackageReference", reference)
            : ("PackageVersion", Named(PackageVersions) ?? reference);
        if (item is null)
        {
            return null;
        }

        SourceLocation location = positions.Item(item.GetMetadata("DefiningProjectFullPath"), item == reference ? "PackageReference" : type, item.ItemSpec).Location;
        return location.Line > 0 ? location : null;

        ITaskItem? Named(ITaskItem[] items) => Array.Find(items, candidate => candidate.ItemSpec.Equals(id, StringComparison.OrdinalIgnoreCase));
    }

    private List<Finding> CheckSources(List<PackageToVerify> packages)
    {
        if (packages.Count == 0)
        {
            return [];
        }

        try
        {
            NuGetSettingsFacts settings = NuGetSettingsReader.Read(Path.GetDirectoryName(ProjectPath)!, RepositoryRoot);
            return [.. CachedFromForbiddenSource.Check(settings, packages.Select(static package => (package.Id, package.Version, package.Directory, PackageFolders.SourceOf(package.Directory))))];
        }
        catch (NuGetSettingsException)
        {
            // The configuration is judged before restore, and NuGet itself stops at one it cannot read.
            return [];
        }
    }

    private IEnumerable<DeclaredDownload> Downloads(RestoredFramework? framework) => framework is null
        ? []
        : framework.Downloads.Select(download => new DeclaredDownload(DownloadKind.Pack, download.Id, download.Version, DownloadLocation(download.Id))
        {
            Implicit = download.Id.StartsWith("Microsoft.", StringComparison.OrdinalIgnoreCase),
        });

    /// <summary>The element that asks for a pack; the project where the .NET SDK asks for it.</summary>
    private SourceLocation DownloadLocation(string id)
    {
        ITaskItem? item = Array.Find(PackageDownloads, candidate => candidate.ItemSpec.Equals(id, StringComparison.OrdinalIgnoreCase));
        string file = item?.GetMetadata("DefiningProjectFullPath") ?? "";
        return Territory.IsBelow(file, RepositoryRoot) && new ProjectXmlPositions().Item(file, "PackageDownload", id) is { Found: true } found
            ? found.Location
            : new SourceLocation(ProjectPath);
    }

    private static IEnumerable<PackageToVerify> Packages(RestoredAssets assets, ImmutableArray<RestoredTarget> targets, LockedPackages? locked)
    {
        var used = new Dictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (RestoredLibrary library in targets.SelectMany(static target => target.Libraries))
        {
            if (library.IsPackage)
            {
                string name = $"{library.Id}/{library.Version}";
                if (!used.TryGetValue(name, out HashSet<string>? files))
                {
                    used[name] = files = new HashSet<string>(StringComparer.Ordinal);
                }

                files.UnionWith(library.Files);
            }
        }

        foreach ((string name, HashSet<string> files) in used)
        {
            if (!assets.Packages.TryGetValue(name, out RestoredPackage? package))
            {
                continue;
            }

            // Analyzers are in no graph: the SDK takes them from the list of the package's files.
            files.UnionWith(package.Files.Where(static file => file.StartsWith("analyzers/", StringComparison.OrdinalIgnoreCase) && file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)));
            string directory = assets.PackageFolders
                .Select(folder => Path.Combine(folder, package.Path.Replace('/', Path.DirectorySeparatorChar)))
                .FirstOrDefault(Directory.Exists) ?? Path.Combine(assets.PackageFolders.FirstOrDefault() ?? "", package.Path);
            yield return new PackageToVerify(package.Id, package.Version, directory, locked?.HashOf(name), files);
        }
    }

    /// <summary>
    /// Beside the stamp: the files whose time of last write MSBuild compares before it calls this task again, and those times
    /// in the form of the well-known metadata <c>ModifiedTime</c>. Translated texts stand in a list of their own: they are often
    /// most of the files, nothing of them runs, and a build in which nothing changed does without a look at them.
    /// </summary>
    private void WriteWatchedFiles(List<PackageToVerify> packages)
    {
        if (Stamp.Length == 0)
        {
            return;
        }

        ILookup<bool, string> files = packages
            .SelectMany(static package => (package.UsedFiles ?? []).Select(file => Path.Combine(package.Directory, file.Replace('/', Path.DirectorySeparatorChar))).Prepend(package.Nupkg))
            .Select(Path.GetFullPath)
            .ToLookup(static file => file.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase));
        Write(Stamp + ".files", files[false].Select(static file => file + "\n"));
        Write(Stamp + ".texts", files[true].Select(static file => file + "\n"));
        Write(Stamp + ".times", [string.Join('|', files[false].Select(TimeOf)), "|", string.Join('|', files[true].Select(TimeOf))]);
        foreach (string old in Directory.EnumerateFiles(Path.GetDirectoryName(Stamp)!, $"bytes.{TargetFramework}.*.ok.*"))
        {
            // Of other keys; another build of the same tree may be using a fresh one.
            if (!old.StartsWith(Stamp, StringComparison.Ordinal) && DateTime.UtcNow - File.GetLastWriteTimeUtc(old) > TimeSpan.FromDays(1))
            {
                File.Delete(old);
            }
        }
    }

    private static string TimeOf(string file) => $"{file}|{(File.Exists(file) ? File.GetLastWriteTime(file).ToString("yyyy-MM-dd HH':'mm':'ss'.'fffffff", CultureInfo.InvariantCulture) : "")}";

    private static void Write(string file, IEnumerable<string> parts) => AtomicFile.WriteAllBytes(file, Encoding.UTF8.GetBytes(string.Concat(parts)));
}
