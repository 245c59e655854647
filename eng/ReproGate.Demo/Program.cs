using System.CommandLine;
using System.Diagnostics;
using ReproGate.Demo;
using ReproGate.TestKit;
using Spectre.Console;

var only = new Option<string>("--only") { Description = "Show only the faults whose file name holds this text.", DefaultValueFactory = _ => "" };
var verbose = new Option<bool>("--verbose") { Description = "Print the whole output of both builds wherever an expectation is not met." };
var root = new RootCommand("Builds the healthy sample and each faulty variant of it, with the plain SDK and with ReproGate, and shows both verdicts.") { only, verbose };
root.SetAction((parsed, _) => DemoAsync(parsed.GetValue(only)!, parsed.GetValue(verbose)));
return await root.Parse(args).InvokeAsync();

static async Task<int> DemoAsync(string only, bool verbose)
{
    IAnsiConsole console = AnsiConsole.Console;
    if (!console.Profile.Out.IsTerminal)
    {
        // A log has no width of its own; a table squeezed into 80 columns is hard to read.
        console.Profile.Width = 150;
    }

    long start = Stopwatch.GetTimestamp();
    Fault[] faults = [.. Fault.ReadAll(Path.Combine(TestEnvironment.SourceRoot, "testassets", "faults")).Where(fault => fault.Key.Contains(only, StringComparison.OrdinalIgnoreCase))];
    var healthy = new Fault { Name = "None: the healthy sample" };

    console.MarkupLine("[bold]A repository of five projects[/], locked and committed, then one fault at a time: a fresh clone is built");
    console.MarkupLine("by the plain SDK (lock files on, locked mode on) and with ReproGate.\n");
    Task<SampleRepository> plainTask = Task.Run(() => SampleRepository.Create(gate: false));
    using SampleRepository gated = SampleRepository.Create(gate: true);
    using SampleRepository plain = await plainTask;

    var verdicts = new List<Verdict>();
    await console.Progress().Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
    {
        ProgressTask task = progress.AddTask("Building", maxValue: faults.Length + 1);
        foreach (Fault fault in faults.Prepend(healthy))
        {
            task.Description = Markup.Escape(fault.Name);
            verdicts.Add(await Verdict.OfAsync(fault, plain, gated));
            task.Increment(1);
        }

        task.Description = "Built";
    });

    console.Write(DemoTable.Of(verdicts));
    Verdict[] wrong = [.. verdicts.Where(static verdict => verdict.Problem is not null)];
    foreach (Verdict verdict in wrong)
    {
        console.MarkupLineInterpolated($"[red]{verdict.Fault.Name}[/]: {verdict.Problem}");
        if (verbose)
        {
            console.WriteLine(verdict.Plain.ToString());
            console.WriteLine(verdict.Gated.ToString());
        }
    }

    int caught = verdicts.Count(static verdict => verdict.Told is not null);
    int passedByPlain = verdicts.Count(static verdict => verdict.Fault.Rule.Length > 0 && verdict.Plain.ExitCode == 0);
    console.WriteLine();
    console.MarkupLineInterpolated($"{faults.Count(static fault => fault.Rule.Length > 0)} faults: ReproGate caught {caught}, the plain SDK let {passedByPlain} pass. {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
    console.MarkupLineInterpolated($"{(wrong.Length == 0 ? "Every verdict is as expected." : $"{wrong.Length} verdicts are not as expected.")}");
    return wrong.Length == 0 ? 0 : 1;
}
