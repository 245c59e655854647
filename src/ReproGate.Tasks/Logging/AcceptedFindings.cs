using System.Runtime.CompilerServices;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Repository;
using ReproGate.Reports;

namespace ReproGate.Tasks.Logging;

/// <summary>Silences findings that the repository's baseline accepts, and tells entries of the baseline that are no longer true.</summary>
internal static class AcceptedFindings
{
    /// <summary>The name under which a baseline knows this check; one for all target frameworks, since their equal findings are one.</summary>
    public static string CheckOf(GateTask task, ReportPaths paths) => $"{task.GetType().Name}|{Uri.UnescapeDataString(paths.Locate(task.ProjectPath).Uri)}";

    /// <summary>The findings as the baseline leaves them. Without a baseline it costs one file test.</summary>
    /// <param name="task">The check.</param>
    /// <param name="judged">What it found.</param>
    /// <param name="paths">Makes fingerprints.</param>
    /// <param name="restoring">In restore a check sees less than in the build.</param>
    public static List<JudgedFinding> Apply(GateTask task, List<JudgedFinding> judged, Func<ReportPaths> paths, bool restoring)
    {
        string file = Path.Combine(task.RepositoryRoot, Baseline.FileName);
        return File.Exists(file) ? ApplyBaseline(task, judged, paths(), file, restoring) : judged;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<JudgedFinding> ApplyBaseline(GateTask task, List<JudgedFinding> judged, ReportPaths paths, string file, bool restoring)
    {
        Baseline baseline = BaselineFile.Read(file, out MalformedFile? malformed);
        if (malformed is not null)
        {
            return [.. judged, .. SeverityJudge.Judge(task, [ReproGateFileMalformed.CheckBaseline(malformed)])];
        }

        DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);
        var fingerprints = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<JudgedFinding>(judged.Count);
        foreach (JudgedFinding finding in judged)
        {
            string fingerprint = Fingerprint.Of(finding.Finding, paths);
            fingerprints.Add(fingerprint);
            result.Add(baseline.Find(fingerprint) is { } entry && entry.Expires >= today && finding.Severity != Severity.None
                ? finding with { Severity = Severity.None, Justification = $"{entry.Owner}, until {entry.Expires:yyyy-MM-dd}: {entry.Reason}" }
                : finding);
        }

        bool complete = !restoring
            && task.IsSettled
            && task.AllTargetFrameworks.Count <= 1
            && !judged.Exists(static finding => finding.Finding.Rule == RuleCatalog.CheckCouldNotRun);
        result.AddRange(SeverityJudge.Judge(task, [.. BaselineStale.Check(baseline, CheckOf(task, paths), fingerprints, complete, today)]));
        return result;
    }
}
