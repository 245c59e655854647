using System.Text.RegularExpressions;
using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>
/// What others in this field, as far as they come with the SDK, say of a mutation: MSBuild's BuildCheck, NuGetAudit and the SDK's analyzers, all of
/// them at their most, in one build without the gate. A neighbour tells a fault where it says something of it that it does not say of the near miss.
/// </summary>
internal static partial class Neighbours
{
    /// <summary>The neighbours, each with how its diagnostics are called.</summary>
    public static IReadOnlyList<(string Name, string[] Prefixes)> All { get; } =
    [
        ("BuildCheck (`-check`)", ["BC"]),
        ("NuGetAudit (`NuGetAuditMode=all`)", ["NU190"]),
        ("analyzers (`AnalysisMode=All`)", ["CA", "IDE"]),
    ];

    /// <summary>Arguments of restore and build that switch all of them on.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["-p:NuGetAudit=true", "-p:NuGetAuditMode=all", "-p:NuGetAuditLevel=low", "-p:AnalysisMode=All", "-p:EnforceCodeStyleInBuild=true", "-p:TreatWarningsAsErrors=false"];

    /// <summary>The neighbours' own diagnostics of a build; BuildCheck says some of them as messages.</summary>
    public static IReadOnlyList<Diagnostic> Said(params IEnumerable<ProcessResult> results) =>
    [
        .. results.SelectMany(static result => Line().Matches(result.Output)).Select(static match => new Diagnostic(
            match.Groups["severity"].Value == "error",
            match.Groups["code"].Value,
            match.Groups["file"].Value.Trim(),
            int.TryParse(match.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture, out int line) ? line : 0,
            0,
            match.Groups["text"].Value))
            .Where(static diagnostic => All.Any(neighbour => neighbour.Prefixes.Any(prefix => diagnostic.Code.StartsWith(prefix, StringComparison.Ordinal))))
            .Distinct(),
    ];

    [GeneratedRegex(@"^\s*(?<file>[^\r\n]*?)(\((?<line>\d+)(,(?<column>\d+))?\))?\s*: (?<severity>error|warning|message) (?<code>[A-Z]+\d+)\s*: (?<text>[^\r\n]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Line();
}
