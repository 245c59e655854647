using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.NuGet.Verification;
using ReproGate.Repository;

namespace ReproGate.Tasks;

/// <summary>
/// Judges what the whole repository shares against reprogate.lock.json, once per build: MSBuild SDKs of files that all
/// projects import, and the tools of its manifest.
/// </summary>
public class CheckRepositoryLock : GateTask
{
    /// <summary>Absolute path of reprogate.lock.json, whether or not it exists.</summary>
    [Required]
    public string ReproGateLockFile { get; set; } = "";

    /// <summary>Absolute paths of project XML that all projects import (Directory.Build.props and its like), separated by <c>|</c>.</summary>
    public string SharedFiles { get; set; } = "";

    /// <summary>Where what was found good is remembered.</summary>
    [Required]
    public string CacheDirectory { get; set; } = "";

    /// <summary>The solution that is built, empty for a project.</summary>
    public string SolutionPath { get; set; } = "";

    public string NuGetPackageRoot { get; set; } = "";

    /// <summary>Whether anything was told, so that the check is run again on an up-to-date build to tell it again.</summary>
    [Output]
    public bool Told { get; set; }

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        string command = $"dotnet msbuild -t:ReproGateLock \"{Entry()}\"";
        ReproGateLock? own = ReproGateLockReader.Read(ReproGateLockFile, out MalformedFile? malformed);
        if (own is null)
        {
            return [ReproGateFileMalformed.CheckLock(malformed!, command)];
        }

        List<Finding> findings = [];
        (ImmutableArray<DeclaredDownload> declared, ImmutableArray<PackageVerification> verified) = Look(findings);
        Dictionary<string, PackageVerification> byName = verified.ToDictionary(static package => package.Name, StringComparer.OrdinalIgnoreCase);
        findings.AddRange(SdkOrToolNotLocked.Check(own, declared, byName, command));
        findings.AddRange(ExtractedFileMismatch.Check(verified));
        findings.AddRange(PackagesNotVerified.Check(verified, declared.IsEmpty ? ReproGateLockFile : declared[0].Location.File));
        Told = findings.Count > 0;
        return findings;
    }

    /// <summary>Finds what the repository shares and looks at the bytes of what is on this machine.</summary>
    protected (ImmutableArray<DeclaredDownload> Declared, ImmutableArray<PackageVerification> Verified) Look(List<Finding> findings)
    {
        ImmutableArray<string> folders = PackageBytes.Folders(PackageDirectory, [NuGetPackageRoot]);
        IEnumerable<string> files = SharedFiles.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)
            .Concat(((string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"]).Select(name => Path.Combine(RepositoryRoot, name)));
        ImmutableArray<DeclaredDownload> sdks = DeclaredDownloads.Sdks(files.Distinct(StringComparer.Ordinal), RepositoryRoot);
        // The SDK that runs this very check is one of the repository's, wherever it is declared; imported by path from a folder that NuGet did not write, it is no package.
        if (File.Exists(Path.Combine(PackageDirectory, ".nupkg.metadata")) && RunningSdk.Version(PackageDirectory) is { Length: > 0 } own && !sdks.Any(static sdk => sdk.Id.Equals(SdkOrToolNotLocked.OwnSdk, StringComparison.OrdinalIgnoreCase)))
        {
            sdks = sdks.Add(new DeclaredDownload(DownloadKind.Sdk, SdkOrToolNotLocked.OwnSdk, own, new SourceLocation(ReproGateLockFile)));
        }

        ImmutableArray<DeclaredDownload> tools = ToolManifests.Declared(Manifests(), findings);
        List<PackageToVerify> packages = PackageBytes.ToVerify([.. sdks, .. tools], folders);
        packages = [.. packages.DistinctBy(static package => package.Directory, StringComparer.Ordinal)];
        ImmutableArray<PackageVerification> verified = PackageBytes.Verify(this, CacheDirectory, packages, Cancellation);
        HashSet<string> present = [.. packages.Select(static package => $"{package.Id}/{package.Version}".ToUpperInvariant())];
        // An SDK without a package on this machine is one of the .NET SDK's own, whatever version it is asked for with.
        return ([.. sdks.Where(sdk => present.Contains(sdk.Name.ToUpperInvariant())), .. tools], verified);
    }

    /// <summary>The tool manifests of the repository's root; nested ones are judged with the projects below them.</summary>
    private IEnumerable<string> Manifests() => ToolManifestReader.Names.Select(name => Path.Combine(RepositoryRoot, name));

    /// <summary>What to lock: the solution that is built, else one of the repository's root, else some project.</summary>
    private string Entry()
    {
        if (File.Exists(SolutionPath))
        {
            return SolutionPath;
        }

        var near = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true };
        return Files("*.slnx").Concat(Files("*.sln")).Concat(Files("*.??proj")).FirstOrDefault() ?? RepositoryRoot;

        IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(RepositoryRoot, pattern, near)
            .OrderBy(static path => path.Count(static letter => letter == Path.DirectorySeparatorChar))
            .ThenBy(static path => path, StringComparer.Ordinal);
    }
}
