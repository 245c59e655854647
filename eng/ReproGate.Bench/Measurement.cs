using System.Diagnostics;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>One run: processor time of the whole tree of processes and elapsed time, in milliseconds.</summary>
internal readonly record struct Run(double Cpu, double Wall)
{
    public static Run Of(BenchSolution solution, Scenario scenario)
    {
        scenario.Prepare(solution);
        TimeSpan before = ProcessTreeCpu.Total();
        long start = Stopwatch.GetTimestamp();
        ProcessResult result = solution.Run(scenario.Command);
        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        return result.ExitCode == 0
            ? new Run((ProcessTreeCpu.Total() - before).TotalMilliseconds, wall.TotalMilliseconds)
            : throw new InvalidOperationException(result.ToString());
    }
}

/// <summary>All runs of one scenario at one size, in pairs.</summary>
internal sealed record Measurement(Scenario Scenario, int Projects, IReadOnlyList<(Run Plain, Run Gated)> Pairs)
{
    /// <summary>Runs it: one pair to warm up, then pairs in changing order, so that drift of the machine hits both alike.</summary>
    public static Measurement Take(Scenario scenario, int projects, int rounds, BenchSolution plain, BenchSolution gated, Action done)
    {
        var pairs = new List<(Run, Run)>();
        for (int round = -1; round < rounds; round++)
        {
            Run first = Run.Of(round % 2 == 0 ? plain : gated, scenario);
            Run second = Run.Of(round % 2 == 0 ? gated : plain, scenario);
            if (round >= 0)
            {
                pairs.Add(round % 2 == 0 ? (first, second) : (second, first));
            }

            done();
        }

        return new Measurement(scenario, projects, pairs);
    }

    public double PlainCpu => Quantile(Pairs.Select(static pair => pair.Plain.Cpu), 0.5);

    public double GatedCpu => Quantile(Pairs.Select(static pair => pair.Gated.Cpu), 0.5);

    public double PlainWall => Quantile(Pairs.Select(static pair => pair.Plain.Wall), 0.5);

    public double GatedWall => Quantile(Pairs.Select(static pair => pair.Gated.Wall), 0.5);

    /// <summary>Lower quartile, median and upper quartile of the pairs' ratios of processor time.</summary>
    public (double Low, double Median, double High) Ratio
    {
        get
        {
            double[] ratios = [.. Pairs.Select(static pair => pair.Gated.Cpu / pair.Plain.Cpu)];
            return (Quantile(ratios, 0.25), Quantile(ratios, 0.5), Quantile(ratios, 0.75));
        }
    }

    public Bar? Bar => Scenario.BarAt(Projects);

    /// <summary>The medians are within the bar.</summary>
    public bool KeepsBar => Bar is null || Bar.Keeps(PlainCpu, GatedCpu);

    /// <summary>A regression: the medians are over the bar, and so are three pairs out of four, which noise alone rarely does.</summary>
    public bool Regressed => !KeepsBar && Pairs.Count(pair => !Bar!.Keeps(pair.Plain.Cpu, pair.Gated.Cpu)) * 4 >= Pairs.Count * 3;

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
