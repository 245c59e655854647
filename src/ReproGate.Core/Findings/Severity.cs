namespace ReproGate;

/// <summary>How loudly a finding is told. The order is the order of loudness.</summary>
public enum Severity
{
    /// <summary>Not told at all.</summary>
    None,

    /// <summary>Told in reports and at normal verbosity, never as a warning.</summary>
    Info,

    /// <summary>An MSBuild warning.</summary>
    Warning,

    /// <summary>An MSBuild error: the build fails.</summary>
    Error,
}
