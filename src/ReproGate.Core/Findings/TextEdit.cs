namespace ReproGate;

/// <summary>Replaces the text between two positions of a file (one-based, end exclusive); an insertion has equal positions.</summary>
/// <param name="File">Absolute path of the file; a file that does not exist is created when the span is 1,1–1,1.</param>
/// <param name="StartLine">One-based first line.</param>
/// <param name="StartColumn">One-based first column.</param>
/// <param name="EndLine">One-based last line.</param>
/// <param name="EndColumn">One-based column after the last replaced character.</param>
/// <param name="NewText">The text to put there.</param>
public sealed record TextEdit(string File, int StartLine, int StartColumn, int EndLine, int EndColumn, string NewText);
