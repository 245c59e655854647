using System.Collections.Concurrent;
using System.Collections.Immutable;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Jobs;

/// <summary>
/// Deals jobs out over contexts: each takes the next one when it is free, one at a time. A context whose engine stops to answer gets no more, and what
/// it had goes to the others. No more than that: engines schedule themselves.
/// </summary>
internal static class JobDeal
{
    /// <summary>Runs all jobs.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="contexts">The contexts that answer, at least one; a job with a context of its own runs there only.</param>
    /// <param name="run">Runs a job on a context.</param>
    /// <param name="lost">Told a context whose engine no longer answers.</param>
    /// <param name="cancellation">Ends all of them.</param>
    /// <returns>How they ended, in the jobs' order; a job that nobody was left for is not among them.</returns>
    public static async Task<ImmutableArray<JobEnd>> RunAsync(IReadOnlyList<Job> jobs, IReadOnlyList<string> contexts, Func<Job, string, CancellationToken, Task<JobEnd>> run, Action<string> lost, CancellationToken cancellation)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var free = new ConcurrentQueue<Job>(jobs.Where(static job => job.Context.Length == 0));
        var ends = new ConcurrentDictionary<string, JobEnd>(StringComparer.Ordinal);
        var answering = new ConcurrentDictionary<string, ConcurrentQueue<Job>>(contexts.Distinct(StringComparer.Ordinal).Select(context => KeyValuePair.Create(context, new ConcurrentQueue<Job>(jobs.Where(job => job.Context.Length > 0 && job.Context == context)))), StringComparer.Ordinal);
        while (!answering.IsEmpty && (!free.IsEmpty || answering.Values.Any(static own => !own.IsEmpty)))
        {
            await Task.WhenAll(answering.Select(context => WorkAsync(context.Key, context.Value)));
        }

        return [.. jobs.Where(job => ends.ContainsKey(job.Name)).Select(job => ends[job.Name])];

        async Task WorkAsync(string context, ConcurrentQueue<Job> own)
        {
            bool done = false;
            try
            {
                while (own.TryDequeue(out Job? job) || free.TryDequeue(out job))
                {
                    JobEnd end = await run(job, context, all.Token);
                    // Kept in any case: where no other context is left it is all there is to tell.
                    ends[job.Name] = end;
                    if (end.EngineLost)
                    {
                        answering.TryRemove(context, out _);
                        lost(context);
                        if (job.Context.Length == 0)
                        {
                            free.Enqueue(job);
                        }

                        break;
                    }
                }

                done = true;
            }
            finally
            {
                if (!done)
                {
                    // Whatever went wrong with one, no room of another stays behind.
                    await all.CancelAsync();
                }
            }
        }
    }
}
