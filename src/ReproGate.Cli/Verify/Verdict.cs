using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;

namespace ReproGate.Cli.Verify;

/// <summary>What a comparison of a published package with a rebuilt one means.</summary>
/// <param name="ExitCode">See <see cref="ExitCode"/>.</param>
/// <param name="Sentence">What to say.</param>
internal sealed record Verdict(int ExitCode, string Sentence)
{
    private static readonly string[] Compiled = [".dll", ".exe", ".pdb"];

    /// <summary>Judges. Nothing but the same bytes is called the same, and a difference is held against the sources only where the compiler is known to be the same.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="published">The compilers that the published package names.</param>
    /// <param name="rebuilt">Those that the rebuilt one names.</param>
    public static Verdict Of(PackageComparison comparison, ImmutableArray<string> published, ImmutableArray<string> rebuilt) => comparison.Grade switch
    {
        Grade.Identical => new(Cli.ExitCode.Clean, "The same bytes."),
        Grade.MetadataOnly when comparison.Parts.All(static part => part.Kind == PartKinds.Signature) => new(
            Cli.ExitCode.Clean,
            "Every entry is the same, byte for byte. The published package is signed besides; what is rebuilt is not."),
        Grade.MetadataOnly => new(Cli.ExitCode.Findings, "Metadata only: what the files do is the same, and yet the bytes are not. The places stand above."),
        Grade.NotTested => new(Cli.ExitCode.CouldNotRun, "They could not be compared, so nothing is known."),
        _ when !comparison.Parts.Any(IsCompiled) => new(
            Cli.ExitCode.Findings,
            "They differ, in what no compiler makes. The places stand above; another .NET SDK may write some of them otherwise."),
        _ when published.IsEmpty || rebuilt.IsEmpty => new(
            Cli.ExitCode.CouldNotRun,
            "They differ, and which .NET SDK made the published one is not known: its assemblies carry no debug information that names the compiler. So this says nothing against its sources. Where you know the SDK, name an image that holds it with --image, and see whether the difference stays."),
        _ when !published.SequenceEqual(rebuilt) => new(
            Cli.ExitCode.CouldNotRun,
            $"They differ, and so do the compilers: {string.Join(", ", published)} published, {string.Join(", ", rebuilt)} here. So this says nothing against its sources. Name an image with the .NET SDK of the published one with --image."),
        _ => new(Cli.ExitCode.Findings, $"They differ, although the same compiler made them ({string.Join(", ", published)}): the published package is not what its commit gives here."),
    };
    // Inside an assembly or its debug information. One that is only there in one of them is no matter of the compiler.
    private static bool IsCompiled(DifferencePart part) => part.Kind == PartKinds.NotTested
        || (!PartKinds.IsMetadata(part.Kind) && part.Kind != PartKinds.Entry && Compiled.Any(ending => part.Where.Contains(ending, StringComparison.OrdinalIgnoreCase)));
}
