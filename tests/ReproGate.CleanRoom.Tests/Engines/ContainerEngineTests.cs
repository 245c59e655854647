using ReproGate.CleanRoom.Engines;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Engines;

/// <summary>What a client is called with; a script stands for it that writes its arguments down.</summary>
public sealed class ContainerEngineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reprogate-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("docker", "--context build-2 version --format {{.Server.Version}}")]
    [InlineData("podman", "--connection build-2 info --format {{.Version.Version}}")]
    public async Task A_context_stands_in_front_of_every_command(string name, string first)
    {
        string client = Client(name, "echo 29.1\n");

        ContainerEngine engine = (ContainerEngine)(await ContainerEngine.FindAsync([client], ["--cgroups=disabled"], "build-2", "linux/arm64", CancellationToken.None)).Engine!;
        await engine.TryAsync(["ps"], CancellationToken.None);
        await engine.PullAsync("sdk", CancellationToken.None);

        string context = first[..first.IndexOf(" build-2", StringComparison.Ordinal)] + " build-2";
        Assert.Equal([first, $"{context} ps", $"{context} pull --quiet --platform linux/arm64 sdk"], Called(name));
        Assert.Equal(["--platform", "linux/arm64", "--cgroups=disabled"], engine.CreateArguments.Skip(4));
        Assert.Equal(($"{name} {context}", $"{name} 29.1"), (engine.Client, engine.Name));
    }

    [Fact]
    public async Task Without_one_there_is_no_argument_more_and_each_run_has_rooms_of_its_own()
    {
        string client = Client("docker", "echo 29.1\n");

        ContainerEngine engine = (ContainerEngine)(await ContainerEngine.FindAsync([client], [], "", "", CancellationToken.None)).Engine!;
        ContainerEngine other = (ContainerEngine)(await ContainerEngine.FindAsync([client], [], "", "", CancellationToken.None)).Engine!;

        Assert.Equal("version --format {{.Server.Version}}", Called("docker")[0]);
        Assert.Equal(4, engine.CreateArguments.Length);
        Assert.Equal(engine.CreateArguments[1], other.CreateArguments[1]);
        Assert.NotEqual(engine.CreateArguments[3], other.CreateArguments[3]);
    }

    [Fact]
    public async Task A_context_that_does_not_answer_is_named()
    {
        string client = Client("docker", "echo 'context \"gone\": not found' >&2\nexit 1\n");

        FoundEngine found = await ContainerEngine.FindAsync([client], [], "gone", "", CancellationToken.None);

        Assert.Null(found.Engine);
        Assert.Equal(new EngineAttempt("docker --context gone", "context \"gone\": not found"), Assert.Single(found.Tried));
        // A room of this machine alone has neither.
        Assert.Contains("neither contexts nor platforms", Assert.Single((await RoomEngines.FindAsync("bubblewrap", "", "", "", "", "linux/arm64", CancellationToken.None)).Tried).Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", true)]
    [InlineData("linux/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/aarch64", "linux/arm64", true)]
    [InlineData("linux/amd64", "linux/arm64", false)]
    [InlineData("linux/amd64", "", true)]
    [InlineData("", "linux/arm64", true)]
    public void An_image_is_of_a_platform(string own, string asked, bool expected) => Assert.Equal(expected, new RoomImage("sdk", "sha256:00") { Platform = own }.IsOf(asked));

    private string Client(string name, string script)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\necho \"$*\" >> '{path}.log'\n{script}");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private string[] Called(string name) => File.ReadAllLines(Path.Combine(_folder, name + ".log"));
}
