using System.Collections.Frozen;

namespace ReproGate.Severities;

/// <summary>What a project's MSBuild properties say about severities, for one evaluation.</summary>
public sealed record SeveritySettings
{
    private static readonly char[] Separators = [';', ',', ' ', '\t', '\r', '\n'];

    /// <summary>Ids of <c>NoWarn</c>: not told at all, whatever their default severity.</summary>
    public FrozenSet<string> NoWarn { get; init; } = [];

    /// <summary>Ids of <c>WarningsAsErrors</c>.</summary>
    public FrozenSet<string> WarningsAsErrors { get; init; } = [];

    /// <summary>Ids of <c>WarningsNotAsErrors</c>: warnings among them stay warnings.</summary>
    public FrozenSet<string> WarningsNotAsErrors { get; init; } = [];

    /// <summary><c>TreatWarningsAsErrors</c>.</summary>
    public bool TreatWarningsAsErrors { get; init; }

    /// <summary><c>ReproGateMode</c> is <c>observe</c>: every error becomes a warning, for a first look.</summary>
    public bool Observe { get; init; }

    /// <summary>Reads a list property: ids separated by semicolons, commas, spaces or line ends, in any case. Words that are no id of ours do no harm.</summary>
    public static FrozenSet<string> ParseList(string? list) =>
        (list ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
