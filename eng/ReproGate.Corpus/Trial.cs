using ReproGate.Reports;
using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>What the gate said of a fault.</summary>
internal enum Answer
{
    /// <summary>The rule that is expected, at the file and line that are.</summary>
    Right,

    /// <summary>The rule that is expected, elsewhere.</summary>
    Elsewhere,

    /// <summary>Another rule.</summary>
    Other,

    /// <summary>Nothing.</summary>
    Missed,
}

/// <summary>Who mends what a finding tells.</summary>
internal enum Mend
{
    /// <summary>A person, who has to decide: the finding carries no edit and no command.</summary>
    Person,

    /// <summary>`reprogate fix`: the finding carries edits, or a command that writes lock files anew.</summary>
    Tool,

    /// <summary>A command that the finding carries and `reprogate fix` leaves to a person, such as `git add`.</summary>
    Command,
}

/// <summary>A mutation as it is judged: filled in step by step, and itself whatever was filled in.</summary>
/// <param name="bound">The mutation and its place.</param>
internal sealed class Trial(BoundMutation bound)
{
    /// <summary>The mutation and its place.</summary>
    public BoundMutation Bound { get; } = bound;

    /// <summary>What the gate said.</summary>
    public Answer Answer { get; set; }

    /// <summary>What it said instead, where it did not say what is expected.</summary>
    public string Said { get; set; } = "";

    /// <summary>The plain SDK's codes; empty where it let the fault pass in silence, null where it was not asked.</summary>
    public string? Plain { get; set; }

    /// <summary>The finding with its edits and its command, from the report of the build; null where the fault was not told.</summary>
    public ReportedFinding? Finding { get; set; }

    /// <summary>Whether nothing is said any more after the mend that the finding carries; null where it carries none, or none was tried.</summary>
    public bool? Fixed { get; set; }

    /// <summary>What is still said after the mend.</summary>
    public string Left { get; set; } = "";

    /// <summary>What was said of the near miss; null where it was not judged yet.</summary>
    public IReadOnlyList<Diagnostic>? Accused { get; set; }

    /// <summary>What the neighbours said of the fault and not of its near miss, codes; null where they were not asked.</summary>
    public string? Neighbours { get; set; }

    /// <summary>Why the mutation could not be put in; empty where it was.</summary>
    public string NotPut { get; set; } = "";

    /// <summary>The catalogue's entry.</summary>
    public Mutation Mutation => Bound.Mutation;

    /// <summary>Who mends it; null where the fault was not told.</summary>
    public Mend? Mend => Finding switch
    {
        null => null,
        { Edits.IsEmpty: false } => Corpus.Mend.Tool,
        { Command: "" } => Corpus.Mend.Person,
        // As `reprogate fix` decides which commands it runs unasked.
        { Command: var command } when command.StartsWith("dotnet restore ", StringComparison.Ordinal) || command.StartsWith("dotnet msbuild -t:ReproGateLock", StringComparison.Ordinal) => Corpus.Mend.Tool,
        _ => Corpus.Mend.Command,
    };
}

/// <summary>A judged mutation as it is kept between runs.</summary>
/// <param name="Subject">The repository's name.</param>
/// <param name="Commit">Its commit; empty where it was made for the run.</param>
/// <param name="Gate">The commit of the gate that judged it.</param>
/// <param name="Key">The mutation.</param>
/// <param name="Mutation">Which text of the catalogue was judged (<see cref="Mutation.Hash"/>).</param>
/// <param name="Name">The fault in words.</param>
/// <param name="Rule">The rule expected.</param>
/// <param name="Answer">What the gate said.</param>
/// <param name="Said">What it said instead.</param>
/// <param name="Plain">The plain SDK's codes; null where it was not asked.</param>
/// <param name="Mend">Who mends it; null where the fault was not told.</param>
/// <param name="Fixed">Whether the mend that the finding carries restored green; null where that was not tried.</param>
/// <param name="Left">What was still said after it.</param>
/// <param name="Accused">Codes told of the near miss; null where it was not judged.</param>
internal sealed record Outcome(string Subject, string Commit, string Gate, string Key, string Mutation, string Name, string Rule, Answer Answer, string Said, string? Plain, Mend? Mend, bool? Fixed, string Left, string? Accused)
{
    /// <summary>What the neighbours said of the fault and not of its near miss, codes; null where they were not asked.</summary>
    public string? Neighbours { get; init; }

    /// <summary>Whether everything that can be asked was.</summary>
    public bool IsWhole => Plain is not null && IsJudged && (Mend is null or Corpus.Mend.Person || Fixed is not null);

    /// <summary>Whether the fault and its near miss were judged.</summary>
    public bool IsJudged => Accused is not null;

    public static Outcome Of(Subject subject, string gate, Trial trial) => new(
        subject.Name,
        subject.Made ? "" : subject.Commit,
        gate,
        trial.Mutation.Key,
        trial.Bound.Hash,
        trial.Mutation.Fault.Name,
        trial.Mutation.Fault.Rule,
        trial.Answer,
        trial.Said.Trim(),
        trial.Plain,
        trial.Mend,
        trial.Fixed,
        trial.Left,
        trial.Accused is null ? null : string.Join(", ", trial.Accused.Select(static diagnostic => diagnostic.Code).Distinct()));
}

/// <summary>A repository as it was judged before any mutation was put in.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Part">Which of several repositories of that name: those that are made hold only what their mutations need.</param>
/// <param name="Commit">Its commit; empty where it was made for the run.</param>
/// <param name="Projects">How many projects git tracks there.</param>
/// <param name="Findings">Rules of what was said, each with how often.</param>
internal sealed record Untouched(string Subject, string Part, string Commit, int Projects, IReadOnlyDictionary<string, int> Findings)
{
    public static Untouched Of(Subject subject, string part, IReadOnlyList<Diagnostic> findings) => new(
        subject.Name,
        part,
        subject.Made ? "" : subject.Commit,
        subject.TrackedFiles.Count(static file => file.EndsWith("proj", StringComparison.Ordinal)),
        findings.CountBy(static diagnostic => diagnostic.Code).ToDictionary(static pair => pair.Key, static pair => pair.Value));
}
