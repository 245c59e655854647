using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Engines;

/// <summary>A room of bubblewrap: a private folder, and for each program namespaces in which that folder and the system's are all there is. What a program leaves running ends with it.</summary>
internal sealed class BubblewrapRoom(BubblewrapEngine engine, BubblewrapFolders folders, RoomSettings settings, RoomLimits limits, ImmutableArray<string> environment) : Room(settings, limits, environment)
{
    /// <summary>What limits the number of processes.</summary>
    public const string ProcessLimiter = "/usr/bin/prlimit";

    private const int Attempts = 5;

    private readonly RoomLimits _limits = limits;

    /// <summary>Makes the folder, with the few files of <c>/etc</c> that are the room's own.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task FurnishAsync(BubblewrapFolders folders, RoomSettings settings, CancellationToken cancellation)
    {
        foreach (string folder in (string[])[folders.Room, folders.Temporary, folders.Etc])
        {
            Directory.CreateDirectory(folder);
        }

        foreach ((string name, string text) in RoomArchive.Users(settings).Concat(
        [
            ("hosts", $"127.0.0.1\tlocalhost {settings.HostName}\n::1\tlocalhost\n"),
            ("hostname", settings.HostName + "\n"),
            // Who is who and where stands in these files, and nobody else is asked.
            ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
        ]))
        {
            await File.WriteAllTextAsync(Path.Combine(folders.Etc, name), text, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override async Task ReadAsync(string path, Func<Stream, Task> read, CancellationToken cancellation)
    {
        // In a room, so that a link which a build left in a folder's place leads nowhere.
        int name = path.LastIndexOf('/');
        var error = new StringBuilder();
        CommandResult result = await engine.ExecuteAsync(
            engine.Command([.. engine.Base(Settings), .. BubblewrapArguments.Of(folders, Settings, [], "/"), "/usr/bin/env", "-i", "PATH=" + RoomEnvironment.Path, "LC_ALL=C", "tar", "-C", path[..name], "-cf", "-", "./" + path[(name + 1)..]])
                .WithStandardOutputPipe(ToReader(read, cancellation))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error)),
            cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new EngineException($"{path} of the room could not be read: {ContainerEngine.LastLine(error.ToString())}");
        }
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        for (int attempt = 1; Directory.Exists(folders.Folder) && attempt <= Attempts; attempt++)
        {
            WorkFolder.Remove(folders.Folder);
            if (Directory.Exists(folders.Folder))
            {
                // What was just killed has not ended yet, and writes.
                await Task.Delay(attempt * 50).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    private protected override async Task<CommandResult> ExecuteAsync(IReadOnlyList<string> program, PipeTarget output, CancellationToken cancellation) =>
        await engine.ExecuteAsync(
            engine.Command([.. engine.Base(Settings), .. BubblewrapArguments.Of(folders, Settings, engine.Further, Settings.SourcePath), .. Limiters(Settings, _limits, File.Exists), .. program])
                .WithStandardOutputPipe(output)
                .WithStandardErrorPipe(output),
            cancellation).ConfigureAwait(false);

    /// <inheritdoc />
    // Killed with bubblewrap, which was.
    private protected override Task EndAsync() => Task.CompletedTask;

    /// <inheritdoc />
    private protected override Task<long?> FreeAsync(CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult<long?>(new DriveInfo(folders.Folder).AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<long?>(null);
        }
    }

    /// <inheritdoc />
    private protected override async Task<long?> UsedAsync(CancellationToken cancellation)
    {
        try
        {
            BufferedCommandResult result = await Cli.Wrap("du").WithArguments(["-s", "-k", "-x", folders.Folder]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
            return result.ExitCode == 0 && long.TryParse(result.StandardOutput.Split('\t', ' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>What holds a program to the limits that the kernel gives without control groups: processes of the room's user, and processors.</summary>
    /// <param name="settings">What the build may see.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="exists">Whether the system has a program.</param>
    internal static ImmutableArray<string> Limiters(RoomSettings settings, RoomLimits limits, Func<string, bool> exists) =>
    [
        // Neither address space nor the size of files: .NET does not start where they are limited.
        .. exists(ProcessLimiter) ? [ProcessLimiter, string.Create(CultureInfo.InvariantCulture, $"--nproc={limits.Processes}:{limits.Processes}"), "--core=0:0", "--"] : Array.Empty<string>(),
        .. settings.Processors > 0 && exists("/usr/bin/taskset") && Processors(settings.Processors) is { Length: > 0 } list ? ["/usr/bin/taskset", "-c", list] : Array.Empty<string>(),
    ];

    private static string Processors(int count)
    {
        string? allowed = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        return allowed is null ? "" : FirstOf(allowed.Split(':')[1].Trim(), count);
    }

    /// <summary>The first processors of a list as the kernel writes it, for example <c>0-3,8</c>.</summary>
    internal static string FirstOf(string list, int count) => string.Join(',', list.Split(',')
        .Select(static range => range.Split('-'))
        .Where(static range => int.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) && int.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .SelectMany(range => Enumerable.Range(int.Parse(range[0], CultureInfo.InvariantCulture), Math.Max(0, int.Parse(range[^1], CultureInfo.InvariantCulture) - int.Parse(range[0], CultureInfo.InvariantCulture) + 1)))
        .Take(count));
}
