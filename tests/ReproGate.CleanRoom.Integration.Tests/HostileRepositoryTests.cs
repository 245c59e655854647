using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>A repository whose build means harm: what it tries comes to nothing outside the room, and is told.</summary>
// One after the other: each asks the engine whether anything of its own is left.
[Collection("engine")]
public sealed class HostileRepositoryTests
{
    private const string Secret = "canary-5d0f-secret";

    [Fact]
    public void What_a_build_tries_outside_the_room_is_refused()
    {
        using TestRepository repo = Create("");
        repo.Environment["ACME_TOKEN"] = Secret;
        repo.Write("App/attack.sh", $"""
            try() (name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name=done"; else echo "$name=refused"; fi)
            try socket sh -c 'test -S /var/run/docker.sock || test -S /run/podman/podman.sock || test -S /run/containerd/containerd.sock'
            try network bash -c 'exec 3<>/dev/tcp/192.0.2.1/53'
            try address bash -c 'exec 3<>/dev/tcp/172.17.0.1/22'
            try tree test -e '{repo.Root}'
            try secret sh -c 'env | grep -q {Secret}'
            try packages sh -c 'echo x > /room-packages/x'
            try program touch /usr/bin/x
            try users sh -c 'echo x:x:0:0::/:/bin/sh >> /etc/passwd'
            try mount mount -t tmpfs none /mnt
            try device mknod /tmp/disk b 252 0
            try name sh -c 'echo x > /proc/sys/kernel/hostname'
            """.ReplaceLineEndings("\n")).Write("App/Directory.Build.targets", """
            <Project>
              <Target Name="Attack" AfterTargets="CoreCompile">
                <Exec Command="sh attack.sh" ConsoleToMSBuild="true">
                  <Output TaskParameter="ConsoleOutput" PropertyName="Attempts" />
                </Exec>
                <Error Code="ATTACK" Text="$(Attempts)" />
              </Target>
            </Project>
            """).Commit();

        ProcessResult result = repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom");

        Diagnostic told = result.AssertOnlyRed("RGATE4104", repo.PathOf("App/Directory.Build.targets"), 6);
        foreach (string attempt in (string[])["socket", "network", "address", "tree", "secret", "packages", "program", "users", "mount", "device", "name"])
        {
            Assert.Contains($"{attempt}=refused", told.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secret, result.Output, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(repo.PathOf("obj/reprogate/cleanroom")), static file => Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal));
        RoomRepository.AssertNothingLeft();

        // Outputs that lead outside: links are taken as links and read by nobody.
        repo.Write("App/attack.sh", "mkdir -p bin\nln -s /etc/passwd bin/passwd\nln -s ../../../../../../etc bin/up\nln -s loop bin/loop\nmkdir -p \"bin/a b\"\necho x > 'bin/a b/back\\slash'\n")
            .Replace("App/Directory.Build.targets", "    <Error Code=\"ATTACK\" Text=\"$(Attempts)\" />\n", "").Commit();
        repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").AssertGreen();
        string hashes = File.ReadAllText(repo.PathOf("obj/reprogate/cleanroom/outputs.sha256"));
        Assert.Contains("App.dll", hashes, StringComparison.Ordinal);
        Assert.DoesNotContain("passwd", hashes, StringComparison.Ordinal);
        Assert.DoesNotContain("/up", hashes, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_build_takes_too_much_of_is_taken_from_the_room_alone()
    {
        using TestRepository repo = Create("<ReproGateCleanRoomDisk>1</ReproGateCleanRoomDisk><ReproGateCleanRoomEngineArguments>--pids-limit 250</ReproGateCleanRoomEngineArguments>");
        repo.Write("App/Directory.Build.targets", "<Project>\n  <Target Name=\"Fill\" AfterTargets=\"CoreCompile\">\n    <Exec Command=\"fallocate -l 3G filler.bin &amp;&amp; sleep 120\" />\n  </Target>\n</Project>\n").Commit();
        Diagnostic disk = Assert.Single(repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").WithCode("RGATE4104"));
        Assert.Contains("wrote more than the room may hold", disk.Text, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();

        repo.Write("App/Directory.Build.targets", "<Project>\n  <Target Name=\"Bomb\" AfterTargets=\"CoreCompile\">\n    <Exec Command=\"sh bomb.sh\" />\n  </Target>\n</Project>\n")
            .Write("App/bomb.sh", "i=0\nwhile [ $i -lt 400 ]; do\n  sleep 3 &\n  i=$((i+1))\ndone\n").Commit();
        Diagnostic processes = Assert.Single(repo.Dotnet("msbuild", "App/App.csproj", "-t:CleanRoom").WithCode("RGATE4104"));
        Assert.Contains("more processes than the room may have", processes.Text, StringComparison.Ordinal);
        RoomRepository.AssertNothingLeft();
    }

    private static TestRepository Create(string properties)
    {
        TestRepository repo = RoomRepository.Create(properties: $"<ReproGateCleanRoomRebuild>false</ReproGateCleanRoomRebuild><ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled><ReproGateMachineEnabled>false</ReproGateMachineEnabled>{properties}");
        repo.Project("App/App.csproj").Write("App/Program.cs", "namespace App;\n\npublic static class Program\n{\n    public static int Run() => 1;\n}\n").Lock("App/App.csproj");
        return repo;
    }
}
