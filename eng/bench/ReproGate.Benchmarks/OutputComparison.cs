using System.Diagnostics;
using System.Globalization;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.Benchmarks;

/// <summary>
/// Measures how fast the outputs of two builds are compared, bytes of one build in a second, files in the system's cache: as they are, which is what two equal
/// builds cost, and with the last byte of one assembly in ten changed, so that those are opened and explained.
/// </summary>
internal static class OutputComparison
{
    private const int Runs = 5;
    private const int OneIn = 10;

    /// <summary>Measures and prints; the folder is copied twice and left as it is.</summary>
    public static int Measure(string folder)
    {
        string work = Directory.CreateTempSubdirectory("reprogate-bench-").FullName;
        try
        {
            string left = Path.Combine(work, "left"), right = Path.Combine(work, "right");
            Copy(folder, left);
            Copy(folder, right);
            Measure("equal", left, right);
            int changed = 0;
            foreach (string file in Directory.EnumerateFiles(right, "*.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(static (_, index) => index % OneIn == 0))
            {
                using FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
                if (stream.Length > 0)
                {
                    stream.Position = stream.Length - 1;
                    int last = stream.ReadByte();
                    stream.Position--;
                    stream.WriteByte((byte)(last ^ 1));
                    changed++;
                }
            }

            Measure(string.Create(CultureInfo.InvariantCulture, $"{changed} assemblies changed"), left, right);
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Measure(string what, string left, string right)
    {
        double best = double.MaxValue;
        ComparisonResult? result = null;
        for (int run = 0; run < Runs; run++)
        {
            var watch = Stopwatch.StartNew();
            result = OutputTreeComparer.Compare(left, right, ComparisonOptions.Default, CancellationToken.None);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {result!.Files} files, {result.Bytes / 1048576.0:F0} MB in {best * 1000:F0} ms, {result.Bytes / 1048576.0 / best:F0} MB/s, {result.Differences.Length} differ"));
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
