using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Snapshots;

/// <summary>A clone that stands by itself, at one commit, with what git holds and nothing else.</summary>
/// <param name="Directory">Absolute path of its work tree.</param>
/// <param name="Facts">What it holds and lacks.</param>
public sealed record Snapshot(string Directory, SnapshotFacts Facts);

/// <summary>
/// Takes the snapshot of a repository: a clone with history and tags, so that version tools and source link work, checked out at HEAD or,
/// where tracked files are modified, at the commit they would make (by an index of its own: the repository's is not touched).
/// Submodules are cloned from where they are checked out. The user's git configuration counts only where his files are read.
/// </summary>
public static class SnapshotTaker
{
    private const int MostPointerBytes = 1024;
    private static readonly byte[] PointerStart = "version https://git-lfs.github.com/spec/"u8.ToArray();

    /// <summary>Takes it.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="target">Absolute path of a folder that does not exist yet.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SnapshotException">git cannot be run, there is no commit yet, or git fails; the message is one clause.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<Snapshot> TakeAsync(string repositoryRoot, string target, CancellationToken cancellation)
    {
        string root = Path.TrimEndingDirectorySeparator(repositoryRoot);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string config = target + ".gitconfig";
        // Whoever owns the repository asked for the room; line ends are those that git stores.
        await File.WriteAllTextAsync(config, "[safe]\n\tdirectory = *\n[core]\n\tautocrlf = false\n\tfsmonitor = false\n[user]\n\tname = ReproGate\n\temail = reprogate@localhost\n[protocol \"file\"]\n\tallow = always\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n", cancellation).ConfigureAwait(false);
        var git = new GitCommand(config, cancellation);
        try
        {
            return await TakeAsync(git, root, target, cancellation).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(config);
        }
    }

    private static async Task<Snapshot> TakeAsync(GitCommand git, string root, string target, CancellationToken cancellation)
    {
        (int exitCode, string head, string error) = await git.TryAsync(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new SnapshotException(error.Contains("not a git repository", StringComparison.OrdinalIgnoreCase) ? "the sources are not in a git work tree" : "the repository has no commit yet");
        }

        head = head.Trim();
        string prefix = (await git.RunAsync(root, ["rev-parse", "--show-prefix"]).ConfigureAwait(false)).Trim();
        if (prefix.Length > 0)
        {
            throw new SnapshotException($"the repository's root is not the root of git's work tree, but its folder {prefix.TrimEnd('/')}");
        }

        string seconds = (await git.RunAsync(root, ["show", "--no-patch", "--format=%ct", head]).ConfigureAwait(false)).Trim();
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
        bool shallow = (await git.RunAsync(root, ["rev-parse", "--is-shallow-repository"]).ConfigureAwait(false)).Trim() == "true";
        (string commit, bool modified) = await CloneAsync(git, root, target, head, seconds, ofWorkTree: true).ConfigureAwait(false);

        var files = new List<string>();
        var missing = new List<string>();
        var pointers = new List<string>();
        await GatherAsync(git, root, target, "", files, missing, pointers, cancellation).ConfigureAwait(false);
        return new Snapshot(target, new SnapshotFacts
        {
            RepositoryRoot = root,
            Commit = commit,
            CommitTime = time,
            IsModified = modified,
            IsShallow = shallow,
            Files = [.. files.Order(StringComparer.Ordinal)],
            LfsPointers = [.. pointers.Order(StringComparer.Ordinal)],
            MissingSubmodules = [.. missing.Order(StringComparer.Ordinal)],
            CaseCollisions = Collisions(files),
            Remote = await RemoteAsync(git, target).ConfigureAwait(false),
        });
    }

    /// <summary>Clones with all history that is there and checks out; the work tree's tracked changes become a commit on top where there are any.</summary>
    private static async Task<(string Commit, bool Modified)> CloneAsync(GitCommand git, string source, string target, string head, string seconds, bool ofWorkTree)
    {
        string objects = Path.GetFullPath((await git.RunAsync(source, ["rev-parse", "--git-path", "objects"]).ConfigureAwait(false)).TrimEnd('\r', '\n'), source);
        string index = Path.GetFullPath((await git.RunAsync(source, ["rev-parse", "--git-path", "index"]).ConfigureAwait(false)).TrimEnd('\r', '\n'), source);
        await git.RunAsync(Path.GetDirectoryName(target)!, ["clone", "--quiet", "--shared", "--no-checkout", "--", source, target]).ConfigureAwait(false);
        // A shallow source is not shared but fetched; what is only staged there must be found all the same.
        var withObjects = new Dictionary<string, string?> { ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects };
        string commit = head;
        bool modified = false;
        if (ofWorkTree && File.Exists(index))
        {
            string own = Path.Combine(target, ".git", "room-index");
            File.Copy(index, own, overwrite: true);
            var asCommitted = new Dictionary<string, string?>(withObjects) { ["GIT_DIR"] = Path.Combine(target, ".git"), ["GIT_WORK_TREE"] = source, ["GIT_INDEX_FILE"] = own };
            await git.RunAsync(source, ["add", "--update", "--", "."], asCommitted, ofUser: true).ConfigureAwait(false);
            string tree = (await git.RunAsync(source, ["write-tree"], asCommitted).ConfigureAwait(false)).Trim();
            string before = (await git.RunAsync(source, ["rev-parse", head + "^{tree}"], asCommitted).ConfigureAwait(false)).Trim();
            File.Delete(own);
            if (tree != before)
            {
                modified = true;
                // The same tree makes the same commit: dates and names are no news.
                var fixedTime = new Dictionary<string, string?>(withObjects)
                {
                    ["GIT_AUTHOR_DATE"] = seconds + " +0000",
                    ["GIT_COMMITTER_DATE"] = seconds + " +0000",
                };
                commit = (await git.RunAsync(target, ["commit-tree", tree, "-p", head, "-m", "Uncommitted changes"], fixedTime).ConfigureAwait(false)).Trim();
            }
        }

        (int onBranch, string branch, _) = await git.TryAsync(source, ["symbolic-ref", "--quiet", "--short", "HEAD"]).ConfigureAwait(false);
        await git.RunAsync(target, onBranch == 0 ? ["checkout", "--quiet", "--force", "-B", branch.Trim(), commit] : ["checkout", "--quiet", "--force", "--detach", commit], withObjects).ConfigureAwait(false);
        // Objects of its own: nothing in the room can reach the other repository. Its loose ones are kept by being reachable.
        if (await IsPartialAsync(git, source).ConfigureAwait(false))
        {
            // A clone with a filter lacks contents of old commits, which repack would miss. What is checked out is here, and that is what is built.
            await git.RunAsync(target, ["pack-objects", "--quiet", "--revs", "--all", "--missing=allow-any", Path.Combine(target, ".git", "objects", "pack", "pack")], withObjects).ConfigureAwait(false);
        }
        else
        {
            await git.RunAsync(target, ["repack", "-a", "-d", "-q"], withObjects).ConfigureAwait(false);
        }

        File.Delete(Path.Combine(target, ".git", "objects", "info", "alternates"));
        (int hasRemote, string url, _) = await git.TryAsync(source, ["config", "--get", "remote.origin.url"]).ConfigureAwait(false);
        // Source link reads it. A password in it stays outside.
        await git.RunAsync(target, hasRemote == 0 ? ["remote", "set-url", "origin", WithoutCredentials(url.Trim())] : ["remote", "remove", "origin"]).ConfigureAwait(false);
        return (commit, modified);
    }

    /// <summary>Whether it was cloned with a filter (<c>git clone --filter=blob:none</c>): the remote has promised what is not here.</summary>
    private static async Task<bool> IsPartialAsync(GitCommand git, string source) =>
        (await git.TryAsync(source, ["config", "--get-regexp", @"^remote\..*\.promisor$|^extensions\.partialclone$"]).ConfigureAwait(false)).ExitCode == 0;

    // The snapshot's own, from which credentials are gone. What has no scheme and no host is a path of this machine.
    private static async Task<string> RemoteAsync(GitCommand git, string target)
    {
        (int exitCode, string url, _) = await git.TryAsync(target, ["config", "--get", "remote.origin.url"]).ConfigureAwait(false);
        string remote = url.Trim();
        return exitCode == 0 && !remote.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && (remote.Contains("://", StringComparison.Ordinal) || (remote.IndexOf(':', StringComparison.Ordinal) > 1 && !remote.StartsWith('/'))) ? remote : "";
    }

    private static async Task GatherAsync(GitCommand git, string source, string target, string below, List<string> files, List<string> missing, List<string> pointers, CancellationToken cancellation)
    {
        string listed = await git.RunAsync(target, ["ls-tree", "-r", "-z", "--full-tree", "HEAD"]).ConfigureAwait(false);
        foreach (string line in listed.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            cancellation.ThrowIfCancellationRequested();
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            string[] parts = line[..tab].Split(' ');
            string path = line[(tab + 1)..];
            if (parts[1] == "commit")
            {
                string name = below + path;
                string from = Path.Combine(source, path);
                string to = Path.Combine(target, path);
                (int known, _, _) = File.Exists(Path.Combine(from, ".git")) || Directory.Exists(Path.Combine(from, ".git"))
                    ? await git.TryAsync(from, ["rev-parse", "--verify", "--quiet", parts[2] + "^{commit}"]).ConfigureAwait(false)
                    : (1, "", "");
                if (known != 0)
                {
                    missing.Add(name);
                    continue;
                }

                if (Directory.Exists(to))
                {
                    Directory.Delete(to);
                }

                await CloneAsync(git, from, to, parts[2], "", ofWorkTree: false).ConfigureAwait(false);
                await git.RunAsync(to, ["checkout", "--quiet", "--force", "--detach", parts[2]]).ConfigureAwait(false);
                await GatherAsync(git, from, to, name + "/", files, missing, pointers, cancellation).ConfigureAwait(false);
                continue;
            }

            files.Add(below + path);
            if (parts[0] != "120000" && IsPointer(Path.Combine(target, path)) is { } oid && !await FillAsync(git, source, Path.Combine(target, path), oid).ConfigureAwait(false))
            {
                pointers.Add(below + path);
            }
        }
    }

    /// <summary>The object id of a Git LFS pointer; null for any other file.</summary>
    private static string? IsPointer(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > MostPointerBytes || file.Length < PointerStart.Length)
        {
            return null;
        }

        byte[] content = File.ReadAllBytes(path);
        if (!content.AsSpan().StartsWith(PointerStart))
        {
            return null;
        }

        string? line = Encoding.UTF8.GetString(content).Split('\n').FirstOrDefault(static text => text.StartsWith("oid sha256:", StringComparison.Ordinal));
        string oid = line is null ? "" : line["oid sha256:".Length..].Trim();
        return oid.Length == 64 && oid.All(char.IsAsciiHexDigitLower) ? oid : "";
    }

    /// <summary>Puts the content that Git LFS keeps beside the objects in place of its pointer; false where it is not there.</summary>
    private static async Task<bool> FillAsync(GitCommand git, string source, string path, string oid)
    {
        if (oid.Length == 0)
        {
            return false;
        }

        string store = Path.GetFullPath((await git.RunAsync(source, ["rev-parse", "--git-path", "lfs/objects"]).ConfigureAwait(false)).TrimEnd('\r', '\n'), source);
        string content = Path.Combine(store, oid[..2], oid[2..4], oid);
        if (!File.Exists(content))
        {
            return false;
        }

        File.Copy(content, path, overwrite: true);
        return true;
    }

    private static ImmutableArray<ImmutableArray<string>> Collisions(List<string> files) =>
    [
        .. files.GroupBy(static file => file, StringComparer.OrdinalIgnoreCase)
            .Where(static group => group.Skip(1).Any())
            .Select(static group => group.Order(StringComparer.Ordinal).ToImmutableArray())
            .OrderBy(static group => group[0], StringComparer.Ordinal),
    ];

    private static string WithoutCredentials(string url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return url;
        }

        int end = url.IndexOf('/', scheme + 3);
        end = end < 0 ? url.Length : end;
        int at = url.LastIndexOf('@', end - 1, end - scheme - 3);
        return at < 0 ? url : url[..(scheme + 3)] + url[(at + 1)..];
    }
}
