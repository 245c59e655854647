using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>
/// RGATE2003: a declared package that nothing uses. Silent wherever a package can work without being named in IL: build files,
/// analyzers, content, native or runtime-specific files, pins of a transitive version, umbrellas, names in strings and text files.
/// </summary>
public static class UnusedPackage
{
    /// <summary>
    /// Judges one assembly. A project with several target frameworks is not judged: one framework's code cannot tell what another's uses.
    /// Nor is a project without code: it is there to bring its references to those that reference it.
    /// </summary>
    public static IEnumerable<Finding> Check(AssemblyFacts facts, AssemblyDependencies project, IDeclarationPositions positions, IUseEvidence evidence)
    {
        if (project.TargetFrameworks.Length > 1 || !facts.Unread.IsEmpty || !HasOwnCode(facts))
        {
            yield break;
        }

        HashSet<string> referenced = facts.References.Select(static reference => reference.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (DeclaredDependency package in project.Packages)
        {
            if (!IsJudged(package, project) || project.Find(package.Id) is not { IsPackage: true, HasAssemblies: true, ActsOnBuildOrRun: false } node)
            {
                continue;
            }

            List<OwnedAssembly> own = AssembliesOf(project, package.Id);
            // No assembly reached the compiler: the framework's own copy won, or the package is for run time only.
            if (own.Count == 0
                || own.Exists(assembly => referenced.Contains(assembly.Name))
                || project.Graph.Any(other => other.Dependencies.Contains(package.Id, StringComparer.OrdinalIgnoreCase))
                || project.ClosureOf(package.Id).Any(child => child.ActsOnBuildOrRun || (!project.Declares(child.Id) && AssembliesOf(project, child.Id).Exists(assembly => referenced.Contains(assembly.Name))))
                || IsNamedInStrings(facts, package.Id, own)
                || evidence.IsNamedInText(package.Id, own))
            {
                continue;
            }

            DeclarationPosition position = positions.Item(package.DefiningFile, "PackageReference", package.Id);
            yield return new Finding(
                RuleCatalog.UnusedPackage,
                position.Location,
                $"{OwnUses.NameOf(project)} declares package {node.Id} {node.Version}, and nothing in its code, strings or configuration files uses it.",
                "Everyone who builds downloads and trusts it, and its dependencies can still change the versions of others.",
                $"Remove <PackageReference Include=\"{package.Id}\" /> from {Path.GetFileName(package.DefiningFile)}, then: dotnet restore \"{project.ProjectPath}\" --force-evaluate")
            {
                Subject = package.Id,
                // Under a condition another configuration's code may use it.
                Edits = position.Condition.Length == 0 && positions.Removal(position, package.Id) is { } removal ? [removal] : [],
            };
        }
    }

    // What the compiler itself writes (attributes of the assembly, embedded attribute types) has no line in the PDB.
    private static bool HasOwnCode(AssemblyFacts facts) => facts.References.Any(reference => reference.Types.Any(type => type.Uses.Any(use =>
        use.Kind != UseKind.Mentioned && !use.Generated && (use.Location is not null || facts.Symbols != SymbolState.Found))));

    // What all projects share is not this project's to remove; what is private, aliased or partly excluded is there for another reason.
    private static bool IsJudged(DeclaredDependency package, AssemblyDependencies project) =>
        !package.Implicit
        && !package.GeneratesPath
        && package.PrivateAssets.Length == 0
        && package.IncludeAssets.Length == 0
        && package.ExcludeAssets.Length == 0
        && package.DefiningFile.Equals(project.ProjectPath, StringComparison.OrdinalIgnoreCase);

    private static List<OwnedAssembly> AssembliesOf(AssemblyDependencies project, string id) =>
        [.. project.Assemblies.Where(assembly => assembly.Owner == AssemblyOwner.Package && assembly.Id.Equals(id, StringComparison.OrdinalIgnoreCase))];

    private static bool IsNamedInStrings(AssemblyFacts facts, string id, List<OwnedAssembly> own) => facts.NamesInStrings.Any(text =>
        text.Contains(id, StringComparison.OrdinalIgnoreCase) || own.Exists(assembly => text.Contains(assembly.Name, StringComparison.OrdinalIgnoreCase)));
}
