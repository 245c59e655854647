using System.CommandLine;
using ReproGate.Corpus;
using ReproGate.TestKit;
using Spectre.Console;

// eng/corpus.sh runs this.
var repositories = new Argument<DirectoryInfo[]>("repository") { Description = "Repositories that hold the gate, locked and committed. They are copied first. None: the sample of the demo and a generated one.", Arity = ArgumentArity.ZeroOrMore };
var entry = new Option<string>("--entry") { Description = "What is built of each repository, relative to its root; its solution by default.", DefaultValueFactory = static _ => "" };
var packages = new Option<DirectoryInfo?>("--packages") { Description = "The packages folder of the repositories' builds; the user's own by default." };
var only = new Option<string>("--only") { Description = "Only mutations whose key or rule holds this text.", DefaultValueFactory = static _ => "" };
var stage = new Option<string>("--stage") { Description = "Only mutations of this stage: built, declared or alone.", DefaultValueFactory = static _ => "" };
var quick = new Option<bool>("--no-fix") { Description = "Leave `reprogate fix` out, which takes most of the time." };
var results = new Option<FileInfo?>("--results") { Description = "Keep what was judged in this file; what it holds already counts in the tables too, so that some of the catalogue can be run again." };
var output = new Option<FileInfo?>("--output") { Description = "Write the tables into this Markdown file, between its marks, instead of to standard output." };
var command = new RootCommand("Puts the catalogue of mutations into repositories, builds them with the gate and without it, and counts what was said.") { repositories, entry, packages, only, stage, quick, results, output };
command.SetAction(parsed =>
{
    IAnsiConsole console = AnsiConsole.Console;
    Catalogue all = Catalogue.Read(Path.Combine(TestEnvironment.SourceRoot, "testassets", "corpus"));
    string text = parsed.GetValue(only)!;
    string wanted = parsed.GetValue(stage)!;
    Catalogue catalogue = all with
    {
        Mutations = [.. all.Mutations.Where(mutation => (mutation.Key.Contains(text, StringComparison.OrdinalIgnoreCase) || mutation.Fault.Rule.Contains(text, StringComparison.OrdinalIgnoreCase)) && (wanted.Length == 0 || mutation.Stage.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase)))],
    };
    var report = new DetectionReport(all);
    if (parsed.GetValue(results) is { } earlier)
    {
        report.Read(earlier.FullName);
    }

    int notPut = 0;
    void Judge(Subject subject, Catalogue part)
    {
        var binder = new Binder(subject.Repository.Root, subject.TrackedFiles);
        (Mutation Mutation, BoundMutation? Bound)[] bound = [.. binder.Bind(part)];
        console.MarkupLineInterpolated($"[bold]{subject.Name}[/]: {bound.Count(static pair => pair.Bound is not null)} of {bound.Length} mutations find what they need");
        var trials = new Trials(subject, step => console.MarkupLineInterpolated($"{DateTime.Now:HH:mm:ss} {subject.Name}: {step}"), mend: !parsed.GetValue(quick));
        IReadOnlyList<Trial> judged = trials.Run([.. bound.Select(static pair => pair.Bound).OfType<BoundMutation>()]);
        foreach (Trial trial in judged.Where(static trial => trial.NotPut.Length == 0))
        {
            report.Add(Outcome.Of(subject, made: subject.Name is "sample" or "generated", trial));
        }

        if (parsed.GetValue(results) is { } kept)
        {
            report.Write(kept.FullName);
        }

        int failed = judged.Count(static trial => trial.NotPut.Length > 0);
        notPut += failed;
        console.MarkupLineInterpolated($"{subject.Name} untouched: {trials.Untouched.Count} findings; {failed} could not be put in");
        foreach (Trial trial in judged.Where(static trial => trial.Answer != Answer.Right || trial.NotPut.Length > 0 || trial.Accused.Count > 0 || (trial.Fixed is { } mended && mended != trial.Mutation.Fix)))
        {
            console.MarkupLineInterpolated($"{trial.Mutation.Key} ({trial.Mutation.Fault.Rule}): {trial.NotPut}{(trial.NotPut.Length > 0 || trial.Answer == Answer.Right ? "" : $"{trial.Answer} {trial.Said}")}{(trial.Fixed is null || trial.Fixed == trial.Mutation.Fix ? "" : $" fix: {trial.Fixed}")}{string.Concat(trial.Accused.Select(diagnostic => $"\n    near miss: {diagnostic.Code} {subject.Files.Shorten(diagnostic.File)}({diagnostic.Line}): {diagnostic.Text}"))}");
        }

        foreach (Diagnostic diagnostic in trials.Unattributed)
        {
            console.MarkupLineInterpolated($"near misses, nobody's: {diagnostic.Code} {subject.Files.Shorten(diagnostic.File)}({diagnostic.Line}): {diagnostic.Text}");
        }
    }

    if (parsed.GetValue(repositories) is { Length: > 0 } given)
    {
        foreach (DirectoryInfo repository in given)
        {
            Judge(GivenRepository.Copy(repository.FullName, parsed.GetValue(packages)?.FullName, parsed.GetValue(entry)!), catalogue);
        }
    }
    else
    {
        Catalogue alone = catalogue with { Mutations = [.. catalogue.Mutations.Where(static mutation => mutation.Stage == Stage.Alone)] };
        Catalogue together = catalogue with { Mutations = [.. catalogue.Mutations.Where(static mutation => mutation.Stage != Stage.Alone)] };
        if (alone.Mutations.Count > 0)
        {
            using SampleRepository sample = SampleRepository.Create(gate: true);
            Judge(new Subject("sample", sample.Repository, "Shop.slnx", sample.Reset), alone);
        }

        if (together.Mutations.Count > 0)
        {
            using HttpFeed feed = HttpFeed.Start();
            int libraries = together.Mutations.Count(static mutation => !mutation.Place.StartsWith("app", StringComparison.Ordinal)) + 1;
            // Of those that share an application some twenty go into one.
            int applications = together.Mutations.Count(static mutation => mutation.Place == "app-alone") + (together.Mutations.Count(static mutation => mutation.Place == "app") + 19) / 20;
            using TestRepository wide = GeneratedRepository.Create(feed, libraries, applications);
            Judge(new Subject("generated", wide, GeneratedRepository.Entry, null), together);
        }
    }

    string tables = report.Markdown();
    if (parsed.GetValue(output) is { } file)
    {
        DetectionReport.WriteInto(file.FullName, tables);
    }
    else
    {
        Console.Out.WriteLine(tables);
    }

    // What could not be put in is in no table, so it has to show here.
    return report.Failed || notPut > 0 ? 1 : 0;
});
return command.Parse(args).Invoke();
