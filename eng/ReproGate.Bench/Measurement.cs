using System.Diagnostics;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>One run: processor time of the whole tree of processes and elapsed time, in milliseconds.</summary>
internal readonly record struct Run(double Cpu, double Wall)
{
    public static Run Of(Subject solution, Scenario scenario)
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
internal sealed record Measurement(Scenario Scenario, Subject Subject, Variant Variant, IReadOnlyList<(Run Plain, Run Gated)> Pairs)
{
    /// <summary>The runs of <see cref="Variant.Floor"/> in the same rounds; empty where it was not measured.</summary>
    public IReadOnlyList<Run> Floor { get; init; } = [];

    /// <summary>Median of what a run took beyond the floor's in the same round, in milliseconds of processor time; null without floor.</summary>
    public double? MoreThanFloor => Floor.Count == 0 ? null : Quantile(Pairs.Zip(Floor, static (pair, floor) => pair.Gated.Cpu - floor.Cpu), 0.5);

    /// <summary>Runs it: one round to warm up, then rounds in changing order, so that drift of the machine hits all alike.</summary>
    /// <param name="scenario">What is measured.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="solutions">The first is the plain one.</param>
    /// <param name="done">Called after each round.</param>
    /// <returns>One measurement for each solution but the plain one.</returns>
    public static IEnumerable<Measurement> Take(Scenario scenario, int rounds, IReadOnlyList<(Variant Variant, Subject Solution)> solutions, Action done)
    {
        var runs = solutions.Select(static _ => new List<Run>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            IEnumerable<int> order = Enumerable.Range(0, solutions.Count);
            foreach (int index in round % 2 == 0 ? order : order.Reverse())
            {
                Run run = Run.Of(solutions[index].Solution, scenario);
                if (round >= 0)
                {
                    runs[index].Add(run);
                }
            }

            done();
        }

        int floor = solutions.ToList().FindIndex(static solution => solution.Variant == Variant.Floor);
        return solutions.Select((solution, index) => new Measurement(scenario, solution.Solution, solution.Variant, [.. runs[0].Zip(runs[index])]) { Floor = floor < 0 || floor == index ? [] : runs[floor] }).Skip(1);
    }

    public double PlainCpu => Quantile(Pairs.Select(static pair => pair.Plain.Cpu), 0.5);

    public double GatedCpu => Quantile(Pairs.Select(static pair => pair.Gated.Cpu), 0.5);

    /// <summary>Median of the differences within a round, in milliseconds.</summary>
    public double MoreCpu => Quantile(Pairs.Select(static pair => pair.Gated.Cpu - pair.Plain.Cpu), 0.5);

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

    /// <summary>Bars are ReproGate's only.</summary>
    public Bar? Bar => Variant == Variant.ReproGate ? Scenario.BarAt(Subject.Projects) : null;

    /// <summary>The medians are within the bar.</summary>
    public bool KeepsBar => Bar is null || Bar.Keeps(Quantile(Compared.Select(static pair => pair.Least), 0.5), GatedCpu);

    /// <summary>A regression: the medians are over the bar, and so are three pairs out of four, which noise alone rarely does.</summary>
    public bool Regressed => !KeepsBar && Compared.Count(pair => !Bar!.Keeps(pair.Least, pair.Gated)) * 4 >= Pairs.Count * 3;

    /// <summary>A bar in milliseconds counts from the floor, which no SDK package can be under; a ratio from the plain SDK.</summary>
    private IEnumerable<(double Least, double Gated)> Compared => Bar?.Milliseconds is not null && Floor.Count > 0
        ? Pairs.Zip(Floor, static (pair, floor) => (floor.Cpu, pair.Gated.Cpu))
        : Pairs.Select(static pair => (pair.Plain.Cpu, pair.Gated.Cpu));

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
