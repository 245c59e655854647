using System.Collections.Immutable;
using System.Globalization;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>The jobs of a repository at a commit.</summary>
/// <param name="Commit">The commit that the jobs were listed at, in full; empty where it does not matter.</param>
/// <param name="Jobs">The jobs, each with a name of its own; a job's number is its place.</param>
public sealed record JobMatrix(string Commit, ImmutableArray<Job> Jobs)
{
    /// <summary>Every entry for every platform, and on every context where each is to build all.</summary>
    /// <param name="commit">The commit; empty where it does not matter.</param>
    /// <param name="entries">Solutions or projects, relative to the root.</param>
    /// <param name="platforms">The platforms; none for the one of the image that the engine has.</param>
    /// <param name="contexts">The contexts that each build everything; none where one build is enough.</param>
    public static JobMatrix Create(string commit, IEnumerable<string> entries, IReadOnlyCollection<string> platforms, IReadOnlyCollection<string> contexts)
    {
        var jobs = ImmutableArray.CreateBuilder<Job>();
        // Folders of systems that ignore case are one.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string entry in entries.Distinct(StringComparer.Ordinal))
        {
            foreach (string platform in platforms.Count > 0 ? platforms.Distinct(StringComparer.Ordinal) : [""])
            {
                foreach (string context in contexts.Count > 0 ? contexts.Distinct(StringComparer.Ordinal) : [""])
                {
                    string name = Job.NameOf(entry, platform, context);
                    string own = name;
                    for (int number = 2; !names.Add(own); number++)
                    {
                        own = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
                    }

                    jobs.Add(new Job(own, entry) { Platform = platform, Context = context });
                }
            }
        }

        return new JobMatrix(commit, jobs.ToImmutable());
    }
}
