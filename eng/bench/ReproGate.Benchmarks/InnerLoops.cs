using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ReproGate.Assemblies.Configuration;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.Benchmarks;

/// <summary>
/// The inner loops of the gates with BenchmarkDotNet, allocations included: the pass over IL, the reader of lock files, the resolver of the matrix and
/// the comparer of outputs, each on input of the size that a large repository has. In this process: the project that BenchmarkDotNet would generate
/// elsewhere would not find this repository's central versions.
/// </summary>
[MemoryDiagnoser]
public class InnerLoops
{
    private const int LockedPackages = 300;
    private const int Keys = 500;
    private const int OutputFiles = 64;
    private const int OutputLength = 1 << 20;
    private byte[] _assembly = [];
    private byte[] _lock = [];
    private ImmutableArray<ProviderFacts> _providers = [];
    private EffectiveConfiguration _resolved = EffectiveConfiguration.Resolve([]);
    private string[] _keys = [];
    private string _folder = "";

    /// <summary>Runs them all and writes the table.</summary>
    /// <param name="artifacts">Folder for BenchmarkDotNet's logs and table.</param>
    /// <returns>0, or 1 where one of them failed.</returns>
    public static int Measure(string artifacts)
    {
        Summary summary = BenchmarkRunner.Run<InnerLoops>(DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(artifacts));
        return !summary.HasCriticalValidationErrors && summary.Reports.All(static report => report.Success) ? 0 : 1;
    }

    /// <summary>Makes the input.</summary>
    [GlobalSetup]
    public void Generate()
    {
        _assembly = File.ReadAllBytes(typeof(EffectiveConfiguration).Assembly.Location);
        _lock = Encoding.UTF8.GetBytes(LockFile());
        _keys = [.. Enumerable.Range(0, Keys).Select(static key => string.Create(CultureInfo.InvariantCulture, $"Section{key / 20}:Part{key % 4}:Key{key}"))];
        _providers =
        [
            Provider("appsettings.json", _keys),
            Provider("appsettings.Production.json", _keys.Where(static (_, index) => index % 3 == 0)),
            Provider("values.yaml", _keys.Where(static (_, index) => index % 5 == 0)),
            Provider("deployment.yaml", _keys.Where(static (_, index) => index % 7 == 0)),
        ];
        _resolved = EffectiveConfiguration.Resolve(_providers);
        _folder = Directory.CreateTempSubdirectory("reprogate-loops-").FullName;
        byte[] content = new byte[OutputLength];
        new Random(1).NextBytes(content);
        foreach (string side in (string[])["left", "right"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, side));
            foreach (int file in Enumerable.Range(0, OutputFiles))
            {
                content[0] = (byte)file;
                File.WriteAllBytes(Path.Combine(_folder, side, $"{file}.bin"), content);
            }
        }
    }

    /// <summary>Takes the input away.</summary>
    [GlobalCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    /// <summary>The configuration gate's pass over ReproGate.Core.</summary>
    [Benchmark(Description = "IL pass over ReproGate.Core")]
    public int IlPass() => CodeFactsReader.Read(new MemoryStream(_assembly), null).Types.Length;

    /// <summary>A lock file of one framework.</summary>
    [Benchmark(Description = "lock reader, 300 packages")]
    public bool LockReader() => PackagesLockReader.Parse("packages.lock.json", _lock).Lock is not null;

    /// <summary>What four providers say together.</summary>
    [Benchmark(Description = "matrix resolver, 500 keys of 4 providers")]
    public int Resolver() => EffectiveConfiguration.Resolve(_providers).Keys.Length;

    /// <summary>Each key and its section asked for.</summary>
    [Benchmark(Description = "500 keys and sections asked for")]
    public int Lookup() => _keys.Count(key => _resolved.HasValue(key) && _resolved.Exists(key[..key.IndexOf(':', StringComparison.Ordinal)]));

    /// <summary>Two equal trees of 64 files of a MiB, in the system's cache.</summary>
    [Benchmark(Description = "comparer, 64 MiB on each side, equal")]
    public long Comparer() => OutputTreeComparer.Compare(Path.Combine(_folder, "left"), Path.Combine(_folder, "right"), ComparisonOptions.Default, CancellationToken.None).Bytes;

    private static ProviderFacts Provider(string file, IEnumerable<string> keys) =>
        new(ProviderKind.JsonFile, file) { File = "/repository/" + file, SourceKind = "appsettings", Keys = [.. keys.Select((key, index) => new ProvidedKey(key, "text", new SourceLocation("/repository/" + file, index + 1, 1)))] };

    private static string LockFile()
    {
        var text = new StringBuilder("""{ "version": 2, "dependencies": { "net10.0": {""");
        foreach (int package in Enumerable.Range(0, LockedPackages))
        {
            string needs = string.Join(",\n", Enumerable.Range(package + 1, 3).Where(static other => other < LockedPackages).Select(static other => $"          \"Package{other}\": \"1.{other}.0\""));
            text.Append(CultureInfo.InvariantCulture, $$"""
                {{(package == 0 ? "" : ",")}}
                      "Package{{package}}": {
                        "type": "{{(package < 20 ? "Direct" : "Transitive")}}",{{(package < 20 ? $"\n        \"requested\": \"[1.{package}.0, )\"," : "")}}
                        "resolved": "1.{{package}}.0",
                        "contentHash": "{{Convert.ToBase64String(Enumerable.Repeat((byte)package, 64).ToArray())}}",
                        "dependencies": {
                {{needs}}
                        }
                      }
                """);
        }

        return text.Append("\n    }\n  }\n}\n").ToString();
    }
}
