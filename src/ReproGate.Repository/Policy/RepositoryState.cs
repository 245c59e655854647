using System.Collections.Immutable;
using System.Text;
using CliWrap;
using ReproGate.Repository.Git;

namespace ReproGate.Repository.Policy;

/// <summary>The files of a repository in one state: the work tree, or a commit.</summary>
/// <param name="Files">Their paths, relative to the root with <c>/</c>; what git ignores is not among them.</param>
/// <param name="Contents">The content of those that were asked for; a file larger than <see cref="MaxBytes"/> has none.</param>
public sealed record RepositoryState(ImmutableHashSet<string> Files, ImmutableDictionary<string, ReadOnlyMemory<byte>> Contents)
{
    /// <summary>No file that speaks about gates is larger.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Reads the work tree.</summary>
    /// <param name="root">Absolute path of the root.</param>
    /// <param name="wanted">Whose contents are needed.</param>
    /// <param name="cancellation">Ends the question.</param>
    /// <returns>Null where git cannot say.</returns>
    public static async Task<RepositoryState?> OfWorkTreeAsync(string root, Func<string, bool> wanted, CancellationToken cancellation)
    {
        if (GitReader.WorkTree(root, ["**"], cancellation) is not { } paths)
        {
            return null;
        }

        var contents = ImmutableDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        // The index still names a file that was deleted.
        ImmutableHashSet<string> files = [.. paths.Where(File.Exists).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))];
        foreach (string file in files.Where(wanted))
        {
            try
            {
                var info = new FileInfo(Path.Combine(root, file));
                if (info.Length <= MaxBytes)
                {
                    contents[file] = await File.ReadAllBytesAsync(info.FullName, cancellation).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // As good as empty: what it held is then told as lost.
            }
        }

        return new RepositoryState(files, contents.ToImmutable());
    }

    /// <summary>Reads a commit, without checking it out.</summary>
    /// <param name="root">Absolute path of the root.</param>
    /// <param name="commit">The commit's object name.</param>
    /// <param name="wanted">Whose contents are needed.</param>
    /// <param name="cancellation">Ends the question.</param>
    /// <returns>Null where git cannot say.</returns>
    public static async Task<RepositoryState?> OfCommitAsync(string root, string commit, Func<string, bool> wanted, CancellationToken cancellation)
    {
        if (GitReader.FilesAt(root, commit, cancellation) is not { } files)
        {
            return null;
        }

        // One git for all files; a path with a line end cannot be asked for this way.
        string[] asked = [.. files.Where(wanted).Where(static file => !file.Contains('\n', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        using var answer = new MemoryStream();
        CommandResult result = await GitReader.Git(root, ["cat-file", "--batch"])
            .WithStandardInputPipe(PipeSource.FromString(string.Concat(asked.Select(file => $"{commit}:{file}\n")), new UTF8Encoding(false)))
            .WithStandardOutputPipe(PipeTarget.ToStream(answer))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? new RepositoryState(files, Split(asked, answer.GetBuffer().AsMemory(0, (int)answer.Length))) : null;
    }

    /// <summary>Takes the output of <c>git cat-file --batch</c> apart: a line <c>&lt;object&gt; &lt;type&gt; &lt;size&gt;</c>, the content, a line end.</summary>
    private static ImmutableDictionary<string, ReadOnlyMemory<byte>> Split(string[] asked, ReadOnlyMemory<byte> answer)
    {
        var contents = ImmutableDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        int at = 0;
        foreach (string file in asked)
        {
            int end = answer.Span[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            string[] header = Encoding.UTF8.GetString(answer.Span.Slice(at, end)).Split(' ');
            at += end + 1;
            if (header is not [_, "blob", { } text] || !int.TryParse(text, out int size) || size > answer.Length - at)
            {
                // "missing", or a submodule.
                continue;
            }

            if (size <= MaxBytes)
            {
                contents[file] = answer.Slice(at, size);
            }

            at += size + 1;
        }

        return contents.ToImmutable();
    }
}
