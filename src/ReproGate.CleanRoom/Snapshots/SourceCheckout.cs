namespace ReproGate.CleanRoom.Snapshots;

/// <summary>
/// Brings the sources of a commit that somebody else names. Address and commit come out of a package, so neither is trusted: git may speak only
/// the protocols that run no program, and nothing of the sources is run here. The user's own git configuration, with his credentials, counts.
/// </summary>
public static class SourceCheckout
{
    private const string OfAnybody = "https:http:ssh";
    private const string Heads = "refs/heads/";

    // What version tools read of old commits is small; archives and programs that were once committed are not, and are of no use. A server that knows no filters sends all.
    private const string WithoutLargeOldFiles = "--filter=blob:limit=1m";

    /// <summary>Fetches the commit with its history and tags, which version tools ask for, and checks it out with its submodules.</summary>
    /// <param name="address">The address that the package names; the remote <c>origin</c> of the checkout, which source link writes down.</param>
    /// <param name="from">Where to fetch from instead: an address or a path of this machine, named by the user; null for the address.</param>
    /// <param name="commit">The commit, 40 or 64 hexadecimal digits.</param>
    /// <param name="branch">The branch to be on, <c>refs/heads/…</c>, which the SDK writes into packages; any other text, or none, for no branch.</param>
    /// <param name="target">Absolute path of an empty folder.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SnapshotException">git cannot be run, the address does not answer, or the commit cannot be had from it; the message is one clause.</exception>
    public static async Task TakeAsync(string address, string? from, string commit, string branch, string target, CancellationToken cancellation)
    {
        string source = from ?? address;
        // git itself takes `ext::sh -c …` and `-u…` for addresses.
        if (((string[])[source, address]).FirstOrDefault(static text => text.StartsWith('-') || text.Contains("::", StringComparison.Ordinal) || text.Any(char.IsControl)) is { } wrong)
        {
            throw new SnapshotException($"'{wrong}' is no address of a git repository");
        }

        var git = new GitCommand("", cancellation);
        var protocols = new Dictionary<string, string?> { ["GIT_ALLOW_PROTOCOL"] = from is null ? OfAnybody : OfAnybody + ":file" };
        await RunAsync(["init", "--quiet", "--template=", "."]).ConfigureAwait(false);
        await RunAsync(["remote", "add", "origin", address.Length > 0 ? address : source]).ConfigureAwait(false);
        // A remote with a name: git asks it again for what the filter left out and the checkout needs.
        string remote = source == address ? "origin" : "source";
        if (remote != "origin")
        {
            await RunAsync(["remote", "add", remote, source]).ConfigureAwait(false);
        }

        (int byId, _, string refused) = await git.TryAsync(target, ["fetch", "--quiet", "--tags", "--no-recurse-submodules", WithoutLargeOldFiles, remote, commit], protocols, ofUser: true).ConfigureAwait(false);
        if (byId != 0)
        {
            // Not every server hands out a commit by its id; then it must be below a branch or tag.
            (int all, _, string error) = await git.TryAsync(target, ["fetch", "--quiet", "--tags", "--no-recurse-submodules", remote, "+refs/heads/*:refs/remotes/origin/*"], protocols, ofUser: true).ConfigureAwait(false);
            if (all != 0)
            {
                throw new SnapshotException($"{source} cannot be fetched: {FirstLine(error.Length > 0 ? error : refused)}");
            }

            (int known, _, _) = await git.TryAsync(target, ["rev-parse", "--verify", "--quiet", commit + "^{commit}"], protocols, ofUser: true).ConfigureAwait(false);
            if (known != 0)
            {
                throw new SnapshotException($"{source} does not have the commit {commit}: it was never pushed there, or its branch is gone");
            }
        }

        string name = branch.StartsWith(Heads, StringComparison.Ordinal) ? branch[Heads.Length..] : "";
        bool named = name.Length > 0 && (await git.TryAsync(target, ["check-ref-format", "--branch", name], ofUser: true).ConfigureAwait(false)).ExitCode == 0;
        await RunAsync(named ? ["checkout", "--quiet", "--force", "--no-track", "-B", name, commit] : ["checkout", "--quiet", "--force", "--detach", commit]).ConfigureAwait(false);
        if (File.Exists(Path.Combine(target, ".gitmodules")))
        {
            await RunAsync(["submodule", "--quiet", "update", "--init", "--recursive"]).ConfigureAwait(false);
        }

        Task RunAsync(string[] arguments) => git.RunAsync(target, arguments, protocols, ofUser: true);
    }

    private static string FirstLine(string error) => error.Trim().Split('\n')[0].Trim().TrimEnd('.');
}
