using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace ReproGate.Analyzers.Packages;

/// <summary>Declares the package of RGATE2001: adds the reference to the project file and, with central versions, the version beside it. Both or none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddReferenceCodeFix))]
[Shared]
public sealed class AddReferenceCodeFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Descriptors.TransitivePackageUsed.Id];

    /// <summary>None: a package is declared once, however often it is used.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc />
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            string id = diagnostic.Told(TransitivePackageAnalyzer.IdProperty);
            string reference = diagnostic.Told(TransitivePackageAnalyzer.ReferenceProperty);
            string declaration = diagnostic.Told(TransitivePackageAnalyzer.DeclarationProperty);
            TextDocument? project = context.Document.Project.FileBeside(diagnostic.Told(TransitivePackageAnalyzer.ProjectProperty));
            TextDocument? central = context.Document.Project.FileBeside(diagnostic.Told(TransitivePackageAnalyzer.CentralProperty));
            if (reference.Length == 0 || project is null || (declaration.Length > 0 && central is null))
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Add {reference} to {Path.GetFileName(project.FilePath)}{(declaration.Length > 0 ? $" and {declaration} to {Path.GetFileName(central!.FilePath)}" : "")}",
                    async cancellation =>
                    {
                        Solution solution = context.Document.Project.Solution;
                        if (ElementInsertion.Into(await project.GetTextAsync(cancellation).ConfigureAwait(false), "PackageReference", id, reference) is not { } changed)
                        {
                            return solution;
                        }

                        Solution mended = solution.WithAdditionalDocumentText(project.Id, changed);
                        if (declaration.Length == 0)
                        {
                            return mended;
                        }

                        return ElementInsertion.Into(await central!.GetTextAsync(cancellation).ConfigureAwait(false), "PackageVersion", id, declaration) is { } versions
                            ? mended.WithAdditionalDocumentText(central.Id, versions)
                            : solution;
                    },
                    equivalenceKey: reference),
                diagnostic);
        }

        return Task.CompletedTask;
    }
}
