using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;
using ReproGate.Linking.Configuration;

namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>Web applications compiled in memory against the real shared framework, read and linked.</summary>
internal static class Linked
{
    private static readonly ImmutableArray<MetadataReference> Framework = [.. FrameworkFiles().Select(static path => MetadataReference.CreateFromFile(path))];

    private const string Usings = """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;
        using System.ComponentModel.DataAnnotations;
        using Microsoft.AspNetCore.Builder; using Microsoft.AspNetCore.Hosting; using Microsoft.AspNetCore.Http; using Microsoft.AspNetCore.Mvc;
        using Microsoft.Extensions.Configuration; using Microsoft.Extensions.DependencyInjection; using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging; using Microsoft.Extensions.Options;

        """;

    /// <summary>Links statements of an entry point that has <c>config</c>, <c>builder</c>, <c>services</c>, <c>env</c>; the first is at line 1.</summary>
    /// <param name="body">The statements.</param>
    /// <param name="types">Types beside it, at line 101.</param>
    /// <param name="library">Code of a referenced project, at line 1 of its own file.</param>
    /// <param name="optimization">How it is compiled.</param>
    /// <param name="isPackage">Whether the library is a package's, whose code is not linked.</param>
    public static ExecutableConfiguration Body(string body, string types = "", string? library = null, OptimizationLevel optimization = OptimizationLevel.Debug, bool isPackage = false)
    {
        return Program(BodyCode(body, types), library, optimization, isPackage);
    }

    /// <summary>The program around statements.</summary>
    public static string BodyCode(string body, string types) => $$"""
            {{Usings}}
            public static class Program
            {
                public static void Main(string[] args)
                {
                    var builder = WebApplication.CreateBuilder(args); IConfiguration config = builder.Configuration; var services = builder.Services; IHostEnvironment env = builder.Environment;
            #line 1 "/src/App.cs"
            {{body}}
            #line 50 "/src/App.cs"
                }
                public static void Use(params object?[] values) { }
            }
            #line 101 "/src/App.cs"
            {{types}}
            """;

    /// <summary>Links a whole program.</summary>
    public static ExecutableConfiguration Program(string code, string? library = null, OptimizationLevel optimization = OptimizationLevel.Debug, bool isPackage = false)
    {
        (byte[] Image, byte[] Symbols)? second = library is null ? null : Compile("Lib", Usings + "#line 1 \"/src/Lib.cs\"\n" + library, [], optimization, OutputKind.DynamicallyLinkedLibrary);
        (byte[] Image, byte[] Symbols) first = Compile("App", code, second is null ? [] : [MetadataReference.CreateFromImage(second.Value.Image)], optimization, OutputKind.ConsoleApplication);
        return ConfigurationLinker.Link(new LinkedAssembly(Facts(first)), second is null || isPackage ? [] : [new LinkedAssembly(Facts(second.Value))]);
    }

    /// <summary>Usings for whole programs.</summary>
    public static string WithUsings(string code) => Usings + "#line 1 \"/src/App.cs\"\n" + code;

    /// <summary>What the code reads, one text each: <c>Key Kind Type Requirement[=Default][ whole][ any][ in:X][ not:X] @line</c>; what the host reads by itself left out.</summary>
    public static IEnumerable<string> Reads(ExecutableConfiguration configuration) => configuration.Reads
        .Where(static read => read.Origin == "code")
        .Select(Text);

    public static string Text(ConfigurationRead read) => string.Concat(
        read.Key.Length == 0 ? "(root)" : read.Key,
        " ",
        read.Kind == ReadKind.EnvironmentVariable ? "Env" : read.Kind.ToString(),
        " ",
        read.Type.ToString(),
        read.EnumMembers.Length > 0 ? $"({string.Join('|', read.EnumMembers)})" : "",
        " ",
        read.Requirement.ToString(),
        read.Default is null ? "" : "=" + read.Default,
        read.WholeSection ? " whole" : "",
        read.AnyOf.Length > 0 ? " any" : "",
        read.OnlyIn.Length > 0 ? " in:" + string.Join('|', read.OnlyIn) : "",
        read.NotIn.Length > 0 ? " not:" + string.Join('|', read.NotIn) : "",
        read.Origin == "code" ? "" : " " + read.Origin,
        " @",
        read.Location?.File.EndsWith("Lib.cs", StringComparison.Ordinal) == true ? "Lib" : "",
        (read.Location?.Line ?? -1).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static CodeFacts Facts((byte[] Image, byte[] Symbols) compiled)
    {
        using var assembly = new MemoryStream(compiled.Image);
        using var symbols = new MemoryStream(compiled.Symbols);
        CodeFacts facts = CodeFactsReader.Read(assembly, symbols);
        Assert.Empty(facts.Unread);
        return facts;
    }

    public static (byte[] Image, byte[] Symbols) Compile(string name, string code, IEnumerable<MetadataReference> references, OptimizationLevel optimization, OutputKind kind, IEnumerable<string>? generated = null)
    {
        CSharpCompilation compilation = Compilation(name, code, references, optimization, kind, generated);
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return (image.ToArray(), symbols.ToArray());
    }

    /// <summary>Code as the compiler has it, before anything is written.</summary>
    public static CSharpCompilation Compilation(string name, string code, IEnumerable<MetadataReference> references, OptimizationLevel optimization, OutputKind kind, IEnumerable<string>? generated = null)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview).WithFeatures([new KeyValuePair<string, string>("InterceptorsNamespaces", "Microsoft.Extensions.Configuration.Binder.SourceGeneration")]);
        return CSharpCompilation.Create(
            name,
            [.. new[] { code }.Concat(generated ?? []).Select((text, index) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), options, index == 0 ? "/src/" + name + ".cs" : $"/obj/{index}.g.cs"))],
            Framework.AddRange(references),
            new CSharpCompilationOptions(kind, optimizationLevel: optimization, deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>Compiles with a source generator of the SDK.</summary>
    public static (byte[] Image, byte[] Symbols) CompileWithGenerator(string name, string code, string analyzer)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview).WithFeatures([new KeyValuePair<string, string>("InterceptorsNamespaces", "Microsoft.Extensions.Configuration.Binder.SourceGeneration")]);
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), options, "/src/" + name + ".cs")],
            Framework,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
        IEnumerable<ISourceGenerator> generators = System.Reflection.Assembly.LoadFrom(analyzer).GetTypes()
            .Where(static type => type is { IsAbstract: false } && typeof(IIncrementalGenerator).IsAssignableFrom(type))
            .Select(static type => ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator());
        CSharpGeneratorDriver.Create(generators, parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out _);
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = generated.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return (image.ToArray(), symbols.ToArray());
    }

    /// <summary>Folder of the shared ASP.NET framework of the running SDK.</summary>
    public static string AspNetFolder()
    {
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string shared = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(runtime)!)!, "Microsoft.AspNetCore.App");
        string same = Path.Combine(shared, Path.GetFileName(runtime));
        return Directory.Exists(same) ? same : Directory.GetDirectories(shared).Order(StringComparer.Ordinal).Last();
    }

    private static IEnumerable<string> FrameworkFiles() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Where(static path => path.StartsWith(RuntimeEnvironment.GetRuntimeDirectory(), StringComparison.Ordinal))
            .Concat(Directory.GetFiles(AspNetFolder(), "Microsoft.*.dll"));
}
