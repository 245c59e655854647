using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4201: an output is not the same when it is built elsewhere. What only follows from another output is told with that one.</summary>
public static class OutputDiffers
{
    /// <summary>Judges the outputs that differ.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static IEnumerable<Finding> Check(ImmutableArray<DifferingOutput> outputs, string repositoryRoot)
    {
        ImmutableArray<DifferingOutput> different = [.. outputs.Where(static output => !output.IsMetadataOnly && !output.IsFlaky)];
        // Where nothing else is found, what follows is all there is to tell.
        bool onlyFollowing = different.All(static output => output.Cause.Class == CauseClass.Follows);
        foreach (DifferingOutput output in different.Where(output => onlyFollowing || output.Cause.Class != CauseClass.Follows))
        {
            yield return RebuildText.Finding(
                RuleCatalog.OutputDiffers,
                output,
                RebuildText.What(output),
                "Nobody else gets these bytes from these sources, so nobody can tell a rebuild from a change.",
                repositoryRoot);
        }
    }
}
