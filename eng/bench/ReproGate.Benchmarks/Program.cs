using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ReproGate.Benchmarks;
using ReproGate.Facts;
using ReproGate.NuGet.Verification;

// dotnet run -c Release --project eng/bench/ReproGate.Benchmarks -- code <assembly or folder> …
// The passes over IL: see CodePasses.
// dotnet run -c Release --project eng/bench/ReproGate.Benchmarks -- link [projects]
// The link step of the configuration gate: see LinkedProjects.
// dotnet run -c Release --project eng/bench/ReproGate.Benchmarks -- compare <folder of outputs>
// The clean room's comparison: see OutputComparison.
// dotnet run -c Release --project eng/bench/ReproGate.Benchmarks -- loops [folder]
// The inner loops, by BenchmarkDotNet: see InnerLoops.
// dotnet run -c Release --project eng/bench/ReproGate.Benchmarks -- <packages folder> [how many]
// Measures, over real extracted packages: SHA-512 of the nupkgs alone, the content hashes, the whole look (content hash and
// every extracted file), and the look again when nothing changed. Each the best of five, files in the system's cache.
if (args is ["code", .. { Length: > 0 } paths])
{
    return CodePasses.Measure(paths);
}

if (args is ["link", .. var projects])
{
    return LinkedProjects.Measure(projects is [var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 100);
}

if (args is ["compare", var outputs] && Directory.Exists(outputs))
{
    return OutputComparison.Measure(outputs);
}

if (args is ["loops", .. var artifacts])
{
    return InnerLoops.Measure(artifacts is [var folder, ..] ? folder : Path.Combine("artifacts", "loops"));
}

if (args.Length == 0 || !Directory.Exists(args[0]))
{
    await Console.Error.WriteLineAsync("usage: ReproGate.Benchmarks <packages folder> [how many]\n       ReproGate.Benchmarks code <assembly or folder> ...\n       ReproGate.Benchmarks link [projects]\n       ReproGate.Benchmarks compare <folder of outputs>\n       ReproGate.Benchmarks loops [folder]").ConfigureAwait(false);
    return 1;
}

int most = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
PackageToVerify[] packages =
[
    .. Directory.EnumerateDirectories(args[0])
        .Where(static id => !Path.GetFileName(id).StartsWith('.'))
        .SelectMany(Directory.EnumerateDirectories)
        .Select(static directory => new PackageToVerify(
            Path.GetFileName(Path.GetDirectoryName(directory)!),
            Path.GetFileName(directory),
            directory,
            null,
            Directory.Exists(Path.Combine(directory, "lib")) ? [.. Directory.EnumerateFiles(Path.Combine(directory, "lib"), "*.dll", SearchOption.AllDirectories).Take(3).Select(file => Path.GetRelativePath(directory, file).Replace('\\', '/'))] : []))
        .Where(static package => File.Exists(package.Nupkg))
        .Take(most),
];
long bytes = packages.Sum(static package => new FileInfo(package.Nupkg).Length);
string cache = Directory.CreateTempSubdirectory("reprogate-bench-").FullName;
try
{
    Console.WriteLine($"{packages.Length} packages, {bytes / 1e6:F0} MB of nupkg, {packages.Sum(static package => package.UsedFiles!.Count)} used files, {Environment.ProcessorCount} processors");
    double bare = Best("SHA-512 of the nupkgs", () => Parallel.ForEach(packages, static package =>
    {
        using FileStream stream = File.OpenRead(package.Nupkg);
        SHA512.HashData(stream);
    }));
    double hashes = Best("content hashes", () => Parallel.ForEach(packages, static package =>
    {
        using FileStream stream = new(package.Nupkg, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024);
        PackageVerifier.ContentHashOf(stream, default);
    }));
    double first = Best("the whole look, first time", () =>
    {
        ImmutableArray<PackageVerification> results = PackageVerifier.Verify(packages, VerifiedPackages.Open(Path.Combine(cache, Guid.NewGuid().ToString("N"))), default).Results;
        foreach (PackageVerification result in results.Where(static result => !result.Mismatches.IsEmpty || result.NotVerified is not null))
        {
            Console.WriteLine($"  {result.Name}: {result.NotVerified} {string.Join(", ", result.Mismatches.Take(3))}");
        }
    });
    PackageVerifier.Verify(packages, VerifiedPackages.Open(cache), default);
    Best("the look again, memory read from disk", () => PackageVerifier.Verify(packages, VerifiedPackages.Open(cache), default));
    VerifiedPackages memory = VerifiedPackages.Open(cache);
    Best("the look again, same node", () => PackageVerifier.Verify(packages, memory, default));
    Console.WriteLine($"content hashes run at {bare / hashes:P0} of bare SHA-512, the whole look at {bare / first:P0}");
    return 0;
}
finally
{
    Directory.Delete(cache, recursive: true);
}

static double Best(string what, Action action)
{
    double best = double.MaxValue;
    for (int run = 0; run < 5; run++)
    {
        var watch = Stopwatch.StartNew();
        action();
        best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
    }

    Console.WriteLine($"{what}: {best:F1} ms");
    return best;
}
