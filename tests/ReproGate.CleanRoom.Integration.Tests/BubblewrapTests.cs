using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>The weaker room that bubblewrap makes, through the packed package: what is told in it, what it says of itself, and what a build cannot reach from it.</summary>
[Collection("engine")]
public sealed class BubblewrapTests
{
    private const string Secret = "canary-7c1e-secret";
    private const string Weaker = "system calls are not filtered";
    private const string Program = "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n";

    [Fact]
    public void A_healthy_repository_passes_with_the_note_in_every_report_and_reaches_nothing_of_the_machine()
    {
        using TestRepository repo = Create();
        repo.Environment["ACME_TOKEN"] = Secret;
        string planted = Path.Combine(Path.GetTempPath(), $"reprogate-planted-{Guid.NewGuid():N}");
        File.WriteAllText(planted, Secret);
        try
        {
            repo.Project("App/App.csproj").Write("App/Program.cs", Program)
                .Write("App/Directory.Build.targets", "<Project>\n  <Target Name=\"Look\" AfterTargets=\"CoreCompile\">\n    <Exec Command=\"sh look.sh\" ConsoleToMSBuild=\"true\" StandardOutputImportance=\"high\">\n      <Output TaskParameter=\"ConsoleOutput\" PropertyName=\"Seen\" />\n    </Exec>\n    <Error Code=\"LOOK\" Text=\"$(Seen)\" Condition=\"'$(Seen)' != ''\" />\n  </Target>\n</Project>\n")
                // Each line speaks only where the room lets something through. Of what must not be written only the right is asked.
                .Write("App/look.sh", $"""
                    grep -aqs 7c1e-secret /proc/*/environ && echo variables of another process
                    env | grep -q 7c1e-secret && echo variables
                    [ -e {planted} ] && echo a file of this machine
                    [ -e {repo.Root.TrimEnd('/')} ] && echo the work tree
                    ls -d /home /root /mnt /srv /media /opt/acme /sys /var/lib /etc/shadow /etc/machine-id /etc/ssl/private 2>/dev/null
                    ls /usr/local 2>/dev/null
                    for place in / /etc /usr /usr/bin /proc/sys/kernel/core_pattern /proc/sysrq-trigger "$NUGET_PACKAGES"; do [ -w $place ] && echo "may write $place"; done
                    [ "$(cat /proc/1/comm)" = bwrap ] || echo processes of this machine
                    grep -q "^CapBnd:.0*$" /proc/self/status || echo capabilities
                    [ "$(grep -c : /proc/net/dev)" = 1 ] || echo a network
                    grep -q 127.0.0.1 /proc/net/fib_trie || echo no loopback
                    [ "$(id -un)" = "$USER" ] && [ "$(uname -n)" = "$HOSTNAME" ] || echo "$(id -un) on $(uname -n)"
                    [ -w . ] && [ -w "$HOME" ] && [ -w "$TMPDIR" ] || echo no place to write
                    exit 0

                    """)
                .Lock("App/App.csproj");

            ProcessResult result = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-v:q");

            result.AssertGreen();
            // Told even where nothing but warnings is.
            Assert.Contains("App/App.csproj : warning : clean room: the room of bubblewrap ", result.Output, StringComparison.Ordinal);
            Assert.Contains(Weaker, result.Output, StringComparison.Ordinal);
            string folder = repo.PathOf("obj/reprogate/cleanroom");
            foreach (string name in (string[])["cleanroom.html", "cleanroom.json", "reprogate.sarif", "provenance.intoto.json", "bom.cdx.json", "repeat.sh"])
            {
                string text = File.ReadAllText(Path.Combine(folder, name));
                Assert.True(text.Contains(Weaker, StringComparison.Ordinal), name);
                Assert.DoesNotContain(repo.Root.TrimEnd('/'), text, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            }

            using JsonDocument report = RoomRepository.Report(repo);
            JsonElement root = report.RootElement;
            Assert.Equal((true, true, ""), (root.GetProperty("whole").GetBoolean(), root.GetProperty("weakerRoom").GetBoolean(), root.GetProperty("image").GetString()));
            Assert.StartsWith("bubblewrap ", root.GetProperty("engine").GetString(), StringComparison.Ordinal);
            Assert.Contains(".NET SDK ", root.GetProperty("system").GetString(), StringComparison.Ordinal);
            Assert.Equal((2, 0), (root.GetProperty("builds").GetInt32(), root.GetProperty("comparison").GetProperty("differences").GetArrayLength()));
            AssertNothingLeft();
        }
        finally
        {
            File.Delete(planted);
        }
    }

    [Fact]
    public void What_only_this_machine_gives_is_told_where_it_is_asked_for()
    {
        using TestRepository repo = Create("<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest>");
        repo.Environment["ACME_LEVEL"] = Secret;
        string planted = Path.Combine(Path.GetTempPath(), $"reprogate-planted-{Guid.NewGuid():N}.txt");
        File.WriteAllText(planted, "here");
        try
        {
            Faulty("Download", "<DownloadFile SourceUrl=\"https://example.invalid/a.txt\" DestinationFolder=\"$(IntermediateOutputPath)\" Retries=\"0\" />");
            Faulty("Level", "<Error Code=\"LVL01\" Text=\"no level\" Condition=\"'$(ACME_LEVEL)' == ''\" />");
            Faulty("Outside", $"<Copy SourceFiles=\"{planted}\" DestinationFolder=\"$(IntermediateOutputPath)\" />");
            Faulty("Tool", "<Exec Command=\"machine-own-tool --version\" />");
            // A near miss: what the distribution brings is there, which the note says.
            Faulty("Whole", "<Exec Command=\"git --version\" />");
            repo.Solution("All.slnx", "Download/Download.csproj", "Level/Level.csproj", "Outside/Outside.csproj", "Tool/Tool.csproj", "Whole/Whole.csproj").Lock("All.slnx");

            ProcessResult result = repo.Dotnet("msbuild", "All.slnx", "-t:CleanRoom");

            Diagnostic[] told = [.. result.Findings.OrderBy(static finding => finding.File, StringComparer.Ordinal)];
            Assert.True(told.Length == 4, result.Describe());
            Expect(told[0], "Download/Download.csproj", "the room has none");
            Expect(told[1], "Level/Level.csproj", "$(ACME_LEVEL) has no value in the room");
            Expect(told[2], "Outside/Outside.csproj", planted);
            Expect(told[3], "Tool/Tool.csproj", "runs machine-own-tool, which the room does not hold");
            Assert.DoesNotContain(Secret, result.Output, StringComparison.Ordinal);
            AssertNothingLeft();
        }
        finally
        {
            File.Delete(planted);
        }

        void Faulty(string name, string step) => repo.Write($"{name}/{name}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n  </PropertyGroup>\n  <Target Name=\"Own\" BeforeTargets=\"CoreCompile\">\n    {step}\n  </Target>\n</Project>\n").Write($"{name}/Thing.cs", $"namespace {name};\n\ninternal static class Thing;\n");

        void Expect(Diagnostic finding, string file, string text)
        {
            Assert.Equal((true, "RGATE4104", repo.PathOf(file), 6), (finding.IsError, finding.Code, finding.File, finding.Line));
            Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_differs_and_what_was_read_is_told_with_cause_and_place_and_by_the_tool_with_the_note()
    {
        using TestRepository repo = Create("<ReproGateCleanRoomTest>false</ReproGateCleanRoomTest>");
        repo.Environment["ACME_LEVEL"] = Secret;
        repo.Project("App/App.csproj").Write("App/Program.cs", Program)
            .Write("App/Own.props", "<Project>\n  <PropertyGroup>\n    <HasLevel Condition=\"'$(ACME_LEVEL)' != ''\">true</HasLevel>\n    <From>$(HOME)/x</From>\n  </PropertyGroup>\n</Project>\n")
            .Replace("App/App.csproj", "<PropertyGroup>", "<Import Project=\"Own.props\" />\n  <PropertyGroup>")
            .Write("App/Directory.Build.targets", "<Project>\n  <Target Name=\"Note\" AfterTargets=\"Build\">\n    <Exec Command=\"uname -n &gt; $(OutDir)host.txt\" />\n    <Exec Command=\"nproc &gt; $(OutDir)processors.txt\" />\n  </Target>\n</Project>\n")
            .Lock("App/App.csproj");

        ProcessResult result = RoomRepository.Reprogate(repo, "cleanroom", "App/App.csproj");

        Assert.True(result.ExitCode == 1, result.Describe());
        Assert.Contains(Weaker, result.Output, StringComparison.Ordinal);
        Assert.Contains("The room was weaker than a container", result.Output, StringComparison.Ordinal);
        Assert.Equal(
        [
            ("RGATE4110", "App/Own.props", 4),
            ("RGATE4201", "App/Directory.Build.targets", 3),
            .. Environment.ProcessorCount > 1 ? [("RGATE4201", "App/Directory.Build.targets", 4)] : Array.Empty<(string, string, int)>(),
        ], result.Findings.Select(static finding => (finding.Code, finding.File, finding.Line)).Distinct().Order());
        using JsonDocument report = RoomRepository.Report(repo);
        JsonElement host = report.RootElement.GetProperty("comparison").GetProperty("differences").EnumerateArray().Single(static output => output.GetProperty("path").GetString()!.EndsWith("/host.txt", StringComparison.Ordinal));
        Assert.Equal("hostName", host.GetProperty("cause").GetProperty("class").GetString());
        Assert.DoesNotContain(Secret, result.Output, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public void Without_bubblewrap_it_says_what_was_tried_and_what_brings_it()
    {
        using TestRepository repo = Create();
        repo.Project("App/App.csproj").Write("App/Program.cs", Program).Lock("App/App.csproj");

        Diagnostic missing = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomEngine=/nowhere/bwrap").AssertOnlyRed("RGATE4101", repo.PathOf("App/App.csproj"));
        Assert.Contains("/nowhere/bwrap: ", missing.Text, StringComparison.Ordinal);
        Assert.Contains("the package is called bubblewrap", missing.Text, StringComparison.Ordinal);

        // There, and refused: what it says itself is told.
        Diagnostic refused = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom", "-p:ReproGateCleanRoomEngineArguments=--no-such-option").AssertOnlyRed("RGATE4101", repo.PathOf("App/App.csproj"));
        Assert.Contains("--no-such-option", refused.Text, StringComparison.Ordinal);
    }

    private static TestRepository Create(string properties = "")
    {
        Assert.StartsWith("weaker room: bubblewrap ", TestEngine.Bubblewrap, StringComparison.Ordinal);
        TestRepository repo = TestRepository.Create("repo", privatePackages: false);
        return repo.Write("Directory.Build.props", $"""
            <Project>
              <Sdk Name="ReproGate.Sdk" Version="{TestEnvironment.SdkVersion}" />
              <PropertyGroup>
                <ReproGateCleanRoomEngine>bubblewrap</ReproGateCleanRoomEngine>
                <ReproGatePackagesEnabled>false</ReproGatePackagesEnabled>
                <ReproGateMachineEnabled>false</ReproGateMachineEnabled>
                {properties}
              </PropertyGroup>
            </Project>

            """);
    }

    /// <summary>No folder with rooms is left.</summary>
    private static void AssertNothingLeft() => Assert.DoesNotContain(Directory.EnumerateDirectories(Path.GetTempPath(), "reprogate-room-*"), static folder => Directory.Exists(Path.Combine(folder, "rooms")));
}
