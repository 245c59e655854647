using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>How equal two outputs are.</summary>
public enum Grade
{
    /// <summary>The same bytes.</summary>
    Identical,

    /// <summary>Other bytes, and each of them is explained by metadata that no program reads for its behaviour (times, ids that follow from content).</summary>
    MetadataOnly,

    /// <summary>Other bytes.</summary>
    Different,

    /// <summary>Only the left tree has it.</summary>
    OnlyLeft,

    /// <summary>Only the right tree has it.</summary>
    OnlyRight,

    /// <summary>It could not be compared; the part says why.</summary>
    NotTested,
}

/// <summary>One output that is not the same in both trees.</summary>
/// <param name="Path">Path below the tree, with forward slashes.</param>
/// <param name="Grade">How equal the two are; never <see cref="Comparison.Grade.Identical"/> in a result.</param>
/// <param name="Parts">What differs inside, the parts that matter first.</param>
public sealed record OutputDifference(string Path, Grade Grade, ImmutableArray<DifferencePart> Parts);

/// <summary>One place inside an output where the two differ.</summary>
/// <param name="Where">The place, outermost first, for example <c>a.nupkg › lib/net10.0/x.dll › Shop.Clock..cctor (IL)</c>.</param>
/// <param name="Kind">What differs there; one of <see cref="PartKinds"/>.</param>
/// <param name="Left">What the left has, shortened; empty where it has nothing.</param>
/// <param name="Right">What the right has, shortened; empty where it has nothing.</param>
public sealed record DifferencePart(string Where, string Kind, string Left, string Right);

/// <summary>What came out of comparing two trees.</summary>
/// <param name="Differences">What is not identical, in order of paths.</param>
/// <param name="Files">How many paths were compared.</param>
/// <param name="Bytes">How many bytes were read on the left side or, where only the right has a file, are there.</param>
public sealed record ComparisonResult(ImmutableArray<OutputDifference> Differences, int Files, long Bytes);

/// <summary>Limits of a comparison. What lies beyond them is graded, never guessed.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The limits that suit build outputs.</summary>
    public static ComparisonOptions Default { get; } = new();

    /// <summary>How many files are read at the same time.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 16);

    /// <summary>Whether differing files are opened up to say what differs inside.</summary>
    public bool Explain { get; init; } = true;

    /// <summary>How many archives inside archives are opened.</summary>
    public int MaximumDepth { get; init; } = 6;

    /// <summary>How many bytes of one side of a file are held in memory, and how many come out of one compressed stream, to explain a difference.</summary>
    public long MaximumUnpackedBytes { get; init; } = 256L << 20;

    /// <summary>How many entries of one archive are looked at.</summary>
    public int MaximumEntries { get; init; } = 100_000;

    /// <summary>How many parts are told of one file.</summary>
    public int MaximumParts { get; init; } = 100;

    /// <summary>How many characters of each side's value are kept.</summary>
    public int MaximumText { get; init; } = 400;

    /// <summary>How many files a tree may hold; more is refused.</summary>
    public int MaximumFiles { get; init; } = 1_000_000;
}
