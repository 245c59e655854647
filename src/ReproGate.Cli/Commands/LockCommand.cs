using System.CommandLine;
using ReproGate.Cli.Building;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate lock</c>: writes every packages.lock.json and reprogate.lock.json.</summary>
internal static class LockCommand
{
    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var command = new Command("lock", "Restores with re-evaluation and writes packages.lock.json and reprogate.lock.json.") { path };
        command.SetAction((parsed, cancellation) => LockAsync(Repo.Find(parsed.GetValue(path)), cancellation));
        return command;
    }

    /// <summary>Writes the lock files; the exit code.</summary>
    /// <param name="repo">Whose.</param>
    /// <param name="cancellation">Ends the build and everything it started.</param>
    /// <param name="observe">Whether findings, which somebody judges afterwards, do not keep the files from being written.</param>
    public static async Task<int> LockAsync(Repo repo, CancellationToken cancellation, bool observe = false)
    {
        int exitCode = await Terminal.WithStatusAsync($"Locking {repo.EntryName}", _ => GateBuild.RunDotnetAsync(
            repo.Root,
            ["msbuild", "-t:ReproGateLock", repo.Entry, "-v:minimal", "-tl:off", "-nologo", "-clp:NoSummary", .. observe ? GateBuild.Observe : []],
            observe ? GateBuild.TellAllButFindings : Console.Error.WriteLine,
            cancellation));
        return exitCode == 0 ? ExitCode.Clean : ExitCode.CouldNotRun;
    }
}
