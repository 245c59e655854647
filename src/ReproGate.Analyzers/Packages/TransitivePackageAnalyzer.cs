using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using ReproGate.Facts;
using ReproGate.Gates.Packages;

namespace ReproGate.Analyzers.Packages;

/// <summary>RGATE2001 while typing: code uses a package that the project gets only because another brings it. Told once a file for each package, at its first use.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TransitivePackageAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Name of the property that holds the package's id.</summary>
    internal const string IdProperty = "Id";

    /// <summary>Name of the property that holds the element for the project file.</summary>
    internal const string ReferenceProperty = "Reference";

    /// <summary>Name of the property that holds the element for Directory.Packages.props; empty where none is needed.</summary>
    internal const string DeclarationProperty = "Declaration";

    /// <summary>Name of the property that holds the project file's path.</summary>
    internal const string ProjectProperty = "Project";

    /// <summary>Name of the property that holds the path of Directory.Packages.props.</summary>
    internal const string CentralProperty = "Central";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.TransitivePackageUsed];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var project = new EditorProject(context.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
        if (!project.IsKnown
            || EditorProject.Find(context.Options.AdditionalFiles, project.AssetsFile) is not { } file
            || RestoredGraph.Read(file, project, context.CancellationToken) is not { } graph)
        {
            return;
        }

        Dictionary<IAssemblySymbol, OwnedAssembly> undeclared = Undeclared(context.Compilation, graph, out ImmutableArray<IAssemblySymbol> declared);
        if (undeclared.Count == 0)
        {
            return;
        }

        context.RegisterSemanticModelAction(file =>
        {
            var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach ((ISymbol symbol, string how, SyntaxNode place) in WrittenUses.In(file.SemanticModel, file.SemanticModel.SyntaxTree.GetRoot(file.CancellationToken), file.CancellationToken))
            {
                INamedTypeSymbol? type = (symbol as INamedTypeSymbol ?? symbol.ContainingType)?.OriginalDefinition;
                if (type?.ContainingAssembly is { } assembly
                    && undeclared.TryGetValue(assembly, out OwnedAssembly owner)
                    && !told.Contains(owner.Id)
                    && !type.ToDisplayString().StartsWith("System.ValueTuple", StringComparison.Ordinal)
                    && !IsForwarded(type, declared))
                {
                    told.Add(owner.Id);
                    file.ReportDiagnostic(Tell(owner, symbol, how, place, graph.Dependencies));
                }
            }
        });
    }

    private static Dictionary<IAssemblySymbol, OwnedAssembly> Undeclared(Compilation compilation, RestoredGraph graph, out ImmutableArray<IAssemblySymbol> declared)
    {
        var packages = new List<(IAssemblySymbol Assembly, OwnedAssembly Owner)>();
        // Two packages may bring an assembly of the same name; where one is declared, or the framework or a project has it, that one may be meant.
        var others = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var own = ImmutableArray.CreateBuilder<IAssemblySymbol>();
        foreach (MetadataReference reference in compilation.References)
        {
            if (compilation.GetAssemblyOrModuleSymbol(reference) is not IAssemblySymbol assembly)
            {
                continue;
            }

            string path = (reference as PortableExecutableReference)?.FilePath?.Replace('\\', '/') ?? "";
            if (graph.Owners.TryGetValue(path, out OwnedAssembly? owner) && !graph.Dependencies.Declares(owner.Id))
            {
                packages.Add((assembly, owner));
            }
            else
            {
                others.Add(assembly.Name);
                if (owner is not null || reference is CompilationReference)
                {
                    own.Add(assembly);
                }
            }
        }

        declared = own.ToImmutable();
        return packages
            .Where(package => !others.Contains(package.Assembly.Name) && !UmbrellaPackages.Cover(graph.Dependencies, package.Owner.Id))
            .ToDictionary(static package => package.Assembly, static package => package.Owner, (IEqualityComparer<IAssemblySymbol>)SymbolEqualityComparer.Default);
    }

    // A type that a declared package forwards is part of that package's own surface.
    private static bool IsForwarded(INamedTypeSymbol type, ImmutableArray<IAssemblySymbol> declared)
    {
        INamedTypeSymbol outer = type;
        while (outer.ContainingType is { } containing)
        {
            outer = containing;
        }

        string name = outer.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{outer.MetadataName}" : outer.MetadataName;
        return declared.Any(assembly => assembly.ResolveForwardedType(name) is not null);
    }

    // In the words of the build's rule.
    private static Diagnostic Tell(OwnedAssembly owner, ISymbol symbol, string how, SyntaxNode place, AssemblyDependencies dependencies)
    {
        ImmutableArray<DependencyNode> chain = dependencies.ChainTo(owner.Id);
        string through = chain.IsEmpty
            ? "through something else it references"
            : $"through others, as {string.Join(" → ", chain.Select(static node => node.IsPackage ? $"{node.Id} {node.Version}" : node.Id))}";
        PackageMend mend = PackageMend.For(owner, dependencies);
        string used = symbol is INamedTypeSymbol ? symbol.ToDisplayString() : $"{symbol.ContainingType.ToDisplayString()}.{symbol.Name}";
        return Diagnostic.Create(
            Descriptors.TransitivePackageUsed,
            place.GetLocation(),
            ImmutableDictionary<string, string?>.Empty
                .Add(IdProperty, owner.Id)
                .Add(ReferenceProperty, mend.Reference)
                .Add(DeclarationProperty, mend.Declaration)
                .Add(ProjectProperty, dependencies.ProjectPath)
                .Add(CentralProperty, dependencies.CentralFile),
            $"{Path.GetFileName(dependencies.ProjectPath)} {how} {used}, which is in package {owner.Id} {owner.Version}, but does not declare that package: it comes only {through}. Whenever what brings it changes, this code meets another version or stops compiling. {mend.Fix}");
    }
}
