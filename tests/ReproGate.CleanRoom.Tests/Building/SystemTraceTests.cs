using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Tests.Building;

/// <summary>What strace writes, read.</summary>
public sealed class SystemTraceTests : IDisposable
{
    private static readonly RoomSettings Room = new();
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Programs_files_and_hosts_are_read()
    {
        SystemTrace trace = Read(
            """
            17 execve("/usr/bin/python3", ["python3", "gen.py"], 0x7ffd /* 20 vars */) = 0
            17 execve("/usr/local/bin/node", ["node"], 0x7ffd /* 20 vars */) = -1 ENOENT (No such file or directory)
            18 openat(AT_FDCWD, "/opt/acme/settings.json", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
            18 openat(AT_FDCWD, "/srv/data/\303\234mlaut \"x\".txt", O_RDONLY|O_CLOEXEC) = 31
            18 openat(AT_FDCWD, "/opt/acme", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = 3
            18 connect(45, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("93.184.216.34")}, 16) = -1 ENETUNREACH (Network is unreachable)
            18 connect(46, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2606:2800::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH (Network is unreachable)
            18 connect(46, {sa_family=AF_INET, sin_port=htons(5000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
            18 connect(46, {sa_family=AF_UNIX, sun_path="/tmp/dotnet-diagnostic"}, 110) = 0
            """);

        Assert.Equal(["/usr/bin/python3"], trace.Programs);
        Assert.Equal([("/opt/acme/settings.json", false), ("/srv/data/Ümlaut \"x\".txt", true)], trace.Files.OrderBy(static file => file.Key, StringComparer.Ordinal).Select(static file => (file.Key, file.Value)));
        Assert.Equal(["93.184.216.34:443", "[2606:2800::1]:443"], trace.Addresses.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_call_that_another_process_interrupted_is_put_together()
    {
        SystemTrace trace = Read(
            """
            17 openat(AT_FDCWD, "/opt/one", O_RDONLY <unfinished ...>
            18 openat(AT_FDCWD, "/opt/two", O_RDONLY <unfinished ...>
            17 <... openat resumed>) = 3
            18 <... openat resumed>) = -1 ENOENT (No such file or directory)
            19 <... openat resumed>) = 3
            """);

        Assert.Equal([("/opt/one", true), ("/opt/two", false)], trace.Files.OrderBy(static file => file.Key, StringComparer.Ordinal).Select(static file => (file.Key, file.Value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17 +++ exited with 0 +++")]
    [InlineData("17 openat(AT_FDCWD, \"/opt/cut off\"..., O_RDONLY) = 3")]
    [InlineData("17 openat(AT_FDCWD, \"/opt/half")]
    [InlineData("17 openat(3, \"relative\", O_RDONLY) = 3")]
    [InlineData("execve(\"/opt/x\", [], 0x0) = 0")]
    [InlineData("17 execve(0x7ffd, 0x7ffd, 0x7ffd) = -1 EFAULT (Bad address)")]
    public void What_says_nothing_is_passed_over(string line)
    {
        SystemTrace trace = Read(line);

        Assert.Empty(trace.Programs);
        Assert.Empty(trace.Files);
        Assert.Empty(trace.Addresses);
    }

    [Theory]
    [InlineData("/opt/acme/a.json", true)]
    [InlineData("/home/me/a.json", true)]
    [InlineData("/var/acme/a.json", true)]
    [InlineData("/room/src/a.json", false)]
    [InlineData("/room/home/.gitconfig", false)]
    [InlineData("/room-packages/x/1.0.0/x.dll", false)]
    [InlineData("/usr/share/zoneinfo/UTC", false)]
    [InlineData("/etc/ssl/openssl.cnf", false)]
    [InlineData("/var/lib/dbus/machine-id", false)]
    [InlineData("/.dockerenv", false)]
    public void Outside_is_what_neither_repository_packages_nor_system_hold(string path, bool outside) => Assert.Equal(outside, TracedInputs.IsOutside(path, Room));

    [Fact]
    public void What_the_repository_names_is_told_where_it_names_it()
    {
        string[] files =
        [
            Write("App/App.csproj", "<Project>\n  <Target Name=\"T\">\n    <Exec Command=\"cat list.txt | python3 gen.py\" />\n    <Copy SourceFiles=\"/opt/acme/data.txt\" />\n  </Target>\n</Project>\n"),
            Write("App/Program.cs", "// node is named here, and runs nothing\n"),
        ];
        var trace = new SystemTrace(
            new HashSet<string> { "/usr/bin/python3", "/usr/bin/node", "/usr/bin/python", "/bin/cat", "/usr/share/dotnet/dotnet", "/usr/share/dotnet/sdk/10.0.1/apphost", "/room/src/tool", "/usr/bin/strace" },
            new Dictionary<string, bool> { ["/opt/acme/data.txt"] = true, ["/opt/acme/none"] = false },
            new HashSet<string> { "93.184.216.34:443" });

        ImmutableArray<UndeclaredInput> found = TracedInputs.Of(trace, null, Room, "/usr/share/dotnet", _root, Path.Combine(_root, "All.slnx"), files.ToFrozenSet());

        Assert.Equal(
            [
                (MissingInput.Program, "python3", "App/App.csproj", 3, true),
                (MissingInput.File, "/opt/acme/data.txt", "App/App.csproj", 4, true),
                (MissingInput.File, "/opt/acme/none", "All.slnx", 0, false),
                (MissingInput.Network, "93.184.216.34:443", "All.slnx", 0, false),
            ],
            found.Select(input => (input.Kind, input.Name, Path.GetRelativePath(_root, input.Location.File).Replace('\\', '/'), input.Location.Line, input.IsThere)));
    }

    private static SystemTrace Read(string text) => SystemTrace.Parse(text.Split('\n').Select(static line => line.TrimEnd('\r')), static path => TracedInputs.IsOutside(path, Room));

    private string Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return path;
    }
}
