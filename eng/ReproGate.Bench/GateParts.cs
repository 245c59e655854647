using Microsoft.Build.Logging.StructuredLogger;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>What of a build is the gate's, by MSBuild's own clock: the build runs in one node, so that nothing else takes the processor from what is timed.</summary>
/// <param name="Subject">The solution.</param>
/// <param name="UpToDate">Milliseconds of the gate's targets in a build that has nothing to do; the least of several.</param>
/// <param name="Changed">Milliseconds of the gate's targets in a build after one source file changed that every project depends on; the least of several.</param>
/// <param name="Clean">Milliseconds of the gate's targets in a clean build with restore; the least of several.</param>
/// <param name="First">Milliseconds by which the first call of each of the gate's tasks takes longer than the median of its other calls, summed: what a node pays once; null where no task was called often enough to tell.</param>
internal sealed record GateParts(Subject Subject, double UpToDate, double Changed, double Clean, double? First)
{
    /// <summary>The most that a node may pay once, in milliseconds.</summary>
    public const double FirstBar = 60;

    /// <summary>How much more a project of the largest solution may cost than one of a solution of twenty.</summary>
    public const double GrowthBar = 1.10;

    // A first call is told from others only where there are some.
    private const int FewestCalls = 5;

    // Both call targets, whose time is counted where they stand.
    private static readonly string[] Callers = ["MSBuild", "CallTarget"];

    /// <summary>Builds and reads the logs.</summary>
    /// <param name="solution">A solution with the gate in it.</param>
    /// <param name="repeats">How many builds of each kind; the least counts.</param>
    public static GateParts Of(Subject solution, int repeats)
    {
        var clean = new List<(double Own, double? First)>();
        (List<double> upToDate, List<double> changed) = ([], []);
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            solution.Clean();
            Build log = InOneNode();
            clean.Add((Own(log), FirstCalls(log)));
            // The first build after a clean one may still have something to look at.
            solution.Run("build");
            upToDate.Add(Own(InOneNode()));
            solution.Change();
            changed.Add(Own(InOneNode()));
        }

        return new GateParts(solution, upToDate.Min(), changed.Min(), clean.Min(static run => run.Own), clean.Min(static run => run.First));

        Build InOneNode() => solution.Logged("-maxcpucount:1").Build;
    }

    /// <summary>The time of all targets that stand in the gate's files, without that of the targets they call.</summary>
    private static double Own(Build log) => log.FindChildrenRecursive<Target>()
        .Where(static target => !target.Skipped && BuildLog.IsOfGate(target.SourceFilePath))
        .Sum(static target => target.Duration.TotalMilliseconds - target.Children.OfType<Microsoft.Build.Logging.StructuredLogger.Task>().Where(static task => Callers.Contains(task.Name, StringComparer.Ordinal)).Sum(static task => task.Duration.TotalMilliseconds));

    private static double? FirstCalls(Build log)
    {
        double[][] tasks =
        [
            .. log.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>()
                .Where(static task => BuildLog.IsOfGate(task.FromAssembly))
                .GroupBy(static task => task.Name, StringComparer.Ordinal)
                .Select(static calls => calls.OrderBy(static call => call.StartTime).Select(static call => call.Duration.TotalMilliseconds).ToArray())
                .Where(static calls => calls.Length >= FewestCalls),
        ];
        return tasks.Length == 0 ? null : tasks.Sum(static calls => Math.Max(0, calls[0] - calls.Skip(1).Order().ElementAt((calls.Length - 1) / 2)));
    }
}
