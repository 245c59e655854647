using System.Collections.Immutable;
using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Configuration;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.NuGet.Verification;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>
/// The only step with network, on this machine: exactly what packages.lock.json and reprogate.lock.json of the snapshot name, from the global
/// packages folder, their bytes verified against the locks. What is missing there is restored first, by NuGet with the user's own credentials,
/// which stay here.
/// </summary>
internal sealed class RoomFetch(GateTask task, string repositoryRoot, string cacheDirectory, string entry, string dotnetHost, Action<string> progress)
{
    private const long MostBytes = 32L << 20;

    public async Task<(RoomPackages Packages, ImmutableArray<Finding> Findings)> FetchAsync(Snapshot snapshot, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        Dictionary<string, Wanted> wanted = Locked(snapshot, findings);
        (ImmutableArray<string> folders, ImmutableArray<string> keys) = Settings();
        List<Wanted> absent = Absent(wanted, folders);
        if (absent.Count > 0)
        {
            await RestoreAsync(snapshot, cancellation).ConfigureAwait(false);
            absent = Absent(wanted, folders);
        }

        if (absent.Count > 0)
        {
            // A lock of a project that is not part of this build may name what nobody can restore here. Where the build needs it, the room's own restore says so.
            progress($"clean room: {absent.Count} locked packages are not on this machine and stay out: {string.Join(", ", absent.Take(5).Select(static package => package.Name))}");
        }

        List<PackageToVerify> packages =
        [
            .. wanted.Values.Select(package => (Package: package, Directory: PackageFolders.Find(folders, package.Id, package.Version)))
                .Where(static found => found.Directory is not null)
                .Select(static found => new PackageToVerify(found.Package.Id, found.Package.Version, found.Directory!, found.Package.Hash, null)),
        ];
        ImmutableArray<PackageVerification> verified = PackageBytes.Verify(task, cacheDirectory, packages, cancellation);
        foreach (IGrouping<string, PackageVerification> byLock in verified.GroupBy(package => wanted[package.Name.ToUpperInvariant()].LockFile))
        {
            findings.AddRange(PackageContentMismatch.Check(byLock, Path.Combine(repositoryRoot, byLock.Key), name => wanted[name.ToUpperInvariant()].Line));
        }

        findings.AddRange(ExtractedFileMismatch.Check(verified));
        findings.AddRange(PackagesNotVerified.Check(verified, entry));
        return (
            new RoomPackages(
                [.. verified.Where(static package => package.ActualHash is not null && package.NotVerified is null).Select(static package => new RoomPackage(package.Id, package.Version, package.ActualHash!, package.Directory)).OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).ThenBy(static package => package.Version, StringComparer.OrdinalIgnoreCase)],
                keys),
            [.. findings]);
    }

    private Dictionary<string, Wanted> Locked(Snapshot snapshot, List<Finding> findings)
    {
        var wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal);
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
                    findings.Add(ReproGateFileMalformed.CheckLock(malformed! with { Location = malformed.Location with { File = Path.Combine(repositoryRoot, path) } }, $"dotnet msbuild -t:ReproGateLock \"{entry}\""));
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

        void Add(string id, string version, string hash, string path, int line) => wanted.TryAdd($"{id}/{version}".ToUpperInvariant(), new Wanted(id, version, hash, path, line));
    }

    private (ImmutableArray<string> Folders, ImmutableArray<string> Keys) Settings()
    {
        try
        {
            NuGetSettingsFacts settings = NuGetSettingsReader.Read(repositoryRoot, repositoryRoot);
            return (
                PackageBytes.Folders(task.PackageDirectory, [settings.GlobalPackagesFolder, .. settings.FallbackFolders.Select(static folder => folder.Value)]),
                // The repository's own configuration comes along with the snapshot.
                [.. settings.EnabledSources.Where(static source => source.Level != SettingsLevel.Repository).Select(static source => source.Name)]);
        }
        catch (NuGetSettingsException)
        {
            // The locked-restore gate tells that NuGet cannot read its configuration.
            return (PackageBytes.Folders(task.PackageDirectory), []);
        }
    }

    private static List<Wanted> Absent(Dictionary<string, Wanted> wanted, ImmutableArray<string> folders) =>
        [.. wanted.Values.Where(package => PackageFolders.Find(folders, package.Id, package.Version) is null).OrderBy(static package => package.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Restores on this machine, in the work tree itself: whatever it brings is verified afterwards, and whether it succeeds is the room's to find out.</summary>
    private async Task RestoreAsync(Snapshot snapshot, CancellationToken cancellation)
    {
        string host = dotnetHost.Length > 0 ? dotnetHost : "dotnet";
        await RunAsync(["restore", Path.Combine(snapshot.Directory, Path.GetRelativePath(repositoryRoot, entry)), "--locked-mode", "-p:ReproGateEnabled=false"]).ConfigureAwait(false);
        if (snapshot.Facts.Files.Any(static path => path is ".config/dotnet-tools.json" or "dotnet-tools.json"))
        {
            await RunAsync(["tool", "restore"]).ConfigureAwait(false);
        }

        async Task RunAsync(string[] arguments)
        {
            try
            {
                BufferedCommandResult result = await Cli.Wrap(host).WithArguments(arguments).WithWorkingDirectory(snapshot.Directory).WithValidation(CommandResultValidation.None)
                    .WithEnvironmentVariables(static variables => variables.Set("MSBUILDDISABLENODEREUSE", "1").Set("DOTNET_CLI_USE_MSBUILD_SERVER", "0"))
                    .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
                if (result.ExitCode != 0)
                {
                    progress($"clean room: dotnet {arguments[0]} ended with exit code {result.ExitCode} on this machine");
                }
            }
            catch (Win32Exception exception)
            {
                progress($"clean room: {host} cannot be run: {exception.Message}");
            }
        }
    }

    private sealed record Wanted(string Id, string Version, string Hash, string LockFile, int Line)
    {
        public string Name => $"{Id}/{Version}";
    }
}
