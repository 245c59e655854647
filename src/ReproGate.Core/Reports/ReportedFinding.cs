using System.Collections.Immutable;

namespace ReproGate.Reports;

/// <summary>A finding as a report carries it: read back from a project's SARIF file, with paths relative to the repository.</summary>
/// <param name="RuleId">The rule's id.</param>
/// <param name="Level">How loudly it is told, outside observe mode.</param>
/// <param name="File">The file relative to the repository's root with <c>/</c>; only its name where it lies elsewhere.</param>
/// <param name="Line">One-based line, or 0 where only the file is known.</param>
/// <param name="Column">One-based column, or 0 where only the line is known.</param>
/// <param name="Message">The whole text.</param>
public sealed record ReportedFinding(string RuleId, Severity Level, string File, int Line, int Column, string Message)
{
    /// <summary>True where <see cref="File"/> lies in the repository.</summary>
    public bool InRepository { get; init; } = true;

    /// <summary>What happened, why it breaks elsewhere, what to do.</summary>
    public string What { get; init; } = "";

    /// <inheritdoc cref="What" />
    public string Why { get; init; } = "";

    /// <inheritdoc cref="What" />
    public string Fix { get; init; } = "";

    /// <summary>What the finding is about, stable when lines move.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Recognises the finding again, see <see cref="Reports.Fingerprint"/>.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The edits that mend it.</summary>
    public ImmutableArray<ReportedEdit> Edits { get; init; } = [];

    /// <summary>The command that mends it; empty where none does.</summary>
    public string Command { get; init; } = "";

    /// <summary>The project that was judged, relative to the repository's root.</summary>
    public string Project { get; init; } = "";

    /// <summary>The check that told it, as a baseline names it.</summary>
    public string Check { get; init; } = "";

    /// <summary>Why the baseline accepts it; empty where it does not.</summary>
    public string Justification { get; init; } = "";

    /// <summary>True where the user's settings or the baseline keep it from being told.</summary>
    public bool Suppressed { get; init; }

    /// <summary>True where it was not there at the commit of comparison; null where nothing was compared.</summary>
    public bool? IsNew { get; init; }
}

/// <summary>One replacement of text, as <see cref="TextEdit"/>, in a file relative to the repository's root with <c>/</c>.</summary>
public sealed record ReportedEdit(string File, int StartLine, int StartColumn, int EndLine, int EndColumn, string NewText);
