using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>Searches outputs for values of the machine they were built on, in UTF-8 and UTF-16.</summary>
public static class CanarySearch
{
    /// <summary>Shorter values are found everywhere by chance.</summary>
    public const int ShortestValue = 4;

    /// <summary>The name of canaries that are the moment of the build.</summary>
    public const string BuildTime = "build time";

    private const int BufferSize = 1 << 20;
    private const int MostHitsPerFile = 50;
    private static readonly TimeSpan MostTime = TimeSpan.FromHours(2);
    private static readonly string[] TimeFormats = ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss", "yyyyMMdd-HHmmss", "yyyyMMddTHHmmss", "MM/dd/yyyy HH:mm:ss", "dd.MM.yyyy HH:mm:ss", "ddd, dd MMM yyyy HH:mm:ss"];

    /// <summary>Searches every file of a tree.</summary>
    /// <param name="tree">The folder of outputs.</param>
    /// <param name="canaries">The values. A path is also searched with the other separator and as JSON writes it.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The hits in order of paths and offsets; at most fifty of one file.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static ImmutableArray<CanaryHit> Find(string tree, IReadOnlyList<Canary> canaries, CancellationToken cancellation)
    {
        CanaryPatterns patterns = CanaryPatterns.Of(canaries);
        if (patterns.IsEmpty)
        {
            return [];
        }

        SortedDictionary<string, OutputFile> files = OutputTree.List(tree, ComparisonOptions.Default.MaximumFiles, cancellation);
        var hits = new ConcurrentBag<CanaryHit>();
        Parallel.ForEach(
            Partitioner.Create(files.Values.OrderByDescending(static file => file.Length), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = ComparisonOptions.Default.Parallelism, CancellationToken = cancellation },
            file =>
            {
                foreach (CanaryHit hit in SearchFile(file, patterns, cancellation))
                {
                    hits.Add(hit);
                }
            });
        return [.. hits.OrderBy(static hit => hit.Path, StringComparer.Ordinal).ThenBy(static hit => hit.Where, StringComparer.Ordinal).ThenBy(static hit => hit.Offset)];
    }

    /// <summary>The moments of a build in the forms in which builds write them, each to the second or minute: dates, compact digits, Unix time.</summary>
    /// <param name="start">When the build began.</param>
    /// <param name="end">When it ended; at most two hours later are searched.</param>
    /// <returns>Canaries named <c>build time</c>. A date alone is none: it stands in copyright lines.</returns>
    public static IReadOnlyList<Canary> BuildTimes(DateTimeOffset start, DateTimeOffset end)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        DateTimeOffset last = end - start > MostTime ? start + MostTime : end;
        for (DateTimeOffset second = start.ToUniversalTime(); second <= last; second += TimeSpan.FromSeconds(1))
        {
            // Of a minute that is whole inside the build its beginning is enough: every form ends with the seconds.
            bool whole = second.AddSeconds(-second.Second) >= start && second.AddSeconds(59 - second.Second) <= last;
            foreach (string format in whole && second.Second > 0 ? [] : TimeFormats)
            {
                string text = second.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
                values.Add(whole ? text[..^2] : text);
            }

            values.Add(second.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
            // Ticks to the second: the seven digits after them are what the build drew.
            values.Add((second.Ticks / TimeSpan.TicksPerSecond).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return [.. values.Select(static value => new Canary(BuildTime, value))];
    }

    private static IEnumerable<CanaryHit> SearchFile(OutputFile file, CanaryPatterns patterns, CancellationToken cancellation)
    {
        var hits = new List<CanaryHit>();
        if (file.Kind == OutputKind.Link)
        {
            patterns.Automaton.Search(Encoding.UTF8.GetBytes(new FileInfo(file.FullPath).LinkTarget ?? ""), 0, 0, (index, offset) => hits.Add(new CanaryHit(file.Path, offset, patterns[index], $"{file.Path} (link target)")));
            return hits;
        }

        if (file.Kind != OutputKind.File)
        {
            return hits;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var stream = new FileStream(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            int state = 0;
            long position = 0;
            for (int read = stream.Read(buffer); read > 0 && hits.Count < MostHitsPerFile; read = stream.Read(buffer))
            {
                cancellation.ThrowIfCancellationRequested();
                state = patterns.Automaton.Search(buffer.AsSpan(0, read), position, state, (index, offset) =>
                {
                    if (hits.Count < MostHitsPerFile)
                    {
                        hits.Add(new CanaryHit(file.Path, offset, patterns[index], file.Path));
                    }
                });
                position += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The comparison grades what cannot be read; here there is nothing to search.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (file.Length <= ComparisonOptions.Default.MaximumUnpackedBytes && hits.Count < MostHitsPerFile)
        {
            try
            {
                return new CanaryReader(file.Path, patterns, MostHitsPerFile, cancellation).Read(File.ReadAllBytes(file.FullPath), hits);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return hits;
            }
        }

        return hits;
    }
}
