namespace ReproGate;

/// <summary>The place a person has to change: an absolute file path and a one-based line and column (0 = unknown).</summary>
/// <param name="File">Absolute path of the file, in the host's own form.</param>
/// <param name="Line">One-based line, or 0 where only the file is known.</param>
/// <param name="Column">One-based column, or 0 where only the line is known.</param>
public sealed record SourceLocation(string File, int Line = 0, int Column = 0)
{
    /// <inheritdoc />
    public override string ToString() => Line > 0 ? $"{File}({Line},{Column})" : File;
}
