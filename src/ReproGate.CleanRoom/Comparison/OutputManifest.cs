using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>One file of a manifest.</summary>
/// <param name="Path">Path below the tree, with forward slashes.</param>
/// <param name="Length">Length in bytes; 0 for a link.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of the bytes; of a link the hash of <c>link:</c> and its target; empty where the file could not be read.</param>
public sealed record ManifestEntry(string Path, long Length, string Sha256)
{
    /// <summary>Whether it is a link; such an entry stands in no list that <c>sha256sum</c> reads, because that follows links.</summary>
    public bool IsLink { get; init; }
}

/// <summary>The SHA-256 of every output, in order of paths.</summary>
/// <param name="Entries">The files.</param>
public sealed record OutputManifest(ImmutableArray<ManifestEntry> Entries)
{
    /// <summary>Hashes every file of a tree, several at a time. Links are not followed.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">The tree holds more files than the limit.</exception>
    public static OutputManifest Create(string tree, ComparisonOptions options, CancellationToken cancellation)
    {
        SortedDictionary<string, OutputFile> files = OutputTree.List(tree, options.MaximumFiles, cancellation);
        var entries = new ConcurrentBag<ManifestEntry>();
        Parallel.ForEach(
            Partitioner.Create(files.Values.OrderByDescending(static file => file.Length), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellation },
            file => entries.Add(new ManifestEntry(file.Path, file.Length, Hash(file)) { IsLink = file.Kind == OutputKind.Link }));
        return new OutputManifest([.. entries.OrderBy(static entry => entry.Path, StringComparer.Ordinal)]);
    }

    /// <summary>The manifest in the form that <c>sha256sum --check</c> reads. Names with line ends or backslashes are escaped as it does.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (ManifestEntry entry in Entries.Where(static entry => entry.Sha256.Length > 0 && !entry.IsLink))
        {
            bool escaped = entry.Path.AsSpan().IndexOfAny('\\', '\n', '\r') >= 0;
            string name = escaped ? entry.Path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal) : entry.Path;
            text.Append(escaped ? "\\" : "").Append(entry.Sha256).Append("  ").Append(name).Append('\n');
        }

        return text.ToString();
    }

    private static string Hash(OutputFile file)
    {
        try
        {
            switch (file.Kind)
            {
                case OutputKind.File:
                    using (var stream = new FileStream(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan))
                    {
                        return Convert.ToHexStringLower(SHA256.HashData(stream));
                    }

                case OutputKind.Link:
                    return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("link:" + new FileInfo(file.FullPath).LinkTarget)));
                default:
                    return "";
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
