using System.CommandLine;
using ReproGate.Corpus;
using ReproGate.TestKit;
using Spectre.Console;

// eng/corpus.sh runs this.
var repositories = new Argument<DirectoryInfo[]>("repository") { Description = "Repositories that hold the gate, locked and committed. They are copied first. None: the sample of the demo and generated ones.", Arity = ArgumentArity.ZeroOrMore };
var entry = new Option<string>("--entry") { Description = "What is built of each repository, relative to its root; its solution by default.", DefaultValueFactory = static _ => "" };
var packages = new Option<DirectoryInfo?>("--packages") { Description = "The packages folder of the repositories' builds; the user's own by default." };
var commit = new Option<string>("--commit") { Description = "The commit of the repository that the tables name, where what is judged is prepared from it; its own by default.", DefaultValueFactory = static _ => "" };
var only = new Option<string[]>("--only") { Description = "Only mutations whose key or rule holds this text; may be given several times.", DefaultValueFactory = static _ => [] };
var stage = new Option<string>("--stage") { Description = "Only mutations of this stage: built, declared or alone.", DefaultValueFactory = static _ => "" };
var quick = new Option<bool>("--no-fix") { Description = "Do not try the mends that findings carry." };
var noPlain = new Option<bool>("--no-plain") { Description = "Do not ask the plain SDK." };
var neighbours = new Option<bool>("--neighbours") { Description = "Ask, of what is judged already, what MSBuild's BuildCheck, NuGetAudit and the SDK's analyzers say of it; judge nothing." };
var again = new Option<bool>("--again") { Description = "Judge also what is judged already, but for the plain SDK, which does not change with the gate." };
var size = new Option<int>("--batch") { Description = "How many projects a generated repository has at most: smaller ones build sooner, and what is judged is kept after each.", DefaultValueFactory = static _ => 64 };
var parallel = new Option<int>("--parallel") { Description = "How many repositories are judged at a time.", DefaultValueFactory = static _ => 2 };
var results = new Option<FileInfo>("--results") { Description = "Where what was judged is kept; what it holds is not judged again, unless the catalogue's text has changed.", DefaultValueFactory = static _ => new FileInfo(Path.Combine(TestEnvironment.SourceRoot, "artifacts", "corpus", "results.json")) };
var output = new Option<FileInfo?>("--output") { Description = "Write the tables into this Markdown file, between its marks, and the plot beside it, instead of to standard output." };
var command = new RootCommand("Puts the catalogue of mutations into repositories, builds them with the gate and without it, and counts what was said.") { repositories, entry, packages, commit, only, stage, quick, noPlain, neighbours, again, size, parallel, results, output };
output.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<FileInfo?>() is { } page && DetectionReport.WhyNotInto(page) is { } why)
    {
        result.AddError(why);
    }
});
command.SetAction(parsed =>
{
    IAnsiConsole console = AnsiConsole.Console;
    Catalogue all = Catalogue.Read(Path.Combine(TestEnvironment.SourceRoot, "testassets", "corpus"));
    Kept kept = Kept.Read(parsed.GetValue(results)!.FullName, all);
    string gate = Gate();
    string[] texts = parsed.GetValue(only)!;
    string wantedStage = parsed.GetValue(stage)!;
    int notPut = 0;

    // What is asked for and not judged yet.
    Catalogue Wanted(string subject, Func<Mutation, bool> fits) => all with
    {
        Mutations =
        [
            .. all.Mutations.Where(mutation => fits(mutation)
                && (texts.Length == 0 || texts.Any(text => mutation.Key.Contains(text, StringComparison.OrdinalIgnoreCase) || mutation.Fault.Rule.Contains(text, StringComparison.OrdinalIgnoreCase)))
                && (wantedStage.Length == 0 || mutation.Stage.ToString().Equals(wantedStage, StringComparison.OrdinalIgnoreCase))
                && (parsed.GetValue(neighbours) ? kept.LacksNeighbours(subject, mutation) : parsed.GetValue(again) || !kept.Has(subject, mutation, whole: !parsed.GetValue(quick) && !parsed.GetValue(noPlain)))),
        ],
    };

    void Judge(Subject subject, string part, Catalogue wanted)
    {
        var trials = new Trials(subject, step => console.MarkupLineInterpolated($"{DateTime.Now:HH:mm:ss} {subject.Name}: {step}"), mend: !parsed.GetValue(quick), parsed.GetValue(noPlain) ? null : mutation => kept.Plain(subject.Name, mutation));
        var binder = new Binder(subject.Repository.Root, subject.TrackedFiles);
        // Where there are fewer places than mutations, some are put in after others are taken out again.
        for (Catalogue left = wanted; ;)
        {
            (Mutation Mutation, BoundMutation? Bound)[] bound = [.. binder.Bind(left)];
            BoundMutation[] fitting = [.. bound.Select(static pair => pair.Bound).OfType<BoundMutation>()];
            console.MarkupLineInterpolated($"[bold]{subject.Name}[/] {part}: {fitting.Length} of {bound.Length} mutations find a place");
            if (fitting.Length == 0)
            {
                break;
            }

            if (parsed.GetValue(neighbours))
            {
                trials.AskNeighbours(fitting, told => kept.AddNeighbours(subject.Name, told));
            }
            else
            {
                Run(fitting);
            }

            left = left with { Mutations = [.. bound.Where(static pair => pair.Bound is null).Select(static pair => pair.Mutation)] };
            if (left.Mutations.Count == 0)
            {
                break;
            }
        }

        void Run(BoundMutation[] fitting) =>
            trials.Run(
                fitting,
                said =>
                {
                    kept.Add(Untouched.Of(subject, part, said));
                    console.MarkupLineInterpolated($"{subject.Name} untouched: {said.Count} findings");
                },
                judged =>
                {
                    kept.Add(judged.Where(static trial => trial.NotPut.Length == 0).Select(trial => Outcome.Of(subject, gate, trial)));
                    Interlocked.Add(ref notPut, judged.Count(static trial => trial.NotPut.Length > 0));
                    foreach (Trial trial in judged)
                    {
                        Tell(subject, trial);
                    }
                });

        foreach (Diagnostic diagnostic in trials.Unattributed.Distinct())
        {
            console.MarkupLineInterpolated($"nobody's: {diagnostic.Code} {subject.Files.Shorten(diagnostic.File)}({diagnostic.Line}): {diagnostic.Text}");
        }
    }

    void Tell(Subject subject, Trial trial)
    {
        string[] said =
        [
            trial.NotPut.Length > 0 ? $"could not be put in: {trial.NotPut}" : "",
            trial.NotPut.Length > 0 || trial.Answer == Answer.Right ? "" : $"{trial.Answer} {trial.Said}",
            trial.Fixed == false ? $"not green after its mend: {trial.Left}" : "",
            trial.Mutation.Fix && trial.Mend is Mend.Person or Mend.Command ? "carries nothing that reprogate fix applies" : "",
            .. (trial.Accused ?? []).Select(diagnostic => $"near miss: {diagnostic.Code} {subject.Files.Shorten(diagnostic.File)}({diagnostic.Line}): {diagnostic.Text}"),
        ];
        if (said.Any(static text => text.Length > 0))
        {
            console.MarkupLineInterpolated($"{trial.Mutation.Key} ({trial.Mutation.Fault.Rule}): {string.Join("\n    ", said.Where(static text => text.Length > 0))}");
        }
    }

    if (parsed.GetValue(repositories) is { Length: > 0 } given)
    {
        foreach (DirectoryInfo repository in given)
        {
            Subject subject = GivenRepository.Copy(repository.FullName, parsed.GetValue(packages)?.FullName, parsed.GetValue(entry)!, parsed.GetValue(commit)!);
            Judge(subject, "", Wanted(subject.Name, static _ => true));
        }
    }
    else
    {
        int atATime = Math.Max(1, parsed.GetValue(parallel));
        List<Action> work = [];
        Catalogue alone = Wanted(Subject.Sample, static mutation => mutation.Stage == Stage.Alone);
        // Each by itself takes longest, so these are shared out, to a copy of the sample for each worker.
        foreach (Mutation[] share in alone.Mutations.Index().GroupBy(entry => entry.Index % atATime, static entry => entry.Item).Select(static group => group.ToArray()))
        {
            work.Add(() =>
            {
                using SampleRepository sample = SampleRepository.Create(gate: true);
                // One project with what it references is enough: what is told of the repository is told there.
                Judge(new Subject(Subject.Sample, sample.Repository, "src/Shop.Worker/Shop.Worker.csproj", Made: true, sample.Reset), "", alone with { Mutations = share });
            });
        }

        foreach ((string part, Catalogue together) in GeneratedRepository.Parts(Wanted(Subject.Generated, static mutation => mutation.Stage != Stage.Alone), parsed.GetValue(size)))
        {
            work.Add(() =>
            {
                using HttpFeed feed = HttpFeed.Start();
                using TestRepository wide = GeneratedRepository.Create(feed, together);
                Judge(new Subject(Subject.Generated, wide, GeneratedRepository.Entry, Made: true, null), part, together);
            });
        }

        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(work, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = atATime }, static action => action());
    }

    var report = new DetectionReport(kept.Outcomes, kept.Untouched);
    if (parsed.GetValue(output) is { } page)
    {
        DetectionReport.WriteInto(page.FullName, report.Markdown());
        File.WriteAllText(Path.ChangeExtension(page.FullName, ".svg"), DetectionPlot.Svg(kept.Outcomes));
    }
    else
    {
        Console.Out.WriteLine(report.Markdown());
    }

    // What could not be put in is in no table, so it has to show here.
    return report.Failed || notPut > 0 ? 1 : 0;
});
return command.Parse(args).Invoke();

static string Gate()
{
    TestRepository source = TestRepository.Open(TestEnvironment.SourceRoot, Path.Combine(TestEnvironment.Root, "packages"), TestEnvironment.Home);
    string changed = source.Git("status", "--porcelain", "--untracked-files=no", "--", "src", "sdk").Output.Trim();
    return source.Git("rev-parse", "--short=10", "HEAD").Output.Trim() + (changed.Length > 0 ? "+" : "");
}
