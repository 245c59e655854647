using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Benchmarks;

/// <summary>
/// Measures the configuration gate's pass over method bodies on one thread: each assembly by itself, its bytes in memory, warm, the best of
/// several runs; and once more all of them in a row, cold, which is what the first build of a process pays. Processor time of the thread, where
/// the system tells it (Linux), so that other work on the machine disturbs little.
/// </summary>
internal static partial class CodePasses
{
    private const int Runs = 15;

    // Warm is when so many rounds in a row were no faster than the best one, by a hundredth: the runtime compiles what runs often again, on another thread.
    private const int SteadyRounds = 8;

    // CLOCK_THREAD_CPUTIME_ID of Linux.
    private const int ThreadProcessorTime = 3;

    /// <summary>Measures and prints a table: megabytes of IL, milliseconds, megabytes of IL in a second, what is allocated, and how many times the assembly its facts are.</summary>
    public static int Measure(IEnumerable<string> paths)
    {
        Subject[] subjects = [.. paths.SelectMany(static path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.dll") : [path]).Order(StringComparer.Ordinal).Select(Subject.Read).OfType<Subject>()];
        var cold = Stopwatch.StartNew();
        foreach (Subject subject in subjects)
        {
            subject.Pass();
        }

        double first = cold.Elapsed.TotalMilliseconds;
        double fastest = double.MaxValue;
        for (int steady = 0; steady < SteadyRounds; steady++)
        {
            double before = Milliseconds();
            foreach (Subject subject in subjects)
            {
                subject.Pass();
            }

            double round = Milliseconds() - before;
            if (round < 0.99 * fastest)
            {
                (fastest, steady) = (round, -1);
            }
        }

        double all = 0;
        Console.WriteLine($"{"assembly",-56} {"IL kB",8} {"methods",8} {"ms",9} {"MB/s",7} {"alloc MB",9} {"kept",6}  facts");
        foreach (Subject subject in subjects)
        {
            double best = double.MaxValue;
            for (int run = 0; run < Runs; run++)
            {
                double before = Milliseconds();
                subject.Pass();
                best = Math.Min(best, Milliseconds() - before);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread();
            subject.Pass();
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

            all += best;
            Console.WriteLine($"{subject.Name,-56} {subject.Il / 1e3,8:F0} {subject.Methods,8} {best,9:F1} {subject.Il / 1e3 / best,7:F2} {allocated / 1e6,9:F1} {subject.Kept(),5:F2}x  {subject.Facts()}");
        }

        double total = subjects.Sum(static subject => (double)subject.Il);
        Console.WriteLine($"{"all, warm",-56} {total / 1e3,8:F0} {subjects.Sum(static subject => subject.Methods),8} {all,9:F1} {total / 1e3 / all,7:F2}");
        Console.WriteLine($"{"all, cold",-56} {total / 1e3,8:F0} {"",8} {first,9:F1} {total / 1e3 / first,7:F2}");
        return 0;
    }

    private static double Milliseconds()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Stopwatch.GetTimestamp() * 1e3 / Stopwatch.Frequency;
        }

        return clock_gettime(ThreadProcessorTime, out Time time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : throw new InvalidOperationException("The system does not tell the thread's processor time.");
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    // struct timespec of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    private sealed record Subject(string Name, byte[] Bytes, byte[]? Symbols, long Il, int Methods)
    {
        /// <summary>Null for what is no managed assembly.</summary>
        public static Subject? Read(string path)
        {
            try
            {
                byte[] bytes = File.ReadAllBytes(path);
                string pdb = Path.ChangeExtension(path, ".pdb");
                using var image = new PEReader(new MemoryStream(bytes));
                if (!image.HasMetadata)
                {
                    return null;
                }

                MetadataReader metadata = image.GetMetadataReader();
                long il = 0;
                int methods = 0;
                foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(static method => method.RelativeVirtualAddress != 0))
                {
                    il += image.GetMethodBody(method.RelativeVirtualAddress).GetILReader().Length;
                    methods++;
                }

                return il == 0 ? null : new Subject(Path.GetFileName(path), bytes, File.Exists(pdb) ? File.ReadAllBytes(pdb) : null, il, methods);
            }
            catch (BadImageFormatException)
            {
                return null;
            }
        }

        /// <summary>Memory that the facts keep, in lengths of the assembly.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public double Kept()
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            CodeFacts facts = Pass();
            long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
            GC.KeepAlive(facts);
            return kept / (double)Bytes.Length;
        }

        /// <summary>The beginning of the hash of what the pass says: the same before and after a change that is only to make it faster.</summary>
        public string Facts()
        {
            using var stream = new MemoryStream();
            CodeFactsStore.Write(stream, Pass());
            return Convert.ToHexString(SHA256.HashData(stream.ToArray()))[..12];
        }

        public CodeFacts Pass() => CodeFactsReader.Read(new MemoryStream(Bytes), Symbols is null ? null : new MemoryStream(Symbols));
    }
}
