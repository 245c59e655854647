using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.CleanRoom.Tests.Comparison;

/// <summary>Assemblies compiled in memory, as a build makes them: deterministic unless told otherwise, with PDB.</summary>
internal static class CompiledPair
{
    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public static (byte[] Image, byte[] Symbols) Compile(string code, string path = "/src/Clock.cs", bool deterministic = true, string? pdbPath = null, bool embedded = false, string name = "Shop", IEnumerable<ResourceDescription>? resources = null)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), new CSharpParseOptions(LanguageVersion.Latest), path)],
            Platform,
            new CSharpCompilationOptions(Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: deterministic));
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(image, embedded ? null : symbols, manifestResources: resources, options: new EmitOptions(debugInformationFormat: embedded ? DebugInformationFormat.Embedded : DebugInformationFormat.PortablePdb, pdbFilePath: pdbPath ?? name + ".pdb"));
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return (image.ToArray(), symbols.ToArray());
    }

    public static OutputDifference Compare(string left, string right) => TwoTrees.Compare("Shop.dll", Compile(left).Image, Compile(right).Image)!;
}
