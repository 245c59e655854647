using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.Analyzers.Configuration;

/// <summary>RGATE3001 while typing: a key that is read and that no row of reprogate.env.json declares.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigurationKeyAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Name of the property that holds the path of the matrix.</summary>
    internal const string FileProperty = "File";

    /// <summary>Name of the property that holds the key.</summary>
    internal const string KeyProperty = "Key";

    /// <summary>Name of the property that holds the row to insert.</summary>
    internal const string RowProperty = "Row";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.KeyNotDeclared];

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
            || project.IsTest
            || context.Compilation.GetTypeByMetadataName("Microsoft.Extensions.Configuration.IConfiguration") is null
            || EditorProject.Find(context.Options.AdditionalFiles, project.MatrixFile) is not { } file
            || MatrixFile.Read(file, context.CancellationToken) is not { } matrix)
        {
            return;
        }

        MatrixApp? app = matrix.AppOf(project.ProjectPath, project.Root);
        bool runs = context.Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication or OutputKind.WindowsRuntimeApplication;
        if (runs && app is null)
        {
            // The build does not judge an executable that the matrix does not name.
            return;
        }

        var sections = new SectionFinder(context.Compilation);
        ImmutableArray<MatrixKey> rows = app is null ? matrix.Keys : [.. matrix.Keys.Where(row => row.Apps.IsEmpty || row.Apps.Contains(app.Name))];
        // Only the build of an application knows whether it reaches a library's code.
        DiagnosticSeverity severity = app is null ? DiagnosticSeverity.Info : DiagnosticSeverity.Error;
        context.RegisterOperationAction(
            operation =>
            {
                if (KeyRead.Of(operation.Operation, sections) is { } found && !HostKeys.Has(found.Read.Key) && !rows.Any(row => KeyDeclaration.Declares(row, found.Read)))
                {
                    operation.ReportDiagnostic(Tell(found.Read, found.Place, matrix, app, severity));
                }
            },
            OperationKind.PropertyReference,
            OperationKind.Invocation);
    }

    // In the words of the build's rule.
    private static Diagnostic Tell(ConfigurationRead read, SyntaxNode place, EnvironmentMatrix matrix, MatrixApp? app, DiagnosticSeverity severity)
    {
        string file = Path.GetFileName(matrix.File);
        const string why = "Nobody has said where each environment has it from, so some environment may lack it.";
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        string message;
        if (app is not null && matrix.Keys.FirstOrDefault(other => !other.Apps.IsEmpty && !other.Apps.Contains(app.Name) && KeyDeclaration.Declares(other, read)) is { } others)
        {
            message = $"The code reads '{read.Key}', which {file} declares for {string.Join(", ", others.Apps)} and not for {app.Name}. {why} Add \"{app.Name}\" to \"apps\" of \"{others.Key}\" in {file}, line {others.Location.Line}.";
        }
        else
        {
            string row = MatrixText.Row(DeclaredRow.For(matrix, app is null ? [] : DeclaredRow.OnlyFor(matrix, app), [read]), matrix.Environments);
            properties = properties.Add(FileProperty, matrix.File).Add(KeyProperty, read.Key).Add(RowProperty, row);
            message = $"The code reads '{read.Key}', which {file} does not declare. {why} Insert into \"keys\" of {file}: {row}";
        }

        return Diagnostic.Create(Descriptors.KeyNotDeclared, place.GetLocation(), severity, additionalLocations: null, properties, message);
    }
}
