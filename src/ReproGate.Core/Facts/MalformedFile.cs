namespace ReproGate.Facts;

/// <summary>Why a file of ReproGate could not be read.</summary>
/// <param name="Location">Where in the file.</param>
/// <param name="Problem">What is wrong there and what was expected, a sentence without full stop.</param>
public sealed record MalformedFile(SourceLocation Location, string Problem);
