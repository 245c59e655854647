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

    /// <summary>A run on one processor and in one node.</summary>
    public static Run On(int processor, Subject solution, Scenario scenario)
    {
        scenario.Prepare(solution);
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = solution.RunOn(scenario.Command, processor);
        return new Run(cpu.TotalMilliseconds, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}

/// <summary>All runs of one scenario at one size, in pairs.</summary>
internal sealed record Measurement(Scenario Scenario, Subject Subject, Variant Variant, IReadOnlyList<(Run Plain, Run Gated)> Pairs)
{
    /// <summary>What the pairs compare with: the plain SDK, or <see cref="Variant.Floor"/>.</summary>
    public Variant Base { get; init; } = Variant.Plain;

    /// <summary>The same is measured over the floor too, in pairs of its own.</summary>
    public bool IsOverFloorElsewhere { get; init; }

    /// <summary>The runs of <see cref="Variant.Floor"/> in the same rounds; empty where it was not measured.</summary>
    public IReadOnlyList<Run> Floor { get; init; } = [];

    /// <summary>Median of what a run took beyond the floor's in the same round, in milliseconds of processor time; null without floor.</summary>
    public double? MoreThanFloor => Floor.Count == 0 ? null : Quantile(Pairs.Zip(Floor, static (pair, floor) => pair.Gated.Cpu - floor.Cpu), 0.5);

    /// <summary>Runs it: one round to warm up, then rounds in changing order, so that drift of the machine hits all alike.</summary>
    /// <param name="scenario">What is measured.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="solutions">The first is the plain one.</param>
    /// <param name="oneNode">Each run in one node and on one processor.</param>
    /// <param name="done">Called after each round.</param>
    /// <returns>One measurement for each solution but the plain one.</returns>
    public static IEnumerable<Measurement> Take(Scenario scenario, int rounds, IReadOnlyList<(Variant Variant, Subject Solution)> solutions, bool oneNode, Action done)
    {
        // The last processor: the system puts more of its own work on the first.
        int processor = Environment.ProcessorCount - 1;
        var runs = solutions.Select(static _ => new List<Run>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            IEnumerable<int> order = Enumerable.Range(0, solutions.Count);
            foreach (int index in round % 2 == 0 ? order : order.Reverse())
            {
                Run run = oneNode ? Run.On(processor, solutions[index].Solution, scenario) : Run.Of(solutions[index].Solution, scenario);
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

    /// <summary>
    /// Runs pairs side by side: both builds at once, each on a processor of its own and in one node, changing processors with every round.
    /// What disturbs the machine disturbs both, so that the ratio of a pair varies less than in turn; a ratio of many nodes it is not.
    /// </summary>
    /// <param name="scenario">What is measured.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="solutions">The first is the plain one.</param>
    /// <param name="done">Called after each round.</param>
    /// <returns>One measurement for each solution but the plain one, and one of the gate over the floor where that is among them.</returns>
    public static IEnumerable<Measurement> TakeSideBySide(Scenario scenario, int rounds, IReadOnlyList<(Variant Variant, Subject Solution)> solutions, Action done)
    {
        (int Base, int Over)[] pairs = [.. Enumerable.Range(1, solutions.Count - 1).Select(static over => (0, over))];
        int floor = solutions.ToList().FindIndex(static solution => solution.Variant == Variant.Floor);
        if (floor > 0)
        {
            pairs = [.. pairs, (floor, 1)];
        }

        var runs = pairs.Select(static _ => new List<(Run, Run)>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            foreach ((int index, (int from, int over)) in pairs.Index())
            {
                int first = Math.Abs(round) % 2;
                Task<Run> plain = Task.Run(() => Run.On(first, solutions[from].Solution, scenario));
                Task<Run> gated = Task.Run(() => Run.On(1 - first, solutions[over].Solution, scenario));
                (Run, Run) pair = (plain.GetAwaiter().GetResult(), gated.GetAwaiter().GetResult());
                if (round >= 0)
                {
                    runs[index].Add(pair);
                }
            }

            done();
        }

        return pairs.Zip(runs, (pair, list) => new Measurement(scenario, solutions[pair.Over].Solution, solutions[pair.Over].Variant, list) { Base = solutions[pair.Base].Variant, IsOverFloorElsewhere = pair.Base == 0 && pair.Over == 1 && floor > 0 });
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

    /// <summary>
    /// The interval that holds the median of all such ratios with at least 95 % certainty, whatever their distribution: the sign test's, by order statistics
    /// (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2). With fewer than six pairs there is none.
    /// </summary>
    public (double Low, double High)? MedianInterval
    {
        get
        {
            double[] ratios = [.. Pairs.Select(static pair => pair.Gated.Cpu / pair.Plain.Cpu).Order()];
            int cut = 0;
            for (double term = Math.Pow(0.5, ratios.Length), tail = term; tail <= 0.025; cut++)
            {
                term *= (double)(ratios.Length - cut) / (cut + 1);
                tail += term;
            }

            return cut == 0 ? null : (ratios[cut - 1], ratios[^cut]);
        }
    }

    /// <summary>Bars are ReproGate's only: a ratio to the plain SDK, and milliseconds beyond the floor where it is measured.</summary>
    public Bar? Bar => Variant == Variant.ReproGate && Scenario.BarAt(Subject.Projects) is { } bar && (bar.Milliseconds is null ? Base == Variant.Plain : !IsOverFloorElsewhere) ? bar : null;

    /// <summary>The median pair is within the bar: by its ratio, or by the milliseconds between its medians.</summary>
    public bool KeepsBar => Bar is null || (Bar.Ratio is { } most ? Ratio.Median <= most : Bar.Keeps(Quantile(Compared.Select(static pair => pair.Least), 0.5), GatedCpu));

    /// <summary>A regression: the median is over the bar, and so are three pairs out of four, which noise alone rarely does.</summary>
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
