using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CliWrap;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// One container: no network, read-only root, no capabilities, a user of its own, nothing of the host mounted. Its files come and go as
/// archives. It lives as long as the pipe into its first process: whoever made it may be killed at any moment, and the engine removes it.
/// </summary>
internal sealed class ContainerRoom : Room
{
    private static readonly string[] Proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

    private const int MostAttempts = 5;

    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly CancellationTokenSource _keeping = new();
    private Task? _keeper;
    private KeeperInput? _input;

    private ContainerRoom(ContainerEngine engine, string id, RoomSettings settings, RoomLimits limits, ImmutableArray<string> environment)
        : base(settings, limits, environment)
    {
        (_engine, _id) = (engine, id);
    }

    /// <summary>Makes a room, fills and starts it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="image">The image, known to the engine.</param>
    /// <param name="snapshot">The sources.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="settings">What the build may see.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public static async Task<ContainerRoom> OpenAsync(ContainerEngine engine, RoomImage image, Snapshot snapshot, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation)
    {
        string id = await CreateAsync(engine, image, packages, settings, limits, cancellation).ConfigureAwait(false);
        var room = new ContainerRoom(engine, id, settings, limits, RoomEnvironment.Of(image.Environment, snapshot, settings));
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

    private static async Task<string> CreateAsync(ContainerEngine engine, RoomImage image, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation)
    {
        using IDisposable alone = await EngineLock.TakeAsync(engine, cancellation).ConfigureAwait(false);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            string volume = await PackagesVolume.EnsureAsync(engine, image, packages, cancellation).ConfigureAwait(false);
            string id = (await engine.RunAsync(CreateArguments(engine, image, volume, settings, limits), cancellation).ConfigureAwait(false)).Trim();
            if (await PackagesVolume.IsInAsync(engine, id, settings.Packages, cancellation).ConfigureAwait(false))
            {
                return id;
            }

            await engine.TryAsync(["rm", "--force", "--volumes", id], CancellationToken.None).ConfigureAwait(false);
        }

        throw new EngineException($"{engine.Client} loses the packages volume again and again: other runs fill it with other packages");
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
    /// Removes every room of this run, after a cancellation: the client that was making one is gone, and the engine may make it all the same, a moment
    /// later; and a room that ends removes itself, which takes its time. So it looks until there was nothing twice.
    /// </summary>
    public static async Task PutAwayAsync(ContainerEngine engine)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            for (int empty = 0; empty < 2;)
            {
                (int exitCode, string listed, _) = await engine.TryAsync(["ps", "--all", "--quiet", "--no-trunc", "--filter", $"label=reprogate.run={engine.Run}"], patience.Token).ConfigureAwait(false);
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

    /// <inheritdoc />
    private protected override async Task<CommandResult> ExecuteAsync(IReadOnlyList<string> program, PipeTarget output, CancellationToken cancellation) =>
        await _engine.Command(["exec", "--workdir", Settings.SourcePath, _id, .. program]).WithStandardOutputPipe(output).WithStandardErrorPipe(output).ExecuteAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc />
    // The client is gone; what it started in the room is not.
    private protected override Task EndAsync() => _engine.TryAsync(["kill", _id], CancellationToken.None);

    /// <inheritdoc />
    private protected override async Task<long?> FreeAsync(CancellationToken cancellation)
    {
        (int exitCode, string output, _) = await AskAsync(["df", "-P", "-k", Root], cancellation).ConfigureAwait(false);
        string[] columns = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return exitCode == 0 && columns.Length >= 6 && long.TryParse(columns[^3], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : null;
    }

    /// <inheritdoc />
    private protected override async Task<long?> UsedAsync(CancellationToken cancellation)
    {
        (int exitCode, string output, _) = await AskAsync(["du", "-s", "-k", "-x", Root], cancellation).ConfigureAwait(false);
        return exitCode == 0 && long.TryParse(output.Split('\t', ' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes << 10 : null;
    }

    // By another user of the room than the build's, who can neither end nor mislead it.
    private Task<(int ExitCode, string Output, string Error)> AskAsync(string[] command, CancellationToken cancellation) =>
        _engine.TryAsync(["exec", "--user", "0:0", _id, "/usr/bin/env", "-i", "PATH=" + RoomEnvironment.Path, "LC_ALL=C", .. command], cancellation);

    /// <inheritdoc />
    public override async Task ReadAsync(string path, Func<Stream, Task> read, CancellationToken cancellation)
    {
        var error = new StringBuilder();
        CommandResult result = await _engine.Command(["cp", $"{_id}:{path}", "-"])
            .WithStandardOutputPipe(ToReader(read, cancellation))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new EngineException($"{Path.GetFileName(_engine.Program)} cp failed: {ContainerEngine.LastLine(error.ToString())}");
        }
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
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
        string loader = (await engine.RunAsync(["create", "--network", "none", .. engine.CreateArguments, .. mounts, image.Id, "true"], cancellation).ConfigureAwait(false)).Trim();
        try
        {
            foreach ((string path, Func<Stream, Task> write) in archives)
            {
                var error = new StringBuilder();
                CommandResult result = await engine.Command(["cp", engine.IsPodman ? "--archive=false" : "--archive", "-", $"{loader}:{path}"])
                    .WithStandardInputPipe(FromWriter(write))
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

        string said = ContainerEngine.LastLine(error.ToString());
        throw new EngineException($"{_engine.Client} could not start the room: {said}{(_engine.Platform.Length > 0 && said.Contains("exec format error", StringComparison.OrdinalIgnoreCase) ? $"; its machine does not run programs of {_engine.Platform}, neither by itself nor by emulation (binfmt_misc)" : "")}");
    }

    /// <summary>An input that says nothing and ends when it is closed, or when this process ends.</summary>
    private sealed class KeeperInput
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Close() => _closed.TrySetResult();

        public async Task HoldAsync(Stream stream, CancellationToken cancellation) => await _closed.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
