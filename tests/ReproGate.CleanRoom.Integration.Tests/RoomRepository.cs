using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>Repositories whose clean room uses the image of these tests.</summary>
internal static class RoomRepository
{
    /// <summary>A repository whose Directory.Build.props names the image and whose reprogate.lock.json pins it.</summary>
    public static TestRepository Create(string name = "repo", string properties = "", bool pinned = true)
    {
        TestRepository repo = TestRepository.Create(name, privatePackages: false);
        repo.Write("Directory.Build.props", $"""
            <Project>
              <Sdk Name="ReproGate.Sdk" Version="{TestEnvironment.SdkVersion}" />
              <PropertyGroup>
                <ReproGateCleanRoomImage>{TestEngine.Image}</ReproGateCleanRoomImage>
                {properties}
              </PropertyGroup>
            </Project>

            """);
        if (pinned)
        {
            repo.Replace("reprogate.lock.json", "\"version\": 1,", $$"""
                "version": 1,
                  "images": {
                    "{{TestEngine.Image}}": { "digest": "{{TestEngine.ImageId}}" }
                  },
                """);
        }

        return repo;
    }

    /// <summary>The built tool; the integration tests, which are built first, build it.</summary>
    public static string Tool { get; } = Path.Combine(TestEnvironment.SourceRoot, "src", "ReproGate.Cli", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!), "net10.0", "reprogate.dll");

    /// <summary>Runs the tool in the repository's root.</summary>
    public static ProcessResult Reprogate(TestRepository repo, params string[] arguments) => repo.Run("dotnet", [Tool, .. arguments]);

    /// <summary>The run's report.</summary>
    public static JsonDocument Report(TestRepository repo) => JsonDocument.Parse(File.ReadAllText(repo.PathOf("obj/reprogate/cleanroom/cleanroom.json")));

    /// <summary>Every report lies where the run says, speaks of the outputs of the build, and of nothing of this machine.</summary>
    public static void AssertReports(TestRepository repo, ProcessResult result)
    {
        string folder = repo.PathOf("obj/reprogate/cleanroom");
        Assert.Contains($"clean room: reports in {folder}", result.Output, StringComparison.Ordinal);
        string[] names = ["cleanroom.html", "provenance.intoto.json", "bom.cdx.json", "outputs.sha256", "repeat.sh", "cleanroom.json"];
        string[] texts = [.. names.Select(name => File.ReadAllText(Path.Combine(folder, name)))];
        Assert.All(texts, text => Assert.DoesNotContain(repo.Root.TrimEnd('/'), text, StringComparison.Ordinal));
        Assert.All(texts[1..5], static text => Assert.Contains(".dll", text, StringComparison.Ordinal));
    }

    /// <summary>No container is left behind its run; one whose maker still works is another run's. Packages stay in a volume for the next run.</summary>
    public static void AssertNothingLeft() => Assert.DoesNotContain(
        TestEngine.Docker("ps", "--all", "--filter", "label=reprogate.room", "--format", "{{.ID}} {{.Label \"reprogate.room\"}}").Split('\n', StringSplitOptions.RemoveEmptyEntries),
        // The label is machine, process and when that began.
        static room => !Directory.Exists($"/proc/{room.Split('.')[1]}"));
}
