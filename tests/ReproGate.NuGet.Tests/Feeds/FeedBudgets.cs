namespace ReproGate.NuGet.Tests.Feeds;

/// <summary>How long a look-up may take in a test.</summary>
internal static class FeedBudgets
{
    /// <summary>So long that a busy machine never runs out of it where a feed answers, and short of the five minutes of a look-up that ought to have been stopped.</summary>
    public static TimeSpan Ample { get; } = TimeSpan.FromMinutes(2);
}
