using System.Collections.Concurrent;
using System.Collections.Immutable;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Tests;

public sealed class JobDealTests
{
    private static readonly Job[] Jobs = [.. Enumerable.Range(0, 6).Select(static number => new Job($"j{number}", $"{number}.sln"))];

    [Fact]
    public async Task Each_context_does_one_job_at_a_time_and_all_of_them_together_do_all()
    {
        var busy = new ConcurrentDictionary<string, int>();
        var both = new TaskCompletionSource();
        int running = 0;
        bool crowded = false;

        ImmutableArray<JobEnd> ends = await JobDeal.RunAsync(Jobs, ["one", "two"], async (job, context, cancellation) =>
        {
            crowded |= busy.AddOrUpdate(context, 1, static (_, count) => count + 1) > 1;
            if (Interlocked.Increment(ref running) == 2)
            {
                both.TrySetResult();
            }

            // Both are at work before either goes on: neither waits for the other.
            await both.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            busy.AddOrUpdate(context, 0, static (_, count) => count - 1);
            return End(job);
        }, static _ => { }, CancellationToken.None);

        Assert.False(crowded);
        Assert.Equal(Jobs, ends.Select(static end => end.Result.Job));
    }

    [Fact]
    public async Task What_a_lost_context_had_goes_to_the_others()
    {
        var lost = new ConcurrentBag<string>();
        var done = new ConcurrentBag<(string, string)>();

        ImmutableArray<JobEnd> ends = await JobDeal.RunAsync(Jobs, ["gone", "here"], async (job, context, _) =>
        {
            await Task.Yield();
            done.Add((job.Name, context));
            return End(job, lost: context == "gone");
        }, lost.Add, CancellationToken.None);

        Assert.Equal(["gone"], lost);
        Assert.Equal(Jobs, ends.Select(static end => end.Result.Job));
        Assert.All(ends, static end => Assert.False(end.EngineLost));
        Assert.Equal(1, done.Count(static run => run.Item2 == "gone"));
    }

    [Fact]
    public async Task Where_no_context_is_left_the_rest_has_not_run()
    {
        ImmutableArray<JobEnd> ends = await JobDeal.RunAsync(Jobs, ["gone"], static (job, _, _) => Task.FromResult(End(job, lost: true)), static _ => { }, CancellationToken.None);

        Assert.True(Assert.Single(ends).EngineLost);
        MergedJobs merged = MergedJobs.Of(new JobMatrix("", [.. Jobs]), ends.Select(static end => end.Result), []);
        Assert.Equal(5, merged.Jobs.Count(static job => job.State == JobState.Missing));
        Assert.Equal(2, JobReports.CodeOf(merged.State));
    }

    [Fact]
    public async Task A_job_with_a_context_of_its_own_runs_there_only()
    {
        JobMatrix matrix = JobMatrix.Create("", ["a.sln", "b.sln"], [], ["one", "two"]);
        var done = new ConcurrentBag<(string, string)>();

        ImmutableArray<JobEnd> ends = await JobDeal.RunAsync(matrix.Jobs, ["one"], (job, context, _) =>
        {
            done.Add((job.Context, context));
            return Task.FromResult(End(job));
        }, static _ => { }, CancellationToken.None);

        Assert.Equal([("one", "one"), ("one", "one")], done);
        Assert.Equal(["a.sln-one", "b.sln-one"], ends.Select(static end => end.Result.Job.Name));
    }

    [Fact]
    public async Task A_fault_of_one_ends_the_others()
    {
        var ended = new TaskCompletionSource();

        await Assert.ThrowsAsync<ToolException>(() => JobDeal.RunAsync(Jobs[..2], ["one", "two"], async (job, _, cancellation) =>
        {
            if (job.Name == "j0")
            {
                await Task.Yield();
                throw new ToolException("no dotnet");
            }

            await using CancellationTokenRegistration registration = cancellation.Register(() => ended.TrySetResult());
            await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            return End(job);
        }, static _ => { }, CancellationToken.None));

        Assert.True(ended.Task.IsCompleted);
    }

    private static JobEnd End(Job job, bool lost = false) => new(new JobResult(job, "") { IsWhole = true, Obstacle = lost ? "no engine" : "" }, lost);
}
