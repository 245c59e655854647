using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison.Contents;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Compares two trees of build outputs: every path, every byte.</summary>
public static class OutputTreeComparer
{
    private const int BufferSize = 1 << 20;
    private const UnixFileMode Executable = UnixFileMode.UserExecute;

    /// <summary>Compares two folders. Links are compared by their target and never followed.</summary>
    /// <param name="left">The folder of the first build.</param>
    /// <param name="right">The folder of the second build.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="InvalidDataException">A folder holds more files than the limit.</exception>
    public static ComparisonResult Compare(string left, string right, ComparisonOptions options, CancellationToken cancellation)
    {
        SortedDictionary<string, OutputFile> leftFiles = OutputTree.List(left, options.MaximumFiles, cancellation);
        SortedDictionary<string, OutputFile> rightFiles = OutputTree.List(right, options.MaximumFiles, cancellation);
        var differences = new ConcurrentBag<OutputDifference>();
        long bytes = 0;
        string[] paths = [.. leftFiles.Keys.Union(rightFiles.Keys, StringComparer.Ordinal)];
        // The largest first, so that no big file is left over when all others are done.
        Array.Sort(paths, (a, b) => Size(b).CompareTo(Size(a)));
        Parallel.ForEach(
            Partitioner.Create(paths, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation },
            path =>
            {
                OutputFile? leftFile = leftFiles.GetValueOrDefault(path);
                OutputFile? rightFile = rightFiles.GetValueOrDefault(path);
                Interlocked.Add(ref bytes, leftFile?.Length ?? rightFile!.Length);
                if (CompareFile(path, leftFile, rightFile, options, cancellation) is { } difference)
                {
                    differences.Add(difference);
                }
            });

        return new ComparisonResult([.. differences.OrderBy(static difference => difference.Path, StringComparer.Ordinal)], paths.Length, bytes);

        long Size(string path) => Math.Max(leftFiles.GetValueOrDefault(path)?.Length ?? 0, rightFiles.GetValueOrDefault(path)?.Length ?? 0);
    }

    private static OutputDifference? CompareFile(string path, OutputFile? left, OutputFile? right, ComparisonOptions options, CancellationToken cancellation)
    {
        if (left is null)
        {
            return new OutputDifference(path, Grade.OnlyRight, [new DifferencePart(path, PartKinds.Entry, "", $"{right!.Length} bytes")]);
        }

        if (right is null)
        {
            return new OutputDifference(path, Grade.OnlyLeft, [new DifferencePart(path, PartKinds.Entry, $"{left.Length} bytes", "")]);
        }

        if (left.Kind == OutputKind.Special || right.Kind == OutputKind.Special)
        {
            return NotTested(path, "It is a pipe, socket or device, and such a file is never opened.");
        }

        if (left.Kind == OutputKind.Unreadable || right.Kind == OutputKind.Unreadable)
        {
            return NotTested(path, "The folder cannot be listed.");
        }

        if (left.Kind != right.Kind)
        {
            return new OutputDifference(path, Grade.Different, [new DifferencePart(path, PartKinds.Link, Describe(left), Describe(right))]);
        }

        try
        {
            if (left.Kind == OutputKind.Link)
            {
                string leftTarget = new FileInfo(left.FullPath).LinkTarget ?? "";
                string rightTarget = new FileInfo(right.FullPath).LinkTarget ?? "";
                return leftTarget == rightTarget ? null : new OutputDifference(path, Grade.Different, [new DifferencePart(path, PartKinds.Link, leftTarget, rightTarget)]);
            }

            ImmutableArray<DifferencePart> mode = CompareMode(path, left, right);
            if (left.Length == right.Length && FirstDifference(left.FullPath, right.FullPath, cancellation) is null)
            {
                return mode.IsEmpty ? null : new OutputDifference(path, Grade.MetadataOnly, mode);
            }

            (Grade grade, ImmutableArray<DifferencePart> parts) = Explain(path, left, right, options, cancellation);
            return new OutputDifference(path, grade, parts.AddRange(mode));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return NotTested(path, exception.Message);
        }
    }

    private static (Grade Grade, ImmutableArray<DifferencePart> Parts) Explain(string path, OutputFile left, OutputFile right, ComparisonOptions options, CancellationToken cancellation)
    {
        if (!options.Explain || Math.Max(left.Length, right.Length) > Math.Min(options.MaximumUnpackedBytes, Array.MaxLength))
        {
            long? offset = FirstDifference(left.FullPath, right.FullPath, cancellation);
            DifferencePart bytes = new(path, PartKinds.Bytes, $"{left.Length} bytes, the first other at 0x{offset ?? 0:x}", $"{right.Length} bytes, the first other at 0x{offset ?? 0:x}");
            string reason = $"It is larger than {options.MaximumUnpackedBytes >> 20} MiB and was not opened.";
            return (Grade.Different, options.Explain ? [bytes, new DifferencePart(path, PartKinds.NotTested, reason, reason)] : [bytes]);
        }

        var differ = new Differ(options, cancellation);
        Verdict verdict = differ.Compare(path, path, File.ReadAllBytes(left.FullPath), File.ReadAllBytes(right.FullPath), 0);
        // Metadata only where every byte is explained: a part that was not opened or not named is a difference.
        return (verdict == Verdict.Metadata ? Grade.MetadataOnly : Grade.Different, differ.Parts(path));
    }

    /// <summary>The offset of the first byte that differs; null where all are equal. Reads both files once, in large pieces.</summary>
    private static long? FirstDifference(string left, string right, CancellationToken cancellation)
    {
        using var leftStream = new FileStream(left, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        using var rightStream = new FileStream(right, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        int size = (int)Math.Clamp(leftStream.Length, 1, BufferSize);
        byte[] leftBuffer = ArrayPool<byte>.Shared.Rent(size);
        byte[] rightBuffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            for (long offset = 0; ;)
            {
                cancellation.ThrowIfCancellationRequested();
                int leftRead = leftStream.ReadAtLeast(leftBuffer.AsSpan(0, size), size, throwOnEndOfStream: false);
                int rightRead = rightStream.ReadAtLeast(rightBuffer.AsSpan(0, size), size, throwOnEndOfStream: false);
                int common = leftBuffer.AsSpan(0, leftRead).CommonPrefixLength(rightBuffer.AsSpan(0, rightRead));
                if (common < Math.Max(leftRead, rightRead))
                {
                    return offset + common;
                }

                if (leftRead < size)
                {
                    return null;
                }

                offset += leftRead;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(leftBuffer);
            ArrayPool<byte>.Shared.Return(rightBuffer);
        }
    }

    // The other bits follow the umask of whoever copied the tree.
    private static ImmutableArray<DifferencePart> CompareMode(string path, OutputFile left, OutputFile right)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        UnixFileMode leftMode = File.GetUnixFileMode(left.FullPath) & Executable;
        UnixFileMode rightMode = File.GetUnixFileMode(right.FullPath) & Executable;
        return leftMode == rightMode ? [] : [new DifferencePart(path, PartKinds.Mode, Text(leftMode), Text(rightMode))];

        static string Text(UnixFileMode mode) => mode == Executable ? "executable" : "not executable";
    }

    private static OutputDifference NotTested(string path, string reason) =>
        new(path, Grade.NotTested, [new DifferencePart(path, PartKinds.NotTested, reason, reason)]);

    private static string Describe(OutputFile file) => file.Kind == OutputKind.Link ? "a link" : $"a file of {file.Length} bytes";
}
