extern alias editor;

using System.Collections.Immutable;
using System.Text;
using editor::ReproGate.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using ReproGate.Assemblies.Tests.Configuration;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Settings.Matrix;
using TestEnvironment = ReproGate.TestKit.TestEnvironment;

namespace ReproGate.Analyzers.Tests;

/// <summary>RGATE3001 while typing, and that it says nothing the build does not say.</summary>
public sealed class ConfigurationKeyTests
{
    private const string Empty = """
        {
          "environments": { "dev": "Development", "prod": "Production" },
          "apps": { "app": "App/App.csproj" },
          "keys": {
          },
        }
        """;

    public static TheoryData<string, string, string?> Corpus
    {
        get
        {
            var all = new TheoryData<string, string, string?>();
            foreach (object?[] row in ReadFormTests.Values.Concat(ReadFormTests.Requirements))
            {
                all.Add((string)row[0]!, (string)row[1]!, null);
            }

            // Whether a private method is ever called only the build finds out.
            foreach (object?[] row in ReachTests.Travels.Where(static row => !((string)row[1]!).Contains("private string? Never()", StringComparison.Ordinal)))
            {
                all.Add((string)row[0]!, (string)row[1]!, (string?)row[2]);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void What_it_tells_the_build_tells_too(string body, string types, string? library)
    {
        string[] editor = Keys(Run(Code(body, types, library), Empty));
        string[] build = editor.Length == 0 ? [] : Build(Linked.Body(body, types, library), Empty, "app");

        Assert.Empty(editor.Except(build, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The forms that it is there for: all of the build's, with the build's row.</summary>
    [Theory]
    [InlineData("""Use(config["A"]);""")]
    [InlineData("""Use(config["A"] ?? "x");""")]
    [InlineData("""Use(config["Db:Password"] ?? throw new Exception());""")]
    [InlineData("""Use(config["A"]?.Split(','));""")]
    [InlineData("""Use(builder.Configuration["A:B"]);""")]
    [InlineData("""var s = config.GetSection("S"); Use(s["A"]); Use(s["B"]);""")]
    [InlineData("""Use(config.GetSection("S").GetSection("T")["A"]);""")]
    [InlineData("""Use(config.GetSection("S").Value);""")]
    [InlineData("""Use(config.GetConnectionString("Main"));""")]
    [InlineData("""Use(config.GetValue<int>("N"));""")]
    [InlineData("""Use(config.GetValue<int?>("N"));""")]
    [InlineData("""Use(config.GetValue<int>("ListenPort"));""")]
    [InlineData("""Use(config.GetValue("N", 5));""")]
    [InlineData("""Use(config.GetValue<bool>("F"));""")]
    [InlineData("""Use(config.GetValue<TimeSpan>("T"));""")]
    [InlineData("""Use(config.GetValue<Uri>("U"));""")]
    [InlineData("""Use(config.GetValue<double>("D"));""")]
    [InlineData("""Use(config.GetValue(typeof(int), "N"));""")]
    [InlineData("""Use(config.GetValue<DayKind>("C"));""", "public enum DayKind { Work, Free }")]
    [InlineData("""const string k = "A"; Use(config[k]);""")]
    [InlineData("""Use(config[nameof(Uri) + ":Url"]);""")]
    [InlineData("""services.AddSingleton<Svc>();""", "public class Svc { readonly IConfiguration _c; public Svc(IConfiguration c) { _c = c; Program.Use(_c[\"Svc:Url\"]); } }")]
    [InlineData("""services.AddSingleton<Svc>();""", "public class Svc(IConfiguration c) { public object Url { get; } = c[\"Svc:Url\"] ?? throw new Exception(); }")]
    [InlineData("""services.AddSingleton<Svc>();""", "public class Svc { readonly IConfigurationSection _s; public Svc(IConfiguration c) { _s = c.GetSection(\"Svc\"); Program.Use(_s[\"Url\"]); } }")]
    [InlineData("""services.AddSingleton(sp => new Uri(sp.GetRequiredService<IConfiguration>()["U:V"] ?? "http://x"));""")]
    [InlineData("""var app = builder.Build(); app.MapGet("/", (IConfiguration c) => c["A"] ?? "x"); Use(app.Configuration["B"]);""")]
    public void It_tells_all_that_the_build_tells_of_direct_reads_with_the_same_row(string body, string types = "")
    {
        ExecutableConfiguration code = Linked.Body(body, types);
        ImmutableArray<Diagnostic> told = Run(Code(body, types, null), Empty);

        Assert.NotEmpty(told);
        Assert.Equal(Build(code, Empty, "app"), Keys(told));
        string[] fixes = [.. Findings(code, Empty, "app").Select(static finding => finding.Fix)];
        // The build sees what becomes of a text (a URL), the editor only the expression around the read.
        Assert.All(told, diagnostic => Assert.Contains($"Insert into \"keys\" of reprogate.env.json: {diagnostic.Properties["Row"]}".Replace("\"string", "\"", StringComparison.Ordinal).Replace("\"url", "\"", StringComparison.Ordinal), fixes.Select(static fix => fix.Replace("\"string", "\"", StringComparison.Ordinal).Replace("\"url", "\"", StringComparison.Ordinal))));
        Assert.All(told, static diagnostic => Assert.Equal(("RGATE3001", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity)));
    }

    [Theory]
    [InlineData("\"Tenants:*:Url\": \"url\"", "Tenants:a:Url")]
    [InlineData("\"Tenant*:Url\": \"url\"", "TenantA:Url")]
    [InlineData("\"Orders\": \"object\"", "Orders:Url")]
    [InlineData("\"Orders:**\": \"string\"", "Orders:Deep:Er")]
    [InlineData("\"orders:URL\": \"url\"", "Orders:Url")]
    [InlineData("", "Logging:LogLevel:Default")]
    [InlineData("", "AllowedHosts")]
    [InlineData("", "urls")]
    [InlineData("", "Kestrel:Endpoints:Http:Url")]
    [InlineData("", "ASPNETCORE_URLS")]
    public void A_key_that_a_row_covers_or_that_is_the_host_s_is_silent(string row, string key)
    {
        string matrix = Empty.Replace("\"keys\": {", $"\"keys\": {{ {row}", StringComparison.Ordinal);
        string body = $"Use(config[\"{key}\"]);";

        Assert.Empty(Run(Code(body), matrix));
        Assert.Empty(Build(Linked.Body(body), matrix, "app"));
        // Near miss: a neighbour of it is told by both.
        string other = $"Use(config[\"Else:{key}\"]);";
        Assert.Equal([$"Else:{key}"], Keys(Run(Code(other), matrix)));
        Assert.Equal([$"Else:{key}"], Build(Linked.Body(other), matrix, "app"));
    }

    [Theory]
    [InlineData("""config["A"] = "x";""", "")]
    [InlineData("""Use(config.GetSection("S"));""", "")]
    [InlineData("""Use(Cfg.Get(config.GetSection("X")));""", "public static class Cfg { public static string? Get(IConfiguration c) => c[\"A\"]; }")]
    [InlineData("""Use(new Svc(config.GetSection("X")));""", "public class Svc { public Svc(IConfiguration c) => Program.Use(c[\"A\"]); }")]
    [InlineData("""Svc s = new(config.GetSection("X")); Use(s);""", "public class Svc { public Svc(IConfiguration c) => Program.Use(c[\"A\"]); }")]
    [InlineData("""Use(new Svc(config));""", "public class Base(IConfiguration c) { public string? A => c[\"A\"]; } public class Svc(IConfiguration c) : Base(c.GetSection(\"X\"));")]
    [InlineData("""IConfiguration s = config; s = config.GetSection("X"); Use(s["A"]);""", "")]
    [InlineData("""Cfg.With(config, s => Program.Use(s["A"]));""", "public static class Cfg { public static void With(IConfiguration c, Action<IConfiguration> a) => a(c.GetSection(\"S\")); }")]
    public void Where_the_section_is_not_certain_it_leaves_it_to_the_build(string body, string types) => Assert.Empty(Run(Code(body, types, null), Empty));

    [Fact]
    public void Tests_executables_that_the_matrix_does_not_name_and_what_has_no_matrix_are_left_alone()
    {
        Compilation code = Code("""Use(config["A"]);""");

        Assert.Single(Run(code, Empty));
        Assert.Empty(Run(code, Empty, ("IsTestProject", "true")));
        Assert.Empty(Run(code, Empty, ("MSBuildProjectFullPath", "/repo/Other/Other.csproj")));
        Assert.Empty(Editor.Run(code, new ConfigurationKeyAnalyzer(), []));
        // A matrix in the midst of being typed: the build says RGATE0001.
        Assert.Empty(Run(code, Empty.Replace("\"apps\"", "\"aps", StringComparison.Ordinal)));
    }

    [Fact]
    public void In_a_library_a_key_that_no_application_declares_is_a_suggestion()
    {
        Compilation code = Code("""Use(config["A"], config["B"]);""").WithOptions(Code("").Options.WithOutputKind(OutputKind.DynamicallyLinkedLibrary));
        string matrix = Empty.Replace("\"keys\": {", "\"keys\": { \"A\": \"string\"", StringComparison.Ordinal);

        Diagnostic told = Assert.Single(Run(code, matrix, ("MSBuildProjectFullPath", "/repo/Lib/Lib.csproj")));

        Assert.Equal(("B", DiagnosticSeverity.Info), (told.Properties["Key"], told.Severity));
    }

    [Fact]
    public void A_row_of_another_application_is_named_and_no_second_one_offered()
    {
        string matrix = Empty.Replace("\"app\": \"App/App.csproj\"", "\"app\": \"App/App.csproj\", \"other\": \"Other/Other.csproj\"", StringComparison.Ordinal)
            .Replace("\"keys\": {", "\"keys\": { \"A\": { \"type\": \"string\", \"apps\": \"other\" }", StringComparison.Ordinal);
        ImmutableArray<Diagnostic> told = Run(Code("""Use(config["A"], config["B"]);"""), matrix);

        Assert.Contains("declares for other and not for app", told[0].GetMessage(null), StringComparison.Ordinal);
        Assert.Null(Editor.Fix(new AddRowCodeFix(), told[0], [(Editor.Matrix, matrix)]));
        Assert.Equal("\"B\": { \"type\": \"string\", \"apps\": \"app\" }", told[1].Properties["Row"]);
    }

    [Fact]
    public void The_code_fix_adds_the_row_where_it_sorts_and_keeps_comments()
    {
        const string matrix = """
            {
              "environments": { "dev": "Development" },
              "apps": { "app": "App/App.csproj" },
              // Keys.
              "keys": {
                "Alpha": "string", // first
                // What Gamma is
                // needs two lines.
                "Gamma": "string",
                "Omega": "string" // last
              },
            }
            """;

        Assert.Equal(
            matrix.Replace("    // What Gamma is\n", "    \"Beta\": \"int\",\n    // What Gamma is\n", StringComparison.Ordinal),
            Mended(matrix, """Use(config.GetValue<int>("Beta"));"""));
        Assert.Equal(
            matrix.Replace("\"Omega\": \"string\" // last\n", "\"Omega\": \"string\", // last\n    \"Zeta\": \"string\"\n", StringComparison.Ordinal),
            Mended(matrix, """Use(config["Zeta"]);"""));
        Assert.Equal(
            matrix.ReplaceLineEndings("\r\n").Replace("    \"Alpha\"", "    \"Aa\": \"string\",\r\n    \"Alpha\"", StringComparison.Ordinal),
            Mended(matrix.ReplaceLineEndings("\r\n"), """Use(config["Aa"]);"""));
        string one = Mended(Empty, """Use(config["Ünique:Käy"]);""");
        Assert.Empty(Run(Code("""Use(config["Ünique:Käy"]);"""), one));
        Assert.Contains("\n    \"Ünique:Käy\": \"string\",\n", one, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shop_is_silent_and_rows_that_are_taken_out_are_told_as_the_build_tells_them()
    {
        string shop = Path.Combine(TestEnvironment.SourceRoot, "testassets", "config-shop");
        string matrix = File.ReadAllText(Path.Combine(shop, "reprogate.env.json"));
        string shared = File.ReadAllText(Path.Combine(shop, "src", "Shop.Shared", "OrderOptions.cs"));
        string program = File.ReadAllText(Path.Combine(shop, "src", "Shop.Api", "Program.cs"));
        const string usings = "global using System; global using Microsoft.AspNetCore.Builder; global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;";
        (byte[] Image, byte[] Symbols) library = Linked.Compile("Shop.Shared", shared, [], OptimizationLevel.Debug, OutputKind.DynamicallyLinkedLibrary, [usings]);
        MetadataReference[] references = [MetadataReference.CreateFromImage(library.Image)];
        Compilation code = Linked.Compilation("Shop.Api", program, references, OptimizationLevel.Debug, OutputKind.ConsoleApplication, [usings]);
        ExecutableConfiguration linked = ReproGate.Linking.Configuration.ConfigurationLinker.Link(
            new(Linked.Facts(Linked.Compile("Shop.Api", program, references, OptimizationLevel.Debug, OutputKind.ConsoleApplication, [usings]))),
            [new(Linked.Facts(library))]);
        (string, string) project = ("MSBuildProjectFullPath", "/repo/src/Shop.Api/Shop.Api.csproj");
        string[] direct = ["Cache:Size", "ConnectionStrings:Shop", "Payment:ApiKey"];
        string without = string.Join('\n', matrix.Split('\n').Where(line => !direct.Any(key => line.Contains($"\"{key}\":", StringComparison.Ordinal))));

        Assert.Empty(Run(code, matrix, project));
        Assert.Empty(Build(linked, matrix, "api"));
        Assert.Equal(direct, Keys(Run(code, without, project)));
        Assert.Equal(direct, Build(linked, without, "api"));
    }

    private static string Mended(string matrix, string body)
    {
        Diagnostic told = Assert.Single(Run(Code(body), matrix));
        (string Title, ImmutableDictionary<string, string> Files) fixedUp = Editor.Fix(new AddRowCodeFix(), told, [(Editor.Matrix, matrix)])!.Value;
        Assert.Equal($"Declare it in reprogate.env.json: {told.Properties["Row"]}", fixedUp.Title);
        Assert.Empty(Run(Code(body), fixedUp.Files[Editor.Matrix]));
        return fixedUp.Files[Editor.Matrix];
    }

    private static Compilation Code(string body, string types = "", string? library = null)
    {
        MetadataReference[] references = library is null
            ? []
            : [MetadataReference.CreateFromImage(Linked.Compile("Lib", Linked.WithUsings(library), [], OptimizationLevel.Debug, OutputKind.DynamicallyLinkedLibrary).Image)];
        return Linked.Compilation("App", Linked.BodyCode(body, types), references, OptimizationLevel.Debug, OutputKind.ConsoleApplication);
    }

    private static ImmutableArray<Diagnostic> Run(Compilation code, string matrix, params (string, string)[] properties) =>
        Editor.Run(code, new ConfigurationKeyAnalyzer(), [(Editor.Matrix, matrix)], properties);

    private static string[] Keys(IEnumerable<Diagnostic> told) => [.. told.Select(static diagnostic => diagnostic.Properties["Key"]!).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    // What the build's rule says of the same code, by its own reading of the assembly and of the matrix.
    private static IEnumerable<Finding> Findings(ExecutableConfiguration code, string matrix, string name)
    {
        EnvironmentMatrix read = MatrixReader.Parse(Editor.Matrix, Encoding.UTF8.GetBytes(matrix), out _)!;
        return KeyNotDeclared.Check(new JudgedApp(new AppConfiguration { Code = code, Matrix = read, App = read.Apps.First(app => app.Name == name), RepositoryRoot = Editor.Root }));
    }

    private static string[] Build(ExecutableConfiguration code, string matrix, string name) =>
        [.. Findings(code, matrix, name).Select(finding => finding.Subject[(name.Length + 1)..]).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
}
