using System.Collections.Immutable;
using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Cli.Commands;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.Cli.Jobs;

/// <summary>What is asked of <c>reprogate cleanroom</c>.</summary>
/// <param name="Paths">Solutions, projects or folders; none for the current folder.</param>
/// <param name="All">Whether every solution that git holds is built.</param>
/// <param name="Platforms">The platforms; none for the image's own.</param>
/// <param name="Contexts">The contexts; none for the one in effect.</param>
/// <param name="CompareContexts">Whether each context builds everything.</param>
/// <param name="Job">The number of the only job; null for all.</param>
/// <param name="Matrix">Path of the matrix that the number is of.</param>
/// <param name="Engine">The client, as ReproGateCleanRoomEngine.</param>
internal sealed record JobsAsked(IReadOnlyList<string> Paths, bool All, IReadOnlyList<string> Platforms, IReadOnlyList<string> Contexts, bool CompareContexts, int? Job, string? Matrix, string Engine)
{
    /// <summary>Whether the image's pin is to be written.</summary>
    public bool Pin { get; init; }

    /// <summary>Whether this is one room, as without any of these options.</summary>
    public bool IsOne => !All && Job is null && Matrix is null && Paths.Count <= 1 && Platforms.Count <= 1 && Contexts.Count <= 1 && !CompareContexts;
}

/// <summary>Several clean rooms of a repository: on the contexts that answer, then merged.</summary>
internal static class CleanRoomJobs
{
    /// <summary>Runs them, writes reports and findings, and gives the exit code.</summary>
    /// <exception cref="ToolException">There is nothing to run, or what was asked contradicts itself.</exception>
    public static async Task<int> RunAsync(JobsAsked asked, IReadOnlyList<string> properties, string format, CancellationToken cancellation)
    {
        if (asked.Pin)
        {
            // What one job writes the next one would build, and they would not be of one commit.
            throw new ToolException("--pin changes the repository while other jobs take it. Pin with one room first, commit, then ask for all: reprogate cleanroom <solution> --pin");
        }

        (Repo repo, JobMatrix matrix) = await MatrixAsync(asked, cancellation);
        IReadOnlyList<Job> jobs = asked.Job is { } number ? [matrix.Jobs[number]] : matrix.Jobs;
        (IReadOnlyList<string> contexts, ImmutableArray<EngineAttempt> tried) = await AnsweringAsync(asked, jobs, cancellation);
        if (contexts.Count == 0)
        {
            Finding missing = EngineMissing.Check(jobs[0].Entry, tried);
            CheckCommand.Write(repo, [new ReportedFinding(missing.Rule.Id, missing.Rule.DefaultSeverity, missing.Location.File, 0, 0, missing.Message) { What = missing.What, Why = missing.Why, Fix = missing.Fix, Subject = missing.Subject }], format);
            return ExitCode.CouldNotRun;
        }

        ImmutableArray<JobEnd> ends = await Terminal.WithStatusAsync($"{jobs.Count} clean rooms of {Path.GetFileName(repo.Root)}", step => JobDeal.RunAsync(
            jobs,
            contexts,
            (job, context, ending) =>
            {
                string where = context.Length > 0 && job.Context.Length == 0 ? $"{job.Name} on {context}" : job.Name;
                return JobRunner.RunAsync(repo, job, context, properties, progress =>
                {
                    Terminal.Remark($"clean room {where}: {progress}");
                    step($"{where}: {progress}");
                }, ending);
            },
            context => Terminal.Remark(context.Length > 0 ? $"clean room: the context {context} does not answer any more; what is left goes to the others" : "clean room: no engine answers"),
            cancellation));
        MergedJobs merged = MergedJobs.Of(new JobMatrix(matrix.Commit, [.. jobs]), ends.Select(static end => end.Result), []);
        if (asked.Job is null)
        {
            JobReports.Write(JobRunner.FolderOf(repo), repo.Root, merged);
        }

        return JobReports.Tell(repo, merged, format);
    }

    /// <summary>The jobs that are asked for.</summary>
    /// <exception cref="ToolException">There is nothing to run, or what was asked contradicts itself.</exception>
    public static async Task<(Repo Repo, JobMatrix Matrix)> MatrixAsync(JobsAsked asked, CancellationToken cancellation)
    {
        if (asked.Job is not null || asked.Matrix is not null)
        {
            return await GivenAsync(asked, cancellation);
        }

        if (asked.CompareContexts && asked.Contexts.Count < 2)
        {
            throw new ToolException("--compare-contexts needs two contexts at least: --context one --context other.");
        }

        if (asked is { All: true, Paths.Count: > 1 })
        {
            throw new ToolException("--all takes one folder. Name solutions and projects without it.");
        }

        (Repo repo, IReadOnlyList<string> entries) = asked.All ? await JobEntries.AllAsync(asked.Paths.FirstOrDefault(), cancellation) : JobEntries.Named(asked.Paths.Count > 0 ? asked.Paths : ["."]);
        return (repo, JobMatrix.Create("", entries, asked.Platforms, asked.CompareContexts ? asked.Contexts : []));
    }

    private static async Task<(Repo Repo, JobMatrix Matrix)> GivenAsync(JobsAsked asked, CancellationToken cancellation)
    {
        if (asked.Job is not { } number || asked.Matrix is not { } file)
        {
            throw new ToolException("--job and --of belong together: reprogate cleanroom --job 0 --of matrix.json. `reprogate cleanroom matrix --format json > matrix.json` writes the matrix.");
        }

        if (asked.All || asked.Paths.Count > 0 || asked.Platforms.Count > 0 || asked.CompareContexts)
        {
            throw new ToolException("with --job the matrix says what is built: leave paths, --all, --platform and --compare-contexts out.");
        }

        JobMatrix matrix;
        try
        {
            matrix = JobMatrixFile.ReadFile(file);
        }
        catch (InvalidDataException exception)
        {
            throw new ToolException($"the matrix {file} cannot be used: {exception.Message}. Write it again: reprogate cleanroom matrix --format json > matrix.json");
        }

        if (number < 0 || number >= matrix.Jobs.Length)
        {
            throw new ToolException($"{file} has no job {number}: it has {matrix.Jobs.Length}, the first of which is 0.");
        }

        Repo repo = Repo.At(Environment.CurrentDirectory);
        string head = (await repo.GitAsync(cancellation, "rev-parse", "HEAD"))?.Trim() ?? "";
        return matrix.Commit.Length > 0 && matrix.Commit != head
            ? throw new ToolException($"{file} is of commit {matrix.Commit}, and this work tree is at {(head.Length > 0 ? head : "none")}. Check that commit out, or write the matrix again.")
            : (repo, matrix);
    }

    /// <summary>The contexts that answer, those that do not being named; what was tried where none does.</summary>
    private static async Task<(IReadOnlyList<string> Contexts, ImmutableArray<EngineAttempt> Tried)> AnsweringAsync(JobsAsked asked, IReadOnlyList<Job> jobs, CancellationToken cancellation)
    {
        string[] named = [.. asked.Contexts.Concat(jobs.Select(static job => job.Context)).Where(static context => context.Length > 0).Distinct(StringComparer.Ordinal)];
        if (named.Length == 0)
        {
            // Whether the one in effect answers its first job tells.
            return ([""], []);
        }

        FoundEngine[] found = await Task.WhenAll(named.Select(context => RoomEngines.FindAsync(asked.Engine, "", "", "", context, "", cancellation)));
        foreach ((string context, FoundEngine engine) in named.Zip(found).Where(static pair => pair.Second.Engine is null))
        {
            Terminal.Remark($"clean room: the context {context} does not answer ({string.Join("; ", engine.Tried.Select(static attempt => $"{attempt.Command}: {attempt.Outcome.TrimEnd('.')}"))})");
        }

        return ([.. named.Zip(found).Where(static pair => pair.Second.Engine is not null).Select(static pair => pair.First)], [.. found.SelectMany(static engine => engine.Tried)]);
    }
}
