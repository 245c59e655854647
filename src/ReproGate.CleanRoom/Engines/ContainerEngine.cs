using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// A container engine through its own command line, docker or podman, as the user has it: contexts, DOCKER_HOST, rootless
/// engines and desktops work because their client does.
/// </summary>
/// <param name="program">The client: its name or path.</param>
/// <param name="version">The engine's version, as it answered.</param>
internal sealed class ContainerEngine(string program, string version) : RoomEngine
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(2);

    /// <summary>The client.</summary>
    public string Program { get; } = program;

    /// <summary>The engine's version.</summary>
    public string Version { get; } = version;

    /// <summary>Whether this is podman, by the client's name.</summary>
    public bool IsPodman => Path.GetFileNameWithoutExtension(Program).StartsWith("podman", StringComparison.OrdinalIgnoreCase);

    /// <summary>The docker context or podman connection that the client is to use; empty for the one that is in effect.</summary>
    public string Context { get; init; } = "";

    /// <summary>The platform of every container, for example <c>linux/arm64</c>; empty for the one of the image that the engine has.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Tells the containers of this run from those of another one in the same process.</summary>
    public string Run { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Arguments for every container: whose it is, and what this engine needs where it runs, from the user.</summary>
    public ImmutableArray<string> CreateArguments
    {
        get => ["--label", $"reprogate.room={RoomOwner.Current}", "--label", $"reprogate.run={Run}", .. Platform.Length > 0 ? (string[])["--platform", Platform] : [], .. field];
        init;
    } = [];

    /// <summary>How messages call it: the client, and the context where one was named.</summary>
    public string Client => Context.Length > 0 ? $"{Path.GetFileName(Program)} {ContextOption} {Context}" : Path.GetFileName(Program);

    private string ContextOption => IsPodman ? "--connection" : "--context";

    /// <inheritdoc />
    public override string Name => $"{Path.GetFileName(Program)} {Version}";

    /// <inheritdoc />
    public override string GroundKind => "image";

    /// <summary>Finds an engine that answers.</summary>
    /// <param name="programs">The clients, in order of preference: names or paths.</param>
    /// <param name="createArguments">Further arguments of <c>create</c>.</param>
    /// <param name="context">The docker context or podman connection; empty for the one that is in effect.</param>
    /// <param name="platform">The platform of its containers; empty where it does not matter.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static async Task<FoundEngine> FindAsync(IReadOnlyList<string> programs, ImmutableArray<string> createArguments, string context, string platform, CancellationToken cancellation)
    {
        var tried = ImmutableArray.CreateBuilder<EngineAttempt>();
        foreach (string program in programs)
        {
            var engine = new ContainerEngine(program, "") { Context = context, Platform = platform };
            (string? answer, string outcome) = await engine.ProbeAsync(cancellation).ConfigureAwait(false);
            if (answer is not null)
            {
                return new FoundEngine(new ContainerEngine(program, answer) { Context = context, Platform = platform, CreateArguments = createArguments }, tried.ToImmutable());
            }

            tried.Add(new EngineAttempt(engine.Client, outcome));
        }

        return new FoundEngine(null, tried.ToImmutable());
    }

    /// <inheritdoc />
    public override async Task<RoomGround> GroundAsync(Func<string> image, CancellationToken cancellation)
    {
        string name = image();
        RoomImage? here = await ImageAsync(name, cancellation).ConfigureAwait(false);
        if (here is null || !here.IsOf(Platform))
        {
            string other = here?.Platform ?? "";
            string? refused = await PullAsync(name, cancellation).ConfigureAwait(false);
            here = refused is null ? await ImageAsync(name, cancellation).ConfigureAwait(false) : null;
            if (here is null && other.Length == 0)
            {
                throw new EngineException($"{Client} does not have the image {name} and could not fetch it: {refused?.TrimEnd('.') ?? "it is not what the registry sent"}");
            }

            if (here is null || !here.IsOf(Platform))
            {
                // With the wrong image the build would speak of a machine that nobody asked for.
                throw new EngineException($"{Client} has the image {name} for {here?.Platform ?? other}, not for {Platform}, and {(refused is null ? "the registry has no other" : $"could not fetch that: {refused.TrimEnd('.')}")}");
            }
        }

        return new RoomGround { Name = here.Pin, Image = here, Environment = here.Environment };
    }

    /// <inheritdoc />
    public override async Task<Room> OpenAsync(RoomGround ground, Snapshot snapshot, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation) =>
        await ContainerRoom.OpenAsync(this, ground.Image!, snapshot, packages, settings, limits, cancellation).ConfigureAwait(false);

    /// <inheritdoc />
    public override Task SweepAsync(CancellationToken cancellation) => ContainerRoom.SweepAsync(this, cancellation);

    /// <inheritdoc />
    public override Task PutAwayAsync() => ContainerRoom.PutAwayAsync(this);

    /// <summary>Looks at an image, of the platform that is asked for where the engine keeps several; null where the engine has none of that name.</summary>
    public async Task<RoomImage?> ImageAsync(string name, CancellationToken cancellation)
    {
        (int exitCode, string output, _) = await TryAsync(["image", "inspect", name], cancellation).ConfigureAwait(false);
        RoomImage? image = exitCode == 0 ? ReadImage(name, output) : null;
        if (image is null || image.IsOf(Platform) || IsPodman)
        {
            return image;
        }

        // An engine whose image store keeps several platforms tells of its own one unless it is asked; an older one does not know the question.
        (exitCode, output, _) = await TryAsync(["image", "inspect", "--platform", Platform, name], cancellation).ConfigureAwait(false);
        return exitCode == 0 ? ReadImage(name, output) ?? image : image;
    }

    /// <summary>Asks the registry for an image.</summary>
    /// <returns>Null where it came, else what the engine said, one line.</returns>
    public async Task<string?> PullAsync(string name, CancellationToken cancellation)
    {
        (int exitCode, _, string error) = await TryAsync(["pull", "--quiet", .. Platform.Length > 0 ? (string[])["--platform", Platform] : [], name], cancellation, TimeSpan.FromMinutes(15)).ConfigureAwait(false);
        return exitCode == 0 ? null : LastLine(error);
    }

    /// <summary>Runs a command of the engine and returns its output.</summary>
    /// <exception cref="EngineException">The engine refuses, cannot be run or gives no answer.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        (int exitCode, string output, string error) = await TryAsync(arguments, cancellation).ConfigureAwait(false);
        return exitCode == 0 ? output : throw new EngineException($"{Path.GetFileName(Program)} {arguments[0]} failed: {LastLine(error)}");
    }

    /// <summary>Runs a command of the engine and returns how it ended.</summary>
    /// <exception cref="EngineException">The engine cannot be run or gives no answer.</exception>
    public async Task<(int ExitCode, string Output, string Error)> TryAsync(IReadOnlyList<string> arguments, CancellationToken cancellation, TimeSpan? limit = null)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        linked.CancelAfter(limit ?? CommandLimit);
        try
        {
            BufferedCommandResult result = await Cli.Wrap(Program).WithArguments(WithContext(arguments)).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Encoding.UTF8, linked.Token).ConfigureAwait(false);
            return (result.ExitCode, result.StandardOutput, result.StandardError);
        }
        catch (Win32Exception exception)
        {
            throw new EngineException($"{Program} cannot be run: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Program)} {arguments[0]} gave no answer within {(limit ?? CommandLimit).TotalSeconds:0} s"));
        }
    }

    /// <summary>A command to be run with pipes of the caller's.</summary>
    public Command Command(IReadOnlyList<string> arguments) => Cli.Wrap(Program).WithArguments(WithContext(arguments)).WithValidation(CommandResultValidation.None);

    /// <summary>The last line that says something.</summary>
    internal static string LastLine(string text) => text.Split('\n').Select(static line => line.Trim()).LastOrDefault(static line => line.Length > 0) ?? "it said nothing";

    internal static RoomImage? ReadImage(string name, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement image = document.RootElement[0];
            string id = image.GetProperty("Id").GetString() ?? "";
            return new RoomImage(name, id.StartsWith("sha256:", StringComparison.Ordinal) ? id : "sha256:" + id)
            {
                Digests =
                [
                    .. Strings(image, "RepoDigests").Select(static digest => digest.Split('@'))
                        .Where(parts => parts.Length == 2 && (parts[0] == Repository(name) || Repository(name).EndsWith("/" + parts[0], StringComparison.Ordinal) || parts[0].EndsWith("/" + Repository(name), StringComparison.Ordinal)))
                        .Select(static parts => parts[1])
                        .Distinct()
                        .Order(StringComparer.Ordinal),
                ],
                Platform = string.Join('/', ((string[])["Os", "Architecture", "Variant"]).Select(part => image.TryGetProperty(part, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "").Where(static part => part.Length > 0)),
                Environment = image.TryGetProperty("Config", out JsonElement config) && config.ValueKind == JsonValueKind.Object ? Strings(config, "Env") : [],
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static ImmutableArray<string> Strings(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement array) && array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!)]
            : [];

    /// <summary>An image's name without tag and digest.</summary>
    internal static string Repository(string name)
    {
        string plain = name.Split('@')[0];
        int colon = plain.LastIndexOf(':');
        return colon > plain.LastIndexOf('/') ? plain[..colon] : plain;
    }

    private string[] WithContext(IReadOnlyList<string> arguments) => Context.Length > 0 ? [ContextOption, Context, .. arguments] : [.. arguments];

    private async Task<(string? Version, string Outcome)> ProbeAsync(CancellationToken cancellation)
    {
        try
        {
            // Podman has no server by itself; docker's client answers without its server, so that is what is asked for.
            string[] question = IsPodman ? ["info", "--format", "{{.Version.Version}}"] : ["version", "--format", "{{.Server.Version}}"];
            (int exitCode, string output, string error) = await TryAsync(question, cancellation, ProbeLimit).ConfigureAwait(false);
            return exitCode == 0 && output.Trim().Length > 0 ? (output.Trim(), "") : (null, LastLine(error));
        }
        catch (EngineException exception)
        {
            return (null, exception.Message.Contains("cannot be run", StringComparison.Ordinal) ? "not on the PATH" : exception.Message);
        }
    }
}

/// <summary>The engine refused or gave no answer; the message is one sentence without full stop.</summary>
public sealed class EngineException(string message) : Exception(message);
