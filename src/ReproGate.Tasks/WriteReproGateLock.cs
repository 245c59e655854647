using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Assets;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>
/// Writes entries of reprogate.lock.json: for the repository those of its SDKs and tools, for a project those of its packs and
/// of SDKs it names itself. It adds, and never replaces a hash that differs.
/// </summary>
public sealed class WriteReproGateLock : CheckRepositoryLock
{
    /// <summary>Absolute path of a project's project.assets.json; empty for the repository's own entries.</summary>
    public string AssetsFile { get; set; } = "";

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        List<Finding> findings = [];
        bool whole = AssetsFile.Length == 0;
        (ImmutableArray<DeclaredDownload> declared, ImmutableArray<PackageVerification> verified) = whole ? Look(findings) : LookAtProject(findings);
        string command = $"dotnet msbuild -t:ReproGateLock \"{(File.Exists(SolutionPath) ? SolutionPath : ProjectPath)}\"";
        ReproGateLock? own = ReproGateLockReader.Read(ReproGateLockFile, out MalformedFile? malformed);
        if (own is null)
        {
            return [ReproGateFileMalformed.CheckLock(malformed!, command)];
        }

        Dictionary<string, PackageVerification> byName = verified.ToDictionary(static package => package.Name, StringComparer.OrdinalIgnoreCase);
        // Bytes that differ from what is locked are a finding here too: writing the new hash would hide it.
        findings.AddRange(SdkOrToolNotLocked.Check(own, declared.Where(download => own.Find(download.Kind, download.Id, download.Version) is not null), byName, command));
        findings.AddRange(ExtractedFileMismatch.Check(verified));
        findings.AddRange(PackagesNotVerified.Check([.. verified, .. Absent(declared, byName)], ProjectPath));
        if (findings.Exists(static finding => finding.Rule.DefaultSeverity == Severity.Error))
        {
            return findings;
        }

        List<LockedDownload> entries = [.. declared.Where(download => byName.TryGetValue(download.Name, out PackageVerification? package) && package.ActualHash is not null).Select(download => Entry(download, byName[download.Name]))];
        HashSet<string> tools = [.. declared.Concat(whole ? NestedTools() : []).Where(static download => download.Kind == DownloadKind.Tool).Select(static download => download.Name.ToUpperInvariant())];
        HashSet<string> sdks = [.. declared.Where(static download => download.Kind == DownloadKind.Sdk).Select(static download => download.Id.ToUpperInvariant())];
        bool solution = File.Exists(SolutionPath);
        try
        {
            (bool changed, malformed) = ReproGateLockWriter.Merge(ReproGateLockFile, entries, Keep, CacheDirectory, Cancellation);
            if (malformed is not null)
            {
                return [.. findings, ReproGateFileMalformed.CheckLock(malformed, command)];
            }

            Log.LogMessage(changed ? MessageImportance.High : MessageImportance.Normal, changed ? "ReproGate wrote {0}." : "{0} is up to date.", ReproGateLockFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogError(null, null, null, ReproGateLockFile, 0, 0, 0, 0, "reprogate.lock.json could not be written: {0}", exception.Message);
        }

        return findings;

        // The manifests hold every tool, so a tool that is in none of them is gone. An SDK's other version is gone when the whole
        // solution was asked; a pack may belong to a project or platform this run did not see, so packs stay.
        bool Keep(LockedDownload entry) => entry.Kind switch
        {
            DownloadKind.Tool => !whole || tools.Contains(entry.Name.ToUpperInvariant()),
            DownloadKind.Sdk => !(whole && solution && sdks.Contains(entry.Id.ToUpperInvariant())),
            _ => true,
        };
    }

    /// <summary>The tools of every manifest in the work tree; where git cannot say, of those that the lock holds nobody knows, and all stay.</summary>
    private IEnumerable<DeclaredDownload> NestedTools() =>
        GitReader.WorkTree(RepositoryRoot, ["**/dotnet-tools.json"], Cancellation) is { } manifests
            ? ToolManifests.Declared(manifests, [])
            : (ReproGateLockReader.Read(ReproGateLockFile, out _)?.Entries ?? []).Select(static entry => new DeclaredDownload(entry.Kind, entry.Id, entry.Version, new SourceLocation("")));

    private (ImmutableArray<DeclaredDownload> Declared, ImmutableArray<PackageVerification> Verified) LookAtProject(List<Finding> findings)
    {
        List<DeclaredDownload> declared = [.. DeclaredDownloads.Sdks([ProjectPath], RepositoryRoot), .. ToolManifests.Declared(ToolManifestReader.Nested(ProjectPath, RepositoryRoot), findings)];
        IEnumerable<string> folders = [NuGetPackageRoot];
        try
        {
            RestoredAssets assets = AssetsReader.Read(AssetsFile);
            folders = [.. assets.PackageFolders, NuGetPackageRoot];
            declared.AddRange(assets.Frameworks
                .SelectMany(static framework => framework.Downloads)
                .Select(download => new DeclaredDownload(DownloadKind.Pack, download.Id, download.Version, new SourceLocation(ProjectPath))));
        }
        catch (AssetsException exception)
        {
            // A project that NuGet does not restore has no packs.
            Log.LogMessage(MessageImportance.Low, "{0}", exception.Message);
        }

        ImmutableArray<string> all = PackageBytes.Folders(PackageDirectory, folders);
        List<NuGet.Verification.PackageToVerify> packages = PackageBytes.ToVerify(declared.DistinctBy(static download => download.Name, StringComparer.OrdinalIgnoreCase), all);
        ImmutableArray<PackageVerification> verified = PackageBytes.Verify(this, CacheDirectory, packages, Cancellation);
        HashSet<string> present = [.. verified.Select(static package => package.Name.ToUpperInvariant())];
        return ([.. declared.Where(download => download.Kind != DownloadKind.Sdk || present.Contains(download.Name.ToUpperInvariant()))], verified);
    }

    private static IEnumerable<PackageVerification> Absent(IEnumerable<DeclaredDownload> declared, Dictionary<string, PackageVerification> byName) => declared
        .Where(download => !byName.ContainsKey(download.Name))
        .Select(static download => new PackageVerification { Id = download.Id, Version = download.Version, Directory = "", NotVerified = "not on this machine, so its hash could not be written" });

    private LockedDownload Entry(DeclaredDownload download, PackageVerification package) => new(
        download.Kind,
        download.Id,
        download.Version,
        package.ActualHash!,
        PackageFolders.PortableSource(PackageFolders.SourceOf(package.Directory), RepositoryRoot));
}
