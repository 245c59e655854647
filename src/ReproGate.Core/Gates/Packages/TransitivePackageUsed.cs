using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2001: code uses a package that the project gets only because another package or project brings it.</summary>
public static class TransitivePackageUsed
{
    /// <summary>Judges one assembly: one finding per package.</summary>
    public static IEnumerable<Finding> Check(AssemblyFacts facts, AssemblyDependencies project, IDeclarationPositions positions, IUseEvidence evidence)
    {
        ILookup<string, OwnedAssembly> owners = project.Assemblies
            .Where(static assembly => assembly.Owner == AssemblyOwner.Package)
            .ToLookup(static assembly => assembly.Name, StringComparer.OrdinalIgnoreCase);
        IEnumerable<IGrouping<string, (OwnedAssembly Owner, UsedAssembly Reference)>> packages =
            from reference in facts.References
            let owner = owners[reference.Name].FirstOrDefault()
            where owner is not null && !OwnUses.HasDeclaredNamesake(reference.Name, project) && !UmbrellaPackages.Cover(project, owner.Id)
            group (owner, reference) by owner.Id.ToUpperInvariant() into package
            orderby package.Key
            select package;
        foreach (IGrouping<string, (OwnedAssembly Owner, UsedAssembly Reference)> package in packages)
        {
            List<(UsedType Type, TypeUse Use)> uses = [.. package.SelectMany(entry => OwnUses.Of(entry.Reference, project, evidence))];
            if (uses.Count > 0)
            {
                yield return Tell(package.First().Owner, uses, project, positions, evidence);
            }
        }
    }

    private static Finding Tell(OwnedAssembly owner, List<(UsedType Type, TypeUse Use)> uses, AssemblyDependencies project, IDeclarationPositions positions, IUseEvidence evidence)
    {
        (UsedType type, TypeUse use, SourceLocation? location) = OwnUses.Best(uses, evidence);
        ImmutableArray<DependencyNode> chain = project.ChainTo(owner.Id);
        string how = chain.IsEmpty
            ? "through something else it references"
            : $"through others, as {string.Join(" → ", chain.Select(static node => node.IsPackage ? $"{node.Id} {node.Version}" : node.Id))}";
        string where = owner.IsFrameworkAssembly ? $"which is in the framework's {owner.Name}, for which package {owner.Id} {owner.Version} asks" : $"which is in package {owner.Id} {owner.Version}";
        (string fix, ImmutableArray<TextEdit> edits) = Mend(owner, project, positions);
        return new Finding(
            RuleCatalog.TransitivePackageUsed,
            location ?? new SourceLocation(project.ProjectPath),
            $"{OwnUses.NameOf(project)} {OwnUses.Describe(type, use)}, {where}, but does not declare that package: it comes only {how}.",
            "Whenever what brings it changes, this code meets another version or stops compiling.",
            fix)
        {
            Subject = project.TargetFrameworks.Length > 1 ? $"{owner.Id} {project.TargetFramework}" : owner.Id,
            Edits = edits,
        };
    }

    private static (string Fix, ImmutableArray<TextEdit> Edits) Mend(OwnedAssembly owner, AssemblyDependencies project, IDeclarationPositions positions)
    {
        PackageMend mend = PackageMend.For(owner, project);
        IEnumerable<string> siblings = project.Packages.Where(static package => !package.Implicit).Select(static package => package.Id);
        List<TextEdit> edits = [.. OwnUses.Insert(positions, project.ProjectPath, "PackageReference", owner.Id, siblings, mend.Reference)];
        if (mend.Declaration.Length == 0)
        {
            return (mend.Fix, [.. edits]);
        }

        List<TextEdit> declared = project.CentralFile.Length > 0 ? [.. OwnUses.Insert(positions, project.CentralFile, "PackageVersion", owner.Id, project.CentralPackages.Keys, mend.Declaration)] : [];
        // Half of this mend would not restore, so both edits or none.
        return (mend.Fix, edits.Count > 0 && declared.Count > 0 ? [.. edits, .. declared] : []);
    }
}
