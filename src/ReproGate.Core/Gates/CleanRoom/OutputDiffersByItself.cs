using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4204: an output differs between two builds of which nothing was varied but the moment.</summary>
public static class OutputDiffersByItself
{
    /// <summary>Judges the outputs that differ.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static IEnumerable<Finding> Check(ImmutableArray<DifferingOutput> outputs, string repositoryRoot)
    {
        ImmutableArray<DifferingOutput> flaky = [.. outputs.Where(static output => output.IsFlaky && !output.IsMetadataOnly)];
        bool onlyFollowing = flaky.All(static output => output.Cause.Class == CauseClass.Follows);
        return flaky
            .Where(output => onlyFollowing || output.Cause.Class != CauseClass.Follows)
            .Select(output => RebuildText.Finding(
                RuleCatalog.OutputDiffersByItself,
                output with { Variations = [] },
                RebuildText.What(output with { Variations = [] }) + " Nothing was varied.",
                "Not even the same machine gets these bytes again.",
                repositoryRoot));
    }
}
