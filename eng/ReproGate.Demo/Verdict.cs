using ReproGate.TestKit;

namespace ReproGate.Demo;

/// <summary>What the plain SDK and ReproGate said of one fault, and whether that is what must be said.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Plain">The plain SDK's build.</param>
/// <param name="Gated">The build with ReproGate.</param>
/// <param name="Told">The finding that was expected; null where it did not come (or none is expected).</param>
/// <param name="Place">The finding's place, shortened.</param>
/// <param name="Sentences">The finding's text, with shortened paths.</param>
/// <param name="Problem">What is not as expected; null where all is.</param>
/// <param name="Elapsed">Time of the build with ReproGate.</param>
public sealed record Verdict(Fault Fault, ProcessResult Plain, ProcessResult Gated, Diagnostic? Told, string Place, string Sentences, string? Problem, TimeSpan Elapsed)
{
    /// <summary>Builds both working copies with the fault in, side by side, and resets them.</summary>
    public static async Task<Verdict> OfAsync(Fault fault, SampleRepository plain, SampleRepository gated)
    {
        var elapsed = TimeSpan.Zero;
        Task<ProcessResult> plainBuild = Task.Run(() => plain.Build(fault));
        Task<ProcessResult> gatedBuild = Task.Run(() =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            ProcessResult result = gated.Build(fault);
            elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            return result;
        });
        Verdict verdict = Judge(fault, await plainBuild, await gatedBuild, gated) with { Elapsed = elapsed };
        plain.Reset();
        gated.Reset();
        return verdict;
    }

    private static Verdict Judge(Fault fault, ProcessResult plain, ProcessResult gated, SampleRepository sample)
    {
        var verdict = new Verdict(fault, plain, gated, Told: null, Place: "", Sentences: "", Problem: null, TimeSpan.Zero);
        string plainCode = plain.Errors.FirstOrDefault()?.Code ?? (plain.ExitCode == 0 ? "" : "failure without a code");
        string? problem = plainCode == fault.Plain ? null : $"the plain SDK was expected to {Say(fault.Plain)}, but did {Say(plainCode)}";
        if (fault.Rule.Length == 0)
        {
            return verdict with { Problem = problem ?? (gated.ExitCode == 0 && !gated.Findings.Any() ? null : "ReproGate was expected to pass it") };
        }

        (string file, int line) = sample.Files.Resolve(fault.At ?? throw new InvalidOperationException($"{fault.Key} says no place"));
        Diagnostic? told = gated.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Code == fault.Rule && diagnostic.File == file && (line == 0 || diagnostic.Line == line));
        if (told is null)
        {
            Diagnostic? other = gated.Findings.FirstOrDefault();
            string said = other is null ? "it said nothing" : $"it said {other.Code} at {sample.Files.Shorten(other.File)}({other.Line})";
            problem ??= $"ReproGate was expected to say {fault.Rule} at {sample.Files.Shorten(file)}({line}), but {said}";
        }
        else
        {
            bool warning = RuleCatalog.Find(fault.Rule)?.DefaultSeverity == Severity.Warning;
            problem ??= warning || gated.ExitCode != 0 ? null : "the build passed in spite of the finding";
            string[] others = [.. gated.Errors.Where(error => error.Code != fault.Rule).Select(static error => error.Code).Distinct()];
            problem ??= others.Length == 0 ? null : $"errors beside the expected one: {string.Join(", ", others)}";
        }

        string place = told is null ? "" : sample.Files.Shorten(told.File) + (told.Line > 0 ? $"({told.Line})" : "");
        return verdict with { Told = told, Place = place, Sentences = told is null ? "" : sample.Files.ShortenAll(told.Text), Problem = problem };
    }

    private static string Say(string code) => code.Length == 0 ? "pass it" : $"say {code}";
}
