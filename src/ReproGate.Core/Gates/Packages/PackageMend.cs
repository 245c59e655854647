using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>What declares a package that a project gets only transitively, without another version for it in any target framework. The build and the analyzer in an editor write the same.</summary>
/// <param name="Reference">The element for the project file.</param>
/// <param name="Declaration">The element for Directory.Packages.props; empty where none is needed.</param>
/// <param name="Fix">Both in a sentence.</param>
internal sealed record PackageMend(string Reference, string Declaration, string Fix)
{
    /// <summary>The elements for a package.</summary>
    public static PackageMend For(OwnedAssembly owner, AssemblyDependencies project)
    {
        List<string?> others = [.. project.OtherFrameworks.Select(framework => framework.Resolved.GetValueOrDefault(owner.Id))];
        // Declared without more it would bring what is withheld: two copies of MSBuild in one process are the known harm.
        bool compileOnly = project.Find(owner.Id) is { CompileOnly: true };
        bool sameAssets = project.OtherFrameworks.All(framework => framework.CompileOnly.Contains(owner.Id) == compileOnly);
        bool sameEverywhere = sameAssets && others.TrueForAll(version => version is not null && VersionText.AreSame(version, owner.Version));
        // Where another framework's graph does not hold this very version, an unconditional reference would change that framework.
        string own = $" Condition=\"'$(TargetFramework)' == '{project.TargetFramework}'\"";
        string file = Path.GetFileName(project.ProjectPath);
        if (!project.CentralVersions)
        {
            string reference = Element("PackageReference", owner.Id, "Version", owner.Version, compileOnly, sameEverywhere ? "" : own);
            return new PackageMend(reference, "", $"Add {reference} to {file}.");
        }

        if (project.CentralPackages.TryGetValue(owner.Id, out string? central))
        {
            // Central versions may depend on the framework: a bare line is right where each framework's own leads to what its graph holds already.
            if (Chooses(central, owner.Version) && sameAssets && project.OtherFrameworks.All(framework => Holds(framework, owner.Id, central)))
            {
                string bare = Element("PackageReference", owner.Id, "", "", compileOnly, "");
                return new PackageMend(bare, "", $"Add {bare} to {file}; its version is managed centrally already.");
            }

            // Without transitive pinning the graph may hold another version than the central one; the code was compiled with the graph's.
            bool overrides = !Chooses(central, owner.Version) || sameEverywhere;
            string line = Element("PackageReference", owner.Id, overrides ? "VersionOverride" : "", owner.Version, compileOnly, sameEverywhere ? "" : own);
            return new PackageMend(line, "", !overrides ? $"Add {line} to {file}; its version is managed centrally already."
                : Chooses(central, owner.Version) ? $"Add {line} to {file}: its central version is another one in other target frameworks."
                : $"Add {line} to {file}, or set the central version {central} to {owner.Version} and leave VersionOverride out.");
        }

        // A second central version would be NU1506 there; one that pins would count in every project that gets the package from others, and be NU1109 where these need a higher one.
        bool centralElsewhere = project.OtherFrameworks.Any(framework => framework.CentralPackages.ContainsKey(owner.Id));
        if (centralElsewhere || project.PinsTransitively)
        {
            string line = Element("PackageReference", owner.Id, "VersionOverride", owner.Version, compileOnly, sameEverywhere ? "" : own);
            return new PackageMend(line, "", $"Add {line} to {file}: {(centralElsewhere ? "it has a central version in other target frameworks only" : "a central version would pin it in every project that has the package (CentralPackageTransitivePinningEnabled)")}.");
        }

        // Every framework proposes the same declaration, so that the lines for each of them fit together.
        string highest = VersionText.Highest(others.OfType<string>().Append(owner.Version));
        string declaration = Element("PackageVersion", owner.Id, "Version", highest, false, "");
        string added = Element("PackageReference", owner.Id, VersionText.AreSame(highest, owner.Version) ? "" : "VersionOverride", owner.Version, compileOnly, sameEverywhere ? "" : own);
        string props = project.CentralFile.Length > 0 ? Path.GetFileName(project.CentralFile) : "Directory.Packages.props";
        return new PackageMend(added, declaration, $"Add {added} to {file} and {declaration} to {props}.");
    }

    private static string Element(string type, string id, string versionName, string version, bool compileOnly, string condition) =>
        $"<{type} Include=\"{id}\"{(versionName.Length > 0 ? $" {versionName}=\"{version}\"" : "")}{(compileOnly ? " ExcludeAssets=\"runtime\"" : "")}{condition} />";

    /// <summary>Whether another framework's graph holds what its own central version leads to; where the file says nothing of its central versions they are this framework's.</summary>
    private static bool Holds(OtherFramework framework, string id, string central) =>
        framework.Resolved.TryGetValue(id, out string? version) && (framework.CentralPackages.IsEmpty ? central : framework.CentralPackages.GetValueOrDefault(id)) is { } there && Chooses(there, version);

    /// <summary>Whether a central version, which may be a range, leads NuGet to this version: the lowest one that fits.</summary>
    private static bool Chooses(string central, string version) => VersionText.AreSame(central.TrimStart('[').Split(',', ']')[0].Trim(), version);
}
