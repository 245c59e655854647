using ReproGate.Reports;
using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>Judges mutations in a repository: those that do not disturb each other in one build, their mends in a second, their near misses in a third.</summary>
/// <param name="subject">The repository.</param>
/// <param name="say">Told what is begun.</param>
/// <param name="mend">Whether the mends that findings carry are tried.</param>
/// <param name="plain">What the plain SDK is known to say of a mutation, null where it has to be asked; null itself where it is not to be asked at all.</param>
internal sealed class Trials(Subject subject, Action<string> say, bool mend, Func<Mutation, string?>? plain)
{
    private HashSet<string>? _before;
    private HashSet<string>? _plainBefore;
    private HashSet<string>? _neighboursBefore;

    /// <summary>Findings of near misses and errors of mended repositories that belong to no mutation.</summary>
    public List<Diagnostic> Unattributed { get; } = [];

    /// <summary>Puts every mutation in and judges it.</summary>
    /// <param name="mutations">The mutations.</param>
    /// <param name="untouched">Told, the first time, what the gate says of the repository as it stands.</param>
    /// <param name="judged">Told the mutations of one build when all was asked of them.</param>
    public void Run(IReadOnlyList<BoundMutation> mutations, Action<IReadOnlyList<Diagnostic>> untouched, Action<IReadOnlyList<Trial>> judged)
    {
        Trial[] trials = [.. mutations.Select(bound => new Trial(bound) { Plain = plain?.Invoke(bound.Mutation) })];
        if (_before is null)
        {
            say("as it stands");
            ProcessResult before = subject.Gated(observe: true, []);
            _before = [.. before.Diagnostics.Select(Identity)];
            untouched([.. before.Findings]);
        }

        if (plain is not null && _plainBefore is null && trials.Any(static trial => trial.Plain is null))
        {
            say("as it stands, without the gate");
            _plainBefore = [.. subject.Plain([], even: true).Select(Identity)];
        }

        foreach (Trial[] batch in Batches(trials, static trial => trial.Mutation.Stage))
        {
            JudgeFaults(batch);
            // Apart, because what is left to a person fails the restore by which the tool writes lock files anew.
            foreach (Mend kind in mend ? (Mend[])[Mend.Tool, Mend.Command] : [])
            {
                if (batch.Where(trial => trial.NotPut.Length == 0 && trial.Mend == kind).ToArray() is { Length: > 0 } carried)
                {
                    JudgeMends(carried);
                }
            }

            foreach (Trial[] near in Batches([.. batch.Where(static trial => trial.NotPut.Length == 0)], static trial => trial.Mutation.NearStage ?? trial.Mutation.Stage))
            {
                JudgeNearMisses(near);
            }

            judged(batch);
        }

        subject.Reset(deep: true);
    }

    /// <summary>Asks the neighbours of every mutation and of its near miss; judges nothing else.</summary>
    /// <param name="mutations">The mutations.</param>
    /// <param name="told">Told the mutations of one build when both were asked of them.</param>
    public void AskNeighbours(IReadOnlyList<BoundMutation> mutations, Action<IReadOnlyList<Trial>> told)
    {
        if (_neighboursBefore is null)
        {
            say("as it stands, with the neighbours");
            _neighboursBefore = [.. subject.Neighboured([]).Select(Identity)];
        }

        Trial[] trials = [.. mutations.Select(static bound => new Trial(bound))];
        foreach (Trial[] batch in Batches(trials, static trial => trial.Mutation.Stage))
        {
            var faults = Ask(batch, batch[0].Mutation.Stage, static trial => trial.Mutation.Fault, "faults");
            var near = new Dictionary<Trial, HashSet<string>>();
            foreach (Trial[] part in Batches([.. batch.Where(static trial => trial.NotPut.Length == 0)], static trial => trial.Mutation.NearStage ?? trial.Mutation.Stage))
            {
                foreach ((Trial trial, HashSet<string> codes) in Ask(part, part[0].Mutation.NearStage ?? part[0].Mutation.Stage, static trial => trial.Mutation.Near, "near misses"))
                {
                    near[trial] = codes;
                }
            }

            foreach ((Trial trial, HashSet<string> codes) in faults.Where(pair => near.ContainsKey(pair.Key)))
            {
                trial.Neighbours = string.Join(", ", codes.Except(near[trial]).Order(StringComparer.Ordinal));
            }

            told(batch);
        }

        subject.Reset(deep: true);
    }

    private Dictionary<Trial, HashSet<string>> Ask(Trial[] batch, Stage stage, Func<Trial, Fault> fault, string what)
    {
        say(batch.Length == 1 ? $"{batch[0].Mutation.Key}, {what}, neighbours" : $"{batch.Length} {what} ({stage}), neighbours");
        bool deep = ChangesMachine(batch, fault);
        Trial[] put = Put(batch, fault);
        if (put.Length > 0 && stage == Stage.Built)
        {
            subject.Lock(gate: false);
            subject.Repository.Git("add", "--update");
        }

        Diagnostic[] said = put.Length == 0 ? [] : [.. subject.Neighboured([.. put.Select(fault)]).Where(diagnostic => IsNew(_neighboursBefore, diagnostic))];
        var result = Attribute(put, said).ToDictionary(static pair => pair.Key, static pair => pair.Value.Select(static diagnostic => diagnostic.Code).ToHashSet(StringComparer.Ordinal));
        subject.Reset(deep);
        return result;
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
        Diagnostic[] found = [.. gated.Findings.Where(diagnostic => IsNew(_before, diagnostic))];
        IReadOnlyList<ReportedFinding> reported = subject.Reported();
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
            trial.Finding = Reported(reported, own.Length > 0 ? own : [.. said.Where(diagnostic => diagnostic.Code == trial.Mutation.Fault.Rule)]);
            trial.Said = own.Length > 0 ? "" : string.Join("; ", said.Select(Brief).Distinct().Take(3)) + (stage == Stage.Alone && said.Length == 0 ? " " + string.Join("; ", gated.Errors.Select(Brief).Take(2)) : "");
        }

        Keep(gated, batch, "gated");
        if (plain is not null && put.Any(static trial => trial.Plain is null))
        {
            IReadOnlyList<Diagnostic> said = subject.Plain(faults, even: stage != Stage.Alone);
            var plainOf = Attribute(put, [.. said.Where(diagnostic => IsNew(_plainBefore, diagnostic))]);
            foreach (Trial trial in put)
            {
                trial.Plain ??= string.Join(", ", plainOf[trial].Select(static diagnostic => diagnostic.Code).Distinct().Take(2));
            }
        }

        subject.Reset(deep);
    }

    /// <summary>Puts in anew what findings say how to mend, and nothing else: where restore fails for a fault that only a person can mend, no lock file could be written.</summary>
    private void JudgeMends(Trial[] batch)
    {
        Stage stage = batch[0].Mutation.Stage;
        say(batch.Length == 1 ? batch[0].Mutation.Key + ", mended" : $"{batch.Length} faults, mended");
        bool deep = ChangesMachine(batch, static trial => trial.Mutation.Fault);
        Trial[] put = Put(batch, static trial => trial.Mutation.Fault);
        if (stage == Stage.Built)
        {
            subject.Lock(gate: false);
            subject.Repository.Git("add", "--update");
        }

        if (put.Any(static trial => trial.Mend == Mend.Tool))
        {
            Keep(subject.Fix(), batch, "fix");
        }

        foreach (string command in put.Where(static trial => trial.Mend == Mend.Command).Select(static trial => trial.Finding!.Command).Distinct())
        {
            Keep(subject.Run(command), batch, "command");
        }

        ProcessResult again = subject.Gated(observe: stage != Stage.Alone, [.. put.Select(static trial => trial.Mutation.Fault)]);
        Keep(again, batch, "fixed");
        Diagnostic[] found = [.. again.Diagnostics.Where(diagnostic => IsNew(_before, diagnostic) && IsTold(diagnostic))];
        var left = Attribute(put, found);
        foreach (Trial trial in put)
        {
            trial.Fixed = left[trial].Count == 0;
            trial.Left = string.Join("; ", left[trial].Select(Brief).Distinct().Take(3));
        }

        Unattributed.AddRange(found.Where(static diagnostic => diagnostic.IsError).Except(left.Values.SelectMany(static diagnostics => diagnostics)));
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
        Diagnostic[] found = [.. gated.Diagnostics.Where(diagnostic => IsNew(_before, diagnostic) && IsTold(diagnostic))];
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

    /// <summary>What the report holds of a finding that was printed, with its edits and command: of several of a file the one at its line whose text begins alike.</summary>
    private static ReportedFinding? Reported(IReadOnlyList<ReportedFinding> reported, IReadOnlyList<Diagnostic> told) => told.Count == 0 ? null :
        reported
            .Where(finding => finding.RuleId == told[0].Code && told[0].File.EndsWith(finding.File, StringComparison.Ordinal))
            .MaxBy(finding => (finding.Line == told[0].Line, finding.Message.Zip(told[0].Text).TakeWhile(static pair => pair.First == pair.Second).Count()));

    private static bool IsNew(HashSet<string>? before, Diagnostic diagnostic) => before?.Contains(Identity(diagnostic)) != true;

    private static bool IsTold(Diagnostic diagnostic) => diagnostic.IsError || diagnostic.Code.StartsWith("RGATE", StringComparison.Ordinal);

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
