using ReproGate.CleanRoom.Building;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Building;

public sealed class HostBuildTests
{
    [Fact]
    public async Task The_copy_has_what_the_work_tree_has_and_follows_no_link()
    {
        using TestRepository repository = TestRepository.Create("hôst build", privatePackages: false, gate: false)
            .Write(".gitignore", "bin/\nobj/\n*.Local.cs\n").Write("App/App.cs", "class App;");
        // Two links to the folder they lie in: whoever follows them never ends.
        Directory.CreateSymbolicLink(repository.PathOf("App/here"), ".");
        Directory.CreateSymbolicLink(repository.PathOf("App/again"), ".");
        File.CreateSymbolicLink(repository.PathOf("App/gone"), "nowhere/at/all");
        repository.Commit();
        string outside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(repository.Root)!, "outside")).FullName;
        repository.Write("App/Own.Local.cs", "ignored").Write("App/new.txt", "untracked").Write("App/obj/project.assets.json", "{}").Write("App/bin/App.dll", "old");
        Directory.CreateSymbolicLink(repository.PathOf("App/out"), outside);
        string work = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(repository.Root)!, "work")).FullName;
        Snapshot snapshot = await SnapshotTaker.TakeAsync(repository.Root, Path.Combine(work, "src"), CancellationToken.None);
        string target = Path.Combine(work, "host", "src");

        Assert.Null(await HostBuild.CopyAsync(repository.Root, snapshot, target, Path.Combine(work, "host"), CancellationToken.None));

        string[] copied = [.. new DirectoryInfo(Path.Combine(target, "App")).EnumerateFileSystemInfos().Select(static entry => entry.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["App.cs", "Own.Local.cs", "again", "gone", "here", "new.txt", "out"], copied);
        Assert.Equal(".", new DirectoryInfo(Path.Combine(target, "App", "here")).LinkTarget);
        Assert.True(Directory.Exists(Path.Combine(target, ".git")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("App/Own.cs", true)]
    [InlineData("node_modules/a/index.js", true)]
    [InlineData("App/obj/project.assets.json", false)]
    [InlineData("App/Bin/Debug/App.dll", false)]
    [InlineData("msbuild.binlog", false)]
    public void What_a_build_left_does_not_come_along(string path, bool taken) => Assert.Equal(taken, HostBuild.IsTaken(path));
}
