using System.Collections.Immutable;

namespace ReproGate;

/// <summary>
/// One violation of one rule at one place. The text answers three questions in order: what happened,
/// why it breaks elsewhere, what to do (the exact edit or command).
/// </summary>
/// <param name="Rule">The rule that is violated.</param>
/// <param name="Location">The place to change.</param>
/// <param name="What">What happened, one sentence that names the thing.</param>
/// <param name="Why">Why it breaks on another machine or another day, one sentence.</param>
/// <param name="Fix">What to do: the exact edit or command, one or two sentences.</param>
public sealed record Finding(Rule Rule, SourceLocation Location, string What, string Why, string Fix)
{
    /// <summary>Overrides the rule's default severity before the user's own settings apply; null keeps the default.</summary>
    public Severity? DefaultSeverity { get; init; }

    /// <summary>Edits of files that mend the fault, when the mend is an edit.</summary>
    public ImmutableArray<TextEdit> Edits { get; init; } = [];

    /// <summary>The command line that mends the fault, when the mend is a command.</summary>
    public string? Command { get; init; }

    /// <summary>
    /// What the finding is about, without line numbers or absolute paths, so that it stays the same when lines move:
    /// for example the package id and target framework. Findings of one rule in one file with the same subject are the same finding.
    /// </summary>
    public string Subject { get; init; } = "";

    /// <summary>
    /// What is at fault where that is none of the projects it shows at, for example a package source: a build tells such findings of all its
    /// projects once. Empty where the place and the words say whether two findings are one.
    /// </summary>
    public string SharedCause { get; init; } = "";

    /// <summary>The whole text that is told: what, why, fix.</summary>
    public string Message => string.Join(' ', new[] { What, Why, Fix }.Where(static part => part.Length > 0));
}
