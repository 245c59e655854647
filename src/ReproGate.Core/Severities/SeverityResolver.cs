namespace ReproGate.Severities;

/// <summary>
/// Decides how loudly a finding is told, in the order Roslyn uses for its own diagnostics, so that nobody has to learn a second one:
/// <c>NoWarn</c>, then <c>WarningsAsErrors</c> by id, then the analyzer configuration, then <c>TreatWarningsAsErrors</c>.
/// <c>ReproGateMode=observe</c> comes after all of them.
/// </summary>
public static class SeverityResolver
{
    /// <summary>Resolves the severity of one finding.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="findingDefault">The finding's own default where it differs from the rule's.</param>
    /// <param name="configured">What <c>dotnet_diagnostic.&lt;id&gt;.severity</c> says; null where it says nothing or <c>default</c>.</param>
    /// <param name="settings">The project's properties.</param>
    public static Severity Resolve(Rule rule, Severity? findingDefault, Severity? configured, SeveritySettings settings)
    {
        if (settings.NoWarn.Contains(rule.Id))
        {
            return Severity.None;
        }

        // The compiler gets /warnaserror+ before /warnaserror-, and the last one wins: an id in both lists is not raised.
        bool keptAsWarning = settings.WarningsNotAsErrors.Contains(rule.Id);
        Severity severity = configured ?? findingDefault ?? rule.DefaultSeverity;
        if (!keptAsWarning && settings.WarningsAsErrors.Contains(rule.Id))
        {
            severity = Severity.Error;
        }
        else if (severity == Severity.Warning && settings.TreatWarningsAsErrors && !keptAsWarning && !IsRaisedByIdOnly(rule))
        {
            severity = Severity.Error;
        }

        return severity == Severity.Error && settings.Observe ? Severity.Warning : severity;
    }

    /// <summary>
    /// True for RGATE0090 and RGATE4004: where a check cannot run by the nature of the place (a container build without .git), or a file
    /// was created a minute ago, TreatWarningsAsErrors, which people set for their code, must not fail the build. Naming the id
    /// (WarningsAsErrors, or severity = error) does.
    /// </summary>
    public static bool IsRaisedByIdOnly(Rule rule) => rule == RuleCatalog.CheckCouldNotRun || rule == RuleCatalog.CompiledUntracked;
}
