using System.Collections.Immutable;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.NuGet.Verification;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>A package that a lock of the snapshot names.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hash">The locked content hash.</param>
/// <param name="LockFile">The lock, relative to the root.</param>
/// <param name="Line">The line there.</param>
internal sealed record WantedPackage(string Id, string Version, string Hash, string LockFile, int Line)
{
    public string Name => $"{Id}/{Version}";
}

/// <summary>
/// Exactly what packages.lock.json and reprogate.lock.json of the snapshot name, from packages folders of this machine, the bytes verified against the locks.
/// How what is missing is brought, and how bytes are remembered, is the caller's: a task of the build, or the tool (which shares this file).
/// </summary>
internal sealed class LockedFetch
{
    private const long MostBytes = 32L << 20;

    /// <summary>Absolute path that findings put lock files below.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>What is built: the place of findings that have no better one.</summary>
    public required string Entry { get; init; }

    /// <summary>Absolute paths of the packages folders, in order of search.</summary>
    public required ImmutableArray<string> Folders { get; init; }

    /// <summary>Keys of the sources that the room's user-level configuration names.</summary>
    public required ImmutableArray<string> SourceKeys { get; init; }

    /// <summary>Brings packages that are missing into one of the folders; whatever it brings is verified afterwards.</summary>
    public required Func<Snapshot, IReadOnlyList<WantedPackage>, CancellationToken, Task> Bring { get; init; }

    /// <summary>Looks at packages' bytes.</summary>
    public required Func<IReadOnlyList<PackageToVerify>, CancellationToken, ImmutableArray<PackageVerification>> Verify { get; init; }

    /// <summary>Told what stays out.</summary>
    public required Action<string> Progress { get; init; }

    /// <summary>The locked packages that no folder has after all was brought, after <see cref="FetchAsync"/>.</summary>
    public ImmutableArray<WantedPackage> NotHere { get; private set; } = [];

    public async Task<(RoomPackages Packages, ImmutableArray<Finding> Findings)> FetchAsync(Snapshot snapshot, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        Dictionary<string, WantedPackage> wanted = Locked(snapshot, findings);
        List<WantedPackage> absent = Absent(wanted);
        if (absent.Count > 0)
        {
            await Bring(snapshot, absent, cancellation).ConfigureAwait(false);
            absent = Absent(wanted);
        }

        NotHere = [.. absent];
        if (absent.Count > 0)
        {
            // A lock of a project that is not part of this build may name what nobody can restore here. Where the build needs it, the room's own restore says so.
            Progress($"clean room: {absent.Count} locked packages are not on this machine and stay out: {string.Join(", ", absent.Take(5).Select(static package => package.Name))}");
        }

        List<PackageToVerify> packages =
        [
            .. wanted.Values.Select(package => (Package: package, Directory: PackageFolders.Find(Folders, package.Id, package.Version)))
                .Where(static found => found.Directory is not null)
                .Select(static found => new PackageToVerify(found.Package.Id, found.Package.Version, found.Directory!, found.Package.Hash, null)),
        ];
        ImmutableArray<PackageVerification> verified = Verify(packages, cancellation);
        foreach (IGrouping<string, PackageVerification> byLock in verified.GroupBy(package => wanted[package.Name.ToUpperInvariant()].LockFile))
        {
            findings.AddRange(PackageContentMismatch.Check(byLock, Path.Combine(RepositoryRoot, byLock.Key), name => wanted[name.ToUpperInvariant()].Line));
        }

        findings.AddRange(ExtractedFileMismatch.Check(verified));
        findings.AddRange(PackagesNotVerified.Check(verified, Entry));
        return (
            new RoomPackages(
                [.. verified.Where(static package => package.ActualHash is not null && package.NotVerified is null).Select(static package => new RoomPackage(package.Id, package.Version, package.ActualHash!, package.Directory)).OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).ThenBy(static package => package.Version, StringComparer.OrdinalIgnoreCase)],
                SourceKeys),
            [.. findings]);
    }

    private Dictionary<string, WantedPackage> Locked(Snapshot snapshot, List<Finding> findings)
    {
        var wanted = new Dictionary<string, WantedPackage>(StringComparer.Ordinal);
        foreach (string path in snapshot.Facts.Files.Where(static path => path.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase)))
        {
            string file = Path.Combine(snapshot.Directory, path);
            if (new FileInfo(file) is not { Exists: true, Length: <= MostBytes })
            {
                continue;
            }

            if (Path.GetFileName(path).Equals("reprogate.lock.json", StringComparison.OrdinalIgnoreCase))
            {
                ReproGateLock? own = ReproGateLockReader.Read(file, out MalformedFile? malformed);
                if (own is null)
                {
                    findings.Add(ReproGateFileMalformed.CheckLock(malformed! with { Location = malformed.Location with { File = Path.Combine(RepositoryRoot, path) } }, $"dotnet msbuild -t:ReproGateLock \"{Entry}\""));
                }

                foreach (LockedDownload download in own?.Entries ?? [])
                {
                    Add(download.Id, download.Version, download.ContentHash, path, download.Line);
                }

                continue;
            }

            // One that is no lock file is RGATE1004, told before restore.
            if (LockedPackages.Read(file) is { } locked)
            {
                foreach ((string id, string version) in locked.Versions.SelectMany(static group => group.Select(version => (group.Key, version))))
                {
                    if (locked.HashOf($"{id}/{version}") is { } hash)
                    {
                        Add(id, version, hash, path, locked.LineOf($"{id}/{version}"));
                    }
                }
            }
        }

        return wanted;

        void Add(string id, string version, string hash, string path, int line) => wanted.TryAdd($"{id}/{version}".ToUpperInvariant(), new WantedPackage(id, version, hash, path, line));
    }

    private List<WantedPackage> Absent(Dictionary<string, WantedPackage> wanted) =>
        [.. wanted.Values.Where(package => PackageFolders.Find(Folders, package.Id, package.Version) is null).OrderBy(static package => package.Name, StringComparer.OrdinalIgnoreCase)];
}
