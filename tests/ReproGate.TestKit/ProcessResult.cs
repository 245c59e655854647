using System.Text.RegularExpressions;

namespace ReproGate.TestKit;

/// <summary>What a finished process left behind.</summary>
/// <param name="CommandLine">The command as it was run.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output and error, interleaved.</param>
/// <param name="Binlog">The binary log, for MSBuild commands; kept when the test fails.</param>
public sealed partial record ProcessResult(string CommandLine, int ExitCode, string Output, string? Binlog)
{
    /// <summary>Every distinct MSBuild diagnostic in the output.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = Parse(Output);

    /// <summary>The distinct errors.</summary>
    public IEnumerable<Diagnostic> Errors => Diagnostics.Where(static diagnostic => diagnostic.IsError);

    /// <summary>The distinct warnings.</summary>
    public IEnumerable<Diagnostic> Warnings => Diagnostics.Where(static diagnostic => !diagnostic.IsError);

    /// <summary>The distinct diagnostics with this code.</summary>
    public IEnumerable<Diagnostic> WithCode(string code) => Diagnostics.Where(diagnostic => diagnostic.Code == code);

    /// <summary>Everything ReproGate said.</summary>
    public IEnumerable<Diagnostic> Findings => Diagnostics.Where(static diagnostic => diagnostic.Code.StartsWith("RGATE", StringComparison.Ordinal));

    /// <inheritdoc />
    public override string ToString() => $"> {CommandLine}\n{Output}\n= exit code {ExitCode}{(Binlog is null ? "" : $", binlog {Binlog}")}";

    /// <summary>The whole output for a failure message; the binary log is copied to where it outlives the test.</summary>
    public string Describe() => (this with { Binlog = TestEnvironment.KeepBinlog(Binlog) }).ToString();

    private static List<Diagnostic> Parse(string output) =>
    [
        .. DiagnosticLine().Matches(output)
            .Select(static match => new Diagnostic(
                match.Groups["severity"].Value == "error",
                match.Groups["code"].Value,
                match.Groups["file"].Value.Trim(),
                match.Groups["line"].Success ? int.Parse(match.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture) : 0,
                match.Groups["column"].Success ? int.Parse(match.Groups["column"].Value, System.Globalization.CultureInfo.InvariantCulture) : 0,
                ProjectSuffix().Replace(match.Groups["text"].Value, "").Trim()))
            .Distinct(),
    ];

    [GeneratedRegex(@"^\s*(?<file>[^\r\n]*?)(\((?<line>\d+)(,(?<column>\d+))?\))?\s*: (?<severity>error|warning) (?<code>[A-Z]+\d+)\s*: (?<text>[^\r\n]*)", RegexOptions.Multiline)]
    private static partial Regex DiagnosticLine();

    [GeneratedRegex(@" \[[^\[\]]*\]$")]
    private static partial Regex ProjectSuffix();
}

/// <summary>One error or warning of MSBuild, as printed.</summary>
public sealed record Diagnostic(bool IsError, string Code, string File, int Line, int Column, string Text);
