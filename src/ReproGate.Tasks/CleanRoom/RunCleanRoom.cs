using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.CleanRoom;
using ReproGate.CleanRoom.Images;
using ReproGate.CleanRoom.Reports;
using ReproGate.Facts;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;
using ReproGate.Gates.Itself;
using ReproGate.Gates.Machine;
using ReproGate.Repository;
using ReproGate.Tasks.Logging;

namespace ReproGate.Tasks.CleanRoom;

/// <summary>Builds, tests and rebuilds what git holds of the repository in a clean room, and judges what came of it.</summary>
public sealed class RunCleanRoom : GateTask
{
    /// <summary>Absolute path of reprogate.lock.json, whether or not it exists.</summary>
    [Required]
    public string ReproGateLockFile { get; set; } = "";

    /// <summary>Absolute path of reprogate.allow.json, whether or not it exists.</summary>
    [Required]
    public string AllowFile { get; set; } = "";

    /// <summary>Where verified packages are remembered.</summary>
    [Required]
    public string CacheDirectory { get; set; } = "";

    /// <summary>The image; empty for the SDK's image of the operating system that production has.</summary>
    public string Image { get; set; } = "";

    /// <summary>Major and minor version of the running SDK: the tag of its image.</summary>
    [Required]
    public string SdkVersion { get; set; } = "";

    /// <summary><c>auto</c>, <c>docker</c>, <c>podman</c>, <c>bubblewrap</c> or the path of such a program.</summary>
    public string Engine { get; set; } = "auto";

    /// <summary>The docker context or podman connection of the engine; empty for the one that is in effect.</summary>
    public string Context { get; set; } = "";

    /// <summary>The platform of the room, as <c>linux/arm64</c>; empty for the one of the image that the engine has.</summary>
    public string Platform { get; set; } = "";

    /// <summary>The job among several that this is, as its reports name it; empty where it is the only one.</summary>
    public string Job { get; set; } = "";

    /// <summary>Further arguments of the engine for every room.</summary>
    public string EngineArguments { get; set; } = "";

    /// <summary>The configuration that is built.</summary>
    public string Configuration { get; set; } = "Release";

    /// <summary>Whether the tests run.</summary>
    public bool Test { get; set; } = true;

    /// <summary>Whether the build is repeated with everything varied.</summary>
    public bool Rebuild { get; set; } = true;

    /// <summary>Whether the build's system calls are looked at.</summary>
    public bool Trace { get; set; }

    /// <summary>Whether the build is repeated without each undeclared variable.</summary>
    public bool Ablation { get; set; }

    /// <summary>How many days ahead the rebuild sees the clock; 0 for the machine's.</summary>
    public int ClockDays { get; set; }

    /// <summary>Whether what failed in the room without a cause that could be named is done once more on this machine.</summary>
    public bool HostBuild { get; set; } = true;

    /// <summary>Minutes a phase may take.</summary>
    public int TimeoutMinutes { get; set; } = 30;

    /// <summary>Gigabytes the room's files may take.</summary>
    public int DiskGigabytes { get; set; } = 20;

    /// <summary>Whether to write the image's pin into reprogate.lock.json.</summary>
    public bool Pin { get; set; }

    /// <summary>The dotnet host that runs this build; fetches what is not on this machine, and builds in a room without an image.</summary>
    public string DotnetHost { get; set; } = "";

    private IReadOnlyList<string> _remarks = [];

    /// <inheritdoc />
    protected internal override IReadOnlyList<string> Remarks => _remarks;

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge() => JudgeLoaded();

    // Apart from its caller, so that the clean room's assemblies load only when this runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<Finding> JudgeLoaded()
    {
        List<Finding> findings = [];
        AllowList allowed = AllowListReader.Read(AllowFile, out MalformedFile? malformed);
        if (malformed is not null)
        {
            findings.Add(ReproGateFileMalformed.CheckAllowList(malformed));
        }

        string work = WorkFolder.Create();
        try
        {
            var fetch = new RoomFetch(this, RepositoryRoot, CacheDirectory, ProjectPath, DotnetHost, Progress);
            DateTimeOffset started = DateTimeOffset.UtcNow;
            var request = new CleanRoomRequest
            {
                RepositoryRoot = Path.TrimEndingDirectorySeparator(RepositoryRoot),
                Entry = ProjectPath,
                WorkDirectory = work,
                Image = () => Image.Length > 0 ? Image : ChooseImage(),
                ImagePin = image => LockedImages.PinOf(ReproGateLockFile, image),
                RequirePin = !Pin,
                LockFile = ReproGateLockFile,
                Engine = Engine,
                Context = Context,
                Platform = Platform,
                EngineArguments = EngineArguments,
                Configuration = Configuration,
                Test = Test,
                Rebuild = Rebuild,
                Trace = Trace,
                Ablation = Ablation,
                HostBuild = HostBuild,
                DotnetHost = DotnetHost.Length > 0 ? DotnetHost : "dotnet",
                ClockAhead = TimeSpan.FromDays(Math.Max(0, ClockDays)),
                Limits = new() { Phase = TimeSpan.FromMinutes(TimeoutMinutes), Disk = (long)DiskGigabytes << 30 },
                Allowed = allowed,
                Fetch = fetch.FetchAsync,
                HostVariables = [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()],
                TellWeaker = TellWeaker,
                Progress = Progress,
            };
            CleanRoomOutcome outcome = CleanRoomRun.RunAsync(request, Cancellation).GetAwaiter().GetResult();
            findings.AddRange(CleanRoomJudge.Judge(outcome, ProjectPath, ReproGateLockFile, allowed));
            if (Pin && outcome.Image is { } image && LockedImages.Write(ReproGateLockFile, image.Name, image.Pin, CacheDirectory, Cancellation))
            {
                Progress($"ReproGate wrote the pin of {image.Name} into {ReproGateLockFile}.");
            }
            else if (Pin && outcome.System.Length > 0)
            {
                Progress($"clean room: nothing was pinned, for the room of {outcome.Engine} has no image.");
            }

            Directory.CreateDirectory(IntermediateDirectory);
            RepositoryFolder.Ignore(IntermediateDirectory, Log);
            RoomReport.Write(IntermediateDirectory, Job, outcome, request, started, SeverityJudge.Judge(this, findings), FindingReporter.Version(), new FindingReporter(this).Paths(), Cancellation);
            Progress($"clean room: reports in {IntermediateDirectory}: {string.Join(", ", CleanRoomReports.Names.Where(name => File.Exists(Path.Combine(IntermediateDirectory, name))))}");
            return findings;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            findings.Add(CleanRoomJudge.CouldNotRun(ProjectPath, exception.Message));
            return findings;
        }
        finally
        {
            WorkFolder.Remove(work);
        }
    }

    private string ChooseImage()
    {
        RoomImageChoice choice = RoomImageChoice.Choose(ProductionBaseReader.Read(RepositoryRoot, Cancellation), SdkVersion);
        if (choice.Because is { } because)
        {
            Progress($"clean room: the image is {choice.Image}, as {Path.GetRelativePath(RepositoryRoot, because.Location.File)} says what production has; ReproGateCleanRoomImage names another.");
        }

        return choice.Image;
    }

    // A warning, for no verbosity and no terminal hides one; without id, for it says something of the proof and nothing of the repository: it cannot be accepted, suppressed or mended there.
    private void TellWeaker(string note)
    {
        _remarks = [note];
        Log.LogWarning(null, null, null, ProjectPath, 0, 0, 0, 0, "{0}", note);
    }

    private void Progress(string text) => Log.LogMessage(MessageImportance.High, "{0}", text);
}
