using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>Everything that was learned about one id and version.</summary>
/// <param name="Id">The package id as asked.</param>
/// <param name="Version">The version, normalised; empty where only the id was asked for.</param>
public sealed record PackageLookUp(string Id, string Version)
{
    /// <summary>One answer of each source that may serve the id. Empty where no source is mapped to it (RGATE1010) or none had to be asked.</summary>
    public ImmutableArray<FeedVerdict> Verdicts { get; init; } = [];

    /// <summary>True where exactly this version lies in a packages folder of this machine, or in a folder feed that may serve it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>True where its verdict is recorded: in reprogate.lock.json, or by an earlier look of this machine.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>What is known about the version; null where nothing is.</summary>
    public PackageMetadata? Metadata { get; init; }

    /// <summary>Why <see cref="Metadata"/> is null although a source was asked for it; empty otherwise.</summary>
    public string MetadataReason { get; init; } = "";

    /// <summary>Who owns the id; null where that was not asked or is not known.</summary>
    public PackageOwnership? Ownership { get; init; }

    /// <summary>The versions nearest to one that does not exist, the nearest first.</summary>
    public ImmutableArray<string> NearestVersions { get; init; } = [];

    /// <summary>Whether any source may be asked at all, or the package is known without.</summary>
    public bool IsAnswerable => IsLocal || IsRecorded || !Verdicts.IsEmpty;

    /// <summary>Whether the id exists: one source that has it settles it, and only an answer of every source denies it.</summary>
    public FeedAnswer IdAnswer =>
        IsLocal || IsRecorded || Verdicts.Any(static verdict => verdict.Answer == FeedAnswer.Exists) ? FeedAnswer.Exists
        : Verdicts.IsEmpty || Verdicts.Any(static verdict => verdict.Answer == FeedAnswer.Unknown) ? FeedAnswer.Unknown
        : FeedAnswer.Absent;

    /// <summary>Whether the version exists, by the same rule.</summary>
    public FeedAnswer VersionAnswer =>
        Version.Length == 0 ? IdAnswer
        : IsLocal || IsRecorded || Verdicts.Any(verdict => verdict.Has(Version) == true) ? FeedAnswer.Exists
        : Verdicts.IsEmpty || Verdicts.Any(static verdict => verdict.Answer == FeedAnswer.Unknown) ? FeedAnswer.Unknown
        : FeedAnswer.Absent;

    /// <summary>True where this machine has the version and no source that may serve it does: nobody else can restore it.</summary>
    public bool IsVanished => Version.Length > 0 && IsLocal && !Verdicts.IsEmpty && Verdicts.All(verdict => verdict.Has(Version) == false);
}
