using System.Globalization;
using System.Text;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>
/// A generated solution: libraries in a chain, each with five packages; every tenth project is a web application on the
/// library before it. The same projects with and without the gate, or with one of its neighbours.
/// </summary>
internal sealed class BenchSolution : Subject
{
    private const int PackageCount = 12;
    private const int PackagesEach = 5;
    private readonly TestRepository _repository;
    private readonly Variant _variant;
    private int _changes;

    private BenchSolution(TestRepository repository, int projects, Variant variant)
    {
        _repository = repository;
        _variant = variant;
        Projects = projects;
    }

    /// <inheritdoc />
    public override string Name => Projects.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override int Projects { get; }

    /// <summary>Generates, locks and builds it once.</summary>
    /// <param name="projects">How many projects.</param>
    /// <param name="variant">With what it is built.</param>
    /// <param name="compilerServer">Whether builds share a compiler that stays: many times quicker, and its time is in no sum of processor time.</param>
    /// <exception cref="InvalidOperationException">It cannot be locked or built.</exception>
    public static BenchSolution Create(int projects, Variant variant, bool compilerServer = false)
    {
        TestRepository repository = TestRepository.Create("bench", privatePackages: true, gate: variant.Gate, privateHome: true);
        variant.Apply(repository);
        // Where processor time is measured the compiler runs inside the measured processes: a server's time would be nobody's.
        repository.Environment["UseSharedCompilation"] = compilerServer ? "true" : "false";

        foreach (int number in Enumerable.Range(0, PackageCount))
        {
            PackageFixture.Create(repository.Feed, PackageId(number), "1.0.0", number == 0 ? [] : [$"{PackageId(0)}/1.0.0"]);
        }

        string[] paths = [.. Enumerable.Range(0, projects).Select(static number => $"{ProjectName(number)}/{ProjectName(number)}.csproj")];
        foreach (int number in Enumerable.Range(0, projects))
        {
            Write(repository, number);
        }

        repository.Solution("Bench.slnx", paths);
        repository.Lock();
        var solution = new BenchSolution(repository, projects, variant);
        ProcessResult first = solution.Run("build");
        return first.ExitCode == 0 ? solution : throw new InvalidOperationException(first.ToString());
    }

    /// <inheritdoc />
    public override bool Knows(Scenario scenario) => true;

    /// <inheritdoc />
    protected override TestRepository Repository => _repository;

    /// <inheritdoc />
    protected override string[] Arguments => ["Bench.slnx", "-v:quiet", .. _variant.Arguments];

    /// <inheritdoc />
    public override BuildLog Logged(params string[] further) => BuildLog.Read(_repository.Dotnet(["build", "Bench.slnx", .. further]));

    /// <inheritdoc />
    public override void Clean() => _repository.Git("clean", "-xfdq", "--exclude=.feeds");

    /// <summary>Changes one method body in the first project, which every other depends on.</summary>
    public override void Change() => _repository.Write($"{ProjectName(0)}/Code.cs", Code(0, ++_changes));

    /// <inheritdoc />
    public override void Dispose() => _repository.Dispose();

    private static void Write(TestRepository repository, int number)
    {
        bool web = IsWeb(number);
        repository.Project($"{ProjectName(number)}/{ProjectName(number)}.csproj", project =>
        {
            if (web)
            {
                project.Sdk("Microsoft.NET.Sdk.Web");
            }

            project.Property("TargetFramework", "net10.0").Property("UseAppHost", "false");
            foreach (int package in Enumerable.Range(number, PackagesEach))
            {
                project.Package(PackageId(package % PackageCount), "1.0.0");
            }

            // A web application is a leaf: the chain goes on from the library before it.
            int previous = IsWeb(number - 1) ? number - 2 : number - 1;
            if (previous >= 0)
            {
                project.Reference($"../{ProjectName(previous)}/{ProjectName(previous)}.csproj");
            }
        });
        repository.Write($"{ProjectName(number)}/Code.cs", Code(number, 0));
        if (web)
        {
            repository.Write($"{ProjectName(number)}/Program.cs", "Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args).Build().Run();\n");
        }
    }

    private static bool IsWeb(int number) => number % 10 == 9;

    private static string Code(int number, int change)
    {
        var code = new StringBuilder($"namespace {ProjectName(number)};\n\npublic static class Code\n{{\n");
        foreach (int method in Enumerable.Range(0, 50))
        {
            code.Append(CultureInfo.InvariantCulture, $"    public static int Method{method}(int value) => value * {method} + {change} + {PackageId(number % PackageCount).Replace(".", "", StringComparison.Ordinal)}.Thing.Do();\n");
        }

        // Every package is used: an unused one is a standing warning (RGATE2003), and a healthy repository has none.
        foreach (int package in Enumerable.Range(number, PackagesEach).Select(static package => package % PackageCount))
        {
            code.Append(CultureInfo.InvariantCulture, $"    public static int Use{package}() => {PackageId(package).Replace(".", "", StringComparison.Ordinal)}.Thing.Do();\n");
        }

        return code.Append("}\n").ToString();
    }

    private static string ProjectName(int number) => string.Create(CultureInfo.InvariantCulture, $"P{number:000}");

    private static string PackageId(int number) => string.Create(CultureInfo.InvariantCulture, $"Bench.Package{number:00}");
}
