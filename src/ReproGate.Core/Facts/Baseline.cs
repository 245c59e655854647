using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>Findings that a repository accepts for now, from <c>reprogate.baseline.json</c>. See docs/file-formats/reprogate.baseline.md.</summary>
public sealed record Baseline
{
    /// <summary>The file's name, in the repository's root.</summary>
    public const string FileName = "reprogate.baseline.json";

    private readonly FrozenDictionary<string, BaselineEntry> _byFingerprint;

    /// <summary>Creates the list; of two entries for one finding the first counts.</summary>
    /// <param name="entries">Its entries.</param>
    public Baseline(IEnumerable<BaselineEntry> entries)
    {
        Entries = [.. entries];
        _byFingerprint = Entries.DistinctBy(static entry => entry.Fingerprint).ToFrozenDictionary(static entry => entry.Fingerprint, StringComparer.Ordinal);
    }

    /// <summary>Accepts nothing.</summary>
    public static Baseline Empty { get; } = new([]);

    /// <summary>Its entries in the order of the file.</summary>
    public ImmutableArray<BaselineEntry> Entries { get; }

    /// <summary>The entry for a finding, whether it has expired or not; null where there is none.</summary>
    public BaselineEntry? Find(string fingerprint) => _byFingerprint.GetValueOrDefault(fingerprint);
}

/// <summary>One accepted finding.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="File">The finding's file relative to the repository's root with <c>/</c>, for people.</param>
/// <param name="Subject">What it is about, for people.</param>
/// <param name="Fingerprint">Recognises the finding, see <see cref="Reports.Fingerprint"/>.</param>
/// <param name="Check">The check that told it: task, project and target framework; only when this very check no longer tells it is the entry stale.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Reason">Why it is accepted.</param>
/// <param name="Expires">The last day on which it is accepted.</param>
/// <param name="Location">The entry's place.</param>
public sealed record BaselineEntry(string Rule, string File, string Subject, string Fingerprint, string Check, string Owner, string Reason, DateOnly Expires, SourceLocation Location);
