using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>What declares a package that a project gets only transitively. The build and the analyzer in an editor write the same.</summary>
/// <param name="Reference">The element for the project file.</param>
/// <param name="Declaration">The element for Directory.Packages.props; empty where none is needed.</param>
/// <param name="Fix">Both in a sentence.</param>
internal sealed record PackageMend(string Reference, string Declaration, string Fix)
{
    /// <summary>The elements for a package.</summary>
    public static PackageMend For(OwnedAssembly owner, AssemblyDependencies project)
    {
        // Where another framework's graph does not hold this very version, an unconditional reference would change that framework.
        string name = $"{owner.Id}/{owner.Version}".ToLowerInvariant();
        string condition = project.OtherFrameworks.Values.All(graph => graph.Contains(name)) ? "" : $" Condition=\"'$(TargetFramework)' == '{project.TargetFramework}'\"";
        string file = Path.GetFileName(project.ProjectPath);
        if (!project.CentralVersions)
        {
            string reference = $"<PackageReference Include=\"{owner.Id}\" Version=\"{owner.Version}\"{condition} />";
            return new PackageMend(reference, "", $"Add {reference} to {file}.");
        }

        bool known = project.CentralPackages.TryGetValue(owner.Id, out string? central);
        // Without transitive pinning the graph may hold another version than the central one; the code was compiled with the graph's.
        string version = known && !Chooses(central!, owner.Version) ? $" VersionOverride=\"{owner.Version}\"" : "";
        string line = $"<PackageReference Include=\"{owner.Id}\"{version}{condition} />";
        if (known)
        {
            return new PackageMend(line, "", version.Length > 0
                ? $"Add {line} to {file}, or set the central version {central} to {owner.Version} and leave VersionOverride out."
                : $"Add {line} to {file}; its version is managed centrally already.");
        }

        string declaration = $"<PackageVersion Include=\"{owner.Id}\" Version=\"{owner.Version}\" />";
        string props = project.CentralFile.Length > 0 ? Path.GetFileName(project.CentralFile) : "Directory.Packages.props";
        return new PackageMend(line, declaration, $"Add {line} to {file} and {declaration} to {props}.");
    }

    /// <summary>Whether a central version, which may be a range, leads NuGet to this version: the lowest one that fits.</summary>
    private static bool Chooses(string central, string version) => VersionText.AreSame(central.TrimStart('[').Split(',', ']')[0].Trim(), version);
}
