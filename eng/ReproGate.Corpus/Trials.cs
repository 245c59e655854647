using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>Judges mutations in a repository: those that do not disturb each other in one build, their near misses in another.</summary>
internal sealed class Trials(Subject subject, Action<string> say, bool mend)
{
    private HashSet<string> _before = [];
    private HashSet<string> _plainBefore = [];

    /// <summary>What the gate said of the repository as it stands.</summary>
    public IReadOnlyList<Diagnostic> Untouched { get; private set; } = [];

    /// <summary>Findings of near misses that belong to none of them.</summary>
    public List<Diagnostic> Unattributed { get; } = [];

    /// <summary>Puts every mutation in and judges it.</summary>
    public IReadOnlyList<Trial> Run(IReadOnlyList<BoundMutation> mutations)
    {
        Trial[] trials = [.. mutations.Select(static bound => new Trial(bound))];
        say("as it stands");
        ProcessResult untouched = subject.Gated(observe: true, []);
        Untouched = [.. untouched.Findings];
        _before = [.. untouched.Diagnostics.Select(Identity)];
        say("as it stands, without the gate");
        _plainBefore = [.. subject.Plain([]).Select(Identity)];

        foreach (Trial[] batch in Batches(trials, static trial => trial.Mutation.Stage))
        {
            JudgeFaults(batch);
        }

        foreach (Trial[] batch in Batches([.. trials.Where(static trial => trial.NotPut.Length == 0)], static trial => trial.Mutation.NearStage ?? trial.Mutation.Stage))
        {
            JudgeNearMisses(batch);
        }

        subject.Reset(deep: true);
        return trials;
    }

    private static IEnumerable<Trial[]> Batches(Trial[] trials, Func<Trial, Stage> stage) =>
        trials.GroupBy(stage).SelectMany(static group => group.Key == Stage.Alone ? group.Select(static trial => new[] { trial }) : [group.ToArray()]);

    private void JudgeFaults(Trial[] batch)
    {
        Stage stage = batch[0].Mutation.Stage;
        say(batch.Length == 1 ? batch[0].Mutation.Key : $"{batch.Length} faults judged {(stage == Stage.Declared ? "before restore" : "after the build")}");
        bool deep = ChangesMachine(batch, static trial => trial.Mutation.Fault);
        Trial[] put = Put(batch, static trial => trial.Mutation.Fault);
        Fault[] faults = [.. put.Select(static trial => trial.Mutation.Fault)];
        if (put.Length == 0)
        {
            subject.Reset(deep);
            return;
        }

        if (stage == Stage.Built)
        {
            subject.Lock(gate: false);
            subject.Repository.Git("add", "--update");
        }

        Dictionary<Trial, (string File, int Line)> places = put.ToDictionary(static trial => trial, trial => subject.Files.Resolve(trial.Mutation.Fault.At!));
        ProcessResult gated = subject.Gated(observe: stage != Stage.Alone, faults);
        Diagnostic[] found = [.. gated.Findings.Where(diagnostic => !_before.Contains(Identity(diagnostic)))];
        var ofTrial = Attribute(put, found);
        foreach (Trial trial in put)
        {
            (string file, int line) = places[trial];
            Diagnostic[] own = [.. found.Where(diagnostic => diagnostic.Code == trial.Mutation.Fault.Rule && diagnostic.File == file && (line == 0 || diagnostic.Line == line))];
            Diagnostic[] said = [.. ofTrial[trial]];
            trial.Answer = own.Length > 0 ? Answer.Right
                : said.Any(diagnostic => diagnostic.Code == trial.Mutation.Fault.Rule) ? Answer.Elsewhere
                : said.Length > 0 ? Answer.Other
                : Answer.Missed;
            trial.Said = own.Length > 0 ? "" : string.Join("; ", said.Select(Brief).Distinct().Take(3)) + (stage == Stage.Alone && said.Length == 0 ? " " + string.Join("; ", gated.Errors.Select(Brief).Take(2)) : "");
        }

        Keep(gated, batch, "gated");
        IReadOnlyList<Diagnostic> plain = subject.Plain(faults);
        var plainOf = Attribute(put, [.. plain.Where(diagnostic => !_plainBefore.Contains(Identity(diagnostic)))]);
        foreach (Trial trial in put)
        {
            trial.Plain = string.Join(", ", plainOf[trial].Select(static diagnostic => diagnostic.Code).Distinct().Take(2));
        }

        if (mend && (put.Any(static trial => trial.Mutation.Fix) || stage != Stage.Alone))
        {
            say(batch.Length == 1 ? batch[0].Mutation.Key + ", mended" : $"{batch.Length} faults, mended");
            ProcessResult mended = subject.Fix();
            Keep(mended, batch, "fix");
            ProcessResult again = subject.Gated(observe: stage != Stage.Alone, faults);
            Keep(again, batch, "fixed");
            var left = Attribute(put, [.. again.Diagnostics.Where(diagnostic => !_before.Contains(Identity(diagnostic)) && (diagnostic.IsError || diagnostic.Code.StartsWith("RGATE", StringComparison.Ordinal)))]);
            foreach (Trial trial in put)
            {
                trial.Fixed = left[trial].Count == 0;
            }
        }

        subject.Reset(deep);
    }

    private void JudgeNearMisses(Trial[] batch)
    {
        Stage stage = batch[0].Mutation.NearStage ?? batch[0].Mutation.Stage;
        say(batch.Length == 1 ? batch[0].Mutation.Key + ", near miss" : $"{batch.Length} near misses");
        bool deep = ChangesMachine(batch, static trial => trial.Mutation.Near);
        Trial[] put = Put(batch, static trial => trial.Mutation.Near);
        Fault[] faults = [.. put.Select(static trial => trial.Mutation.Near)];
        if (put.Length == 0)
        {
            subject.Reset(deep);
            return;
        }

        if (stage == Stage.Built)
        {
            Keep(subject.Lock(gate: true), batch, "near-lock");
            subject.Repository.Git("add", "--update");
        }

        ProcessResult gated = subject.Gated(observe: stage != Stage.Alone, faults);
        Keep(gated, batch, "near");
        Diagnostic[] found = [.. gated.Diagnostics.Where(diagnostic => !_before.Contains(Identity(diagnostic)) && (diagnostic.IsError || diagnostic.Code.StartsWith("RGATE", StringComparison.Ordinal)))];
        var ofTrial = Attribute(put, found);
        foreach (Trial trial in put)
        {
            trial.Accused = ofTrial[trial];
        }

        Unattributed.AddRange(found.Except(ofTrial.Values.SelectMany(static diagnostics => diagnostics)));
        subject.Reset(deep);
    }

    /// <summary>Puts in what can be put in. Where a mutation cannot, all begins anew without it: what it left half done would be blamed on others.</summary>
    private Trial[] Put(Trial[] batch, Func<Trial, Fault> fault)
    {
        while (true)
        {
            Trial[] wanted = [.. batch.Where(static trial => trial.NotPut.Length == 0)];
            foreach (bool staged in (bool[])[true, false])
            {
                foreach (Trial trial in wanted.Where(trial => fault(trial).Commit == staged))
                {
                    try
                    {
                        subject.Put(fault(trial));
                    }
                    catch (Exception exception) when (exception is InvalidOperationException or IOException or InvalidDataException)
                    {
                        trial.NotPut = exception.Message.Split('\n')[0];
                    }
                }

                if (staged)
                {
                    subject.Repository.Git("add", "--all");
                }
            }

            if (wanted.All(static trial => trial.NotPut.Length == 0))
            {
                if (batch.Length == 1 && wanted.Length == 1 && fault(wanted[0]).Commit)
                {
                    subject.Repository.Git("commit", "--quiet", "--allow-empty", "--message", wanted[0].Mutation.Key);
                }

                return wanted;
            }

            subject.Reset(ChangesMachine(batch, fault));
        }
    }

    /// <summary>Gives each diagnostic to the mutations whose own words it or its line holds, else to the one whose folder it lies in.</summary>
    private Dictionary<Trial, IReadOnlyList<Diagnostic>> Attribute(Trial[] put, IReadOnlyList<Diagnostic> diagnostics)
    {
        var result = put.ToDictionary(static trial => trial, static _ => new List<Diagnostic>());
        foreach (Diagnostic diagnostic in diagnostics)
        {
            string text = diagnostic.Text + " " + diagnostic.File + " " + LineOf(diagnostic);
            Trial[] owners = put.Length == 1 ? put : [.. put.Where(trial => text.Contains(trial.Bound.Word, StringComparison.OrdinalIgnoreCase))];
            if (owners.Length == 0)
            {
                owners = [.. put.Where(trial => trial.Bound.Own.Any(word => text.Contains(word, StringComparison.Ordinal)))];
            }

            if (owners.Length == 0)
            {
                Trial[] inFolder = [.. put.Where(trial => trial.Bound.Folder.Length > 0 && diagnostic.File.StartsWith(Path.Combine(subject.Repository.Root, trial.Bound.Folder) + "/", StringComparison.Ordinal))];
                owners = inFolder.Length == 1 ? inFolder : [];
            }

            foreach (Trial owner in owners)
            {
                result[owner].Add(diagnostic);
            }
        }

        return result.ToDictionary(static pair => pair.Key, static pair => (IReadOnlyList<Diagnostic>)pair.Value);
    }

    private static string LineOf(Diagnostic diagnostic) =>
        diagnostic.Line > 0 && File.Exists(diagnostic.File) && File.ReadLines(diagnostic.File).ElementAtOrDefault(diagnostic.Line - 1) is { } line ? line : "";

    private static string Identity(Diagnostic diagnostic) => $"{diagnostic.Code} {diagnostic.File} {diagnostic.Text}";

    private string Brief(Diagnostic diagnostic) => $"{diagnostic.Code} at {subject.Files.Shorten(diagnostic.File)}({diagnostic.Line})";

    private static bool ChangesMachine(Trial[] batch, Func<Trial, Fault> fault) =>
        batch.SelectMany(trial => fault(trial).Edits).Any(static edit => edit.File.StartsWith('{'));

    // With REPROGATE_KEEP=1 what was said is kept beside the working copy, for whoever looks into a verdict.
    private void Keep(ProcessResult result, Trial[] batch, string what)
    {
        if (TestEnvironment.KeepsEverything)
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(subject.Repository.Root)!, $"{(batch.Length == 1 ? batch[0].Mutation.Key : batch[0].Mutation.Stage)}.{what}.log"), result.ToString());
        }
    }
}
