using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Formatting;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;

namespace ReproGate.Analyzers.Tests;

/// <summary>What an editor does: runs an analyzer over a compilation with the files and properties of the design-time build, and applies a code fix.</summary>
internal static class Editor
{
    public const string Root = "/repo/";
    public const string Project = "/repo/App/App.csproj";
    public const string Matrix = "/repo/reprogate.env.json";
    public const string Assets = "/repo/App/obj/project.assets.json";
    public const string Central = "/repo/Directory.Packages.props";

    private static readonly ImmutableDictionary<string, string> Properties = new Dictionary<string, string>
    {
        ["MSBuildProjectFullPath"] = Project,
        ["ReproGateRepositoryRoot"] = Root,
        ["ReproGateEnvironmentFile"] = Matrix,
        ["ProjectAssetsFile"] = Assets,
        ["DirectoryPackagesPropsPath"] = Central,
        ["TargetFramework"] = "net10.0",
    }.ToImmutableDictionary();

    /// <summary>What the analyzer tells, in the order of the file.</summary>
    public static ImmutableArray<Diagnostic> Run(Compilation compilation, DiagnosticAnalyzer analyzer, IEnumerable<(string Path, string Text)> files, params (string Name, string Value)[] properties)
    {
        var options = new AnalyzerOptions(
            [.. files.Select(static file => new FileText(file.Path, file.Text))],
            new Provider(properties.Aggregate(Properties, static (all, one) => all.SetItem(one.Name, one.Value))));
        ImmutableArray<Diagnostic> told = compilation
            .WithAnalyzers([analyzer], new CompilationWithAnalyzersOptions(options, (exception, _, _) => throw new InvalidOperationException("The analyzer threw.", exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false))
            .GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return [.. told.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    /// <summary>The additional files after the only code fix that is offered; null where none is.</summary>
    public static (string Title, ImmutableDictionary<string, string> Files)? Fix(CodeFixProvider fix, Diagnostic diagnostic, IEnumerable<(string Path, string Text)> files)
    {
        using var workspace = new AdhocWorkspace(MefHostServices.Create([typeof(Workspace).Assembly, typeof(CSharpFormattingOptions).Assembly]));
        ProjectId project = ProjectId.CreateNewId();
        DocumentId code = DocumentId.CreateNewId(project);
        Solution solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(project, VersionStamp.Default, "App", "App", LanguageNames.CSharp, parseOptions: new CSharpParseOptions(LanguageVersion.Latest)))
            .AddDocument(code, "App.cs", diagnostic.Location.SourceTree!.GetText());
        solution = files.Aggregate(solution, (all, file) => all.AddAdditionalDocument(DocumentId.CreateNewId(project), Path.GetFileName(file.Path), SourceText.From(file.Text), filePath: file.Path));
        var actions = new List<CodeAction>();
        fix.RegisterCodeFixesAsync(new CodeFixContext(solution.GetDocument(code)!, diagnostic, (action, _) => actions.Add(action), CancellationToken.None)).GetAwaiter().GetResult();
        if (actions.Count == 0)
        {
            return null;
        }

        CodeAction only = Assert.Single(actions);
        Solution changed = Assert.Single(only.GetOperationsAsync(CancellationToken.None).GetAwaiter().GetResult().OfType<ApplyChangesOperation>()).ChangedSolution;
        return (only.Title, changed.GetProject(project)!.AdditionalDocuments.ToImmutableDictionary(static document => document.FilePath!, static document => document.GetTextAsync().GetAwaiter().GetResult().ToString()));
    }

    private sealed class FileText(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }

    private sealed class Provider(ImmutableDictionary<string, string> properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(properties);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Options(ImmutableDictionary<string, string>.Empty);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Options(ImmutableDictionary<string, string>.Empty);
    }

    private sealed class Options(ImmutableDictionary<string, string> properties) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => properties.TryGetValue(key.Replace("build_property.", "", StringComparison.Ordinal), out value);
    }
}
