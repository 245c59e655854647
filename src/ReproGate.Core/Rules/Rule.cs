namespace ReproGate;

/// <summary>A rule of the catalogue.</summary>
/// <param name="Id">Stable id, <c>RGATE</c> and four digits, never reused.</param>
/// <param name="Name">The fault in one Pascal-case name; also the name of the rule's class where it has one.</param>
/// <param name="Title">The fault in one short phrase.</param>
/// <param name="DefaultSeverity">Severity before the user's settings.</param>
/// <param name="Gate">The gate it belongs to.</param>
public sealed record Rule(string Id, string Name, string Title, Severity DefaultSeverity, Gate Gate);

/// <summary>A gate: a group of rules that is switched on and off together by <c>ReproGate&lt;Gate&gt;Enabled</c>.</summary>
public enum Gate
{
    /// <summary>ReproGate's own files and host (RGATE0xxx); cannot be switched off apart from the whole.</summary>
    Itself,

    /// <summary>Locked restore (RGATE1xxx).</summary>
    LockedRestore,

    /// <summary>Packages: undeclared, nonexistent, suspicious (RGATE2xxx).</summary>
    Packages,

    /// <summary>Configuration keys against the environment matrix (RGATE3xxx).</summary>
    Configuration,

    /// <summary>The machine the build leans on (RGATE40xx).</summary>
    Machine,

    /// <summary>Build, test and rebuild in a container (RGATE41xx, RGATE42xx).</summary>
    CleanRoom,
}
