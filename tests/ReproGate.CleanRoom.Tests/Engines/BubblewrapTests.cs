using System.Collections.Immutable;
using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Engines;

/// <summary>What the weaker room is made with, and what is said where it cannot be made.</summary>
public sealed class BubblewrapTests
{
    private static readonly BubblewrapSystem System = new()
    {
        Name = "Debian GNU/Linux 12 (bookworm)",
        Dotnet = "/usr/share/dotnet",
        Sdks = ["10.0.401"],
        TopLevel = [("/bin", "usr/bin"), ("/lib", "")],
        Etc = ["/etc/ld.so.cache"],
        HasLocal = true,
    };

    [Fact]
    public void A_room_has_everything_of_its_own_and_only_the_systems_folders_of_the_machine()
    {
        ImmutableArray<string> arguments = [.. BubblewrapArguments.Base(System, hasDisableUserns: true, 4711, "room-one"), .. BubblewrapArguments.Of(new BubblewrapFolders("/run-of-7/rooms/1", "/run-of-7/rooms/packages"), new RoomSettings(), ["--ro-bind", "/opt/tool", "/opt/tool"], "/room/src")];
        string line = string.Join(' ', arguments) + " ";

        Assert.All((string[])["--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop ALL", "--disable-userns", "--uid 4711", "--gid 4711", "--hostname room-one"], wanted => Assert.Contains($"{wanted} ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("--share-net", line, StringComparison.Ordinal);
        // Only the room's own folders can be written, and the root is closed behind the last of them.
        Assert.Equal(["/run-of-7/rooms/1/room /room", "/run-of-7/rooms/1/tmp /tmp"], Pairs("--bind"));
        Assert.Equal(["/usr /usr", "/lib /lib", "/proc/sys /proc/sys", "/etc/ld.so.cache /etc/ld.so.cache", .. BubblewrapArguments.OwnEtc.Select(static name => $"/run-of-7/rooms/1/etc/{name} /etc/{name}"), "/run-of-7/rooms/packages /room-packages", "/opt/tool /opt/tool"], Pairs("--ro-bind"));
        Assert.Equal(["usr/bin /bin"], Pairs("--symlink"));
        Assert.EndsWith("--remount-ro / --chdir /room/src -- ", line, StringComparison.Ordinal);
        Assert.True(line.IndexOf("--tmpfs /usr/local --remount-ro /usr/local", StringComparison.Ordinal) > line.IndexOf("--ro-bind /usr /usr", StringComparison.Ordinal), line);
        Assert.True(line.IndexOf("--ro-bind /proc/sys", StringComparison.Ordinal) > line.IndexOf("--proc /proc", StringComparison.Ordinal), line);

        string[] Pairs(string option) => [.. Enumerable.Range(0, arguments.Length).Where(at => arguments[at] == option).Select(at => $"{arguments[at + 1]} {arguments[at + 2]}")];
    }

    [Fact]
    public void Variations_reach_the_arguments_and_an_older_bubblewrap_gets_no_option_it_does_not_know()
    {
        RoomSettings varied = Variation.All.Aggregate(new RoomSettings(), static (room, variation) => variation.Apply(room));
        string line = string.Join(' ', [.. BubblewrapArguments.Base(System with { HasLocal = false }, hasDisableUserns: false, varied.UserId, varied.HostName), .. BubblewrapArguments.Of(new BubblewrapFolders("/w/1", "/w/packages"), varied, [], varied.SourcePath)]);

        Assert.Contains("--uid 4242 --gid 4242 --hostname another-host-2", line, StringComparison.Ordinal);
        Assert.Contains("--ro-bind /w/packages /opt/more/packages", line, StringComparison.Ordinal);
        Assert.DoesNotContain("--disable-userns", line, StringComparison.Ordinal);
        Assert.DoesNotContain("/usr/local", line, StringComparison.Ordinal);
        Assert.Contains($"--chdir {varied.SourcePath} --", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/share/dotnet", "/usr/share/dotnet")]
    [InlineData("/usr/lib/dotnet", "/usr/lib/dotnet")]
    // What a room does not show is put elsewhere, without the user's name.
    [InlineData("/usr/local/share/dotnet", "/opt/dotnet")]
    [InlineData("/home/ann/.dotnet", "/opt/dotnet")]
    public void The_sdk_lies_where_the_room_shows_it(string here, string room)
    {
        BubblewrapSystem system = System with { Dotnet = here };

        Assert.Equal(room, system.DotnetInRoom);
        Assert.Equal(here != room, BubblewrapArguments.Base(system, true, 1, "h").Contains(room));
        Assert.Equal($"Debian GNU/Linux 12 (bookworm), .NET SDK 10.0.401 in {here}", system.Description);
    }

    [Theory]
    [InlineData("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian", "Debian GNU/Linux 12 (bookworm)")]
    [InlineData("NAME='Alpine Linux'\nVERSION_ID=3.22", "Alpine Linux 3.22")]
    [InlineData("", "Linux of unknown version")]
    [InlineData("PRETTY_NAME=\nNAME=Arch", "Arch of unknown version")]
    public void The_system_is_called_what_os_release_says(string text, string name) => Assert.Equal(name, BubblewrapSystem.NameOf(text.Split('\n')));

    [Theory]
    [InlineData("bubblewrap", true)]
    [InlineData("bwrap", true)]
    [InlineData("/opt/bin/bwrap", true)]
    [InlineData("auto", false)]
    [InlineData("", false)]
    [InlineData("docker", false)]
    [InlineData("/usr/bin/podman", false)]
    public void Only_by_its_name_it_is_meant(string choice, bool meant) => Assert.Equal(meant, BubblewrapEngine.IsMeant(choice));

    [Theory]
    [InlineData("0", "10", "", false, "setting up uid map: Permission denied", "sysctl kernel.unprivileged_userns_clone=1")]
    [InlineData("1", "0", "", false, "No space left on device", "sysctl user.max_user_namespaces=")]
    [InlineData("", "10", "1", false, "setting up uid map: Permission denied", "/etc/apparmor.d/bwrap")]
    [InlineData("", "10", "0", true, "Can't mount proc on /newroot/proc: Operation not permitted", "--security-opt systempaths=unconfined")]
    [InlineData("", "10", "0", true, "bwrap: Unknown option --cgroups=disabled", "ReproGateCleanRoomEngineArguments")]
    [InlineData("", "10", "0", false, "Creating new namespace failed", "bwrap --unshare-all")]
    public void What_stands_in_the_way_is_named_with_what_takes_it_away(string clone, string most, string restricts, bool inContainer, string said, string mend)
    {
        EngineAttempt attempt = new BubblewrapProbe(clone, most, restricts, inContainer).Refused("bwrap", said);

        Assert.Equal(("bwrap", said), (attempt.Command, attempt.Outcome));
        Assert.Contains(mend, attempt.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_with_its_package()
    {
        FoundEngine found = await RoomEngines.FindAsync("/nowhere/bwrap", "", "", "/nowhere", "", "", CancellationToken.None);

        EngineAttempt attempt = Assert.Single(found.Tried);
        Assert.Null(found.Engine);
        Assert.Equal("/nowhere/bwrap", attempt.Command);
        Assert.Contains(OperatingSystem.IsLinux() ? "bubblewrap" : "ReproGateCleanRoomEngine", attempt.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-3", 1, "0")]
    [InlineData("0-3,8", 5, "0,1,2,3,8")]
    [InlineData("5,7-9", 2, "5,7")]
    [InlineData("", 1, "")]
    public void The_first_processors_of_those_allowed_are_used(string list, int count, string first) => Assert.Equal(first, BubblewrapRoom.FirstOf(list, count));

    [Fact]
    public void Limits_that_the_system_has_no_program_for_are_left_out()
    {
        Assert.Empty(BubblewrapRoom.Limiters(new RoomSettings { Processors = 1 }, new RoomLimits(), static _ => false));
        Assert.Equal("/usr/bin/prlimit --nproc=99:99 --core=0:0 --", string.Join(' ', BubblewrapRoom.Limiters(new RoomSettings(), new RoomLimits { Processes = 99 }, static _ => true)));
        // Neither the address space nor the size of files: .NET does not start where they are limited.
        Assert.DoesNotContain(BubblewrapRoom.Limiters(new RoomSettings(), new RoomLimits(), static _ => true), static argument => argument.Contains("--as", StringComparison.Ordinal) || argument.Contains("--fsize", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_is_removed_though_a_build_took_the_right_to()
    {
        string folder = Directory.CreateTempSubdirectory("reprogate-test-").FullName, inner = Path.Combine(folder, "a", "b");
        Directory.CreateDirectory(inner);
        File.WriteAllText(Path.Combine(inner, "c"), "");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(inner, "up"), "/");
            File.SetUnixFileMode(inner, UnixFileMode.UserRead);
        }

        WorkFolder.Remove(folder);

        Assert.False(Directory.Exists(folder));
    }
}
