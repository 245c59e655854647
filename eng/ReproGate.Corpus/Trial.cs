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

/// <summary>A mutation as it was judged.</summary>
/// <param name="Bound">The mutation and its place.</param>
internal sealed record Trial(BoundMutation Bound)
{
    /// <summary>What the gate said.</summary>
    public Answer Answer { get; set; }

    /// <summary>What it said instead, where it did not say what is expected.</summary>
    public string Said { get; set; } = "";

    /// <summary>The plain SDK's code; empty where it let the fault pass in silence.</summary>
    public string Plain { get; set; } = "";

    /// <summary>Whether nothing is said any more after <c>reprogate fix</c>; null where it was left out.</summary>
    public bool? Fixed { get; set; }

    /// <summary>What was said of the near miss.</summary>
    public IReadOnlyList<Diagnostic> Accused { get; set; } = [];

    /// <summary>Why the mutation could not be put in; empty where it was.</summary>
    public string NotPut { get; set; } = "";

    /// <summary>The catalogue's entry.</summary>
    public Mutation Mutation => Bound.Mutation;
}

/// <summary>A judged mutation as it is kept between runs.</summary>
/// <param name="Subject">The repository's name.</param>
/// <param name="Commit">Its commit; empty where it was made for the run.</param>
/// <param name="Key">The mutation.</param>
/// <param name="Name">The fault in words.</param>
/// <param name="Rule">The rule expected.</param>
/// <param name="Answer">What the gate said.</param>
/// <param name="Said">What it said instead.</param>
/// <param name="Plain">The plain SDK's codes.</param>
/// <param name="Fixed">Whether <c>reprogate fix</c> restored green; null where that was not tried.</param>
/// <param name="Accused">Codes told of the near miss.</param>
internal sealed record Outcome(string Subject, string Commit, string Key, string Name, string Rule, Answer Answer, string Said, string Plain, bool? Fixed, string Accused)
{
    public static Outcome Of(Subject subject, bool made, Trial trial) => new(
        subject.Name,
        made ? "" : subject.Commit,
        trial.Mutation.Key,
        trial.Mutation.Fault.Name,
        trial.Mutation.Fault.Rule,
        trial.Answer,
        trial.Said.Trim(),
        trial.Plain,
        trial.Fixed,
        string.Join(", ", trial.Accused.Select(static diagnostic => diagnostic.Code).Distinct()));
}
