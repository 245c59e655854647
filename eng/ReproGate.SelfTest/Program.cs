using System.CommandLine;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.SelfTest;
using ReproGate.Settings;
using ReproGate.Settings.Matrix;

// eng/self-test.sh runs this.
var repository = new Argument<DirectoryInfo>("repository") { Description = "A repository with reprogate.env.json, its applications built." };
var command = new RootCommand("Takes the provider of each required cell of the matrix away, in memory, and looks whether RGATE3002 tells it and nothing else is told.") { repository };
command.SetAction(async (result, cancellation) =>
{
    string root = Path.TrimEndingDirectorySeparator(result.GetValue(repository)!.FullName);
    if (MatrixReader.Read(Path.Combine(root, "reprogate.env.json"), out MalformedFile? malformed) is not { } matrix)
    {
        await Console.Error.WriteLineAsync(malformed?.ToString() ?? $"{root} has no reprogate.env.json.").ConfigureAwait(false);
        return 2;
    }

    var reader = new ProviderReader(root);
    int all = 0;
    int wrong = 0;
    foreach (MatrixApp app in matrix.Apps)
    {
        AppConfiguration facts;
        try
        {
            facts = await BuiltApplication.ReadAsync(root, matrix, app, reader, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync(exception.Message).ConfigureAwait(false);
            return 2;
        }

        MatrixTrial[] trials = [.. MatrixTrial.Of(facts)];
        MatrixTrial[] failed = [.. trials.Where(trial => !trial.IsTold(app.Name))];
        Console.WriteLine($"{app.Name}: {trials.Length} required cells, {trials.Count(static trial => trial.Given.IsEmpty)} of them given from outside; {trials.Length - failed.Length} told by RGATE3002 and by nothing else; {ConfigurationGate.Check(facts).Count()} findings before");
        foreach (MatrixTrial trial in failed)
        {
            Console.WriteLine($"  {trial.Environment} {trial.Row.Key} (from {string.Join(", ", trial.Given)}): {(trial.New.IsEmpty ? "nothing is told" : string.Join("; ", trial.New.Select(static finding => $"{finding.Rule.Id} {finding.What}")))}");
        }

        all += trials.Length;
        wrong += failed.Length;
    }

    Console.WriteLine($"{matrix.Apps.Length} applications, {all} required cells, {all - wrong} told rightly");
    return all > 0 && wrong == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync().ConfigureAwait(false);
