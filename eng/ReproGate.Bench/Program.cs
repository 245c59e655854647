using System.CommandLine;
using ReproGate.Bench;
using ReproGate.TestKit;
using Spectre.Console;

var sizes = new Option<int[]>("--sizes") { Description = "Numbers of projects.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 20, 100, 200] };
var rounds = new Option<int>("--rounds") { Description = "Pairs of runs for each scenario.", DefaultValueFactory = _ => 7 };
var scenarios = new Option<string[]>("--scenarios") { Description = $"Of: {string.Join(", ", Scenario.All.Select(static scenario => scenario.Key))}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
var with = new Option<string[]>("--with") { Description = $"What is measured beside the gate, of: {string.Join(", ", Variant.Others.Select(static variant => variant.Key))}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [Variant.Floor.Key] };
var output = new Option<string>("--output") { Description = "Folder of cost.md and cost.svg.", DefaultValueFactory = _ => Path.Combine(TestEnvironment.SourceRoot, "docs", "benchmarks") };
var sideBySide = new Option<bool>("--side-by-side") { Description = "Both builds of a pair at the same time, each on one processor and in one node: what disturbs the machine disturbs both." };
var oneNode = new Option<bool>("--one-node") { Description = "Every build in one node and on one processor, in turn: such builds differ less from round to round than those of many nodes, but a ratio of many nodes it is not." };
var parts = new Option<bool>("--parts") { Description = "Takes from logs of builds in one node, too, what of a build is the gate's, what a node pays once, and how that grows. With --rounds 0 nothing else." };
var repeats = new Option<int>("--repeats") { Description = "How many builds of each kind are taken apart.", DefaultValueFactory = _ => 3 };
var repository = new Option<string?>("--repository") { Description = "A git repository with the gate in it, to measure instead of generated solutions." };
var solution = new Option<string?>("--solution") { Description = "Its solution, relative to it." };
var changed = new Option<string?>("--changed") { Description = "A C# file of it, relative to it, that is changed for the scenario of that name." };
var arguments = new Argument<string[]>("arguments") { Description = "After --: further arguments of each build of the repository.", Arity = ArgumentArity.ZeroOrMore };
var root = new RootCommand("Measures what ReproGate adds to builds of generated solutions or of a repository, in pairs with the plain SDK.") { sizes, rounds, scenarios, with, output, sideBySide, oneNode, parts, repeats, repository, solution, changed, arguments };
root.Validators.Add(result =>
{
    if (result.GetValue(sideBySide) && result.GetValue(oneNode))
    {
        result.AddError("--side-by-side runs two builds at the same time and --one-node one after the other: name one of them.");
    }

    if (result.GetValue(repository) is not null && result.GetValue(solution) is null)
    {
        result.AddError("--repository needs --solution, the solution to build in it.");
    }

    if (result.GetValue(repository) is not null && Variant.Others.FirstOrDefault(variant => variant.Sdk is null && result.GetValue(with)!.Contains(variant.Key)) is { } other)
    {
        result.AddError($"--with {other.Key} is measured on generated solutions only: what it sets, a repository's own files may set otherwise.");
    }
});
root.SetAction(parsed => Measure(new Choice(parsed.GetValue(sizes)!, parsed.GetValue(rounds), parsed.GetValue(scenarios)!, parsed.GetValue(with)!, parsed.GetValue(output)!)
{
    SideBySide = parsed.GetValue(sideBySide),
    OneNode = parsed.GetValue(oneNode),
    Parts = parsed.GetValue(parts),
    Repeats = parsed.GetValue(repeats),
    Repository = parsed.GetValue(repository),
    Solution = parsed.GetValue(solution) ?? "",
    Changed = parsed.GetValue(changed),
    BuildArguments = parsed.GetValue(arguments) ?? [],
}));
return root.Parse(args).Invoke();

static int Measure(Choice choice)
{
    ProcessTreeCpu.BecomeReaper();
    if (!AnsiConsole.Profile.Out.IsTerminal)
    {
        AnsiConsole.Profile.Width = 150;
    }

    Scenario[] chosen = [.. Scenario.All.Where(scenario => choice.Scenarios.Length == 0 || choice.Scenarios.Contains(scenario.Key))];
    var measurements = new List<Measurement>();
    var parts = new List<GateParts>();
    var broken = new List<string>();
    string sdk = TestEnvironment.DotnetVersion;
    (int rounds, string folder) = (choice.Rounds, choice.Output);
    if (choice.SideBySide && Environment.ProcessorCount < 2)
    {
        Console.Error.WriteLine("--side-by-side needs two processors.");
        return 2;
    }

    AnsiConsole.Progress().Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn()).Start(progress =>
    {
        foreach (Func<(Variant, Subject)[]> create in choice.Subjects())
        {
            ProgressTask task = progress.AddTask("generating and building", maxValue: Math.Max(1, chosen.Length * (rounds + 1)));
            (Variant Variant, Subject Solution)[] solutions = create();
            Subject gated = solutions.First(static solution => solution.Variant.Gate).Solution;
            foreach (Scenario scenario in chosen.Where(scenario => rounds > 0 && gated.Knows(scenario)))
            {
                task.Description = $"{Markup.Escape(gated.Name)}: {Markup.Escape(scenario.Key)}";
                measurements.AddRange(choice.SideBySide
                    ? Measurement.TakeSideBySide(scenario, rounds, solutions, () => task.Increment(1))
                    : Measurement.Take(scenario, rounds, solutions, choice.OneNode, () => task.Increment(1)));

                // What is measured is kept at once: a long run may be cut.
                Report(choice, measurements, parts, sdk);
            }

            // The first build after a clean one may still have something to look at; the second has nothing.
            gated.Run("build");
            BuildLog log = gated.Logged();
            if (log.GateTasks.Count > 0)
            {
                broken.Add($"{gated.Name}: an up-to-date build ran {string.Join(", ", log.GateTasks.Distinct())}");
            }

            if (choice.Parts)
            {
                task.Description = $"{Markup.Escape(gated.Name)}: in one node";
                parts.Add(GateParts.Of(gated, choice.Repeats));
                Report(choice, measurements, parts, sdk);
            }

            foreach ((_, Subject solution) in solutions)
            {
                solution.Dispose();
            }
        }
    });

    Report(choice, measurements, parts, sdk);
    broken.AddRange(measurements.Where(static m => m.Regressed).Select(static m => FormattableString.Invariant($"{m.Subject.Name}, {m.Scenario.Key}: {m.Ratio.Median:0.000} × ({m.GatedCpu - m.PlainCpu:0} ms more), bar {m.Bar}")));
    broken.AddRange(GatePartsReport.Broken(parts));
    foreach (GateParts part in parts)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant($"{part.Subject.Name,4} in one node: up to date {part.UpToDate:0} ms, changed {part.Changed:0} ms, clean {part.Clean:0} ms of the gate's, first calls {part.First:0} ms"));
    }

    foreach (Measurement m in measurements)
    {
        AnsiConsole.WriteLine(FormattableString.Invariant($"{m.Subject.Name,4} {m.Variant.Key,-10} over {m.Base.Key,-6} {m.Scenario.Key,-12} CPU {m.PlainCpu,8:0} → {m.GatedCpu,8:0} ms, {m.Ratio.Median:0.000} × ({m.Ratio.Low:0.000}–{m.Ratio.High:0.000}{Interval(m)}), wall {m.PlainWall,8:0} → {m.GatedWall,8:0} ms"));
    }

    foreach (string line in broken)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]over the bar[/] {line}");
    }

    AnsiConsole.WriteLine($"Written to {folder}.");
    return broken.Count == 0 ? 0 : 1;
}

static string Interval(Measurement m) => m.MedianInterval is { } interval ? FormattableString.Invariant($"; 95 %: {interval.Low:0.000}–{interval.High:0.000}") : "";

static void Report(Choice choice, IReadOnlyList<Measurement> measurements, IReadOnlyList<GateParts> parts, string sdk)
{
    Directory.CreateDirectory(choice.Output);
    // Without pairs there is no table of ratios: the page of an earlier run stays.
    if (measurements.Count == 0)
    {
        File.WriteAllText(Path.Combine(choice.Output, "cost-parts.md"), $"# What of a build is the gate's\n{GatePartsReport.Markdown(parts, choice.Repeats)}".ReplaceLineEndings("\n"));
        return;
    }

    File.WriteAllText(Path.Combine(choice.Output, "cost.md"), CostReport.Markdown(measurements, parts, choice, sdk));
    File.WriteAllText(Path.Combine(choice.Output, "cost.svg"), CostReport.Svg(measurements));
}
