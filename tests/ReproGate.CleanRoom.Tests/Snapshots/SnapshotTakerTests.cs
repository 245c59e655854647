using ReproGate.CleanRoom.Snapshots;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Snapshots;

/// <summary>Snapshots of real repositories by real git.</summary>
public sealed class SnapshotTakerTests
{
    [Fact]
    public async Task The_commit_is_taken_and_nothing_untracked()
    {
        using TestRepository repo = Create().Write("a.txt", "1\n").Commit().Write("untracked.cs", "x").Write("bin/ignored.txt", "x");
        string head = repo.Git("rev-parse", "HEAD").Output.Trim();

        Snapshot snapshot = await TakeAsync(repo);

        Assert.Equal((head, false, false), (snapshot.Facts.Commit, snapshot.Facts.IsModified, snapshot.Facts.IsShallow));
        Assert.Contains("a.txt", snapshot.Facts.Files);
        Assert.False(File.Exists(Path.Combine(snapshot.Directory, "untracked.cs")) || Directory.Exists(Path.Combine(snapshot.Directory, "bin")));
        Assert.False(File.Exists(Path.Combine(snapshot.Directory, ".git", "objects", "info", "alternates")));
        Assert.Equal("", repo.Run("git", ["-C", snapshot.Directory, "status", "--porcelain"]).Output.Trim());
    }

    [Fact]
    public async Task Changes_are_taken_as_they_would_be_committed_and_the_repository_stays_as_it_is()
    {
        using TestRepository repo = Create().Write("a.txt", "1\n").Write("gone.txt", "x").Commit();
        string head = repo.Git("rev-parse", "HEAD").Output.Trim();
        repo.Write("a.txt", "2\n").Write("staged.txt", "new\n");
        repo.Git("add", "staged.txt");
        File.Delete(repo.PathOf("gone.txt"));
        string status = repo.Git("status", "--porcelain").Output;

        Snapshot first = await TakeAsync(repo, "one");
        Snapshot second = await TakeAsync(repo, "two");

        Assert.True(first.Facts.IsModified);
        Assert.NotEqual(head, first.Facts.Commit);
        Assert.Equal(first.Facts.Commit, second.Facts.Commit);
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(first.Directory, "a.txt")));
        Assert.True(File.Exists(Path.Combine(first.Directory, "staged.txt")));
        Assert.False(File.Exists(Path.Combine(first.Directory, "gone.txt")));
        Assert.Equal(status, repo.Git("status", "--porcelain").Output);
        Assert.Equal(head, repo.Git("rev-parse", "HEAD").Output.Trim());
    }

    [Fact]
    public async Task Branch_tags_and_origin_come_along_without_the_password()
    {
        using TestRepository repo = Create().Write("a.txt", "1\n").Commit();
        repo.Git("tag", "v1.2.3");
        repo.Git("remote", "add", "origin", "https://me:s3cret@example.invalid/x.git");

        Snapshot snapshot = await TakeAsync(repo);

        Assert.Equal("v1.2.3", repo.Run("git", ["-C", snapshot.Directory, "describe", "--tags"]).Output.Trim());
        Assert.Equal("main", repo.Run("git", ["-C", snapshot.Directory, "branch", "--show-current"]).Output.Trim());
        Assert.Equal("https://example.invalid/x.git", repo.Run("git", ["-C", snapshot.Directory, "remote", "get-url", "origin"]).Output.Trim());
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(snapshot.Directory, ".git"), "*", SearchOption.AllDirectories), static file => File.ReadAllText(file).Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_submodule_is_cloned_and_one_that_is_not_here_is_named()
    {
        using TestRepository library = Create().Write("lib.txt", "lib\n").Commit();
        using TestRepository repo = Create().Write("a.txt", "1\n").Commit();
        repo.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.Root, "ext/lib");
        repo.Commit("submodule");

        Snapshot whole = await TakeAsync(repo, "whole");
        Assert.Empty(whole.Facts.MissingSubmodules);
        Assert.Contains("ext/lib/lib.txt", whole.Facts.Files);
        Assert.Equal("lib\n", await File.ReadAllTextAsync(Path.Combine(whole.Directory, "ext", "lib", "lib.txt")));

        repo.Git("submodule", "--quiet", "deinit", "--force", "ext/lib");
        Assert.Equal<string>(["ext/lib"], (await TakeAsync(repo, "missing")).Facts.MissingSubmodules);
    }

    [Fact]
    public async Task A_pointer_of_LFS_is_filled_from_the_local_store_or_named()
    {
        string oid = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("content"u8));
        using TestRepository repo = Create().Write("big.bin", $"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 7\n").Write("text.md", "version https://git-lfs.github.com/spec is how a pointer begins\n").Commit();

        Assert.Equal<string>(["big.bin"], (await TakeAsync(repo, "pointer")).Facts.LfsPointers);

        string store = repo.PathOf($".git/lfs/objects/{oid[..2]}/{oid[2..4]}/{oid}");
        Directory.CreateDirectory(Path.GetDirectoryName(store)!);
        await File.WriteAllTextAsync(store, "content");
        Snapshot filled = await TakeAsync(repo, "filled");
        Assert.Empty(filled.Facts.LfsPointers);
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(filled.Directory, "big.bin")));
    }

    [Fact]
    public async Task A_shallow_clone_says_so_and_names_that_differ_in_case_are_found()
    {
        using TestRepository repo = Create().Write("a.txt", "1\n").Commit().Write("A.txt", "2\n").Commit();
        string shallow = Path.Combine(Path.GetDirectoryName(repo.Root)!, "shallow");
        repo.Git("clone", "--quiet", "--depth", "1", "file://" + repo.Root, shallow);

        Snapshot snapshot = await SnapshotTaker.TakeAsync(shallow, shallow + "-snapshot", CancellationToken.None);

        Assert.True(snapshot.Facts.IsShallow);
        Assert.Equal<string>(["A.txt", "a.txt"], Assert.Single(snapshot.Facts.CaseCollisions));
    }

    [Fact]
    public async Task A_clone_with_a_filter_lacks_old_contents_and_stands_by_itself_all_the_same()
    {
        using TestRepository repo = Create().Write("a.txt", "old\n").Commit().Write("a.txt", "new\n").Commit();
        repo.Git("config", "uploadpack.allowFilter", "true");
        string old = repo.Git("rev-parse", "HEAD~1:a.txt").Output.Trim();
        string partial = Path.Combine(Path.GetDirectoryName(repo.Root)!, "partial");
        repo.Git("clone", "--quiet", "--filter=blob:none", "file://" + repo.Root, partial);
        await File.WriteAllTextAsync(Path.Combine(partial, "a.txt"), "changed\n");

        Snapshot snapshot = await SnapshotTaker.TakeAsync(partial, partial + "-snapshot", CancellationToken.None);
        Directory.Delete(partial, recursive: true);

        Assert.True(snapshot.Facts.IsModified);
        Assert.Equal("changed\n", await File.ReadAllTextAsync(Path.Combine(snapshot.Directory, "a.txt")));
        Assert.Equal("3", repo.Git("-C", snapshot.Directory, "rev-list", "--count", "HEAD").Output.Trim());
        Assert.Contains("?" + old, repo.Git("-C", snapshot.Directory, "rev-list", "--objects", "--missing=print", "HEAD").Output, StringComparison.Ordinal);
        Assert.Empty(repo.Git("-C", snapshot.Directory, "status", "--porcelain").Output.Trim());
    }

    [Fact]
    public async Task Without_git_or_commit_it_says_why()
    {
        using TestRepository repo = Create();
        Assert.Contains("no commit", (await Assert.ThrowsAsync<SnapshotException>(() => TakeAsync(repo))).Message, StringComparison.Ordinal);
        string plain = Directory.CreateTempSubdirectory("reprogate-plain-").FullName;
        Assert.Contains("not in a git work tree", (await Assert.ThrowsAsync<SnapshotException>(() => SnapshotTaker.TakeAsync(plain, Path.Combine(plain, "s"), CancellationToken.None))).Message, StringComparison.Ordinal);
        Directory.Delete(plain, recursive: true);
    }

    private static TestRepository Create() => TestRepository.Create("répo with space", gate: false);

    private static Task<Snapshot> TakeAsync(TestRepository repo, string name = "snapshot") => SnapshotTaker.TakeAsync(repo.Root, Path.Combine(Path.GetDirectoryName(repo.Root)!, name), CancellationToken.None);
}
