using System.Collections.Immutable;
using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.Facts;
using ReproGate.NuGet.Configuration;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>
/// The only step with network, on this machine: exactly what the locks of the snapshot name, from the global packages folder. What is missing there is
/// restored first, by NuGet with the user's own credentials, which stay here.
/// </summary>
internal sealed class RoomFetch(GateTask task, string repositoryRoot, string cacheDirectory, string entry, string dotnetHost, Action<string> progress)
{
    public Task<(RoomPackages Packages, ImmutableArray<Finding> Findings)> FetchAsync(Snapshot snapshot, CancellationToken cancellation)
    {
        (ImmutableArray<string> folders, ImmutableArray<string> keys) = Settings();
        return new LockedFetch
        {
            RepositoryRoot = repositoryRoot,
            Entry = entry,
            Folders = folders,
            SourceKeys = keys,
            Bring = (taken, _, ending) => RestoreAsync(taken, ending),
            Verify = (packages, ending) => PackageBytes.Verify(task, cacheDirectory, packages, ending),
            Progress = progress,
        }.FetchAsync(snapshot, cancellation);
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

    /// <summary>Restores on this machine, in the snapshot: whatever it brings is verified afterwards, and whether it succeeds is the room's to find out.</summary>
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
}
