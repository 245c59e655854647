using Microsoft.CodeAnalysis;

namespace ReproGate.Analyzers;

/// <summary>What a code fix gets from its analyzer, and the files beside the sources that it edits.</summary>
internal static class CodeFixInputs
{
    /// <summary>A property that the analyzer gave its diagnostic; empty where it gave none.</summary>
    public static string Told(this Diagnostic diagnostic, string property) => diagnostic.Properties.TryGetValue(property, out string? value) ? value ?? "" : "";

    /// <summary>The file of a path among those that the compiler is handed beside the sources; null where it is not, or the path is empty.</summary>
    public static TextDocument? FileBeside(this Project project, string path) =>
        path.Length == 0 ? null : project.AdditionalDocuments.FirstOrDefault(document => document.FilePath is { } file && EditorProject.AreSame(file, path));
}
