// How precise and how complete is the pass over IL?
//
//   dotnet build Some.slnx --no-incremental -bl:some.binlog
//   dotnet run --project eng/SymbolCheck -- some.binlog [--list]
//
// For every C# compilation in the log: the assemblies whose symbols the hand-written source names (each name's symbol, and the
// members that foreach, collection initialisers and implicit constructors bind to), against the assemblies the pass says are
// used. The framework and the project itself are left out. A pair is (compilation, assembly).
using System.Globalization;
using Microsoft.Build.Logging.StructuredLogger;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using ReproGate.Assemblies;
using ReproGate.Facts;
using ReproGate.TestKit;

if (args.Length == 0 || !File.Exists(args[0]))
{
    Console.Error.WriteLine("usage: SymbolCheck <binary log> [--list]");
    return 2;
}

// Before any method that names MSBuild's types is compiled.
MSBuildHost.EnsureRegistered();
return Compare(args[0], args.Contains("--list"));

static int Compare(string log, bool list)
{
    int both = 0, onlyPass = 0, onlySymbols = 0, compilations = 0;
    var seen = new HashSet<string>(StringComparer.Ordinal);
    foreach (CscTask task in BinaryLog.ReadBuild(log).FindChildrenRecursive<CscTask>())
    {
        string? directory = Path.GetDirectoryName(task.GetNearestParent<Project>()?.ProjectFile);
        string? line = task.CommandLineArguments;
        if (directory is null || line is null)
        {
            continue;
        }

        // The line begins with the compiler's own path; what follows the first switch is the same however it was started.
        int start = line.IndexOf(" /noconfig", StringComparison.Ordinal);
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(
            CommandLineParser.SplitCommandLineIntoArguments(start < 0 ? line : line[start..], removeHashComments: false), directory, sdkDirectory: null);
        string output = Path.Combine(arguments.OutputDirectory, arguments.OutputFileName ?? "");
        if (!File.Exists(output) || !seen.Add(output))
        {
            continue;
        }

        (HashSet<string> symbols, int errors) = NamedAssemblies(arguments);
        AssemblyFacts facts = AssemblyFactsReader.Read(output, static file => IsGenerated(file));
        HashSet<string> external = [.. arguments.MetadataReferences.Select(static reference => reference.Reference).Where(static path => !IsFramework(path)).Select(Path.GetFileNameWithoutExtension).OfType<string>()];
        symbols.IntersectWith(external);
        HashSet<string> pass =
        [
            .. facts.References
                .Where(reference => external.Contains(reference.Name) && reference.Types.Any(static type => type.Uses.Any(static use => use.Kind != UseKind.Mentioned && !use.Generated)))
                .Select(static reference => reference.Name),
        ];
        compilations++;
        both += pass.Intersect(symbols).Count();
        onlyPass += pass.Except(symbols).Count();
        onlySymbols += symbols.Except(pass).Count();
        if (list && (!pass.SetEquals(symbols) || errors > 0))
        {
            Console.WriteLine($"{output} ({errors} errors without generators)");
            foreach (string name in pass.Except(symbols))
            {
                TypeUse use = facts.References.Single(reference => reference.Name == name).Types.SelectMany(static type => type.Uses).First(static use => use.Kind != UseKind.Mentioned && !use.Generated);
                Console.WriteLine($"  only the pass: {name}, {use.Kind} {use.Member} {use.Location}");
            }

            foreach (string name in symbols.Except(pass))
            {
                Console.WriteLine($"  only symbols:  {name}");
            }
        }
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{compilations} compilations; pairs in both {both}, only the pass {onlyPass}, only symbols {onlySymbols}; precision {Share(both, onlyPass):P2}, recall {Share(both, onlySymbols):P2}"));
    return 0;
}

static double Share(int good, int bad) => good + bad == 0 ? 1 : (double)good / (good + bad);

static bool IsFramework(string path) => path.Replace('\\', '/').Contains("/packs/", StringComparison.OrdinalIgnoreCase) || path.Replace('\\', '/').Contains("netstandard.library/", StringComparison.OrdinalIgnoreCase) || path.Replace('\\', '/').Contains(".app.ref/", StringComparison.OrdinalIgnoreCase);

static bool IsGenerated(string path) => path.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal) || !Path.IsPathRooted(path) || path.EndsWith(".g.cs", StringComparison.Ordinal);

static (HashSet<string> Names, int Errors) NamedAssemblies(CSharpCommandLineArguments arguments)
{
    IEnumerable<SyntaxTree> trees = arguments.SourceFiles.Where(static file => File.Exists(file.Path))
        .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file.Path), arguments.ParseOptions, file.Path));
    CSharpCompilation compilation = CSharpCompilation.Create(
        arguments.CompilationName,
        trees,
        arguments.MetadataReferences.Where(static reference => File.Exists(reference.Reference)).Select(static reference => MetadataReference.CreateFromFile(reference.Reference, reference.Properties)),
        arguments.CompilationOptions);
    var names = new HashSet<string>(StringComparer.Ordinal);
    foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(static tree => !IsGenerated(tree.FilePath)))
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            // A using directive names a namespace, not an assembly.
            if (node is UsingDirectiveSyntax || node.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null)
            {
                continue;
            }

            // An attribute about the whole assembly is a mention for the pass (tools write such attributes too).
            if (node.FirstAncestorOrSelf<AttributeListSyntax>() is { Target.Identifier.Text: "assembly" or "module" })
            {
                continue;
            }

            switch (node)
            {
                // "var" and the discard name nothing.
                case IdentifierNameSyntax { IsVar: true }:
                    break;
                case SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax:
                    Add(names, model.GetSymbolInfo(node).Symbol);
                    break;
                case ForEachStatementSyntax each:
                    Add(names, model.GetForEachStatementInfo(each).GetEnumeratorMethod);
                    break;
                case InitializerExpressionSyntax initializer when initializer.IsKind(SyntaxKind.CollectionInitializerExpression):
                    foreach (ExpressionSyntax element in initializer.Expressions)
                    {
                        Add(names, model.GetCollectionInitializerSymbolInfo(element).Symbol);
                    }

                    break;
            }
        }
    }

    return (names, compilation.GetDiagnostics().Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
}

static void Add(HashSet<string> names, ISymbol? symbol)
{
    // A local, parameter or lambda is this code's own whatever its type.
    if (symbol is INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol && symbol.ContainingAssembly is { } assembly)
    {
        names.Add(assembly.Name);
    }
}
