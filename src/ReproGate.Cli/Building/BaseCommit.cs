using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReproGate.Repository;

namespace ReproGate.Cli.Building;

/// <summary>What was found at an earlier commit: its tree is built once, in a work tree of its own, and the fingerprints are remembered.</summary>
internal static class BaseCommit
{
    /// <summary>The object name of a commit.</summary>
    /// <exception cref="ToolException">git knows no such commit.</exception>
    public static async Task<string> ResolveAsync(Repo repo, string revision, CancellationToken cancellation) =>
        (await repo.GitAsync(cancellation, "rev-parse", "--verify", "--end-of-options", revision + "^{commit}"))?.Trim()
            ?? throw new ToolException($"git knows no commit '{revision}' in {repo.Root}. In a shallow clone, fetch it first: git fetch origin {revision}");

    /// <summary>The fingerprints of all findings at a commit.</summary>
    /// <exception cref="ToolException">The commit cannot be built.</exception>
    public static async Task<IReadOnlySet<string>> FingerprintsAsync(Repo repo, string revision, string commit, CancellationToken cancellation)
    {
        string remembered = PathOf(repo, commit);
        if (Read(remembered) is { } known)
        {
            return known;
        }

        string parent = Directory.CreateTempSubdirectory("reprogate-since-").FullName;
        string tree = Path.Combine(parent, Path.GetFileName(repo.Root));
        try
        {
            _ = await repo.GitAsync(cancellation, "worktree", "add", "--quiet", "--detach", tree, commit)
                ?? throw new ToolException($"git could not check {revision} out beside the work tree.");
            var then = new Repo(tree, Path.Combine(tree, repo.EntryName.Replace('/', Path.DirectorySeparatorChar)));
            if (!File.Exists(then.Entry))
            {
                // What is built now was not there, so everything found in it is new.
                return new HashSet<string>();
            }

            GateBuildResult result = await Terminal.WithStatusAsync($"Checking {revision}", step => GateBuild.RunAsync(then, [], step, cancellation));
            if (result.OtherErrors.Length > 0)
            {
                throw new ToolException($"{revision} does not build, so what is new since then cannot be told: {result.OtherErrors[0]}");
            }

            HashSet<string> found = [.. result.Findings.Select(static finding => finding.Fingerprint)];
            AtomicFile.WriteAllText(remembered, JsonSerializer.Serialize(found.Order(StringComparer.Ordinal)));
            return found;
        }
        finally
        {
            // Also after Ctrl-C: the repository must not remember a work tree that is gone.
            await repo.GitAsync(CancellationToken.None, "worktree", "remove", "--force", tree);
            try
            {
                Directory.Delete(parent, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"reprogate: {parent} could not be removed: {exception.Message}");
            }
        }
    }

    private static string PathOf(Repo repo, string commit)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{repo.Root}\n{repo.EntryName}\n{MergedSarif.Version}\n{File.GetLastWriteTimeUtc(typeof(BaseCommit).Assembly.Location).Ticks}"));
        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "ReproGate", "since", $"{commit}-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.json");
    }

    private static HashSet<string>? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<HashSet<string>>(File.ReadAllText(path)) : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            // Damaged or unreadable: the commit is checked again.
            return null;
        }
    }
}
