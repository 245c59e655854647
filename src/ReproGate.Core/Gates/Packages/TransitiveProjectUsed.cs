using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.Packages;

/// <summary>RGATE2002: code uses a project that the project gets only because another project references it.</summary>
public static class TransitiveProjectUsed
{
    /// <summary>Judges one assembly: one finding per project.</summary>
    public static IEnumerable<Finding> Check(AssemblyFacts facts, AssemblyDependencies project, IDeclarationPositions positions, IUseEvidence evidence)
    {
        foreach (UsedAssembly reference in facts.References)
        {
            OwnedAssembly? owner = project.Assemblies.FirstOrDefault(assembly =>
                assembly.Owner == AssemblyOwner.TransitiveProject && assembly.Name.Equals(reference.Name, StringComparison.OrdinalIgnoreCase));
            if (owner is null || OwnUses.HasDeclaredNamesake(reference.Name, project))
            {
                continue;
            }

            List<(UsedType Type, TypeUse Use)> uses = [.. OwnUses.Of(reference, project, evidence)];
            if (uses.Count == 0)
            {
                continue;
            }

            (UsedType type, TypeUse use, SourceLocation? location) = OwnUses.Best(uses, evidence);
            ImmutableArray<DependencyNode> chain = project.ChainTo(Path.GetFileNameWithoutExtension(owner.Id));
            string how = chain.IsEmpty ? "other projects" : $"others, as {string.Join(" → ", chain.Select(static node => node.Id))}";
            char separator = Separator(project, positions);
            string path = Path.GetRelativePath(Path.GetDirectoryName(project.ProjectPath)!, owner.Id).Replace('\\', separator).Replace('/', separator);
            string element = $"<ProjectReference Include=\"{path}\" />";
            yield return new Finding(
                RuleCatalog.TransitiveProjectUsed,
                location ?? new SourceLocation(project.ProjectPath),
                $"{OwnUses.NameOf(project)} {OwnUses.Describe(type, use)}, which is in {Path.GetFileName(owner.Id)}, but does not reference that project: it comes only through {how}.",
                "When what brings it drops its reference, this code stops compiling.",
                $"Add {element} to {Path.GetFileName(project.ProjectPath)}.")
            {
                Subject = project.TargetFrameworks.Length > 1 ? $"{reference.Name} {project.TargetFramework}" : reference.Name,
                Edits = [.. OwnUses.Insert(positions, project.ProjectPath, "ProjectReference", owner.Id, project.Projects, element)],
            };
        }
    }

    /// <summary>As the project writes its other references; MSBuild takes both everywhere.</summary>
    private static char Separator(AssemblyDependencies project, IDeclarationPositions positions) =>
        project.Projects.Select(path => positions.Item(project.ProjectPath, "ProjectReference", path).Written).Any(static written => written.Contains('\\', StringComparison.Ordinal)) ? '\\' : '/';
}
