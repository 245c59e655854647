using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;

namespace ReproGate.Tasks;

/// <summary>Tool manifests, judged alike wherever they lie: those of the root once for the repository, nested ones with the projects below them.</summary>
internal static class ToolManifests
{
    /// <summary>RGATE1007 for the tools of a manifest.</summary>
    public static IEnumerable<Finding> CheckVersions(string manifest)
    {
        JsonVersions tools = ToolManifestReader.Read(manifest);
        return [.. CheckReadable(tools, "the versions of tools"), .. FloatingVersion.Check(tools.Versions, "tool")];
    }

    /// <summary>RGATE0090 where a JSON file with versions could not be read.</summary>
    public static IEnumerable<Finding> CheckReadable(JsonVersions versions, string what) => versions.Fault is null ? [] :
    [
        new Finding(
            RuleCatalog.CheckCouldNotRun,
            versions.FaultLocation,
            $"Whether {what} in {Path.GetFileName(versions.FaultLocation.File)} are exact was not checked: {versions.Fault}",
            "A version that floats there passes unseen (RGATE1007).",
            "Correct the file.")
        {
            Subject = Path.GetFileName(versions.FaultLocation.File),
        },
    ];

    /// <summary>The tools of manifests, for their hashes; RGATE0090 for a manifest that cannot be read.</summary>
    public static ImmutableArray<DeclaredDownload> Declared(IEnumerable<string> manifests, List<Finding> findings)
    {
        var tools = ImmutableArray.CreateBuilder<DeclaredDownload>();
        foreach (string manifest in manifests)
        {
            tools.AddRange(DeclaredDownloads.Tools(manifest, out string? problem));
            if (problem is not null)
            {
                findings.Add(new Finding(
                    RuleCatalog.CheckCouldNotRun,
                    new SourceLocation(manifest),
                    $"RGATE1013 could not read the tool manifest: {problem}",
                    "Whether its tools are locked is not known.",
                    "Mend the manifest: dotnet tool restore says the same.")
                {
                    Subject = "tools",
                });
            }
        }

        return tools.ToImmutable();
    }
}
