using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;
using ReproGate.Facts;

namespace ReproGate.Repository.Git;

/// <summary>Asks git itself which files it tracks and ignores; nothing is guessed from the text of .gitignore files.</summary>
public static class GitReader
{
    private const int MaxUntracked = 50_000;
    private const int MaxDiffering = 1_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The tracked files below a directory whose names end with one of the given endings; submodules included.</summary>
    /// <param name="directory">Absolute path of a directory of the work tree.</param>
    /// <param name="patterns">Patterns of git's glob syntax, relative to the directory, for example <c>**/*.lock.json</c>.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    public static GitFacts Tracked(string directory, IReadOnlyList<string> patterns, CancellationToken cancellation)
    {
        Answer answer = Ask(directory, ["ls-files", "--cached", "--recurse-submodules", "-z", "--", .. patterns.Select(static pattern => ":(glob)" + pattern)], input: null, cancellation);
        return answer.Failure is { } reason
            ? new GitFacts { Reason = reason }
            : new GitFacts
            {
                Available = true,
                Tracked = [.. answer.Parts.Select(path => Path.GetFullPath(Path.Combine(directory, path)))],
            };
    }

    /// <summary>What git says about one file, asked in the file's own directory, so that nested work trees answer for themselves; null where git cannot say.</summary>
    /// <param name="file">Absolute path.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    public static GitFileState? State(string file, CancellationToken cancellation)
    {
        string directory = Path.GetDirectoryName(file)!;
        Answer tracked = Ask(directory, ["ls-files", "--cached", "-z", "--", ":(literal)" + Path.GetFileName(file)], input: null, cancellation);
        if (tracked.Failure is not null)
        {
            return null;
        }

        if (tracked.Parts.Length > 0)
        {
            return new GitFileState(Tracked: true);
        }

        // Exit code 1: not ignored. The path goes through standard input, the only way -z is allowed.
        Answer ignored = Ask(directory, ["check-ignore", "--verbose", "-z", "--stdin"], Path.GetFileName(file) + "\0", cancellation);
        if (ignored.Parts is not [{ Length: > 0 } source, { Length: > 0 } line, { Length: > 0 } pattern, ..]
            || pattern.StartsWith('!')
            || !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return new GitFileState(Tracked: false);
        }

        // git names the pattern's file relative to the top of the work tree, wherever it is asked.
        Answer top = Ask(directory, ["rev-parse", "--show-toplevel"], input: null, cancellation);
        string root = top.Parts is [{ } path, ..] ? path.TrimEnd('\r', '\n') : directory;
        return new GitFileState(Tracked: false, new SourceLocation(Path.GetFullPath(Path.Combine(root, source)), number, 1), pattern);
    }

    /// <summary>What git does not track in a work tree; a folder without any tracked file is one entry. Submodules answer for themselves and are not looked into.</summary>
    /// <param name="directory">Absolute path of the work tree's root.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    /// <returns>The files, or why git could not say, one clause.</returns>
    public static (UntrackedFiles? Files, string Reason) Untracked(string directory, CancellationToken cancellation)
    {
        // Ignored folders are most of the files on disk and one line each here; others are listed one by one, because a new folder may hold a new project.
        Answer others = Ask(directory, ["ls-files", "--others", "--exclude-standard", "-z"], input: null, cancellation);
        if (others.Failure is { } reason)
        {
            return (null, reason);
        }

        Answer ignored = Ask(directory, ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"], input: null, cancellation);
        return ignored.Failure is { } failure
            ? (null, failure)
            : others.Parts.Length + ignored.Parts.Length > MaxUntracked
                ? (null, string.Create(CultureInfo.InvariantCulture, $"the work tree holds more than {MaxUntracked} untracked files"))
                : (new UntrackedFiles(Paths(directory, others.Parts), Paths(directory, ignored.Parts)), "");
    }

    /// <summary>The files of the work tree, tracked or not but not ignored; null where git cannot say.</summary>
    /// <param name="directory">Absolute path of a directory of the work tree.</param>
    /// <param name="patterns">Patterns of git's glob syntax, relative to the directory.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    public static ImmutableHashSet<string>? WorkTree(string directory, IReadOnlyList<string> patterns, CancellationToken cancellation)
    {
        Answer answer = Ask(directory, ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", .. patterns.Select(static pattern => ":(glob)" + pattern)], input: null, cancellation);
        return answer.Failure is null ? Paths(directory, answer.Parts) : null;
    }

    /// <summary>The files of a commit, relative to the root with <c>/</c>; null where git cannot say.</summary>
    /// <param name="root">Absolute path of the work tree's root.</param>
    /// <param name="commit">The commit's object name.</param>
    /// <param name="cancellation">Ends the question.</param>
    public static ImmutableHashSet<string>? FilesAt(string root, string commit, CancellationToken cancellation)
    {
        Answer answer = Ask(root, ["ls-tree", "-r", "--name-only", "--full-tree", "-z", commit], input: null, cancellation);
        return answer.Failure is null ? [.. answer.Parts] : null;
    }

    /// <summary>What the commit HEAD names holds of some files.</summary>
    /// <param name="directory">Absolute path of a directory of the work tree.</param>
    /// <param name="patterns">Patterns of git's glob syntax, relative to the directory.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    public static CommittedFiles Committed(string directory, IReadOnlyList<string> patterns, CancellationToken cancellation)
    {
        string[] globs = [.. patterns.Select(static pattern => ":(glob)" + pattern)];
        Answer tracked = Ask(directory, ["ls-files", "--cached", "--recurse-submodules", "-z", "--", .. globs], input: null, cancellation);
        if (tracked.Failure is { } reason)
        {
            return new CommittedFiles { Reason = reason };
        }

        ImmutableHashSet<string> all = Paths(directory, tracked.Parts);
        Answer differing = Ask(directory, ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", "HEAD", "--", .. globs], input: null, cancellation);
        if (differing.Failure is not null)
        {
            // Before the first commit there is nothing to differ from.
            Answer head = Ask(directory, ["rev-parse", "--verify", "--quiet", "HEAD"], input: null, cancellation);
            return head.Parts.IsEmpty ? new CommittedFiles { Available = true } : new CommittedFiles { Reason = differing.Failure };
        }

        var contents = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        if (differing.Parts.Length > 0)
        {
            Parallel.ForEach(differing.Parts.Take(MaxDiffering), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, path =>
            {
                if (Content(directory, path, cancellation) is { } content)
                {
                    contents[Path.GetFullPath(Path.Combine(directory, path))] = content;
                }
            });
            // One that was cancelled in its last question would pass for a commit that lacks files.
            cancellation.ThrowIfCancellationRequested();
        }

        return new CommittedFiles { Available = true, Unchanged = all.Except(Paths(directory, differing.Parts)), Contents = contents.ToImmutableDictionary() };
    }

    /// <summary>The content HEAD has of a file; null where it has none.</summary>
    private static byte[]? Content(string directory, string path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            using var content = new MemoryStream();
            CommandResult result = Git(directory, ["show", "--no-textconv", "HEAD:./" + path])
                .WithStandardOutputPipe(PipeTarget.ToStream(content))
                .ExecuteAsync(limit.Token).Task.GetAwaiter().GetResult();
            return result.ExitCode == 0 ? content.ToArray() : null;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // A build that was cancelled leaves the loop around this by itself.
            return null;
        }
    }

    private static ImmutableHashSet<string> Paths(string directory, ImmutableArray<string> parts) => [.. parts.Select(path => Path.GetFullPath(Path.Combine(directory, path)))];

    /// <summary>A git command that answers for this work tree only, asks nothing and takes no lock; exit codes are the caller's.</summary>
    internal static Command Git(string directory, string[] arguments) => Cli.Wrap("git")
        .WithWorkingDirectory(directory)
        .WithArguments(arguments)
        .WithValidation(CommandResultValidation.None)
        .WithEnvironmentVariables(static variables =>
        {
            variables.Set("GIT_OPTIONAL_LOCKS", "0").Set("GIT_TERMINAL_PROMPT", "0").Set("LC_ALL", "C");
            // A git hook that starts the build exports these; they would answer for another work tree.
            foreach (string name in (ReadOnlySpan<string>)["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"])
            {
                variables.Set(name, null);
            }
        });

    // Waits, as every task of MSBuild does: each async method would be compiled anew in every node that asks. As bytes for the same reason.
    private static Answer Ask(string directory, string[] arguments, string? input, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            Command command = Git(directory, arguments);
            if (input is not null)
            {
                command = command.WithStandardInputPipe(PipeSource.FromString(input, Encoding.UTF8));
            }

            using MemoryStream output = new(), error = new();
            CommandResult result = command
                .WithStandardOutputPipe(PipeTarget.ToStream(output))
                .WithStandardErrorPipe(PipeTarget.ToStream(error))
                .ExecuteAsync(limit.Token).Task.GetAwaiter().GetResult();
            return result.ExitCode is 0 or 1 && error.Length == 0 || result.ExitCode == 0
                ? new Answer(null, [.. Text(output).Split('\0', StringSplitOptions.RemoveEmptyEntries)])
                : new Answer(Reason(Text(error), result.ExitCode), []);
        }
        catch (Win32Exception)
        {
            return new Answer("no git program was found on the PATH", []);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Answer(string.Create(CultureInfo.InvariantCulture, $"git gave no answer within {Limit.TotalSeconds:0} s"), []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DirectoryNotFoundException)
        {
            return new Answer("git could not be started: " + exception.Message, []);
        }
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);

    private static string Reason(string error, int exitCode)
    {
        string first = error.Split('\n', 2)[0].Trim();
        return first.Contains("not a git repository", StringComparison.OrdinalIgnoreCase)
            ? "the sources are not in a git work tree"
            : string.Create(CultureInfo.InvariantCulture, $"git ended with exit code {exitCode}: {first}");
    }

    private sealed record Answer(string? Failure, ImmutableArray<string> Parts);
}
