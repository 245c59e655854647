using System.Collections.Immutable;

namespace ReproGate.Facts.CleanRoom;

/// <summary>What one job of the clean room built, for a comparison with other jobs of the same entry.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Entry">The solution or project, relative to the root.</param>
/// <param name="Configuration">The configuration that was built.</param>
/// <param name="Hashes">SHA-256 of each output by its path, lower-case hexadecimal.</param>
public sealed record JobOutputs(string Job, string Entry, string Configuration, ImmutableSortedDictionary<string, string> Hashes)
{
    /// <summary>The engine and its context, as a person knows it.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The image with its pin.</summary>
    public string Image { get; init; } = "";

    /// <summary>The platform of the image, <c>os/architecture</c>.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Whether the job built twice and compared: what differs by itself is then told by the job.</summary>
    public bool IsRebuilt { get; init; }

    /// <summary>Outputs that differ within the job already, which is told there.</summary>
    public ImmutableHashSet<string> Told { get; init; } = [];
}

/// <summary>Outputs of one entry that are not the same in two jobs.</summary>
/// <param name="First">One job.</param>
/// <param name="Second">The other one.</param>
/// <param name="Paths">The outputs, in order; some may be there in one of the jobs only.</param>
public sealed record JobDifference(JobOutputs First, JobOutputs Second, ImmutableArray<string> Paths)
{
    /// <summary>Whether both had the same image for the same platform, so that nothing but the machine was another.</summary>
    public bool IsOfMachine => First.Platform == Second.Platform && First.Image == Second.Image;

    /// <summary>
    /// Compares the jobs of each entry and configuration: those of one platform and image with the first of them, and the first of each
    /// platform with the first of all.
    /// </summary>
    public static ImmutableArray<JobDifference> Between(IEnumerable<JobOutputs> jobs)
    {
        var found = ImmutableArray.CreateBuilder<JobDifference>();
        foreach (IGrouping<(string, string), JobOutputs> entry in jobs.GroupBy(static job => (job.Entry, job.Configuration)))
        {
            JobOutputs? first = null;
            foreach (JobOutputs[] alike in entry.GroupBy(static job => (job.Platform, job.Image)).Select(static group => group.ToArray()))
            {
                foreach (JobOutputs other in alike.Skip(1))
                {
                    Compare(alike[0], other);
                }

                if (first is not null)
                {
                    Compare(first, alike[0]);
                }

                first ??= alike[0];
            }
        }

        return found.ToImmutable();

        void Compare(JobOutputs left, JobOutputs right)
        {
            ImmutableArray<string> paths =
            [
                .. left.Hashes.Keys.Union(right.Hashes.Keys)
                    .Where(path => left.Hashes.GetValueOrDefault(path) != right.Hashes.GetValueOrDefault(path) && !left.Told.Contains(path) && !right.Told.Contains(path))
                    .Order(StringComparer.Ordinal),
            ];
            if (!paths.IsEmpty)
            {
                found.Add(new JobDifference(left, right, paths));
            }
        }
    }
}
