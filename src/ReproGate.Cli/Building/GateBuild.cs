using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CliWrap;
using ReproGate.Reports;

namespace ReproGate.Cli.Building;

/// <summary>
/// Runs the gates as the build runs them: <c>dotnet build</c> in observe mode, so that one fault hides no other, on whatever is not
/// built yet. What the build says decides; the SARIF files it wrote beside give the fixes.
/// </summary>
internal static partial class GateBuild
{
    private const int MaxOtherErrors = 20;

    /// <summary>Builds and collects.</summary>
    /// <param name="repo">What to build.</param>
    /// <param name="arguments">Further arguments of <c>dotnet build</c>.</param>
    /// <param name="step">Told what the build is at, for a progress line.</param>
    /// <param name="cancellation">Ends the build and everything it started.</param>
    /// <exception cref="ToolException">dotnet cannot be started, or the project does not use ReproGate.</exception>
    public static async Task<GateBuildResult> RunAsync(Repo repo, IReadOnlyList<string> arguments, Action<string> step, CancellationToken cancellation)
    {
        var told = new List<ToldLine>();
        var other = new List<string>();
        ForgetTold(repo);
        int exitCode = await RunDotnetAsync(
            repo.Root,
            ["build", repo.Entry, "-p:ReproGateMode=observe", "-v:minimal", "-tl:off", "-nologo", "-clp:NoSummary", .. arguments],
            line => Sort(line, told, other, step),
            cancellation);
        if (exitCode != 0 && other.Count == 0 && told.Count == 0)
        {
            other.Add(string.Create(CultureInfo.InvariantCulture, $"dotnet build ended with exit code {exitCode} and named no error."));
        }

        ImmutableArray<ReportedFinding> sarif = ReadSarif(repo);
        return new GateBuildResult(Match(repo, told, sarif), [.. other.Distinct().Take(MaxOtherErrors)], sarif.Length > 0 || told.Count > 0 || HasRun(repo));
    }

    /// <summary>Runs dotnet, each line of its output to a delegate; killed with all its children when cancelled.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="line">Told each line, one at a time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="grace">How long it may take to end by itself, asked to, before it is killed; not at all by default.</param>
    public static async Task<int> RunDotnetAsync(string directory, IReadOnlyList<string> arguments, Action<string> line, CancellationToken cancellation, TimeSpan grace = default)
    {
        using var kill = new CancellationTokenSource();
        await using CancellationTokenRegistration killing = cancellation.Register(() => kill.CancelAfter(grace));
        var gate = new Lock();
        PipeTarget target = PipeTarget.ToDelegate(text =>
        {
            lock (gate)
            {
                line(text);
            }
        });
        try
        {
            CommandResult result = await CliWrap.Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet")
                .WithArguments(arguments)
                .WithWorkingDirectory(directory)
                .WithEnvironmentVariables(static variables => variables
                    .Set("DOTNET_NOLOGO", "1")
                    // The form of a diagnostic is parsed, so its words must be these.
                    .Set("DOTNET_CLI_UI_LANGUAGE", "en")
                    // Nodes that wait for the next build would outlive Ctrl-C.
                    .Set("MSBUILDDISABLENODEREUSE", "1")
                    .Set("DOTNET_CLI_USE_MSBUILD_SERVER", "0"))
                .WithStandardOutputPipe(target)
                .WithStandardErrorPipe(target)
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(kill.Token, grace > TimeSpan.Zero ? cancellation : CancellationToken.None);
            return result.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new ToolException("no dotnet program was found on the PATH. Install the .NET SDK 10.0.100 or later.");
        }
    }

    /// <summary>Arguments of a command that has to get through although findings stand.</summary>
    public static IReadOnlyList<string> Observe { get; } = ["-p:ReproGateMode=observe"];

    /// <summary>Tells a line of such a command; the findings among them are told by the check behind it.</summary>
    public static void TellAllButFindings(string line)
    {
        if (!line.Contains(": warning RGATE", StringComparison.Ordinal))
        {
            Console.Error.WriteLine(line);
        }
    }

    internal static void Sort(string line, List<ToldLine> told, List<string> other, Action<string> step)
    {
        Match match = Diagnostic().Match(line);
        if (match.Success)
        {
            told.Add(new ToldLine(match.Groups["id"].Value, match.Groups["file"].Value.Trim(), Number(match.Groups["line"]), Number(match.Groups["column"]), match.Groups["level"].Value == "error", Project().Replace(match.Groups["text"].Value, "").Trim()));
        }
        else if (Error().IsMatch(line))
        {
            other.Add(Project().Replace(line, "").Trim());
        }
        else if (Built().Match(line) is { Success: true } built)
        {
            step("Built " + built.Groups[1].Value);
        }
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>What was told, with what SARIF knows of it; a finding told by several projects once.</summary>
    internal static ImmutableArray<ReportedFinding> Match(Repo repo, IEnumerable<ToldLine> told, ImmutableArray<ReportedFinding> sarif)
    {
        ILookup<(string, string, int, int), ReportedFinding> byPlace = sarif.Where(static finding => !finding.Suppressed).ToLookup(static finding => (finding.RuleId, finding.File, finding.Line, finding.Column));
        var paths = new ReportPaths(repo.Root, ignoreCase: !OperatingSystem.IsLinux());
        var findings = new List<ReportedFinding>();
        foreach (ToldLine line in told.Distinct())
        {
            bool inside = IsInside(repo, line.File, out string file);
            // Texts differ where the report leaves a machine's path out, so the start decides between several at one place.
            string text = paths.Scrub(line.Text);
            ReportedFinding? known = byPlace[(line.Id, file, line.Line, line.Column)]
                .OrderByDescending(candidate => Common(candidate.Message, text))
                .FirstOrDefault();
            findings.Add(known ?? new ReportedFinding(line.Id, line.IsError ? Severity.Error : RuleCatalog.Find(line.Id)?.DefaultSeverity ?? Severity.Warning, file, line.Line, line.Column, text) { InRepository = inside });
        }

        return
        [
            .. findings
                .DistinctBy(static finding => (finding.RuleId, finding.File, finding.Line, finding.Column, finding.Message))
                .OrderByDescending(static finding => finding.Level)
                .ThenBy(static finding => finding.File, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Line)
                .ThenBy(static finding => finding.RuleId, StringComparer.Ordinal),
        ];
    }

    private static int Common(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int i = 0;
        while (i < length && left[i] == right[i])
        {
            i++;
        }

        return i;
    }

    private static bool IsInside(Repo repo, string path, out string file)
    {
        string relative = Path.IsPathRooted(path) ? repo.Relative(path) : path.Replace('\\', '/');
        bool inside = !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
        file = inside ? relative : relative[(relative.LastIndexOf('/') + 1)..];
        return inside;
    }

    /// <summary>Every SARIF file of ours below the root's intermediate folders.</summary>
    public static ImmutableArray<ReportedFinding> ReadSarif(Repo repo) => ReadSarif(Reports(repo, "reprogate.sarif"));

    /// <summary>SARIF files of ours.</summary>
    public static ImmutableArray<ReportedFinding> ReadSarif(IEnumerable<string> files)
    {
        var findings = ImmutableArray.CreateBuilder<ReportedFinding>();
        foreach (string file in files)
        {
            try
            {
                findings.AddRange(SarifReader.Read(File.ReadAllBytes(file)));
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
            {
                // Told without its fix: what the build said is still there.
                Console.Error.WriteLine($"reprogate: {file} cannot be read and is left out: {exception.Message}");
            }
        }

        return findings.ToImmutable();
    }

    /// <summary>
    /// Forgets what a restore has told: the build behind it does not tell that again (Logging/GateState.cs of the tasks). Where that restore ended without a build, or was one whose
    /// findings were not shown, they would be missing from what is collected here.
    /// </summary>
    internal static void ForgetTold(Repo repo)
    {
        foreach (string told in Reports(repo, "*.told").ToArray())
        {
            File.Delete(told);
        }
    }

    private static bool HasRun(Repo repo) => Reports(repo, "*.ok").Any();

    private static IEnumerable<string> Reports(Repo repo, string pattern) => Directory.EnumerateFiles(
        repo.Root,
        pattern,
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MaxRecursionDepth = 32 })
        .Where(static file => file.Replace('\\', '/').Contains("/reprogate/", StringComparison.Ordinal));

    // A standing warning has no line parameter, so MSBuild puts a blank before its colon.
    [GeneratedRegex(@"^\s*(?<file>[^\r\n]*?)(\((?<line>\d+)(,(?<column>\d+))?\))?\s*: (?<level>error|warning) (?<id>RGATE\d{4})\s*: (?<text>.*)$")]
    private static partial Regex Diagnostic();

    [GeneratedRegex(@"(^|: )(fatal )?error\b[^:]*:")]
    private static partial Regex Error();

    [GeneratedRegex(@"^\s*(.+?) -> ")]
    private static partial Regex Built();

    [GeneratedRegex(@" \[[^\[\]]*\]$")]
    private static partial Regex Project();
}

/// <summary>A diagnostic of ours as the build printed it.</summary>
internal sealed record ToldLine(string Id, string File, int Line, int Column, bool IsError, string Text);

/// <summary>What a build with the gates in observe mode said.</summary>
/// <param name="Findings">Its findings, errors first.</param>
/// <param name="OtherErrors">Errors that are not ours: with any of them some gates have not run.</param>
/// <param name="Gated">Whether any gate ran at all.</param>
internal sealed record GateBuildResult(ImmutableArray<ReportedFinding> Findings, ImmutableArray<string> OtherErrors, bool Gated);
