using CliWrap;
using CliWrap.Buffered;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>The real engine and the base image of these tests, made by the scripts in eng/ where they are not there yet. Where they cannot be had the tests fail.</summary>
internal static class TestEngine
{
    private static readonly Lazy<string> LazyImage = new(static () =>
    {
        Script("container-engine.sh");
        return Script("base-image.sh").Trim().Split('\n')[^1];
    });

    private static readonly Lazy<(string, string)> LazyPodman = new(static () =>
    {
        string[] said = Script("podman.sh").Trim().Split('\n');
        return (said[^2], said[^1]);
    });

    private static readonly Lazy<string> LazyBubblewrap = new(static () => Script("bubblewrap.sh").Trim().Split('\n')[^1]);

    /// <summary>Says which bubblewrap makes the weaker room.</summary>
    public static string Bubblewrap => LazyBubblewrap.Value;

    /// <summary>The image's name for podman, and the configuration that names a runtime which works here.</summary>
    public static (string Image, string Configuration) Podman => LazyPodman.Value;

    /// <summary>The image's name.</summary>
    public static string Image => LazyImage.Value;

    /// <summary>Its id, which pins it.</summary>
    public static string ImageId => Docker("image", "inspect", "--format", "{{.Id}}", Image).Trim();

    /// <summary>Runs a command of the engine.</summary>
    public static string Docker(params string[] arguments) => Start("docker", arguments);

    /// <summary>Runs a program.</summary>
    public static string Run(string program, params string[] arguments) => Start(program, arguments);

    private static string Script(string script) => Start("bash", [Path.Combine(TestEnvironment.SourceRoot, "eng", script)]);

    private static string Start(string program, string[] arguments)
    {
        BufferedCommandResult result = Task.Run(async () => await Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(TestEnvironment.SourceRoot).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync()).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? result.StandardOutput : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {result.ExitCode}.\n{result.StandardOutput}\n{result.StandardError}");
    }
}
