using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4202: an output differs, and metadata explains every byte. It is not equal, only harmless to whoever runs it.</summary>
public static class MetadataDiffers
{
    /// <summary>Judges the outputs that differ.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static IEnumerable<Finding> Check(ImmutableArray<DifferingOutput> outputs, string repositoryRoot)
    {
        bool anyDifferent = outputs.Any(static output => !output.IsMetadataOnly);
        // An assembly whose id follows from a PDB that differs is no finding of its own.
        return outputs
            .Where(output => output.IsMetadataOnly && !(anyDifferent && output.Cause.Class == CauseClass.Follows))
            .Select(output => RebuildText.Finding(
                RuleCatalog.MetadataDiffers,
                output,
                RebuildText.What(output),
                "The content is the same and the hash is not, so caches, signatures and comparisons by hash miss it.",
                repositoryRoot));
    }
}
