using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>A result that cannot be used.</summary>
/// <param name="File">Its path.</param>
/// <param name="Reason">Why, one clause.</param>
public sealed record UnreadableResult(string File, string Reason);

/// <summary>A job and how it ended.</summary>
/// <param name="Job">The job.</param>
/// <param name="Result">Its result; null where there is none that can be used.</param>
/// <param name="State">How it ended.</param>
public sealed record JobRow(Job Job, JobResult? Result, JobState State);

/// <summary>A finding and the jobs that told it.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Jobs">Names of jobs; empty where it is about the results themselves.</param>
public sealed record MergedFinding(ReportedFinding Finding, ImmutableArray<string> Jobs);

/// <summary>What several jobs found, as one.</summary>
/// <param name="Jobs">The jobs, in the matrix's order or by name.</param>
/// <param name="Findings">The findings, errors first.</param>
/// <param name="Differences">Outputs that are not the same in two jobs.</param>
public sealed record MergedJobs(ImmutableArray<JobRow> Jobs, ImmutableArray<MergedFinding> Findings, ImmutableArray<JobDifference> Differences)
{
    /// <summary>The repository's name; empty where no job says it.</summary>
    public string Repository => Results.Select(static result => result.Repository).FirstOrDefault(static name => name.Length > 0) ?? "";

    /// <summary>The commit of all jobs; empty where they do not agree, or none took a snapshot.</summary>
    public string Commit => Results.Select(static result => result.Commit).Where(static commit => commit.Length > 0).Distinct(StringComparer.Ordinal).ToArray() is [string commit] ? commit : "";

    /// <summary>How the worst of it ended.</summary>
    public JobState State => Jobs.Any(static job => job.State is JobState.CouldNotRun or JobState.Missing) || Findings.Any(static merged => merged.Jobs.IsEmpty && merged.Finding.RuleId == RuleCatalog.CheckCouldNotRun.Id) ? JobState.CouldNotRun
        : Findings.Any(static merged => merged.Finding.Level >= Severity.Warning) ? JobState.Findings
        : JobState.Passed;

    private IEnumerable<JobResult> Results => Jobs.Select(static job => job.Result).OfType<JobResult>();

    /// <summary>Merges results. Nothing is read, and nothing is passed over in silence: what cannot be used, is missing or contradicts another result is a finding.</summary>
    /// <param name="matrix">What should have run; null where that is not known, and then what has a result has run.</param>
    /// <param name="results">The results.</param>
    /// <param name="unreadable">Results that could not be read.</param>
    public static MergedJobs Of(JobMatrix? matrix, IEnumerable<JobResult> results, IEnumerable<UnreadableResult> unreadable)
    {
        var about = new List<ReportedFinding>();
        foreach (UnreadableResult result in unreadable)
        {
            about.Add(NotKnown(result.File, $"The result {result.File} cannot be used, because {result.Reason}.", "What that job found is not known.", "Bring the file again, whole, or run the job again.", "unreadable"));
        }

        Dictionary<string, JobResult[]> byName = results.GroupBy(static result => result.Job.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(static group => group.Key, static group => group.DistinctBy(static result => result.Hash).ToArray(), StringComparer.OrdinalIgnoreCase);
        IEnumerable<Job> jobs = matrix?.Jobs.AsEnumerable() ?? byName.Values.Select(static group => group[0].Job).OrderBy(static job => job.Name, StringComparer.Ordinal);
        ImmutableArray<JobRow> rows = [.. jobs.Select(job => Row(job, byName.GetValueOrDefault(job.Name) ?? [], about))];
        if (matrix is not null)
        {
            HashSet<string> known = new(matrix.Jobs.Select(static job => job.Name), StringComparer.OrdinalIgnoreCase);
            foreach (JobResult other in byName.Values.Select(static group => group[0]).Where(result => !known.Contains(result.Job.Name)).OrderBy(static result => result.Job.Name, StringComparer.Ordinal))
            {
                about.Add(NotKnown(other.Job.Entry, $"{other.Place} is the result of {other.Job.Name}, and the matrix has no such job.", "It may be of an earlier run, and say what is no longer so.", "Merge the results of one run, or name the matrix that this job came from.", other.Job.Name));
            }
        }

        CheckCommits(matrix?.Commit ?? "", rows, about);
        // Of other sources other outputs are to be expected.
        ImmutableArray<JobDifference> differences = about.Any(static finding => finding.Subject == "commit") ? [] : JobDifference.Between(rows.Where(static row => row.State is JobState.Passed or JobState.Findings).Select(static row => row.Result!.Built).OfType<JobOutputs>());
        return new MergedJobs(rows, Sorted(rows, about, differences), differences);
    }

    private static JobRow Row(Job job, JobResult[] results, List<ReportedFinding> about)
    {
        switch (results)
        {
            case []:
                about.Add(NotKnown(job.Entry, $"The job {job.Name} ({Described(job)}) did not run: it has no result.", "Whether it builds on another machine, and to the same bits, is not known (RGATE41xx, RGATE42xx).", $"Look at what became of it, and run it again: reprogate cleanroom --job INDEX --of matrix.json", job.Name));
                return new JobRow(job, null, JobState.Missing);
            case [JobResult result] when result.Job.Entry == job.Entry && result.Job.Platform == job.Platform:
                return new JobRow(job, result, result.State);
            case [JobResult result]:
                about.Add(NotKnown(job.Entry, $"The result of the job {job.Name} is of {Described(result.Job)}, and the matrix says {Described(job)}.", "What the job should have found is not known.", "Merge the results with the matrix that they came from.", job.Name));
                return new JobRow(job, null, JobState.CouldNotRun);
            default:
                about.Add(NotKnown(job.Entry, $"There are {results.Length} results of the job {job.Name}, and they are not the same: {string.Join(", ", results.Take(5).Select(static result => result.Place))}.", "Which of them holds is not known.", "Leave the older ones out, or give the jobs names of their own.", job.Name));
                return new JobRow(job, null, JobState.CouldNotRun);
        }
    }

    private static void CheckCommits(string expected, ImmutableArray<JobRow> rows, List<ReportedFinding> about)
    {
        (string Commit, string Job)[] commits =
        [
            .. expected.Length > 0 ? ((string, string)[])[(expected, "the matrix")] : [],
            // With uncommitted changes the commit is one that nobody has; the matrix names what it lies on.
            .. rows.Where(row => row.Result is { Commit.Length: > 0 } result && (expected.Length == 0 || !result.IsModified)).Select(static row => (row.Result!.Commit, row.Job.Name)),
        ];
        (string Commit, string Job)[] first = [.. commits.DistinctBy(static commit => commit.Commit)];
        if (first.Length > 1)
        {
            about.Add(NotKnown(rows[0].Job.Entry, $"The results are of {first.Length} commits: {string.Join(", ", first.Take(5).Select(static commit => $"{commit.Commit[..Math.Min(12, commit.Commit.Length)]} ({commit.Job})"))}.", "Together they say nothing about any of these commits.", "Run all jobs at one commit, and merge those results.", "commit"));
        }
    }

    private static ImmutableArray<MergedFinding> Sorted(ImmutableArray<JobRow> rows, List<ReportedFinding> about, ImmutableArray<JobDifference> differences) =>
    [
        .. rows.Where(static row => row.Result is not null)
            .SelectMany(static row => row.Result!.Findings.Select(finding => (Finding: finding, Job: row.Job.Name)))
            .GroupBy(static told => (told.Finding.RuleId, told.Finding.Level, told.Finding.File, told.Finding.Line, told.Finding.Column, told.Finding.Message))
            .Select(static group => new MergedFinding(group.First().Finding, [.. group.Select(static told => told.Job).Distinct(StringComparer.Ordinal)]))
            .Concat(about.Select(static finding => new MergedFinding(finding, [])))
            .Concat(differences.Select(static difference => new MergedFinding(Reported(OutputDiffersBetweenJobs.Check(difference)), [difference.First.Job, difference.Second.Job])))
            .OrderByDescending(static merged => merged.Finding.Level)
            .ThenBy(static merged => merged.Finding.File, StringComparer.Ordinal)
            .ThenBy(static merged => merged.Finding.Line)
            .ThenBy(static merged => merged.Finding.RuleId, StringComparer.Ordinal)
            .ThenBy(static merged => merged.Finding.Message, StringComparer.Ordinal),
    ];

    private static string Described(Job job) => string.Join(", ", ((string[])[job.Entry, job.Platform, job.Context]).Where(static part => part.Length > 0));

    private static ReportedFinding NotKnown(string file, string what, string why, string fix, string subject) =>
        Reported(new Finding(RuleCatalog.CheckCouldNotRun, new SourceLocation(file), what, why, fix) { Subject = subject, DefaultSeverity = Severity.Error });

    private static ReportedFinding Reported(Finding finding) => new(finding.Rule.Id, finding.DefaultSeverity ?? finding.Rule.DefaultSeverity, finding.Location.File, finding.Location.Line, finding.Location.Column, finding.Message)
    {
        InRepository = Job.IsEntry(finding.Location.File),
        What = finding.What,
        Why = finding.Why,
        Fix = finding.Fix,
        Subject = finding.Subject,
    };
}
