using ReproGate.CleanRoom.Snapshots;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Snapshots;

/// <summary>Sources of a commit that a package names, by real git.</summary>
public sealed class SourceCheckoutTests
{
    private const string Address = "https://example.invalid/acme/lib";

    [Fact]
    public async Task An_older_commit_comes_with_history_and_tags_and_the_address_of_the_package()
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("a.txt", "1\n").Commit();
        repo.Git("tag", "v1.0.0");
        string commit = repo.Git("rev-parse", "HEAD").Output.Trim();
        repo.Write("a.txt", "2\n").Commit();

        string target = await TakeAsync(repo, commit, "refs/heads/release/1.0");

        Assert.Equal("1\n", await File.ReadAllTextAsync(Path.Combine(target, "a.txt")));
        Assert.Equal("v1.0.0", repo.Run("git", ["-C", target, "describe", "--tags"]).Output.Trim());
        Assert.Equal("release/1.0", repo.Run("git", ["-C", target, "branch", "--show-current"]).Output.Trim());
        Assert.Equal(Address, repo.Run("git", ["-C", target, "remote", "get-url", "origin"]).Output.Trim());
    }

    [Fact]
    public async Task What_was_large_and_is_gone_is_not_brought_where_the_server_can_leave_it_out()
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("large.txt", new string('x', 2 << 20)).Write("version.json", "{ \"version\": \"1.0\" }\n").Commit();
        repo.Git("config", "uploadpack.allowFilter", "true");
        string large = repo.Git("rev-parse", "HEAD:large.txt").Output.Trim();
        repo.Write("large.txt", new string('y', 2 << 20)).Write("version.json", "{ \"version\": \"2.0\" }\n").Commit();

        string target = await TakeAsync(repo, repo.Git("rev-parse", "HEAD").Output.Trim());

        Assert.Equal(2 << 20, new FileInfo(Path.Combine(target, "large.txt")).Length);
        Assert.Contains("1.0", repo.Run("git", ["-C", target, "show", "HEAD~1:version.json"]).Output, StringComparison.Ordinal);
        Assert.Contains("?" + large, repo.Run("git", ["-C", target, "rev-list", "--objects", "--missing=print", "HEAD"]).Output, StringComparison.Ordinal);
        Snapshot snapshot = await SnapshotTaker.TakeAsync(target, target + "-snapshot", CancellationToken.None);
        Assert.Contains("large.txt", snapshot.Facts.Files);
        Assert.Contains("version.json", snapshot.Facts.Files);
    }

    [Fact]
    public async Task A_commit_that_is_not_there_is_said_to_be_not_there()
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("a.txt", "1\n").Commit();
        string commit = new('1', 40);

        SnapshotException missing = await Assert.ThrowsAsync<SnapshotException>(() => TakeAsync(repo, commit));

        Assert.Contains($"does not have the commit {commit}", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Each would run a program, or be an option of git.
    [InlineData("ext::sh -c touch% /tmp/reprogate-was-here")]
    [InlineData("--upload-pack=touch /tmp/reprogate-was-here")]
    [InlineData("https://example.invalid/a\nb")]
    public async Task An_address_that_is_none_is_refused(string address)
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("a.txt", "1\n").Commit();
        string target = Directory.CreateDirectory(repo.PathOf("../checkout")).FullName;

        SnapshotException refused = await Assert.ThrowsAsync<SnapshotException>(() => SourceCheckout.TakeAsync(address, null, new string('1', 40), "", target, CancellationToken.None));

        Assert.Contains("is no address", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/reprogate-was-here"));
    }

    [Fact]
    public async Task A_package_may_not_name_a_folder_of_this_machine()
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("a.txt", "1\n").Commit();
        string target = Directory.CreateDirectory(repo.PathOf("../checkout")).FullName;

        SnapshotException refused = await Assert.ThrowsAsync<SnapshotException>(() => SourceCheckout.TakeAsync(repo.Root, null, repo.Git("rev-parse", "HEAD").Output.Trim(), "", target, CancellationToken.None));

        Assert.Contains("cannot be fetched", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refs/heads/--orphan")]
    [InlineData("refs/heads/a..b")]
    [InlineData("refs/pull/7/merge")]
    public async Task What_is_no_branch_is_passed_over(string branch)
    {
        using TestRepository repo = TestRepository.Create(gate: false).Write("a.txt", "1\n").Commit();

        string target = await TakeAsync(repo, repo.Git("rev-parse", "HEAD").Output.Trim(), branch);

        Assert.Equal("", repo.Run("git", ["-C", target, "branch", "--show-current"]).Output.Trim());
        Assert.True(File.Exists(Path.Combine(target, "a.txt")));
    }

    private static async Task<string> TakeAsync(TestRepository repo, string commit, string branch = "")
    {
        string target = Directory.CreateDirectory(repo.PathOf("../checkout")).FullName;
        await SourceCheckout.TakeAsync(Address, repo.Root, commit, branch, target, CancellationToken.None);
        return target;
    }
}
