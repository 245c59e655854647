using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Facts.Configuration;

namespace ReproGate.Analyzers.Configuration;

/// <summary>Declares the key of RGATE3001: adds its row to reprogate.env.json, where it sorts, and leaves everything else as it stands.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddRowCodeFix))]
[Shared]
public sealed class AddRowCodeFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Descriptors.KeyNotDeclared.Id];

    /// <summary>None: each row is somebody's decision.</summary>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc />
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            string row = diagnostic.Told(ConfigurationKeyAnalyzer.RowProperty);
            string key = diagnostic.Told(ConfigurationKeyAnalyzer.KeyProperty);
            string path = diagnostic.Told(ConfigurationKeyAnalyzer.FileProperty);
            if (row.Length > 0 && key.Length > 0 && context.Document.Project.FileBeside(path) is { } matrix)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Declare it in {Path.GetFileName(path)}: {row}",
                        async cancellation =>
                        {
                            SourceText text = await matrix.GetTextAsync(cancellation).ConfigureAwait(false);
                            Solution solution = context.Document.Project.Solution;
                            return With(path, text, key, row) is { } changed ? solution.WithAdditionalDocumentText(matrix.Id, changed) : solution;
                        },
                        equivalenceKey: row),
                    diagnostic);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The text with a row more; null where it is malformed or has the key already.</summary>
    internal static SourceText? With(string path, SourceText text, string key, string row)
    {
        if (MatrixFile.Read(path, text) is not { } matrix
            || matrix.Keys.Any(other => other.Apps.IsEmpty && other.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            || MatrixText.Insert(matrix, key, row) is not { } edit)
        {
            return null;
        }

        TextLine line = text.Lines[edit.StartLine - 1];
        string before = text.ToString(TextSpan.FromBounds(line.Start, line.Start + edit.StartColumn - 1));
        if (edit.NewText[0] is '\n' or ',' || !string.IsNullOrWhiteSpace(before))
        {
            return text.WithChanges(Behind(text, line, line.Start + edit.StartColumn - 1, edit.NewText));
        }

        // Comments right above a row are that row's: the new one goes before them.
        int at = edit.StartLine - 1;
        while (at > 0 && text.Lines[at - 1].ToString().TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            at--;
        }

        string end = text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak));
        return text.WithChanges(new TextChange(new TextSpan(text.Lines[at].Start, 0), $"{before}{row},{(end.Length > 0 ? end : "\n")}"));
    }

    // A row at the end stands below what the last line says of itself.
    private static IEnumerable<TextChange> Behind(SourceText text, TextLine line, int at, string put)
    {
        string rest = text.ToString(TextSpan.FromBounds(at, line.End));
        int newLine = put.IndexOf('\n');
        if (newLine < 0 || !rest.TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            yield return new TextChange(new TextSpan(at, 0), put);
            yield break;
        }

        if (newLine > 0)
        {
            yield return new TextChange(new TextSpan(at, 0), put.Substring(0, newLine));
        }

        yield return new TextChange(new TextSpan(line.End, 0), put.Substring(newLine));
    }
}
