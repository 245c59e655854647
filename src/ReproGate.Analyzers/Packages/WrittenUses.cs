using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ReproGate.Analyzers.Packages;

/// <summary>
/// The uses that code makes of other assemblies so that they are in its IL: calls, fields, objects, base types, signatures, attributes, type arguments, casts. Not
/// constants, members of enumerations, nameof, documentation, using directives and types of locals, which the build does not see either.
/// </summary>
internal static class WrittenUses
{
    /// <summary>Every use in a file, in its order: what is used, and the name that is written.</summary>
    public static IEnumerable<(ISymbol Symbol, string How, SyntaxNode Place)> In(SemanticModel model, SyntaxNode root, CancellationToken cancellation)
    {
        foreach (SyntaxNode node in root.DescendantNodes(static node => node is not (UsingDirectiveSyntax or ExternAliasDirectiveSyntax)))
        {
            if (node is ImplicitObjectCreationExpressionSyntax)
            {
                if (model.GetSymbolInfo(node, cancellation).Symbol is IMethodSymbol created)
                {
                    yield return (created.ContainingType, "creates", node);
                }
            }
            else if (node is SimpleNameSyntax name && !IsOnlyNamed(name) && model.GetSymbolInfo(name, cancellation).Symbol is { } symbol && Describe(name, symbol) is { } use)
            {
                yield return (use.Symbol, use.How, name);
            }
        }
    }

    private static (ISymbol Symbol, string How)? Describe(SimpleNameSyntax name, ISymbol symbol) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => name.FirstAncestorOrSelf<AttributeSyntax>()?.Name.Contains(name) == true
            ? IsOfAssembly(name) ? null : (constructor.ContainingType, "applies")
            : (constructor.ContainingType, "creates"),
        IMethodSymbol { MethodKind: not (MethodKind.LocalFunction or MethodKind.AnonymousFunction) } method => (method.ReducedFrom ?? method, "calls"),
        IPropertySymbol property => (property, "uses"),
        IEventSymbol events => (events, "uses"),
        IFieldSymbol { HasConstantValue: false, ContainingType.TypeKind: not TypeKind.Enum } field => (field, "reads or writes"),
        INamedTypeSymbol type => How(name) is { } how ? (type, how) : null,
        _ => null,
    };

    // What a type's name is there for; null where it leaves nothing in the IL, or where the member behind it says it.
    private static string? How(SimpleNameSyntax name)
    {
        SyntaxNode node = name;
        while (node.Parent is QualifiedNameSyntax { Right: var right } qualified && right == node)
        {
            node = qualified;
        }

        while (node.Parent is AliasQualifiedNameSyntax or NullableTypeSyntax or ArrayTypeSyntax or RefTypeSyntax || (node.Parent is QualifiedNameSyntax { Right: var outer } && outer == node))
        {
            node = node.Parent;
        }

        return node.Parent switch
        {
            BaseTypeSyntax => "derives from or implements",
            ObjectCreationExpressionSyntax creation when creation.Type == node => "creates",
            TypeArgumentListSyntax list => IsInferableOrLocal(list) ? null : "passes as a type argument",
            SizeOfExpressionSyntax => "names",
            TypeOfExpressionSyntax => IsOfAssembly(node) ? null : "names",
            CastExpressionSyntax or CatchDeclarationSyntax or DeclarationPatternSyntax or RecursivePatternSyntax or TypePatternSyntax => "casts to or tests for",
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression or (int)SyntaxKind.AsExpression } test when test.Right == node => "casts to or tests for",
            ParameterSyntax { Parent.Parent: BaseMethodDeclarationSyntax or DelegateDeclarationSyntax or TypeDeclarationSyntax } => "has in its own signature",
            MethodDeclarationSyntax or PropertyDeclarationSyntax or DelegateDeclarationSyntax or EventDeclarationSyntax or IndexerDeclarationSyntax or OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax => "has in its own signature",
            VariableDeclarationSyntax { Parent: BaseFieldDeclarationSyntax } => "has in its own signature",
            TypeConstraintSyntax => "has in its own signature",
            ExplicitInterfaceSpecifierSyntax => "derives from or implements",
            _ => null,
        };
    }

    // List<Far.Thing> of a local is no use of one's own; of an object that is created, of a call, a base type and a signature it is.
    private static bool IsInferableOrLocal(TypeArgumentListSyntax list)
    {
        SyntaxNode node = list;
        while (node.Parent is TypeSyntax or TypeArgumentListSyntax)
        {
            node = node.Parent;
        }

        return node.Parent is VariableDeclarationSyntax { Parent: not BaseFieldDeclarationSyntax } or DeclarationExpressionSyntax or ForEachStatementSyntax;
    }

    private static bool IsOfAssembly(SyntaxNode node) => node.FirstAncestorOrSelf<AttributeListSyntax>()?.Target?.Identifier.ValueText is "assembly" or "module";

    // nameof(…) names and does not use.
    private static bool IsOnlyNamed(SyntaxNode name) => name.Ancestors().Any(static ancestor =>
        ancestor is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" }, ArgumentList.Arguments.Count: 1 });
}
