using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CliWrap;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>What a room may use of the machine.</summary>
public sealed record RoomLimits
{
    /// <summary>Memory in bytes.</summary>
    public long Memory { get; init; } = 8L << 30;

    /// <summary>Processes and threads.</summary>
    public int Processes { get; init; } = 4096;

    /// <summary>How many bytes the room's files may take on the engine's disk. No volume of docker or podman has a quota by itself, so <see cref="DiskWatch"/> looks.</summary>
    public long Disk { get; init; } = 20L << 30;

    /// <summary>How long one phase may take.</summary>
    public TimeSpan Phase { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>How a program in the room ended.</summary>
/// <param name="ExitCode">Its exit code; -1 where it was ended by the watchdog.</param>
/// <param name="Output">The last lines of what it wrote.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="TimedOut">Whether the watchdog ended it because it took too long.</param>
public sealed record RoomExit(int ExitCode, ImmutableArray<string> Output, TimeSpan Elapsed, bool TimedOut)
{
    /// <summary>Whether it was ended because the room's files took more of the disk than they may.</summary>
    public bool OverDisk { get; init; }

    /// <summary>Whether the watchdog ended it, and the room with it.</summary>
    public bool IsEnded => TimedOut || OverDisk;
}

/// <summary>
/// One container: no network, read-only root, no capabilities, a user of its own, nothing of the host mounted. Its files come and go as
/// archives. It lives as long as the pipe into its first process: whoever made it may be killed at any moment, and the engine removes it.
/// </summary>
public sealed class Room : IAsyncDisposable
{
    /// <summary>The only folder the user of the room may write, beside <c>/tmp</c>.</summary>
    public const string Root = "/room";

    /// <summary>Where binary logs are written.</summary>
    public const string Logs = "/room/log";

    /// <summary>An empty folder: what every package source of the room is.</summary>
    public const string Nowhere = "/room/nowhere";

    internal const string PackagesMark = ".reprogate-complete";
    private const int KeptLines = 400;
    private static readonly string[] Proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly RoomLimits _limits;
    private readonly ImmutableArray<string> _environment;
    private readonly CancellationTokenSource _keeping = new();
    private Task? _keeper;
    private KeeperInput? _input;

    private Room(ContainerEngine engine, string id, RoomSettings settings, RoomLimits limits, ImmutableArray<string> environment)
    {
        (_engine, _id, Settings, _limits, _environment) = (engine, id, settings, limits, environment);
    }

    /// <summary>What it was made with.</summary>
    public RoomSettings Settings { get; }

    /// <summary>Makes a room, fills and starts it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="image">The image, known to the engine.</param>
    /// <param name="snapshot">The sources.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="settings">What the build may see.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public static async Task<Room> OpenAsync(ContainerEngine engine, RoomImage image, Snapshot snapshot, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation)
    {
        string id;
        using (await EngineLock.TakeAsync(cancellation).ConfigureAwait(false))
        {
            string volume = await PackagesVolume.EnsureAsync(engine, image, packages, cancellation).ConfigureAwait(false);
            id = (await engine.RunAsync(CreateArguments(engine, image, volume, settings, limits), cancellation).ConfigureAwait(false)).Trim();
        }

        var room = new Room(engine, id, settings, limits, Environment(image, snapshot, settings));
        try
        {
            await LoadAsync(engine, image, ["--volumes-from", id], cancellation,
                (Root, stream => RoomArchive.WriteRoomAsync(stream, snapshot, packages, settings, cancellation)),
                ("/etc", stream => RoomArchive.WriteUsersAsync(stream, settings, cancellation))).ConfigureAwait(false);
            await room.StartAsync(cancellation).ConfigureAwait(false);
            return room;
        }
        catch (Exception exception) when (exception is EngineException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await room.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes rooms whose maker is gone, killed before it could start them; a started one removes itself.</summary>
    public static async Task SweepAsync(ContainerEngine engine, CancellationToken cancellation)
    {
        string rooms = await engine.RunAsync(["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=reprogate.room"], cancellation).ConfigureAwait(false);
        string[] ids = rooms.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids.Length == 0)
        {
            return;
        }

        // Podman's list cannot show a label. A room that has just ended makes the command fail, and the others are told all the same.
        (_, string listed, _) = await engine.TryAsync(["container", "inspect", "--format", "{{.Id}} {{index .Config.Labels \"reprogate.room\"}}", .. ids], cancellation).ConfigureAwait(false);
        foreach (string[] parts in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Trim().Split(' ')).Where(static parts => parts.Length == 2))
        {
            if (RoomOwner.IsGone(parts[1]))
            {
                await engine.TryAsync(["rm", "--force", "--volumes", parts[0]], cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Removes every room of this process, after a cancellation: the client that was making one is gone, and the engine may make it all the same, a moment
    /// later; and a room that ends removes itself, which takes its time. So it looks until there was nothing twice.
    /// </summary>
    public static async Task PutAwayAsync(ContainerEngine engine)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            for (int empty = 0; empty < 2;)
            {
                (int exitCode, string listed, _) = await engine.TryAsync(["ps", "--all", "--quiet", "--no-trunc", "--filter", $"label=reprogate.room={RoomOwner.Current}"], patience.Token).ConfigureAwait(false);
                string[] ids = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (exitCode == 0 && ids.Length == 0)
                {
                    empty++;
                }
                else
                {
                    empty = 0;
                    foreach (string id in ids)
                    {
                        await engine.TryAsync(["rm", "--force", "--volumes", id], patience.Token).ConfigureAwait(false);
                    }
                }

                await Task.Delay(400, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is EngineException or OperationCanceledException)
        {
            // The engine does not answer any more, or takes too long: the next run sweeps.
        }
    }

    /// <summary>Runs a program in the room, in its sources' folder, with the room's variables and no other.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="line">Called with each line it writes, one at a time.</param>
    /// <param name="cancellation">Ends it, and the room.</param>
    /// <param name="limit">How long it may take; the room's limit where null.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public async Task<RoomExit> RunAsync(IReadOnlyList<string> command, Action<string>? line, CancellationToken cancellation, TimeSpan? limit = null)
    {
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(limit ?? _limits.Phase);
        var last = new Queue<string>();
        var gate = new Lock();
        PipeTarget target = PipeTarget.ToDelegate(
            text =>
            {
                lock (gate)
                {
                    last.Enqueue(text.Length > 4000 ? text[..4000] : text);
                    if (last.Count > KeptLines)
                    {
                        last.Dequeue();
                    }

                    line?.Invoke(text);
                }
            },
            Encoding.UTF8);
        string[] arguments =
        [
            "exec", "--workdir", Settings.SourcePath, _id, "/usr/bin/env", "-i", .. _environment,
            "/bin/sh", "-c", $"umask {Settings.Umask}; exec \"$@\"", "sh", .. command,
        ];
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        using var disk = CancellationTokenSource.CreateLinkedTokenSource(watchdog.Token);
        Task<bool> overDisk = WatchDiskAsync();
        try
        {
            CommandResult result = await _engine.Command(arguments).WithStandardOutputPipe(target).WithStandardErrorPipe(target).ExecuteAsync(watchdog.Token).ConfigureAwait(false);
            await disk.CancelAsync().ConfigureAwait(false);
            bool over = await overDisk.ConfigureAwait(false);
            return new RoomExit(over ? -1 : result.ExitCode, Lines(), result.RunTime, TimedOut: false) { OverDisk = over };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The client is gone; what it started in the room is not.
            await _engine.TryAsync(["kill", _id], CancellationToken.None).ConfigureAwait(false);
            bool over = await overDisk.ConfigureAwait(false);
            return new RoomExit(-1, Lines(), System.Diagnostics.Stopwatch.GetElapsedTime(start), TimedOut: !over) { OverDisk = over };
        }
        finally
        {
            await disk.CancelAsync().ConfigureAwait(false);
        }

        async Task<bool> WatchDiskAsync()
        {
            if (!await DiskWatch.IsExceededAsync(_engine, _id, _limits.Disk, disk.Token).ConfigureAwait(false))
            {
                return false;
            }

            await watchdog.CancelAsync().ConfigureAwait(false);
            return true;
        }

        ImmutableArray<string> Lines()
        {
            lock (gate)
            {
                return [.. last];
            }
        }
    }

    /// <summary>Reads a folder of the room as an archive.</summary>
    /// <param name="path">Absolute path in the room.</param>
    /// <param name="read">Reads the archive; its entries begin with the folder's own name.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public async Task ReadAsync(string path, Func<Stream, Task> read, CancellationToken cancellation)
    {
        var error = new StringBuilder();
        CommandResult result = await _engine.Command(["cp", $"{_id}:{path}", "-"])
            .WithStandardOutputPipe(PipeTarget.Create(async (stream, _) =>
            {
                await read(stream).ConfigureAwait(false);
                // A reader of archives stops at their end mark; what is padded behind it must be taken too, or the client fails on a closed pipe.
                await stream.CopyToAsync(Stream.Null, cancellation).ConfigureAwait(false);
            }))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new EngineException($"{Path.GetFileName(_engine.Program)} cp failed: {ContainerEngine.LastLine(error.ToString())}");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _input?.Close();
        try
        {
            await _engine.TryAsync(["rm", "--force", "--volumes", _id], CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // The pipe is closed: the engine removes the room when it can.
        }

        if (_keeper is not null)
        {
            await Task.WhenAny(_keeper, Task.Delay(TimeSpan.FromSeconds(10))).ConfigureAwait(false);
        }

        await _keeping.CancelAsync().ConfigureAwait(false);
        _keeping.Dispose();
    }

    internal static async Task LoadAsync(ContainerEngine engine, RoomImage image, IReadOnlyList<string> mounts, CancellationToken cancellation, params IReadOnlyList<(string Path, Func<Stream, Task> Write)> archives)
    {
        // Both keep the owners that the archive names: docker where it is asked to, podman where it is asked not to give all to the container's user.
        // Never started, so no process of the image runs with these rights: it only holds the volumes while the engine unpacks.
        string loader = (await engine.RunAsync(["create", "--label", $"reprogate.room={RoomOwner.Current}", "--network", "none", .. engine.CreateArguments, .. mounts, image.Id, "true"], cancellation).ConfigureAwait(false)).Trim();
        try
        {
            foreach ((string path, Func<Stream, Task> write) in archives)
            {
                var error = new StringBuilder();
                CommandResult result = await engine.Command(["cp", engine.IsPodman ? "--archive=false" : "--archive", "-", $"{loader}:{path}"])
                    .WithStandardInputPipe(PipeSource.Create(async (stream, _) => await write(stream).ConfigureAwait(false)))
                    .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                    .ExecuteAsync(cancellation).ConfigureAwait(false);
                if (result.ExitCode != 0)
                {
                    throw new EngineException($"{Path.GetFileName(engine.Program)} cp failed: {ContainerEngine.LastLine(error.ToString())}");
                }
            }
        }
        finally
        {
            await engine.TryAsync(["rm", "--force", loader], CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static List<string> CreateArguments(ContainerEngine engine, RoomImage image, string packagesVolume, RoomSettings settings, RoomLimits limits)
    {
        string user = settings.UserId.ToString(CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            "create", "--rm", "--interactive", "--init",
            "--label", $"reprogate.room={RoomOwner.Current}",
            "--network", "none",
            "--read-only", "--tmpfs", "/tmp:rw,exec,nosuid,nodev,mode=1777",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--user", $"{user}:{user}", "--hostname", settings.HostName,
            "--volume", Root, "--volume", "/etc",
            "--mount", $"type=volume,source={packagesVolume},target={settings.Packages},ro=true",
        ];
        // Where the user has switched control groups off there is nothing that could limit, and podman refuses to be asked.
        if (!engine.CreateArguments.Contains("--cgroups=disabled", StringComparer.Ordinal))
        {
            arguments.AddRange(["--memory", limits.Memory.ToString(CultureInfo.InvariantCulture), "--pids-limit", limits.Processes.ToString(CultureInfo.InvariantCulture)]);
            if (settings.Processors > 0)
            {
                arguments.AddRange(["--cpus", settings.Processors.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        if (engine.IsPodman)
        {
            arguments.Add("--http-proxy=false");
        }

        // docker gives every container the proxies of its client's configuration.
        foreach (string proxy in Proxies)
        {
            arguments.AddRange(["--env", proxy + "="]);
        }

        arguments.AddRange(engine.CreateArguments);
        arguments.AddRange([image.Id, "/bin/sh", "-c", "cat >/dev/null"]);
        return arguments;
    }

    /// <summary>The variables of every program in the room: the image's own, and those that say what is asked of the build.</summary>
    private static ImmutableArray<string> Environment(RoomImage image, Snapshot snapshot, RoomSettings settings)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
        foreach (string[] declared in image.Environment.Select(static text => text.Split('=', 2)).Where(static parts => parts.Length == 2))
        {
            variables[declared[0]] = declared[1];
        }

        variables["HOME"] = settings.Home;
        variables["USER"] = settings.User;
        variables["HOSTNAME"] = settings.HostName;
        variables["TZ"] = settings.TimeZone;
        variables["LANG"] = settings.Locale;
        variables["LC_ALL"] = settings.Locale;
        variables["TMPDIR"] = settings.Temporary;
        variables["NUGET_PACKAGES"] = settings.Packages;
        // Asks nothing of the network: the packages are verified and here.
        variables["NUGET_CERT_REVOCATION_MODE"] = "offline";
        variables["NuGetAudit"] = "false";
        variables["CI"] = "true";
        variables["ContinuousIntegrationBuild"] = "true";
        variables["SOURCE_DATE_EPOCH"] = snapshot.Facts.CommitTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        variables["ReproGateInCleanRoom"] = "true";
        // Named, so that our own properties read no variable of the user: MSBuild logs only the first read of each, and it must be the repository's.
        variables["ReproGateCacheDirectory"] = settings.Home + "/.reprogate/";
        variables["DOTNET_NOLOGO"] = "1";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["DOTNET_CLI_UI_LANGUAGE"] = "en";
        variables["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        variables["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true";
        variables["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        if (settings.Processors > 0)
        {
            variables["DOTNET_PROCESSOR_COUNT"] = settings.Processors.ToString(CultureInfo.InvariantCulture);
        }

        foreach ((string name, string value) in settings.Variables)
        {
            variables[name] = value;
        }

        return [.. variables.Where(variable => !settings.Without.Contains(variable.Key, StringComparer.OrdinalIgnoreCase)).Select(static variable => $"{variable.Key}={variable.Value}")];
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _input = new KeeperInput();
        var error = new StringBuilder();
        _keeper = _engine.Command(["start", "--attach", "--interactive", _id])
            .WithStandardInputPipe(PipeSource.Create(_input.HoldAsync))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(_keeping.Token).Task;
        for (int attempt = 0; attempt < 600; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            (int exitCode, string running, _) = await _engine.TryAsync(["container", "inspect", "--format", "{{.State.Running}}", _id], cancellation).ConfigureAwait(false);
            if (exitCode == 0 && running.Trim() == "true")
            {
                return;
            }

            if (_keeper.IsCompleted)
            {
                break;
            }

            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }

        throw new EngineException($"{Path.GetFileName(_engine.Program)} could not start the room: {ContainerEngine.LastLine(error.ToString())}");
    }

    /// <summary>An input that says nothing and ends when it is closed, or when this process ends.</summary>
    private sealed class KeeperInput
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Close() => _closed.TrySetResult();

        public async Task HoldAsync(Stream stream, CancellationToken cancellation) => await _closed.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
