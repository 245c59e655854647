using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>How long a version must have been public before a repository takes it.</summary>
/// <param name="Days">The time in days; 0 switches it off.</param>
/// <param name="Now">The time of the judgement.</param>
public sealed record CooldownPolicy(int Days, DateTimeOffset Now)
{
    /// <summary>Keys of sources whose packages may be taken at once: one's own feed.</summary>
    public ImmutableArray<string> ExemptSources { get; init; } = [];

    /// <summary>The exceptions of <c>reprogate.allow.json</c>.</summary>
    public AllowList Allowed { get; init; } = new("");

    /// <summary>Whether an age is too young.</summary>
    public bool IsTooYoung(DateTimeOffset published) => Now - published < TimeSpan.FromDays(Days);
}
