using ReproGate.Facts;

namespace ReproGate.Gates.Itself;

/// <summary>RGATE0010: an entry of the baseline that has expired, or whose finding is gone.</summary>
public static class BaselineStale
{
    /// <summary>Judges the entries that concern one check.</summary>
    /// <param name="baseline">The accepted findings.</param>
    /// <param name="check">The check that ran, as <see cref="BaselineEntry.Check"/>.</param>
    /// <param name="fingerprints">What it told.</param>
    /// <param name="complete">False where the check could not look at everything, so that a missing finding proves nothing.</param>
    /// <param name="today">The day, UTC.</param>
    public static IEnumerable<Finding> Check(Baseline baseline, string check, IReadOnlySet<string> fingerprints, bool complete, DateOnly today)
    {
        foreach (BaselineEntry entry in baseline.Entries.Where(entry => entry.Check == check))
        {
            bool told = fingerprints.Contains(entry.Fingerprint);
            if (told && entry.Expires < today)
            {
                yield return Tell(
                    entry,
                    $"The baseline accepted {entry.Rule} ({entry.Subject}) until {entry.Expires:yyyy-MM-dd}, and it still stands.",
                    "An exception without an end is a rule switched off.",
                    $"Mend the finding, which is told again, or have {entry.Owner} agree on a new date here.");
            }
            else if (!told && complete)
            {
                yield return Tell(
                    entry,
                    $"The baseline accepts {entry.Rule} ({entry.Subject}), which is no longer found.",
                    "The entry would hide the same fault if it came back.",
                    "Remove this entry: reprogate baseline prune",
                    "reprogate baseline prune");
            }
        }
    }

    private static Finding Tell(BaselineEntry entry, string what, string why, string fix, string? command = null) =>
        new(RuleCatalog.SuppressionStale, entry.Location, what, why, fix) { Subject = $"{entry.Rule} {entry.Fingerprint}", Command = command };
}
