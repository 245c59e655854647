using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Linking.Configuration;

namespace ReproGate.Benchmarks;

/// <summary>
/// Measures the link step of the configuration gate: a web application and the projects it references, generated and compiled in memory, each with
/// options types, sections that are handed on, helpers and ordinary code; their facts are read once, then linked and judged again and again.
/// </summary>
internal static class LinkedProjects
{
    private const int Runs = 15;
    private const int TypesInProject = 20;

    /// <summary>Measures and prints reading, linking and judging.</summary>
    public static int Measure(int projects)
    {
        string folder = Directory.CreateTempSubdirectory("reprogate-link-").FullName;
        try
        {
            string[] assemblies = [.. Generate(folder, projects)];
            var cold = Stopwatch.StartNew();
            LinkedAssembly[] facts = [.. assemblies.Select(static path => new LinkedAssembly(CodeFactsReader.Read(path)))];
            double read = cold.Elapsed.TotalMilliseconds;
            ExecutableConfiguration code = ConfigurationLinker.Link(facts[0], facts[1..]);
            AppConfiguration application = Application(code);
            int findings = ConfigurationGate.Check(application).Count();
            Console.WriteLine($"{projects} projects, {assemblies.Sum(static path => new FileInfo(path).Length) / 1e3:F0} kB, {facts.Sum(static assembly => assembly.Facts.Types.Length)} types; {code.Reads.Count(static read => read.Origin == "code")} reads, {code.Unresolved.Length} unresolved, {code.Unread.Length} not followed, {findings} findings");
            Console.WriteLine($"read from IL, cold        {read,8:F1} ms");
            double link = Least("link", () => ConfigurationLinker.Link(facts[0], facts[1..]).Reads.Length);
            double judge = Least("judge, 3 environments", () => ConfigurationGate.Check(application).Count());
            Console.WriteLine($"link and judge, warm       {link + judge,8:F1} ms");
            return link + judge <= 300 || projects > 100 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Least(string what, Func<int> action)
    {
        double[] times = new double[Runs];
        for (int run = -3; run < Runs; run++)
        {
            var watch = Stopwatch.StartNew();
            action();
            if (run >= 0)
            {
                times[run] = watch.Elapsed.TotalMilliseconds;
            }
        }

        Array.Sort(times);
        Console.WriteLine($"{what,-26} {times[0],8:F1} ms (median {times[Runs / 2]:F1}, most {times[^1]:F1})");
        return times[0];
    }

    private static AppConfiguration Application(ExecutableConfiguration code)
    {
        var place = new SourceLocation("/repository/reprogate.env.json", 1, 1);
        MatrixEnvironment[] environments = [.. ((string[])["Development", "Staging", "Production"]).Select(name => new MatrixEnvironment(name, name, NetworkKind.Host, place))];
        string[] keys = [.. code.Reads.Where(static read => read.Origin == "code" && read.Key.Length > 0).Select(static read => read.Key).Distinct(StringComparer.OrdinalIgnoreCase)];
        var app = new MatrixApp("app", "App/App.csproj", place);
        return new AppConfiguration
        {
            Code = code,
            RepositoryRoot = "/repository/",
            App = app,
            Matrix = new EnvironmentMatrix { File = place.File, Environments = [.. environments], Apps = [app], Keys = [.. keys.Select(key => new MatrixKey(key, place))] },
            Environments = [.. environments.Select(environment => new AppEnvironment(environment, new ProviderSet { Providers = [new ProviderFacts(ProviderKind.JsonFile, "appsettings.json") { File = "/repository/App/appsettings.json", SourceKind = "appsettings", Keys = [.. keys.Select(static key => new ProvidedKey(key, "text", new SourceLocation("/repository/App/appsettings.json", 1, 1)))] }] }))],
        };
    }

    // The executable first.
    private static IEnumerable<string> Generate(string folder, int projects)
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string web = Directory.EnumerateDirectories(Path.GetFullPath(Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App"))).Order(StringComparer.Ordinal).Last();
        ImmutableArray<MetadataReference> framework = [.. Directory.EnumerateFiles(runtime, "*.dll").Concat(Directory.EnumerateFiles(web, "*.dll")).Where(static path => Path.GetFileName(path) is ['S' or 'M' or 'm' or 'n', ..] && !path.EndsWith(".Native.dll", StringComparison.Ordinal)).Select(static path => MetadataReference.CreateFromFile(path))];
        var references = framework.ToList();
        var libraries = new List<string>();
        for (int project = 0; project < projects; project++)
        {
            string path = Compile(folder, $"Lib{project}", Library(project), [.. framework, .. project > 0 ? [references[^1]] : Array.Empty<MetadataReference>()], OutputKind.DynamicallyLinkedLibrary);
            libraries.Add(path);
            references.Add(MetadataReference.CreateFromFile(path));
        }

        string calls = string.Concat(Enumerable.Range(0, projects).Select(static project => $"Lib{project}.Registration.AddLib{project}(builder.Services, builder.Configuration);\n"));
        return [Compile(folder, "App", $$"""
            using Microsoft.AspNetCore.Builder;
            public static class Program { public static void Main(string[] args) { var builder = WebApplication.CreateBuilder(args);
            {{calls}} builder.Build().Run(); } }
            """, references, OutputKind.ConsoleApplication), .. libraries];
    }

    private static string Compile(string folder, string name, string code, IEnumerable<MetadataReference> references, OutputKind kind)
    {
        string path = Path.Combine(folder, $"{name}.dll");
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code, path: $"{name}.cs", encoding: Encoding.UTF8);
        using FileStream assembly = File.Create(path);
        using FileStream symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        EmitResult result = CSharpCompilation.Create(name, [tree], references, new CSharpCompilationOptions(kind, optimizationLevel: OptimizationLevel.Release)).Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return result.Success ? path : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(static found => found.Severity == DiagnosticSeverity.Error)));
    }

    private static string Library(int project)
    {
        string before = project > 0 ? $"Lib{project - 1}.Services{project - 1}_0" : "object";
        var code = new StringBuilder($$"""
            using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;
            using Microsoft.Extensions.Configuration; using Microsoft.Extensions.DependencyInjection; using Microsoft.Extensions.Options;
            namespace Lib{{project}};
            public class Options{{project}} { public string Url { get; set; } = ""; public int Retries { get; set; } = 3; public TimeSpan? Pause { get; set; } public Nested Inner { get; set; } = new(); public class Nested { public string Name { get; set; } = ""; public bool On { get; set; } } }
            public static class Registration
            {
                private const string Section = "Lib{{project}}";
                public static IServiceCollection AddLib{{project}}(this IServiceCollection services, IConfiguration configuration)
                {
                    services.Configure<Options{{project}}>(configuration.GetSection(Section));
                    string host = Required(configuration, "Lib{{project}}:Queue", "Host");
                    services.AddSingleton(new Services{{project}}_0(host, configuration.GetConnectionString("Lib{{project}}") ?? ""));
                    foreach (IConfigurationSection child in configuration.GetSection("Lib{{project}}:Tenants").GetChildren()) { services.AddSingleton(child["Url"] ?? ""); }
                    return services;
                }
                private static string Required(IConfiguration configuration, string section, string name) => configuration.GetSection(section)[name] ?? throw new InvalidOperationException(name);
            }

            """);
        for (int type = 0; type < TypesInProject; type++)
        {
            string next = $"Services{project}_{(type + 1) % TypesInProject}";
            code.AppendLine($$"""
                public class Services{{project}}_{{type}}(string host, string connection)
                {
                    private readonly Dictionary<string, int> _counts = new();
                    public string Host => host;
                    public async Task<string> SendAsync(IEnumerable<string> items, IConfiguration configuration)
                    {
                        string pause = configuration["Lib{{project}}:Pause{{type}}"] ?? "1";
                        foreach (string item in items.Where(static item => item.Length > 3).OrderBy(static item => item, StringComparer.Ordinal))
                        {
                            _counts[item] = _counts.TryGetValue(item, out int count) ? count + 1 : 1;
                            await Task.Delay(int.Parse(pause));
                        }
                        return new {{next}}(host, connection).Describe($"{host}/{pause}", _counts.Values.Sum());
                    }
                    public string Describe(string path, int count)
                    {
                        try { return string.Join(',', path.Split('/').Select((part, index) => $"{index}:{part}:{count}")); }
                        catch (FormatException exception) { return exception.Message + typeof({{before}}).Name; }
                    }
                    public int Fold(int[] values) { int sum = 0; for (int i = 0; i < values.Length; i++) { sum += values[i] % 7 == 0 ? i : values[i]; } return sum; }
                }
                """);
        }

        return code.ToString();
    }
}
