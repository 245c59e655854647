using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Comparison;
using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom;

/// <summary>One run of the clean room: engine, image, snapshot, fetch, build, test, rebuild. It stops at the first thing without which the rest says nothing.</summary>
public sealed class CleanRoomRun
{
    private const string TraceName = "build.trace";

    // A compiler server would be traced as well, and outlive the build: strace waits for it.
    private static readonly string[] AloneInTrace = ["-p:UseSharedCompilation=false"];

    private static readonly TimeSpan ClockTrial = TimeSpan.FromMinutes(1);

    // Each is a build; a repository that reads more variables of the machine has more to do first.
    private const int MostAblations = 6;

    private readonly CleanRoomRequest _request;
    private readonly CancellationToken _cancellation;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ImmutableArray<PhaseRecord>.Builder _phases = ImmutableArray.CreateBuilder<PhaseRecord>();
    private CleanRoomOutcome _outcome = new();
    private RoomEngine? _engine;
    private ImmutableArray<Variation> _variations = Variation.All;
    private int _builds;

    private CleanRoomRun(CleanRoomRequest request, CancellationToken cancellation) => (_request, _cancellation) = (request, cancellation);

    /// <summary>Does it. Whatever is found is in the outcome; nothing of it is judged here.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; every room is gone.</exception>
    public static async Task<CleanRoomOutcome> RunAsync(CleanRoomRequest request, CancellationToken cancellation)
    {
        var run = new CleanRoomRun(request, cancellation);
        try
        {
            await run.RunAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (run._engine is { } engine)
            {
                await engine.PutAwayAsync().ConfigureAwait(false);
            }

            throw;
        }
        catch (Exception exception) when (exception is EngineException or SnapshotException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Ctrl-C in a terminal reaches the engine's client, too, and that may be told before the cancellation.
            if (run._engine is { } engine && (exception is EngineException || cancellation.IsCancellationRequested))
            {
                await engine.PutAwayAsync().ConfigureAwait(false);
            }

            cancellation.ThrowIfCancellationRequested();
            run._outcome = run._outcome with { Obstacle = exception.Message.TrimEnd('.') };
        }

        return run._outcome with { Phases = run._phases.ToImmutable(), Builds = run._builds };
    }

    private async Task RunAsync()
    {
        FoundEngine found = await TimeAsync(
            "engine",
            () => RoomEngines.FindAsync(_request.Engine, _request.EngineArguments, _request.DotnetHost, _request.WorkDirectory, _request.Context, _request.Platform, _cancellation),
            static found => found.Engine?.Name ?? "none").ConfigureAwait(false);
        _outcome = _outcome with { Tried = found.Tried, OffersWeaker = found.OffersWeaker };
        if (found.Engine is not { } engine)
        {
            return;
        }

        _engine = engine;
        _outcome = _outcome with { Engine = engine.Name };
        await engine.SweepAsync(_cancellation).ConfigureAwait(false);
        RoomGround ground = await TimeAsync(engine.GroundKind, () => engine.GroundAsync(_request.Image, _cancellation), static ground => ground.Name).ConfigureAwait(false);
        _outcome = _outcome with
        {
            Image = ground.Image,
            System = ground.Image is null ? ground.Name : "",
            Weaker = ground.Weaker,
            ImageIsUnpinned = _request.RequirePin && ground.Image is { } image && !image.Name.Contains("@sha256:", StringComparison.Ordinal) && !image.Is(_request.ImagePin(image.Name)),
        };
        if (!ground.Weaker.IsEmpty)
        {
            _request.TellWeaker(_outcome.WeakerNote);
        }

        if (_outcome.ImageIsUnpinned)
        {
            return;
        }

        Snapshot snapshot = await TimeAsync(
            "snapshot",
            () => SnapshotTaker.TakeAsync(_request.RepositoryRoot, Path.Combine(_request.WorkDirectory, "src"), _cancellation),
            static taken => string.Create(CultureInfo.InvariantCulture, $"{taken.Facts.Commit[..12]}{(taken.Facts.IsModified ? " (uncommitted changes)" : "")}, {taken.Facts.Files.Length} files")).ConfigureAwait(false);
        _outcome = _outcome with { Snapshot = snapshot.Facts };
        if (!snapshot.Facts.MissingSubmodules.IsEmpty || !snapshot.Facts.LfsPointers.IsEmpty)
        {
            return;
        }

        (RoomPackages packages, ImmutableArray<Finding> findings) = await TimeAsync(
            "fetch",
            () => _request.Fetch(snapshot, _cancellation),
            static fetched => string.Create(CultureInfo.InvariantCulture, $"{fetched.Packages.Packages.Length} packages")).ConfigureAwait(false);
        _outcome = _outcome with { Packages = packages, FetchFindings = findings };
        if (findings.Any(static finding => (finding.DefaultSeverity ?? finding.Rule.DefaultSeverity) == Severity.Error))
        {
            return;
        }

        var bench = new Bench(engine, ground, snapshot, packages, snapshot.Facts.Files.ToFrozenSet(StringComparer.Ordinal));
        var settings = new RoomSettings();
        Built first = await BuildAsync(bench, settings, "build", _request.Test).ConfigureAwait(false);
        _outcome = _outcome with { Failures = first.Failures, FailureOutput = first.Output, Undeclared = first.Undeclared, FirstOutputs = first.Failures.IsEmpty ? first.Outputs : "" };
        if (_request.HostBuild && first.Failures.Any(HostComparison.Says))
        {
            _outcome = _outcome with { Failures = await CompareWithHostAsync(bench, first).ConfigureAwait(false) };
        }

        if (!first.Failures.IsEmpty)
        {
            return;
        }

        if (_request.Ablation)
        {
            _outcome = _outcome with { Undeclared = await AblateAsync(bench, first).ConfigureAwait(false) };
        }

        if (_request.Rebuild)
        {
            await RebuildAsync(bench, first).ConfigureAwait(false);
        }

        if (_outcome.Failures.IsEmpty && !_request.Pack)
        {
            _outcome = _outcome with { Canaries = await FindCanariesAsync(first).ConfigureAwait(false) };
        }
    }

    /// <summary>Searches the first build's outputs for what only its room is called; what differs anyway is told as a difference.</summary>
    private Task<ImmutableArray<FoundCanary>> FindCanariesAsync(Built first) => TimeAsync(
        "canaries",
        () =>
        {
            HashSet<string> told = [.. (_outcome.Rebuild?.Outputs ?? []).Select(static output => output.Path)];
            ImmutableArray<CanaryHit> hits = [.. CanarySearch.Find(first.Outputs, [.. first.Machine.Canaries, .. CanarySearch.BuildTimes(first.Start, first.End)], _cancellation).Where(hit => !told.Contains(hit.Path) && !IsServedTime(hit))];
            if (hits.IsEmpty)
            {
                return Task.FromResult(ImmutableArray<FoundCanary>.Empty);
            }

            CauseFinder finder = CauseFinder.Create(first.Log, first.Log, first.Machine, first.Machine, _request.RepositoryRoot);
            return Task.FromResult<ImmutableArray<FoundCanary>>(
            [
                .. hits.Select(hit =>
                {
                    (string producer, string project) = finder.Producer(hit.Path);
                    return new FoundCanary(hit.Path, hit.Where, hit.Canary.Name, producer, project);
                }),
            ]);
        },
        static found => found.IsEmpty ? "no value of the room in an output" : string.Create(CultureInfo.InvariantCulture, $"{found.Length} found"));

    // The web SDK says when it compressed a file, as servers do; content it is not, and RGATE4202 tells it where two builds are compared.
    private static bool IsServedTime(CanaryHit hit) => hit.Canary.Name == CanarySearch.BuildTime && hit.Path.EndsWith(".staticwebassets.endpoints.json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Builds, and on request tests, in a room made with these settings.</summary>
    private async Task<Built> BuildAsync(Bench bench, RoomSettings settings, string name, bool test)
    {
        _builds++;
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        string outputs = Path.Combine(_request.WorkDirectory, name, "outputs");
        string logs = Path.Combine(_request.WorkDirectory, name, "log");
        await using Room room = await TimeAsync(
            $"{name}: room",
            () => bench.Engine.OpenAsync(bench.Ground, bench.Snapshot, bench.Packages, settings, _request.Limits, _cancellation),
            static opened => opened.Settings.SourcePath).ConfigureAwait(false);
        // What was archived has other inode numbers and times; git looks at the content once, so that version tools see a clean tree. Where the room holds no git there is nothing to do.
        await room.RunAsync(["/bin/sh", "-c", "command -v git >/dev/null && git update-index -q --refresh || true"], null, _cancellation).ConfigureAwait(false);
        string entry = Path.GetRelativePath(_request.RepositoryRoot, _request.Entry).Replace(Path.DirectorySeparatorChar, '/');
        string nodes = settings.Nodes > 0 ? string.Create(CultureInfo.InvariantCulture, $"-m:{settings.Nodes}") : "-m";
        bool manifest = bench.Tracked.Contains(".config/dotnet-tools.json") || bench.Tracked.Contains("dotnet-tools.json");
        string[] properties = [.. _request.Properties.Select(static property => "-p:" + property)];
        List<(RoomPhase Phase, string Name, string[] Command)> steps = [(RoomPhase.Restore, "restore", ["dotnet", "restore", entry, "--locked-mode", nodes, .. properties, "-bl:" + Room.Logs + "/restore.binlog"])];
        if (manifest)
        {
            steps.Add((RoomPhase.Restore, "tools", ["dotnet", "tool", "restore"]));
        }

        string[] tracer = name == "build" && _request.Trace ? await TracerAsync(room).ConfigureAwait(false) : [];
        steps.Add((RoomPhase.Build, "build", [.. tracer, "dotnet", "build", entry, "--no-restore", "-c", _request.Configuration, nodes, .. properties, .. tracer.Length > 0 ? AloneInTrace : [], "-bl:" + Room.Logs + "/build.binlog"]));
        if (_request.Pack)
        {
            steps.Add((RoomPhase.Build, "pack", ["dotnet", "pack", entry, "--no-build", "-c", _request.Configuration, nodes, .. properties, "-bl:" + Room.Logs + "/pack.binlog"]));
        }

        if (test)
        {
            steps.Add((RoomPhase.Test, "test", ["dotnet", "test", .. TestTarget.Of(bench.Snapshot, entry), "--no-build", "-c", _request.Configuration, "-bl:" + Room.Logs + "/test.binlog"]));
        }

        RoomExit? failed = null;
        (RoomPhase Phase, string Name) at = default;
        bool taken = false;
        foreach ((RoomPhase phase, string step, string[] command) in steps)
        {
            if (phase == RoomPhase.Test)
            {
                // What tests write beside the assemblies is no output of the build, and no rebuild has it: the rebuild runs no tests.
                await TakeOutputsAsync(bench, room, name, outputs).ConfigureAwait(false);
                taken = true;
            }

            RoomExit exit = await TimeAsync($"{name}: {step}", () => room.RunAsync(command, null, _cancellation), static exit => exit.TimedOut ? "ended by the watchdog" : exit.OverDisk ? "ended: it filled the disk" : exit.ExitCode == 0 ? "passed" : string.Create(CultureInfo.InvariantCulture, $"exit code {exit.ExitCode}")).ConfigureAwait(false);
            if (exit.ExitCode != 0)
            {
                (failed, at) = (exit, (phase, step));
                break;
            }
        }

        if (failed is { IsEnded: true })
        {
            // The room was ended with what ran in it, and is gone with its logs.
            return new Built(outputs, logs, settings, FailureReader.ReadAll(at.Phase, failed, RoomLog.Empty, settings.SourcePath, _request.RepositoryRoot, bench.Tracked, Machine(bench)), failed.Output, [], begun, DateTimeOffset.UtcNow);
        }

        await room.ReadAsync(Room.Logs, stream => RoomOutputs.ReadAllAsync(stream, logs, _cancellation), _cancellation).ConfigureAwait(false);
        if (failed is not null)
        {
            RoomLog log = RoomLog.Read(Path.Combine(logs, at.Name + ".binlog"));
            return new Built(outputs, logs, settings, FailureReader.ReadAll(at.Phase, failed, log, settings.SourcePath, _request.RepositoryRoot, bench.Tracked, Machine(bench)), failed.Output, [], begun, DateTimeOffset.UtcNow);
        }

        if (!taken)
        {
            await TakeOutputsAsync(bench, room, name, outputs).ConfigureAwait(false);
        }

        ImmutableArray<UndeclaredInput> undeclared = test || name == "build" ? UndeclaredInputs.Of(RoomLog.Read(Path.Combine(logs, "build.binlog")), settings.SourcePath, _request.RepositoryRoot, bench.Tracked) : [];
        if (tracer.Length > 0)
        {
            string dotnet = bench.Ground.Environment.FirstOrDefault(static variable => variable.StartsWith("DOTNET_ROOT=", StringComparison.Ordinal))?["DOTNET_ROOT=".Length..].TrimEnd('/') ?? "/usr/share/dotnet";
            SystemTrace trace = SystemTrace.Read(Path.Combine(logs, TraceName), path => TracedInputs.IsOutside(path, settings) && !path.StartsWith(dotnet + "/", StringComparison.Ordinal));
            undeclared = [.. undeclared, .. TracedInputs.Of(trace, BuildRecord.TryRead(Path.Combine(logs, "build.binlog")), settings, dotnet, _request.RepositoryRoot, _request.Entry, bench.Tracked)];
        }

        var built = new Built(outputs, logs, settings, [], [], undeclared, begun, DateTimeOffset.UtcNow);
        if (name == "build" && _request.Rebuild && _request.ClockAhead != TimeSpan.Zero)
        {
            // Last: where it hangs, the watchdog takes the room with it.
            await TryClockAsync(room).ConfigureAwait(false);
        }

        return built;
    }

    /// <summary>Looks whether the room holds libfaketime and .NET runs under it; else says why not.</summary>
    private async Task TryClockAsync(Room room)
    {
        RoomExit found = await room.RunAsync(["/bin/sh", "-c", "ls /usr/lib/*/faketime/libfaketime.so.1 /usr/lib*/faketime/libfaketime.so.1 /usr/local/lib/faketime/libfaketime.so.1 2>/dev/null | head -n 1"], null, _cancellation).ConfigureAwait(false);
        string library = found.Output.FirstOrDefault(static line => line.StartsWith('/')) ?? "";
        if (library.Length == 0)
        {
            _outcome = _outcome with { NotFaked = "the room does not hold libfaketime" };
            return;
        }

        Variation clock = Variation.Clock(_request.ClockAhead, library);
        string[] variables = [.. RoomEnvironment.ClockVariables(clock.Apply(room.Settings)).Select(static variable => $"{variable.Name}={variable.Value}")];
        RoomExit tried = await room.RunAsync(["/usr/bin/env", .. variables, "dotnet", "--version"], null, _cancellation, ClockTrial).ConfigureAwait(false);
        if (tried.ExitCode != 0)
        {
            _outcome = _outcome with { NotFaked = tried.TimedOut ? "dotnet does not end under libfaketime" : "dotnet does not run under libfaketime" };
            return;
        }

        _variations = Variation.All.Add(clock);
    }

    private Task TakeOutputsAsync(Bench bench, Room room, string name, string outputs) => TimeAsync(
        $"{name}: outputs",
        async () =>
        {
            OutputCount count = new(0, 0, 0);
            await room.ReadAsync(room.Settings.SourcePath, async stream => count = await RoomOutputs.ReadAsync(stream, bench.Tracked, outputs, _cancellation).ConfigureAwait(false), _cancellation).ConfigureAwait(false);
            return count;
        },
        static count => string.Create(CultureInfo.InvariantCulture, $"{count.Files} files, {count.Bytes / 1048576.0:0.0} MB{(count.Refused > 0 ? $", {count.Refused} entries that lead outside refused" : "")}"));

    /// <summary>The program in front of the build that writes its system calls down; none where the room does not allow it, which is told.</summary>
    private async Task<string[]> TracerAsync(Room room)
    {
        string[] tracer = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-e", "trace=openat,open,execve,connect", "-s", "1024", "-o", $"{Room.Logs}/{TraceName}"];
        RoomExit tried = await room.RunAsync([.. tracer, "true"], null, _cancellation).ConfigureAwait(false);
        if (tried.ExitCode == 0)
        {
            return tracer;
        }

        _outcome = _outcome with { NotTraced = tried.Output.LastOrDefault(static line => line.Trim().Length > 0) is { } said ? $"strace does not run in the room: {said.Trim().TrimEnd('.')}" : "strace does not run in the room" };
        return [];
    }

    private async Task<ImmutableArray<RoomFailure>> CompareWithHostAsync(Bench bench, Built first)
    {
        _request.Progress("clean room: what failed is done on this machine, in a copy of the work tree (ReproGateCleanRoomHostBuild)");
        (HostBuildResult? result, string obstacle) = await TimeAsync(
            "this machine",
            () => HostBuild.RunAsync(_request, bench.Snapshot, first.Failures[0].Phase, _cancellation),
            static built => built.Result is not { } done ? $"not compared, because {built.Obstacle}" : done.FailedAt is { } phase ? $"{phase} fails here, too" : "passes here").ConfigureAwait(false);
        return result is null ? first.Failures : HostComparison.Explain(first.Failures, result, first.Log, first.Machine, _request.RepositoryRoot, bench.Tracked, Machine(bench));
    }

    /// <summary>
    /// Builds once more without each variable that was read and is not declared, and says of each what came of it. The room's user needs some of them to
    /// build at all; that too is said.
    /// </summary>
    private async Task<ImmutableArray<UndeclaredInput>> AblateAsync(Bench bench, Built first)
    {
        var effects = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in first.Undeclared.Where(input => input.Kind == MissingInput.Variable && !_request.Allowed.AllowsVariable(input.Name)).Select(static input => input.Name).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostAblations))
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"without{_builds}");
            _request.Progress($"clean room: build {_builds + 1}, without {name}");
            Built other = await BuildAsync(bench, first.Settings with { Without = [name] }, folder, test: false).ConfigureAwait(false);
            if (!other.Failures.IsEmpty)
            {
                effects[name] = $"the build fails ({other.Failures[0].Error.Message.TrimEnd('.')})";
            }
            else
            {
                ComparisonResult result = await CompareAsync($"{folder}: comparison", first, other, explain: false).ConfigureAwait(false);
                effects[name] = result.Differences.IsEmpty
                    ? "the build gives the same bits"
                    : string.Create(CultureInfo.InvariantCulture, $"{result.Differences.Length} of {result.Files} outputs differ, {result.Differences[0].Path} among them");
            }

            if (Directory.Exists(Path.Combine(_request.WorkDirectory, folder)))
            {
                Directory.Delete(Path.Combine(_request.WorkDirectory, folder), recursive: true);
            }
        }

        return [.. first.Undeclared.Select(input => input.Kind == MissingInput.Variable && effects.TryGetValue(input.Name, out string? effect) ? input with { Without = effect } : input)];
    }

    private async Task RebuildAsync(Bench bench, Built first)
    {
        Built second = await BuildAsync(bench, Varied(), "rebuild", test: false).ConfigureAwait(false);
        if (_variations.Length > Variation.All.Length && !second.Failures.IsEmpty)
        {
            // What fails under a clock of the room's own making may fail because of the day, or because of how it is made: the same without it tells.
            Built faked = second;
            _variations = Variation.All;
            string folder = Path.Combine(_request.WorkDirectory, "rebuild");
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            second = await BuildAsync(bench, Varied(), "rebuild", test: false).ConfigureAwait(false);
            if (second.Failures.IsEmpty)
            {
                _outcome = _outcome with { NotFaked = ClockFault.Of(faked.Failures, faked.Output, _request.Limits.Phase) };
                if (_outcome.NotFaked.Length == 0)
                {
                    _outcome = _outcome with { Failures = ClockFault.OfTheDay(faked.Failures, _request.ClockAhead), FailureOutput = faked.Output };
                    return;
                }
            }
        }

        if (!second.Failures.IsEmpty)
        {
            _outcome = _outcome with { Failures = [.. second.Failures.Select(static failure => failure with { Phase = RoomPhase.Rebuild })], FailureOutput = second.Output };
            return;
        }

        ComparisonResult comparison = await CompareAsync("comparison", first, second, explain: true).ConfigureAwait(false);
        ImmutableArray<DifferingOutput> outputs = comparison.Differences.IsEmpty
            ? []
            : await FindCausesAsync(bench, first, second, comparison).ConfigureAwait(false);
        _outcome = _outcome with
        {
            Rebuild = new RebuildReport(comparison, outputs, first.Outputs, second.Outputs, first.Log, second.Log, first.Settings, second.Settings),
        };

        RoomSettings Varied() => _variations.Aggregate(first.Settings, static (room, variation) => variation.Apply(room));
    }

    /// <summary>
    /// What differs is explained from the values and logs of the two builds first. Only where that leaves it open whether it differs by itself, a
    /// third build without any variation tells; and only what has no cause then is searched for by halving the variations.
    /// </summary>
    private async Task<ImmutableArray<DifferingOutput>> FindCausesAsync(Bench bench, Built first, Built second, ComparisonResult comparison)
    {
        CauseFinder finder = CauseFinder.Create(first.Log, second.Log, first.Machine, second.Machine, _request.RepositoryRoot);
        ImmutableArray<DifferingOutput> explained = finder.Explain(comparison, static _ => [], static _ => false);
        if (explained.All(static output => Variation.Behind(output.Cause.Class).Length > 0 || output.Cause.Class is CauseClass.Follows or CauseClass.AbsolutePath) && explained.Any(static output => output.Cause.Class != CauseClass.Follows))
        {
            return [.. explained.Select(static output => output with { Variations = Variation.Behind(output.Cause.Class) is { Length: > 0 } name ? [name] : [] })];
        }

        HashSet<string> flaky = await DiffersAsync([]).ConfigureAwait(false) ?? [];
        var causes = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (DifferingOutput output in explained.Where(output => !flaky.Contains(output.Path) && Variation.Behind(output.Cause.Class).Length > 0))
        {
            causes[output.Path] = [Variation.Behind(output.Cause.Class)];
        }

        // What differs with all variations differs with one half of them or with the other, or only with both together.
        var groups = new Queue<(ImmutableArray<Variation> Variations, HashSet<string> Paths)>();
        groups.Enqueue((_variations, [.. explained.Where(output => !flaky.Contains(output.Path) && output.Cause.Class == CauseClass.Unknown).Select(static output => output.Path)]));
        while (groups.TryDequeue(out (ImmutableArray<Variation> Variations, HashSet<string> Paths) group))
        {
            if (group.Paths.Count == 0)
            {
                continue;
            }

            if (group.Variations.Length == 1 || _builds >= _request.MaximumBuilds)
            {
                foreach (string path in group.Variations.Length == _variations.Length ? [] : group.Paths)
                {
                    causes[path] = [.. causes.GetValueOrDefault(path) ?? [], .. group.Variations.Select(static variation => variation.Name)];
                }

                continue;
            }

            int half = group.Variations.Length / 2;
            ImmutableArray<Variation> left = group.Variations[..half], right = group.Variations[half..];
            if (await DiffersAsync(left).ConfigureAwait(false) is not { } byLeft)
            {
                // That half does not build by itself, so it says nothing.
                groups.Enqueue((right, group.Paths));
                continue;
            }

            groups.Enqueue((left, [.. group.Paths.Where(byLeft.Contains)]));
            groups.Enqueue((right, [.. group.Paths.Where(path => !byLeft.Contains(path))]));
        }

        return finder.Explain(comparison, path => causes.TryGetValue(path, out List<string>? names) ? [.. names.Distinct(StringComparer.Ordinal)] : [], flaky.Contains);

        async Task<HashSet<string>?> DiffersAsync(ImmutableArray<Variation> variations)
        {
            RoomSettings settings = variations.Aggregate(first.Settings, static (room, variation) => variation.Apply(room));
            string folder = string.Create(CultureInfo.InvariantCulture, $"search{_builds}");
            _request.Progress($"clean room: build {_builds + 1}, {(variations.IsEmpty ? "with nothing varied" : $"with {string.Join(", ", variations.Select(static variation => variation.Name))}")}");
            Built other = await BuildAsync(bench, settings, folder, test: false).ConfigureAwait(false);
            if (!other.Failures.IsEmpty)
            {
                return null;
            }

            ComparisonResult result = await CompareAsync($"{folder}: comparison", first, other, explain: false).ConfigureAwait(false);
            Directory.Delete(Path.Combine(_request.WorkDirectory, folder), recursive: true);
            return [.. result.Differences.Select(static difference => difference.Path)];
        }
    }

    private Task<ComparisonResult> CompareAsync(string name, Built left, Built right, bool explain) => TimeAsync(
        name,
        () => Task.FromResult(OutputTreeComparer.Compare(left.Outputs, right.Outputs, ComparisonOptions.Default with { Explain = explain }, _cancellation)),
        static result => string.Create(CultureInfo.InvariantCulture, $"{result.Files - result.Differences.Length} of {result.Files} files identical"));

    private WorkTreeMachine Machine(Bench bench) => new(_request.RepositoryRoot, bench.Tracked, _request.HostVariables);

    private async Task<T> TimeAsync<T>(string name, Func<Task<T>> work, Func<T, string> outcome)
    {
        TimeSpan start = Stopwatch.GetElapsedTime(_start);
        T result = await work().ConfigureAwait(false);
        var phase = new PhaseRecord(name, start, Stopwatch.GetElapsedTime(_start) - start, outcome(result));
        _phases.Add(phase);
        _request.Progress(string.Create(CultureInfo.InvariantCulture, $"clean room: {phase.Name}: {phase.Outcome} ({phase.Elapsed.TotalSeconds:0.0} s)"));
        return result;
    }

    private sealed record Bench(RoomEngine Engine, RoomGround Ground, Snapshot Snapshot, RoomPackages Packages, FrozenSet<string> Tracked);

    private sealed record Built(string Outputs, string Logs, RoomSettings Settings, ImmutableArray<RoomFailure> Failures, ImmutableArray<string> Output, ImmutableArray<UndeclaredInput> Undeclared, DateTimeOffset Start, DateTimeOffset End)
    {
        public string Log => Path.Combine(Logs, "build.binlog");

        public BuildMachine Machine => new()
        {
            SourcePath = Settings.SourcePath,
            Home = Settings.Home,
            User = Settings.User,
            HostName = Settings.HostName,
            TimeZone = Settings.TimeZone,
            Locale = Settings.Locale,
            Temporary = Settings.Temporary,
            Packages = Settings.Packages,
            Processors = Settings.Processors,
            Variables = [.. Settings.Variables.Select(static variable => KeyValuePair.Create(variable.Name, variable.Value))],
        };
    }
}
