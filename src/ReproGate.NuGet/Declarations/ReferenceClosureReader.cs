using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.NuGet.Declarations;

/// <summary>Walks the projects that a project reaches, over the declaration files they left in their intermediate folders.</summary>
public static class ReferenceClosureReader
{
    /// <summary>The closure of one framework of a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="references">Declaration files of the projects it references, all their frameworks.</param>
    /// <param name="fallbacks">AssetTargetFallback frameworks as written.</param>
    /// <param name="declarations">Reads declaration files.</param>
    /// <param name="files">The declaration files that were chosen, one for each reached project.</param>
    public static ReferenceClosure Read(RestoreDeclaration project, IEnumerable<string> references, IReadOnlyCollection<string> fallbacks, DeclarationFiles declarations, out ImmutableArray<DeclarationFile> files)
    {
        var pruned = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DeclaredPackage package in project.PrunedPackages)
        {
            pruned.TryAdd(package.Id, package.Version);
        }

        var chosen = ImmutableArray.CreateBuilder<DeclarationFile>();
        var found = ImmutableArray.CreateBuilder<ReferencedProject>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { project.ProjectPath };
        var queue = new Queue<(DeclaredProjectReference Reference, ILookup<string, DeclarationFile> Known, bool Direct)>();
        bool complete = true;
        Enqueue(project.Projects, ByPath(references, declarations), direct: true);
        while (queue.TryDequeue(out (DeclaredProjectReference Reference, ILookup<string, DeclarationFile> Known, bool Direct) next))
        {
            if (!seen.Add(next.Reference.Path))
            {
                continue;
            }

            if (Choose(next.Known[next.Reference.Path].ToList(), project.FrameworkName, fallbacks) is not { } declaration)
            {
                complete = false;
                continue;
            }

            chosen.Add(declaration);
            ILookup<string, DeclarationFile> known = ByPath(declaration.References, declarations);
            bool namesKnown = true;
            var dependencies = ImmutableArray.CreateBuilder<ReferencedDependency>();
            foreach (DeclaredPackage package in declaration.Packages.Where(static package => !package.IsPrivate && package.Range.Length > 0))
            {
                dependencies.Add(new ReferencedDependency(package.Id, package.Range, declaration.Pruned.Contains(package.Id, StringComparer.OrdinalIgnoreCase) || (pruned.TryGetValue(package.Id, out string? provided) && RangeText.IsPruned(package.Range, provided))));
            }

            foreach (DeclaredProjectReference reference in declaration.Projects.Where(static reference => !reference.IsPrivate))
            {
                if (known[reference.Path].FirstOrDefault() is { } named)
                {
                    dependencies.Add(new ReferencedDependency(named.Name, "", false));
                }
                else
                {
                    namesKnown = false;
                }
            }

            found.Add(new ReferencedProject(declaration.Path, declaration.Name, declaration.LockFile, next.Direct, dependencies.ToImmutable()) { IsComplete = namesKnown });
            Enqueue(declaration.Projects.Where(static reference => !reference.IsPrivate), known, direct: false);
        }

        files = chosen.ToImmutable();
        return new ReferenceClosure(found.ToImmutable(), complete);

        void Enqueue(IEnumerable<DeclaredProjectReference> projects, ILookup<string, DeclarationFile> known, bool direct)
        {
            foreach (DeclaredProjectReference reference in projects)
            {
                queue.Enqueue((reference, known, direct));
            }
        }
    }

    private static ILookup<string, DeclarationFile> ByPath(IEnumerable<string> files, DeclarationFiles declarations) => files
        .Distinct(StringComparer.Ordinal)
        .Select(declarations.Read)
        .OfType<DeclarationFile>()
        .ToLookup(static file => file.Path, StringComparer.OrdinalIgnoreCase);

    /// <summary>The framework NuGet chooses. NuGet's own assembly is asked only where the project has a choice.</summary>
    private static DeclarationFile? Choose(List<DeclarationFile> candidates, string framework, IReadOnlyCollection<string> fallbacks) => candidates.Count switch
    {
        0 => null,
        1 => candidates[0],
        _ => Nearest(candidates, framework, fallbacks),
    };

    private static DeclarationFile? Nearest(List<DeclarationFile> candidates, string framework, IReadOnlyCollection<string> fallbacks) =>
        candidates.Find(candidate => candidate.Framework.Equals(framework, StringComparison.OrdinalIgnoreCase))
        ?? (FrameworkText.Nearest(framework, [.. candidates.Select(static candidate => candidate.Framework)], fallbacks) is { } nearest
            ? candidates.Find(candidate => candidate.Framework == nearest)
            : null);
}
