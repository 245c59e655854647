using System.Collections.Frozen;
using System.Formats.Tar;
using System.Text;
using ReproGate.CleanRoom.Building;

namespace ReproGate.CleanRoom.Tests.Building;

/// <summary>An archive from a room is hostile until proved otherwise.</summary>
public sealed class RoomOutputsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-outputs-").FullName;

    [Theory]
    [InlineData("App/bin/Release/net10.0/App.dll", true)]
    [InlineData("artifacts/package/a.nupkg", true)]
    [InlineData("objects/a.txt", true)]
    [InlineData("App/obj/project.assets.json", false)]
    [InlineData(".git/HEAD", false)]
    [InlineData("App/TestResults/a.trx", false)]
    [InlineData("a.binlog", false)]
    [InlineData("Web/bin/Web.staticwebassets.runtime.json", false)]
    [InlineData("Web/bin/Web.staticwebassets.endpoints.json", true)]
    [InlineData("T/bin/Release/net10.0/.msCoverageSourceRootsMapping_T", false)]
    [InlineData("T/bin/Release/net10.0/CoverletSourceRootsMapping_T", false)]
    [InlineData("T/bin/Release/net10.0/MvcTestingAppManifest.json", false)]
    public void Outputs_are_what_ships(string path, bool output) => Assert.Equal(output, RoomOutputs.IsOutput(path));

    [Fact]
    public async Task What_git_holds_is_left_out_and_the_rest_written()
    {
        OutputCount count = await ReadAsync(Archive(("src/App/A.cs", "x", null), ("src/App/bin/App.dll", "dll", null), ("src/App/obj/a.txt", "x", null)), "App/A.cs");

        Assert.Equal((1, 0), (count.Files, count.Refused));
        Assert.Equal("dll", await File.ReadAllTextAsync(Path.Combine(_root, "out", "App", "bin", "App.dll")));
    }

    [Fact]
    public async Task Nothing_is_written_outside()
    {
        OutputCount count = await ReadAsync(Archive(
            ("src/../../evil.txt", "x", null),
            ("/etc/evil.txt", "x", null),
            ("src/link", "", "/"),
            ("src/link/tmp/evil-through-link.txt", "x", null),
            ("src/up", "", ".."),
            ("src/up/evil2.txt", "x", null),
            ("src/good.txt", "good", null)));

        Assert.True(count.Refused >= 1);
        Assert.False(File.Exists(Path.Combine(_root, "evil.txt")) || File.Exists(Path.Combine(_root, "evil2.txt")) || File.Exists("/tmp/evil-through-link.txt") || File.Exists("/etc/evil.txt"));
        Assert.Equal("good", await File.ReadAllTextAsync(Path.Combine(_root, "out", "good.txt")));
        // Something lies below the name of the link, so the link is not made.
        Assert.Null(new DirectoryInfo(Path.Combine(_root, "out", "link")).LinkTarget);
    }

    [Fact]
    public async Task A_link_stays_a_link()
    {
        await ReadAsync(Archive(("src/bin/lib.so", "", "lib.so.1"), ("src/bin/lib.so.1", "x", null)));

        Assert.Equal("lib.so.1", new FileInfo(Path.Combine(_root, "out", "bin", "lib.so")).LinkTarget);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Task<OutputCount> ReadAsync(Stream archive, params string[] tracked) => RoomOutputs.ReadAsync(archive, tracked.ToFrozenSet(StringComparer.Ordinal), Path.Combine(_root, "out"), CancellationToken.None);

    private static MemoryStream Archive(params (string Name, string Content, string? Link)[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, string content, string? link) in entries)
            {
                var entry = new PaxTarEntry(link is null ? TarEntryType.RegularFile : TarEntryType.SymbolicLink, name);
                if (link is null)
                {
                    entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                }
                else
                {
                    entry.LinkName = link;
                }

                writer.WriteEntry(entry);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
