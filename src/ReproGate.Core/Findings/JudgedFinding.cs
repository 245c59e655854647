namespace ReproGate;

/// <summary>A finding with the severity the user's settings give it.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Severity">How loudly it is told; <see cref="Severity.None"/> where the user suppressed it.</param>
public sealed record JudgedFinding(Finding Finding, Severity Severity)
{
    /// <summary>The severity outside <c>ReproGateMode=observe</c>, which turns errors into warnings.</summary>
    public Severity Enforced { get; init; } = Severity;

    /// <summary>Why it is suppressed, where the baseline accepts it; empty otherwise.</summary>
    public string Justification { get; init; } = "";

    /// <summary>Drops findings that say the same about the same place; the first of them stays.</summary>
    public static IEnumerable<Finding> Distinct(IEnumerable<Finding> findings) =>
        findings.DistinctBy(static finding => (finding.Rule.Id, finding.Location, finding.Message));
}
