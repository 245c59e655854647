using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Facts;

namespace ReproGate.Assemblies.Tests;

/// <summary>Assemblies compiled in memory: <c>Far</c> (a transitive package), <c>Near</c> (the direct one that exposes Far's types), and the code under test.</summary>
internal sealed class Compiled
{
    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public static readonly byte[] FarImage = Compile("Far", """
        namespace Far
        {
            public interface IBase { void Run(); }
            public class Thing : System.IDisposable
            {
                public int Field;
                public static readonly int Static = 1;
                public const string Const = "c";
                public virtual string Name => "";
                public event System.EventHandler? Changed { add { } remove { } }
                public void Do() { }
                public static Thing Make() => new Thing();
                public class Nested { public int X; }
                public void Dispose() { }
            }
            public class Exotic : System.Exception { }
            public struct Point { public int X; public Point(int x) { X = x; } }
            public enum Colour { Red, Green }
            public delegate void Handler(Thing thing);
            [System.AttributeUsage(System.AttributeTargets.All, AllowMultiple = true)]
            public sealed class MarkAttribute : System.Attribute { public MarkAttribute(params object[] values) { } public string? Text { get; set; } }
            public static class Extensions { public static int Count(this Thing thing) => 0; }
            public class Base<T> { public T? Value; }
            public enum Tiny : byte { One = 1 }
            public sealed class TinyAttribute : System.Attribute { public TinyAttribute(Tiny tiny) { } public TinyAttribute(Tiny first, Tiny second, Tiny third) { } public Tiny Other { get; set; } }
        }
        """, []).Image;

    public static readonly byte[] NearImage = Compile("Near", """
        using System;
        using System.Collections.Generic;
        using Far;
        namespace Near
        {
            public interface IDerived : IBase { }
            public class NearThing : Thing { }
            public class Plain { }
            public static class Api
            {
                public static Thing Get() => new Thing();
                public static Point GetPoint() => default;
                public static List<Thing> GetAll() => new();
                public static void Take(Thing? thing) { }
                public static void Take(string text) { }
                public static void Configure(Handler handler) { }
                public static void Paint(Colour colour) { }
                public static void Many(params Thing[] things) { }
                public static void Optional(Point point = default) { }
                public static void Add<TService>() { }
                public static T Same<T>(T value) => value;
                public static void Each(Func<Thing, bool> filter) { }
                public static void Tree(System.Linq.Expressions.Expression<Func<Thing, bool>> filter) { }
            }
        }
        """, [FarImage]).Image;

    /// <summary>An assembly without bodies, as packages and projects give the compiler.</summary>
    public static byte[] ReferenceAssembly(string name, string code)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(code)], Platform, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, deterministic: true));
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image, options: new EmitOptions(metadataOnly: true, includePrivateMembers: false));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }

    private Compiled(byte[] image, byte[]? symbols)
    {
        Image = image;
        Symbols = symbols;
    }

    public byte[] Image { get; }

    public byte[]? Symbols { get; }

    /// <summary>Compiles code against Far and Near and runs the pass.</summary>
    public static AssemblyFacts Facts(string code, OptimizationLevel optimization = OptimizationLevel.Debug, Func<string, bool>? isGenerated = null) =>
        Compile("App", code, [FarImage, NearImage], optimization).Read(isGenerated);

    /// <summary>The uses of Far in the facts: <c>kind type[.member]@line</c>, mentions left out.</summary>
    public static IEnumerable<string> UsesOfFar(AssemblyFacts facts) => facts.References
        .Where(static reference => reference.Name == "Far")
        .SelectMany(static reference => reference.Types)
        .SelectMany(static type => type.Uses.Where(static use => use.Kind != UseKind.Mentioned).Select(use =>
            $"{use.Kind} {type.Name}{(use.Member.Length > 0 ? "." + use.Member : "")}@{use.Location?.Line ?? -1}"));

    public AssemblyFacts Read(Func<string, bool>? isGenerated = null)
    {
        using var assembly = new MemoryStream(Image);
        using MemoryStream? symbols = Symbols is null ? null : new MemoryStream(Symbols);
        return AssemblyFactsReader.Read(assembly, symbols, isGenerated);
    }

    public static Compiled Compile(string name, string code, IEnumerable<byte[]> references, OptimizationLevel optimization = OptimizationLevel.Debug, DebugInformationFormat format = DebugInformationFormat.PortablePdb, string file = "/src/App.cs")
    {
        CSharpCompilation compilation = Compilation(name, code, references, optimization, file);
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(
            image,
            format == DebugInformationFormat.PortablePdb ? symbols : null,
            options: new EmitOptions(debugInformationFormat: format));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return new Compiled(image.ToArray(), format == DebugInformationFormat.PortablePdb ? symbols.ToArray() : null);
    }

    /// <summary>Code as the compiler has it, before anything is written.</summary>
    public static CSharpCompilation Compilation(string name, string code, IEnumerable<byte[]> references, OptimizationLevel optimization = OptimizationLevel.Debug, string file = "/src/App.cs")
    {
        return CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), new CSharpParseOptions(LanguageVersion.Latest), file)],
            Platform.AddRange(references.Select(image => MetadataReference.CreateFromImage(image, ReferenceEquals(image, FarImage) && code.Contains("extern alias far;", StringComparison.Ordinal) ? new MetadataReferenceProperties(aliases: ["far"]) : default))),
            new CSharpCompilationOptions(
                code.Contains("static void Main", StringComparison.Ordinal) || code.Contains("//top", StringComparison.Ordinal) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: optimization,
                deterministic: true,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
    }
}
