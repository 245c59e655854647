using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// The weaker room of Linux, for whoever asks for it by name: namespaces that bubblewrap makes, on this machine's system instead of an image. Nothing of a
/// room outlives its maker: its programs end with the process that started them, its folder is one of the run's own.
/// </summary>
internal sealed class BubblewrapEngine : RoomEngine
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);
    private static readonly Version HasDisableUserns = new(0, 8);

    private readonly string _program;
    private readonly Version _version;
    private readonly ImmutableArray<string> _further;
    private readonly BubblewrapSystem _system;
    private readonly string _workDirectory;
    private string? _packages;
    private int _rooms;

    private BubblewrapEngine(string program, Version version, ImmutableArray<string> further, BubblewrapSystem system, string workDirectory) =>
        (_program, _version, _further, _system, _workDirectory) = (program, version, further, system, workDirectory);

    /// <inheritdoc />
    public override string Name => $"bubblewrap {_version}";

    /// <inheritdoc />
    public override string GroundKind => "system";

    /// <summary>Whether a setting names this engine: <c>bubblewrap</c>, <c>bwrap</c>, or the path of such a program.</summary>
    public static bool IsMeant(string choice) => Path.GetFileName(choice) is "bubblewrap" or "bwrap";

    /// <summary>Looks whether it makes a room here.</summary>
    /// <param name="choice">What the setting names.</param>
    /// <param name="further">Further arguments for every room.</param>
    /// <param name="dotnetHost">Absolute path of this machine's dotnet; a mere name for the one on the PATH.</param>
    /// <param name="workDirectory">Where its rooms lie.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">There is no .NET SDK.</exception>
    public static async Task<FoundEngine> FindAsync(string choice, ImmutableArray<string> further, string dotnetHost, string workDirectory, CancellationToken cancellation)
    {
        string program = choice == "bubblewrap" ? "bwrap" : choice;
        if (!OperatingSystem.IsLinux())
        {
            return new FoundEngine(null, [BubblewrapProbe.NotLinux(program)]);
        }

        (int versionCode, string answer, string versionError) = await AskAsync(program, ["--version"], cancellation).ConfigureAwait(false);
        if (versionCode == NotFound)
        {
            return new FoundEngine(null, [BubblewrapProbe.Missing(program, versionError)]);
        }

        if (versionCode != 0 || !Version.TryParse(answer.Trim().Split(' ')[^1], out Version? version))
        {
            return new FoundEngine(null, [BubblewrapProbe.Read().Refused(program, versionCode != 0 ? ContainerEngine.LastLine(versionError) : $"it is no bubblewrap: --version says {ContainerEngine.LastLine(answer)}")]);
        }

        BubblewrapSystem system = BubblewrapSystem.Read(dotnetHost);
        var engine = new BubblewrapEngine(program, version, further, system, workDirectory);
        var settings = new RoomSettings();
        (int code, _, string error) = await AskAsync(program, [.. engine.Base(settings), .. further, "--", "/bin/sh", "-c", "for needed in env tar cat; do command -v $needed >/dev/null || { echo \"there is no $needed below /usr/bin\" >&2; exit 1; }; done"], cancellation).ConfigureAwait(false);
        return code == 0 ? new FoundEngine(engine, []) : new FoundEngine(null, [BubblewrapProbe.Read().Refused(program, ContainerEngine.LastLine(error))]);
    }

    /// <inheritdoc />
    public override Task<RoomGround> GroundAsync(Func<string> image, CancellationToken cancellation) => Task.FromResult(new RoomGround
    {
        Name = _system.Description,
        Environment = [$"PATH={_system.DotnetInRoom}:{RoomEnvironment.Path}", $"DOTNET_ROOT={_system.DotnetInRoom}"],
        Weaker =
        [
            $"its system is this machine's ({_system.Description}) and nothing pins it, so what is installed below /usr is in the room and may be missing elsewhere",
            // Root is held to no number of processes, and without prlimit nobody is.
            Environment.IsPrivilegedProcess || !File.Exists(BubblewrapRoom.ProcessLimiter) ? "neither memory nor the number of processes is limited" : "memory is not limited",
            "system calls are not filtered",
            .. Environment.IsPrivilegedProcess ? ["files of root below /usr may be read in it, for root made it"] : Array.Empty<string>(),
        ],
    });

    /// <inheritdoc />
    public override async Task<Room> OpenAsync(RoomGround ground, Snapshot snapshot, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation)
    {
        string folder = Path.Combine(_workDirectory, "rooms", (++_rooms).ToString(CultureInfo.InvariantCulture));
        var folders = new BubblewrapFolders(folder, await PackagesAsync(packages, cancellation).ConfigureAwait(false));
        var room = new BubblewrapRoom(this, folders, settings, limits, RoomEnvironment.Of(ground.Environment, snapshot, settings));
        try
        {
            await BubblewrapRoom.FurnishAsync(folders, settings, cancellation).ConfigureAwait(false);
            await FillAsync(folders.Room, stream => RoomArchive.WriteRoomAsync(stream, snapshot, packages, settings, cancellation), settings, cancellation).ConfigureAwait(false);
            return room;
        }
        catch (Exception exception) when (exception is EngineException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await room.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    // Its rooms lie in the folders of runs, and whoever makes such a folder removes those that others left (WorkFolder).
    public override Task SweepAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc />
    // Its programs are gone with the process that was cancelled, its folders with the run's.
    public override Task PutAwayAsync() => Task.CompletedTask;

    /// <summary>The arguments that every room has.</summary>
    public ImmutableArray<string> Base(RoomSettings settings) => BubblewrapArguments.Base(_system, _version >= HasDisableUserns, settings.UserId, settings.HostName);

    /// <summary>Further arguments, from the user.</summary>
    public ImmutableArray<string> Further => _further;

    /// <summary>A command that runs in a room.</summary>
    public Command Command(IReadOnlyList<string> arguments) => Command(_program, arguments);

    /// <summary>Runs a command in a room to its end, which comes with this process's at the latest.</summary>
    /// <exception cref="EngineException">bubblewrap cannot be run.</exception>
    public async Task<CommandResult> ExecuteAsync(Command command, CancellationToken cancellation)
    {
        try
        {
            return await HeldProcess.ExecuteAsync(command, cancellation).ConfigureAwait(false);
        }
        catch (Win32Exception exception)
        {
            throw new EngineException($"{_program} cannot be run: {exception.Message}");
        }
    }

    /// <summary>Unpacks an archive into a folder of this machine, as the room's user and where nothing else can be written.</summary>
    private async Task FillAsync(string folder, Func<Stream, Task> write, RoomSettings settings, CancellationToken cancellation)
    {
        var error = new StringBuilder();
        CommandResult result = await ExecuteAsync(
            Command([.. Base(settings), "--bind", folder, Room.Root, "--remount-ro", "/", "--", "/usr/bin/env", "-i", "PATH=" + RoomEnvironment.Path, "LC_ALL=C", "tar", "-C", Room.Root, "-xpf", "-"])
                .WithStandardInputPipe(PipeSource.Create(async (stream, _) => await write(stream).ConfigureAwait(false)))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error)),
            cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new EngineException($"the room could not be filled: {ContainerEngine.LastLine(error.ToString())}");
        }
    }

    /// <summary>The packages, unpacked once for all rooms of the run.</summary>
    private async Task<string> PackagesAsync(RoomPackages packages, CancellationToken cancellation)
    {
        if (_packages is null)
        {
            string folder = Path.Combine(_workDirectory, "rooms", "packages");
            Directory.CreateDirectory(folder);
            await FillAsync(folder, stream => RoomArchive.WritePackagesAsync(stream, packages, cancellation), new RoomSettings(), cancellation).ConfigureAwait(false);
            _packages = folder;
        }

        return _packages;
    }

    private const int NotFound = -1;

    private static async Task<(int ExitCode, string Output, string Error)> AskAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        linked.CancelAfter(ProbeLimit);
        StringBuilder output = new(), error = new();
        try
        {
            CommandResult result = await HeldProcess.ExecuteAsync(Command(program, arguments).WithStandardOutputPipe(PipeTarget.ToStringBuilder(output)).WithStandardErrorPipe(PipeTarget.ToStringBuilder(error)), linked.Token).ConfigureAwait(false);
            return (result.ExitCode, output.ToString(), error.ToString());
        }
        catch (Win32Exception exception)
        {
            return (NotFound, "", Path.IsPathFullyQualified(program) ? exception.Message : "not on the PATH");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (1, "", string.Create(CultureInfo.InvariantCulture, $"it gave no answer within {ProbeLimit.TotalSeconds:0} s"));
        }
    }

    // A program's first variables are told by /proc to everybody of its user, and bubblewrap is the room's first process: clearing them for its child only would leave this machine's there to be read.
    private static Command Command(string program, IReadOnlyList<string> arguments) => Cli.Wrap(program)
        .WithArguments(arguments)
        .WithEnvironmentVariables(Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(static name => name, static _ => (string?)null))
        .WithValidation(CommandResultValidation.None);
}
