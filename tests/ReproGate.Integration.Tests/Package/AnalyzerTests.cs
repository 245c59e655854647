using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Package;

/// <summary>The analyzer of the packed package: what it shows an editor is what the build says, and a plain build does without it.</summary>
public sealed class AnalyzerTests
{
    private const string Program = """
        var builder = WebApplication.CreateBuilder(args);
        string key = builder.Configuration["New:Key"] ?? "none";
        string level = builder.Configuration["Logging:LogLevel:Default"] ?? "none";
        string given = builder.Configuration["Tenants:a:Url"] ?? "none";
        System.Console.WriteLine(key + level + given + AcmeNear.Thing.Do());
        System.Console.WriteLine(AcmeFar.Thing.Do());

        """;

    private const string Matrix = """
        {
          "environments": { "dev": "Development" },
          "apps": { "app": "App/App.csproj" },
          "keys": {
            "Tenants:*:Url": "string?",
          },
        }

        """;

    [Fact]
    public void In_a_build_that_asks_for_it_it_says_what_the_build_says()
    {
        using TestRepository repo = TestRepository.Create("répo with space");
        PackageFixture.Create(repo.Feed, "Acme.Far", "2.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/2.0.0"]);
        repo.Project("App/App.csproj", static project => project.Sdk("Microsoft.NET.Sdk.Web").Package("Acme.Near", "1.0.0").Property("ImplicitUsings", "enable"));
        repo.Write("App/Program.cs", Program).Write("reprogate.env.json", Matrix);
        repo.Lock("App/App.csproj").Commit();

        ProcessResult shown = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateAnalyzer=true");
        // In observe mode, so that one fault hides no other.
        ProcessResult judged = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe");

        string file = repo.PathOf("App/Program.cs");
        (string, string, int)[] expected = [("RGATE2001", file, 6), ("RGATE3001", file, 2)];
        Assert.Equal(expected, shown.Errors.Select(static error => (error.Code, error.File, error.Line)).Order());
        Assert.Equal(expected, judged.Findings.Select(static finding => (finding.Code, finding.File, finding.Line)).Order());
        Assert.Contains("Acme.Near 1.0.0 → Acme.Far 2.0.0", shown.Errors.First(static error => error.Code == "RGATE2001").Text, StringComparison.Ordinal);
        Assert.Contains("\"New:Key\": \"string?\"", shown.Errors.First(static error => error.Code == "RGATE3001").Text, StringComparison.Ordinal);

        // Declared: nothing to say for either. To the gates the analyzer's files are no files of the project, or what restore wrote would name the unused package.
        PackageFixture.Create(repo.Feed, "Acme.Else", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Sdk("Microsoft.NET.Sdk.Web").Package("Acme.Near", "1.0.0").Package("Acme.Far", "2.0.0").Package("Acme.Else", "1.0.0").Property("ImplicitUsings", "enable"));
        repo.Write("reprogate.env.json", Matrix.Replace("    \"Tenants", "    \"New:Key\": \"string?\",\n    \"Tenants", StringComparison.Ordinal));
        repo.Lock("App/App.csproj").Commit();
        ProcessResult declared = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateAnalyzer=true");
        declared.AssertWarns("RGATE2003", repo.PathOf("App/App.csproj"));
        Assert.Single(declared.Findings);
    }

    [Fact]
    public void An_editor_gets_it_and_a_plain_build_does_not()
    {
        using TestRepository repo = TestRepository.Create();
        repo.ImportGateByPath();
        repo.Project("App/App.csproj").Project("Basic/Basic.vbproj").Write("reprogate.env.json", Matrix);

        Assert.True(Evaluated("App/App.csproj", ("DesignTimeBuild", "true"), out string[] files));
        Assert.Equal(["App.csproj", "reprogate.env.json"], files.Order());
        Assert.False(Evaluated("App/App.csproj", ("Configuration", "Debug"), out files));
        Assert.Empty(files);
        Assert.False(Evaluated("Basic/Basic.vbproj", ("DesignTimeBuild", "true"), out _));
        using EvaluatedProject off = EvaluatedProject.Load(repo.PathOf("App/App.csproj"), ("DesignTimeBuild", "true"), ("ReproGateAnalyzer", "false"));
        Assert.DoesNotContain(off.Items("Analyzer"), static path => path.EndsWith("ReproGate.Analyzers.dll", StringComparison.Ordinal));
        using EvaluatedProject observed = EvaluatedProject.Load(repo.PathOf("App/App.csproj"), ("DesignTimeBuild", "true"), ("ReproGateMode", "observe"), ("ReproGateConfigurationEnabled", "false"));
        Assert.True(File.Exists(Assert.Single(observed.Items("GlobalAnalyzerConfigFiles"), static path => path.EndsWith("observe.globalconfig", StringComparison.Ordinal))));
        Assert.DoesNotContain(observed.Items("AdditionalFiles"), static path => path.EndsWith("reprogate.env.json", StringComparison.Ordinal));
        // Or each switch between editor and command line would compile anew.
        using EvaluatedProject plain = EvaluatedProject.Load(repo.PathOf("App/App.csproj"));
        Assert.Equal(plain.Items("CompilerVisibleProperty"), observed.Items("CompilerVisibleProperty"));

        bool Evaluated(string project, (string, string) property, out string[] files)
        {
            using EvaluatedProject evaluated = EvaluatedProject.Load(repo.PathOf(project), property);
            files = [.. evaluated.Items("AdditionalFiles").Select(static path => Path.GetFileName(path))];
            return evaluated.Items("Analyzer").Any(static path => path.EndsWith("ReproGate.Analyzers.dll", StringComparison.Ordinal) && File.Exists(path));
        }
    }
}
