using System.Text;
using System.Text.Json;
using CliWrap;
using Microsoft.Build.Logging.StructuredLogger;
using Microsoft.VisualStudio.SolutionPersistence;
using Microsoft.VisualStudio.SolutionPersistence.Model;
using Microsoft.VisualStudio.SolutionPersistence.Serializer;

namespace ReproGate.TestKit;

/// <summary>
/// A temporary repository with real files, real git and real dotnet processes. Its own NuGet.config knows the packed
/// ReproGate.Sdk and one folder feed; package folder and home are private. Kept on disk when <see cref="Keep"/> is set.
/// </summary>
public sealed class TestRepository : IDisposable
{
    private static readonly string SharedPackages = Path.Combine(TestEnvironment.Root, "packages");
    private static int s_count;
    private readonly bool _gate;
    private int _logs;

    // Before the first ProjectBuilder is compiled: its constructor already names MSBuild's types.
    static TestRepository() => MSBuildHost.EnsureRegistered();

    private TestRepository(string root, string packages, string home, bool gate)
    {
        _gate = gate;
        Root = root;
        Packages = packages;
        Home = home;
        // Inside the repository, as RGATE1009 asks of a folder feed, and ignored by git.
        Feed = Path.Combine(root, ".feeds", "feed");
    }

    /// <summary>The repository's root, without trailing separator.</summary>
    public string Root { get; }

    /// <summary>The global packages folder its processes use.</summary>
    public string Packages { get; }

    /// <summary>The home folder of its processes: their user-level NuGet.config and caches.</summary>
    public string Home { get; }

    /// <summary>A folder feed of the repository's own, outside its root, mapped for every package but ReproGate.Sdk.</summary>
    public string Feed { get; }

    /// <summary>Further environment variables of its processes; null removes one.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Set to keep the repository after the test, to look at it; <c>REPROGATE_KEEP=1</c> keeps all.</summary>
    public bool Keep { get; set; } = TestEnvironment.KeepsEverything;

    /// <summary>
    /// Creates a repository with git, NuGet.config (cleared, mapped), global.json of the running SDK, with ReproGate.Sdk in Directory.Build.props.
    /// </summary>
    /// <param name="name">The folder's name; use one with spaces or non-ASCII letters to prove paths.</param>
    /// <param name="privatePackages">A global packages folder of its own, so that two tests may mean different packages by one id and version. False shares one folder between all tests that say so: they must not make packages.</param>
    /// <param name="gate">False leaves ReproGate out: what the plain SDK does.</param>
    /// <param name="git">False leaves git out.</param>
    /// <param name="privateHome">True gives its processes a home of their own: for tests that write user-level files.</param>
    public static TestRepository Create(string name = "repo", bool privatePackages = true, bool gate = true, bool git = true, bool privateHome = false)
    {
        string parent = Path.Combine(TestEnvironment.Root, "r" + Interlocked.Increment(ref s_count).ToString(System.Globalization.CultureInfo.InvariantCulture));
        string root = Path.Combine(parent, name);
        Directory.CreateDirectory(root);
        var repository = new TestRepository(
            root,
            privatePackages ? Path.Combine(parent, "packages") : SharedPackages,
            privateHome ? Path.Combine(parent, "home") : TestEnvironment.Home,
            gate);
        Directory.CreateDirectory(repository.Feed);
        repository.Sources(config => config.Source("feed", Path.GetRelativePath(root, repository.Feed), "*"));
        repository.Write("Directory.Build.props", gate
            ? $"""
              <Project>
                <Sdk Name="ReproGate.Sdk" Version="{TestEnvironment.SdkVersion}" />
              </Project>
              """
            : "<Project />");
        if (gate)
        {
            repository.Write("reprogate.lock.json", PackedSdk.LockFile);
        }

        repository.Write("global.json", GlobalJson());
        repository.Write(".gitignore", "bin/\nobj/\n.feeds/\n*.binlog\n");
        if (git)
        {
            repository.Git("init", "--quiet", "--initial-branch=main");
        }

        return repository;
    }

    /// <summary>A repository that stands somewhere already, with a packages folder and a home to use. Nothing is written, and nothing is deleted in the end.</summary>
    public static TestRepository Open(string root, string packages, string home) => new(Path.TrimEndingDirectorySeparator(root), packages, home, gate: true) { Keep = true };

    /// <summary>A global.json that names the SDK that runs the tests, and its patches.</summary>
    /// <param name="members">Further members, each beginning with a comma.</param>
    public static string GlobalJson(string members = "") => $$"""
        {
          "sdk": {
            "version": "{{TestEnvironment.DotnetVersion}}",
            "rollForward": "latestPatch"
          }{{members}}
        }

        """.ReplaceLineEndings("\n");

    /// <summary>The packed SDK in a folder feed of the repository's own; its path relative to the root.</summary>
    private string GateFeed()
    {
        string folder = Path.Combine(Root, ".feeds", "gate");
        string package = $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg";
        Directory.CreateDirectory(folder);
        if (!File.Exists(Path.Combine(folder, package)))
        {
            File.Copy(Path.Combine(TestEnvironment.SdkFeed, package), Path.Combine(folder, package));
        }

        return Path.GetRelativePath(Root, folder);
    }

    /// <summary>The absolute path of a file of the repository.</summary>
    public string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Writes a file (UTF-8, no BOM), creating its folders.</summary>
    public TestRepository Write(string relative, string content)
    {
        string path = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    /// <summary>Reads a file.</summary>
    public string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Replaces text that must occur in a file.</summary>
    public TestRepository Replace(string relative, string oldText, string newText)
    {
        string content = Read(relative);
        if (!content.Contains(oldText, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"'{oldText}' does not occur in {relative}:\n{content}");
        }

        return Write(relative, content.Replace(oldText, newText, StringComparison.Ordinal));
    }

    /// <summary>Replaces the repository's NuGet.config: the packed ReproGate.Sdk's feed (where the gate is on), then what <paramref name="configure"/> adds.</summary>
    public TestRepository Sources(Action<NuGetConfigBuilder> configure)
    {
        var config = new NuGetConfigBuilder();
        if (_gate)
        {
            config.Source("gate", GateFeed(), "ReproGate.Sdk");
        }

        configure(config);
        return Write("NuGet.config", config.ToXml());
    }

    /// <summary>Takes every package but ReproGate.Sdk from an HTTP feed, under the source key <c>feed</c>.</summary>
    public TestRepository UseHttpFeed(HttpFeed feed) => Sources(config => config.Source("feed", feed, "*"));

    /// <summary>Writes the user-level NuGet.config of the repository's processes; only with a home of its own.</summary>
    public TestRepository UserSources(Action<NuGetConfigBuilder> configure)
    {
        if (Home == TestEnvironment.Home)
        {
            throw new InvalidOperationException("A user-level file would befall every test: create the repository with privateHome: true.");
        }

        var config = new NuGetConfigBuilder();
        configure(config);
        string path = Path.Combine(Home, OperatingSystem.IsWindows() ? @"AppData\Roaming\NuGet\NuGet.Config" : ".nuget/NuGet/NuGet.Config");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, config.Inherit().ToXml());
        return this;
    }

    /// <summary>Writes a solution, .slnx or .sln by its name, that holds these projects.</summary>
    public TestRepository Solution(string relative, params string[] projects)
    {
        var solution = new SolutionModel();
        foreach (string project in projects)
        {
            solution.AddProject(project.Replace('/', Path.DirectorySeparatorChar));
        }

        ISolutionSerializer serializer = SolutionSerializers.GetSerializerByMoniker(relative) ?? throw new ArgumentException($"'{relative}' is no solution", nameof(relative));
        serializer.SaveAsync(PathOf(relative), solution, CancellationToken.None).GetAwaiter().GetResult();
        return this;
    }

    /// <summary>Writes a solution filter over some projects of a solution beside it.</summary>
    public TestRepository SolutionFilter(string relative, string solution, params string[] projects) => Write(relative, JsonSerializer.Serialize(new
    {
        solution = new { path = solution, projects = projects.Select(static project => project.Replace('/', '\\')) },
    }));

    /// <summary>
    /// Imports the packed ReproGate.Sdk by path instead of by &lt;Sdk&gt;, so that an evaluation in the test's own process
    /// (<see cref="EvaluatedProject"/>) resolves nothing through NuGet.
    /// </summary>
    public TestRepository ImportGateByPath() => this
        .Write("Directory.Build.props", $"""<Project><Import Project="{TestEnvironment.ExtractedSdk}/Sdk/Sdk.props" /></Project>""")
        .Write("Directory.Build.targets", $"""<Project><Import Project="{TestEnvironment.ExtractedSdk}/Sdk/Sdk.targets" /></Project>""");

    /// <summary>Writes a project file built on MSBuild's own object model.</summary>
    public TestRepository Project(string relative, Action<ProjectBuilder>? build = null)
    {
        var builder = new ProjectBuilder();
        build?.Invoke(builder);
        return Write(relative, builder.ToXml());
    }

    /// <summary>One-based line of the first line of a file that contains a text.</summary>
    public int LineOf(string relative, string text)
    {
        int index = Array.FindIndex(Read(relative).Split('\n'), line => line.Contains(text, StringComparison.Ordinal));
        return index >= 0 ? index + 1 : throw new InvalidOperationException($"'{text}' does not occur in {relative}");
    }

    /// <summary>Runs git; fails the test when git does.</summary>
    public ProcessResult Git(params string[] arguments)
    {
        ProcessResult result = Run("git", arguments, binlog: null);
        return result.ExitCode == 0 ? result : throw new InvalidOperationException(result.Describe());
    }

    /// <summary>Stages everything and commits.</summary>
    public TestRepository Commit(string message = "change")
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return this;
    }

    /// <summary>Runs dotnet with a binary log where the command is an MSBuild one.</summary>
    public ProcessResult Dotnet(params string[] arguments)
    {
        string[] msbuild = ["restore", "build", "test", "publish", "pack", "msbuild", "clean"];
        string? binlog = msbuild.Contains(arguments[0]) ? Path.Combine(Path.GetDirectoryName(Root)!, $"{Interlocked.Increment(ref _logs)}.binlog") : null;
        return Run("dotnet", binlog is null ? arguments : [.. arguments, $"-bl:{binlog}"], binlog);
    }

    /// <summary>Creates every lock file as a person would: <c>dotnet restore --force-evaluate</c>, then commits. Fails the test when restore fails.</summary>
    public TestRepository Lock(params string[] arguments)
    {
        ProcessResult result = Dotnet(["restore", "--force-evaluate", .. arguments]);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.Describe());
        }

        return Commit("lock");
    }

    /// <summary>Reads the binary log of a result.</summary>
    public static Build ReadBinlog(ProcessResult result) => BinaryLog.ReadBuild(result.Binlog ?? throw new InvalidOperationException("no binlog"));

    /// <summary>Runs any program in the repository's root.</summary>
    public ProcessResult Run(string program, IReadOnlyList<string> arguments, string? binlog = null, CancellationToken cancellation = default, string? directory = null)
    {
        Dictionary<string, string?> variables = TestEnvironment.Variables(Packages, Home);
        foreach ((string name, string? value) in Environment)
        {
            variables[name] = value;
        }

        var output = new StringBuilder();
        var gate = new Lock();
        PipeTarget target = PipeTarget.ToDelegate(line =>
        {
            lock (gate)
            {
                output.AppendLine(line);
            }
        });
        // On the thread pool: xunit's synchronization context has as many threads as tests run at once, and this one waits on one of them.
        CommandResult result = System.Threading.Tasks.Task.Run(async () => await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithWorkingDirectory(directory ?? Root)
            .WithEnvironmentVariables(variables)
            .WithStandardOutputPipe(target)
            .WithStandardErrorPipe(target)
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellation)).GetAwaiter().GetResult();
        return new ProcessResult($"{program} {string.Join(' ', arguments)}", result.ExitCode, output.ToString(), binlog);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!Keep)
        {
            TestEnvironment.DeleteQuietly(Path.GetDirectoryName(Root)!);
        }
    }
}
