using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>What a source says about a package. Unknown is no answer: nothing follows from it but that the question stands.</summary>
public enum FeedAnswer
{
    /// <summary>The source could not be asked, or its answer could not be read.</summary>
    Unknown,

    /// <summary>The source has it.</summary>
    Exists,

    /// <summary>The source answered, and does not have it.</summary>
    Absent,
}

/// <summary>One source's answer about one package id.</summary>
/// <param name="Source">The source's key in NuGet.config.</param>
/// <param name="Answer">Whether it has the id.</param>
/// <param name="Reason">Why there is no answer, one clause without full stop and without any secret; empty where there is one.</param>
public sealed record FeedVerdict(string Source, FeedAnswer Answer, string Reason = "")
{
    /// <summary>The versions it has, normalised, the oldest first; empty where the answer is not <see cref="FeedAnswer.Exists"/>.</summary>
    public ImmutableArray<string> Versions { get; init; } = [];

    /// <summary>No answer, and why.</summary>
    public static FeedVerdict Unknown(string source, string reason) => new(source, FeedAnswer.Unknown, reason);

    /// <summary>Whether it has a version; null where it gave no answer.</summary>
    public bool? Has(string version) => Answer == FeedAnswer.Unknown ? null : Versions.Contains(version, StringComparer.OrdinalIgnoreCase);
}
