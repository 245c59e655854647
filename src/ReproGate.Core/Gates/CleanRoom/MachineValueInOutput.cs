using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4203: a path, a name or the moment of the build is found in an output, after one build and without any comparison.</summary>
public static class MachineValueInOutput
{
    private const int MostNamed = 3;

    /// <summary>Judges the values found. One finding an output and kind of value; the value itself is not told, it may be private.</summary>
    /// <param name="found">The values found.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    public static IEnumerable<Finding> Check(ImmutableArray<FoundCanary> found, string repositoryRoot)
    {
        foreach (IGrouping<(string Path, string Name), FoundCanary> group in found.GroupBy(static canary => (canary.Path, canary.Name)))
        {
            FoundCanary first = group.First();
            string[] places = [.. group.Select(static canary => canary.Where).Where(where => where != first.Path).Distinct(StringComparer.Ordinal)];
            string inside = places.Length == 0 ? "" : $", in {string.Join("; ", places.Take(MostNamed))}{(places.Length > MostNamed ? $" and {places.Length - MostNamed} more places" : "")}";
            yield return new Finding(
                RuleCatalog.MachineValueInOutput,
                new SourceLocation(first.Project.Length > 0 ? first.Project : Path.Combine(repositoryRoot, first.Path.Replace('/', Path.DirectorySeparatorChar))),
                $"{first.Path} holds the {first.Name} of the machine it was built on{inside}.{(first.Producer.Length > 0 ? $" It is written by {first.Producer}." : "")}",
                "Every other machine makes other bytes, and whoever gets the output learns about this one.",
                Mend(first.Name))
            {
                Subject = $"{first.Path} {first.Name}",
            };
        }
    }

    private static string Mend(string name) => name switch
    {
        "build path" or "packages folder" or "temporary folder" => "Map the paths: <PathMap>$(MSBuildThisFileDirectory.Replace(',', ',,').Replace('=', '=='))=/_/</PathMap> in Directory.Build.props; what is no compiler output, write with relative paths.",
        "build time" => "Leave it out, or take it from the commit: git log -1 --format=%ct, or the variable SOURCE_DATE_EPOCH where it is set.",
        _ => "Leave it out: who builds, where and as whom must not matter.",
    };
}
