using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ReproGate.Analyzers.Configuration;

/// <summary>
/// Which section a configuration in code is, for one compilation. A parameter may be handed the root or any section, so it counts only where .NET itself
/// hands it over: then it is the root. What is not certain is not told: a false accusation costs more than a miss, and the build finds it.
/// </summary>
internal sealed class SectionFinder(Compilation compilation)
{
    private const int MaxSteps = 8;

    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _uncertain = new(SymbolEqualityComparer.Default);

    /// <summary>The section's key, empty for the root; null where it is not certain.</summary>
    public string? PrefixOf(IOperation operation) => PrefixOf(operation, 0);

    private string? PrefixOf(IOperation? operation, int steps)
    {
        if (operation is null || steps > MaxSteps)
        {
            return null;
        }

        if (operation is IConversionOperation conversion)
        {
            return PrefixOf(conversion.Operand, steps);
        }

        if (IsRoot(operation.Type))
        {
            return "";
        }

        return operation switch
        {
            IParenthesizedOperation parenthesized => PrefixOf(parenthesized.Operand, steps),
            IInvocationOperation call => OfCall(call, steps),
            IPropertyReferenceOperation { Property: { Name: "Configuration", IsIndexer: false } property } when property.ContainingNamespace?.ToDisplayString().StartsWith("Microsoft.", StringComparison.Ordinal) == true => "",
            IPropertyReferenceOperation { Property: { IsIndexer: false, SetMethod: null } property } => OfMember(property, operation, steps),
            IFieldReferenceOperation { Field: { IsConst: false } field } => OfMember(field, operation, steps),
            ILocalReferenceOperation local => OfLocal(local, steps),
            IParameterReferenceOperation parameter => OfParameter(parameter.Parameter),
            _ => null,
        };
    }

    private static bool IsRoot(ITypeSymbol? type) => type is { Name: "IConfigurationRoot" or "IConfigurationManager" or "ConfigurationManager" or "ConfigurationRoot" } && KeyRead.IsOurs(type);

    private string? OfCall(IInvocationOperation call, int steps)
    {
        IMethodSymbol method = call.TargetMethod;
        IOperation? receiver;
        if (method is { Name: "GetSection" } && KeyRead.IsConfiguration(method.ContainingType))
        {
            receiver = call.Instance;
        }
        else if (method is { Name: "GetRequiredSection", ContainingType.Name: "ConfigurationExtensions" } && KeyRead.IsOurs(method.ContainingType))
        {
            receiver = KeyRead.Argument(call, "configuration");
        }
        else
        {
            return method is { Name: "GetRequiredService" or "GetService", ContainingType.Name: "ServiceProviderServiceExtensions", TypeArguments: [{ Name: "IConfiguration" } asked] } && KeyRead.IsOurs(asked) ? "" : null;
        }

        return KeyRead.Argument(call, "key") is { } name && KeyRead.Constant(name) is { } key && PrefixOf(receiver, steps + 1) is { } prefix
            ? prefix.Length == 0 ? key : $"{prefix}:{key}"
            : null;
    }

    private string? OfLocal(ILocalReferenceOperation reference, int steps)
    {
        if (reference.SemanticModel is not { } model
            || reference.Local.DeclaringSyntaxReferences is not [var declared]
            || declared.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            || declarator.SyntaxTree != model.SyntaxTree
            || IsAssigned(Body(declarator), reference.Local.Name))
        {
            return null;
        }

        return PrefixOf(model.GetOperation(value), steps + 1);
    }

    // A field or a property that only its class sets: what it is set to, in one file, everywhere the same.
    private string? OfMember(ISymbol member, IOperation reference, int steps)
    {
        if (reference.SemanticModel is not { } model
            || (member is IFieldSymbol { IsReadOnly: false } && member.DeclaredAccessibility != Accessibility.Private)
            || member.ContainingType.DeclaringSyntaxReferences is not [var declared]
            || declared.SyntaxTree != model.SyntaxTree)
        {
            return null;
        }

        SyntaxNode type = declared.GetSyntax();
        List<ExpressionSyntax> values =
        [
            .. type.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(assignment => NameOf(assignment.Left) == member.Name).Select(static assignment => assignment.Right),
        ];
        SyntaxNode? own = member.DeclaringSyntaxReferences is [var place] ? place.GetSyntax() : null;
        if (own is VariableDeclaratorSyntax { Initializer.Value: { } initial })
        {
            values.Add(initial);
        }
        else if (own is PropertyDeclarationSyntax property && (property.Initializer?.Value ?? property.ExpressionBody?.Expression) is { } value)
        {
            values.Add(value);
        }

        string?[] prefixes = [.. values.Select(value => PrefixOf(model.GetOperation(value), steps + 1)).Distinct(StringComparer.OrdinalIgnoreCase)];
        return prefixes is [{ } one] ? one : null;
    }

    private string? OfParameter(IParameterSymbol parameter)
    {
        if (parameter.Type is not { Name: "IConfiguration" } || !KeyRead.IsOurs(parameter.Type) || parameter.ContainingSymbol is not IMethodSymbol method)
        {
            return null;
        }

        return method switch
        {
            { MethodKind: MethodKind.Constructor, ContainingType: { IsAbstract: false } type } => _uncertain.GetOrAdd(type, IsUncertain) ? null : "",
            // A handler of MapGet and its like: its parameters are services.
            { MethodKind: MethodKind.AnonymousFunction, DeclaringSyntaxReferences: [var declared] } =>
                declared.GetSyntax().Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var called } } } && called.StartsWith("Map", StringComparison.Ordinal) ? "" : null,
            _ => null,
        };
    }

    // Whether the code may make objects of a type itself, or of one that derives from it: it may hand them a section. And whether a type is named nowhere and derives
    // from nothing that a framework looks for: then nobody seems to make it.
    private bool IsUncertain(INamedTypeSymbol type)
    {
        bool isUsed = type.BaseType?.SpecialType != SpecialType.System_Object || type.AllInterfaces.Length > 0 || type.GetAttributes().Length > 0;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            bool isNamed = false;
            bool isImplicit = false;
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                switch (node)
                {
                    case ObjectCreationExpressionSyntax creation when LastOf(creation.Type) == type.Name:
                    case BaseTypeSyntax parent when LastOf(parent.Type) == type.Name:
                    case GenericNameSyntax { Identifier.ValueText: "CreateInstance" or "CreateFactory" }:
                        return true;
                    case ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: > 0 }:
                        isImplicit = true;
                        break;
                    case IdentifierNameSyntax name when name.Identifier.ValueText == type.Name:
                        isNamed = true;
                        break;
                }
            }

            if (isImplicit && isNamed)
            {
                return true;
            }

            isUsed |= isNamed;
        }

        return !isUsed;
    }

    private static string LastOf(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        _ => "",
    };

    private static string NameOf(ExpressionSyntax left) => left switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } member => member.Name.Identifier.ValueText,
        _ => "",
    };

    private static SyntaxNode Body(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(static ancestor => ancestor is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax) ?? node;

    private static bool IsAssigned(SyntaxNode body, string name) => body.DescendantNodes().Any(node => node switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(left => left.Identifier.ValueText == name && left.Parent is not (MemberAccessExpressionSyntax or ElementAccessExpressionSyntax)),
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => argument.Expression is IdentifierNameSyntax { Identifier.ValueText: var handed } && handed == name,
        _ => false,
    });
}
