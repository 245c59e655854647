using System.IO.Compression;
using System.Reflection;
using CliWrap;
using CliWrap.Buffered;

namespace ReproGate.TestKit;

/// <summary>
/// What all tests of one process share: a private root below the system's temporary folder (home, package and HTTP caches)
/// and the packed ReproGate.Sdk. Deleted when the process ends.
/// </summary>
public static class TestEnvironment
{
    /// <summary>The version under which the package is packed for tests.</summary>
    public const string SdkVersion = "999.9.9";

    private static readonly Lazy<string> LazyRoot = new(static () =>
    {
        string root = Path.Combine(Path.GetTempPath(), "reprogate-tests", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(root);
        // Barriers: nothing above the temporary folder may leak into a fixture.
        File.WriteAllText(Path.Combine(root, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(root, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(root, "Directory.Packages.props"), "<Project />");
        File.WriteAllText(Path.Combine(root, "Directory.Build.rsp"), "");
        if (!KeepsEverything)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => DeleteQuietly(root);
        }

        return root;
    });

    private static readonly Lazy<string> LazyExtractedSdk = new(static () =>
    {
        string target = Path.Combine(Root, "sdk");
        ZipFile.ExtractToDirectory(Path.Combine(SdkFeed, $"ReproGate.Sdk.{SdkVersion}.nupkg"), target);
        return target;
    });

    private static readonly Lazy<string> LazyDotnetVersion = new(ReadDotnetVersion);

    /// <summary>True where <c>REPROGATE_KEEP=1</c> asks to keep every temporary file.</summary>
    public static bool KeepsEverything { get; } = Environment.GetEnvironmentVariable("REPROGATE_KEEP") == "1";

    /// <summary>The private root of this test process.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>The home folder that repositories share unless they ask for their own.</summary>
    public static string Home => Path.Combine(Root, "home");

    /// <summary>The packed ReproGate.Sdk, extracted once; for evaluation without NuGet.</summary>
    public static string ExtractedSdk => LazyExtractedSdk.Value;

    /// <summary>The folder feed that holds the packed ReproGate.Sdk under <see cref="SdkVersion"/>.</summary>
    public static string SdkFeed
    {
        get
        {
            string feed = Environment.GetEnvironmentVariable("REPROGATE_TEST_FEED")
                ?? Path.Combine(AppContext.BaseDirectory, "feed");
            return File.Exists(Path.Combine(feed, $"ReproGate.Sdk.{SdkVersion}.nupkg"))
                ? feed
                : throw new InvalidOperationException($"No packed ReproGate.Sdk {SdkVersion} in {feed}: build tests/ReproGate.Integration.Tests, which packs it.");
        }
    }

    /// <summary>Version of the .NET SDK that builds the test repositories: the one the source repository resolves to.</summary>
    public static string DotnetVersion => LazyDotnetVersion.Value;

    /// <summary>The root of this source repository (where ReproGate.sln lies).</summary>
    public static string SourceRoot { get; } = FindSourceRoot();

    /// <summary>The environment of a child process: caches and home private, every CI variable and every MSBuild or NuGet setting of the host gone.</summary>
    public static Dictionary<string, string?> Variables(string packages, string? home = null)
    {
        home ??= Home;
        Directory.CreateDirectory(home);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("NUGET_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("GIT_", StringComparison.OrdinalIgnoreCase) && name != "GIT_SSL_CAINFO"
                || name.StartsWith("GITHUB_", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("REPROGATE", StringComparison.OrdinalIgnoreCase)
                || name is "CI" or "TF_BUILD" or "GITLAB_CI" or "TEAMCITY_VERSION" or "JENKINS_URL" or "ContinuousIntegrationBuild" or "Configuration" or "Platform" or "VSTEST_CONNECTION_TIMEOUT")
            {
                variables[name] = null;
            }
        }

        variables["HOME"] = home;
        variables["USERPROFILE"] = home;
        variables["APPDATA"] = Path.Combine(home, "AppData", "Roaming");
        variables["DOTNET_CLI_HOME"] = home;
        variables["NUGET_PACKAGES"] = packages;
        variables["NUGET_HTTP_CACHE_PATH"] = Path.Combine(Root, "http-cache");
        variables["NUGET_PLUGINS_CACHE_PATH"] = Path.Combine(Root, "plugins-cache");
        variables["NUGET_SCRATCH"] = Path.Combine(Root, "scratch");
        variables["NUGET_CERT_REVOCATION_MODE"] = "offline";
        variables["DOTNET_NOLOGO"] = "1";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        variables["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        variables["DOTNET_ADD_GLOBAL_TOOLS_TO_PATH"] = "false";
        variables["DOTNET_CLI_UI_LANGUAGE"] = "en";
        variables["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        // One warm compiler for all builds of this process, of its own so that no other build shares it, ended with the process:
        // a cold compiler costs more than most of the builds here.
        variables["UseSharedCompilation"] = "true";
        variables["SharedCompilationId"] = CompilerServer.Name;
        variables["GIT_CONFIG_NOSYSTEM"] = "1";
        variables["GIT_AUTHOR_NAME"] = variables["GIT_COMMITTER_NAME"] = "Test";
        variables["GIT_AUTHOR_EMAIL"] = variables["GIT_COMMITTER_EMAIL"] = "test@example.invalid";
        return variables;
    }

    /// <summary>Copies a binary log to <c>artifacts/test-binlogs</c>, where it outlives the test, and returns its path; null where there is none.</summary>
    public static string? KeepBinlog(string? binlog)
    {
        if (binlog is null || !File.Exists(binlog))
        {
            return null;
        }

        string folder = Path.Combine(SourceRoot, "artifacts", "test-binlogs");
        Directory.CreateDirectory(folder);
        string kept = Path.Combine(folder, $"{Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(binlog)))}-{Path.GetFileName(Path.GetDirectoryName(binlog))}-{Path.GetFileName(binlog)}");
        File.Copy(binlog, kept, overwrite: true);
        return kept;
    }

    /// <summary>Deletes a directory that may not exist.</summary>
    public static void DeleteDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    internal static void DeleteQuietly(string directory)
    {
        try
        {
            DeleteDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process of the test may still hold a file; the system's temporary folder is cleaned by the system.
        }
    }

    private static string ReadDotnetVersion()
    {
        BufferedCommandResult result = System.Threading.Tasks.Task.Run(static async () => await Cli.Wrap("dotnet")
            .WithArguments(["--version"])
            .WithWorkingDirectory(SourceRoot)
            .WithEnvironmentVariables(Variables(Path.Combine(Root, "packages")))
            .ExecuteBufferedAsync()).GetAwaiter().GetResult();
        return result.StandardOutput.Trim();
    }

    private static string FindSourceRoot()
    {
        string? directory = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location);
        while (directory is not null && !File.Exists(Path.Combine(directory, "ReproGate.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
