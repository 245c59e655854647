using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Matrix;

namespace ReproGate.Analyzers.Configuration;

/// <summary>The matrix as the editor has it, with what is typed and not yet saved.</summary>
internal static class MatrixFile
{
    // An editor asks again and again with the same text.
    private static readonly ConditionalWeakTable<SourceText, Parsed> Known = new();

    /// <summary>The matrix; null where the text is malformed, which the build tells (RGATE0001).</summary>
    public static EnvironmentMatrix? Read(AdditionalText file, CancellationToken cancellation) =>
        file.GetText(cancellation) is { } text ? Read(file.Path, text) : null;

    /// <inheritdoc cref="Read(AdditionalText, CancellationToken)" />
    public static EnvironmentMatrix? Read(string path, SourceText text) =>
        Known.GetValue(text, text => new Parsed(MatrixReader.Parse(path, Encoding.UTF8.GetBytes(text.ToString()), out _))).Matrix;

    private sealed class Parsed(EnvironmentMatrix? matrix)
    {
        public EnvironmentMatrix? Matrix => matrix;
    }
}
