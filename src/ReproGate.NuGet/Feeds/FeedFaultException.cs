namespace ReproGate.NuGet.Feeds;

/// <summary>A source could not be asked, or its answer could not be read.</summary>
/// <param name="reason">Why, one clause without full stop, without addresses that may hold a secret.</param>
/// <param name="mayPass">Whether the same request may succeed a moment later.</param>
/// <param name="concernsSource">Whether every other question to this source would end the same way.</param>
public sealed class FeedFaultException(string reason, bool mayPass = false, bool concernsSource = false) : Exception(reason)
{
    /// <summary>Whether the same request may succeed a moment later.</summary>
    public bool MayPass => mayPass;

    /// <summary>Whether every other question to this source would end the same way.</summary>
    public bool ConcernsSource => concernsSource;

    /// <summary>How long the source asked to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
