using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using ReproGate.NuGet.Declarations;
using ReproGate.NuGet.LockFiles;
using ReproGate.Repository;
using ReproGate.Tasks.Logging;

namespace ReproGate.Tasks;

/// <summary>
/// Lets a project find the projects that depend on it. Each checked project leaves a marker beside the declarations of those it
/// references itself, and in its own folder a list of all it reaches; when one of these changes, it judges its dependents' lock files too,
/// whose own checks would be taken for up to date. Markers beside everything that is reached would grow with the square of a chain.
/// </summary>
internal static class DependentMarkers
{
    private const string Ending = ".dependent";

    // What stands between the two lists of a project's own file.
    private const string Separator = "|";

    /// <summary>Leaves the markers of one framework of a project.</summary>
    public static void Leave(RestoreDeclaration project, ImmutableArray<DeclarationFile> reached, string intermediateDirectory)
    {
        string name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{project.ProjectPath}|{project.TargetFramework}")))[..24];
        HashSet<string> references = new(project.Projects.Select(static reference => reference.Path), StringComparer.OrdinalIgnoreCase);
        string own = OwnFile(intermediateDirectory, project.TargetFramework);
        if (reached.IsEmpty)
        {
            // It is nobody's dependent, or no more.
            File.Delete(own);
            return;
        }

        // What a framework reference of the dependent stands in for leaves its lock, whatever this project's dependencies hand on.
        AtomicFile.WriteAllBytesIfDifferent(own, Encoding.UTF8.GetBytes(string.Join('\n', [.. project.PrunedPackages.Select(static package => package.Id), Separator, .. reached.Select(static declaration => Path.GetFullPath(declaration.Files))])));
        byte[] content = Encoding.UTF8.GetBytes(new Marker(project.ProjectPath, project.LockFilePath, intermediateDirectory, project.FrameworkName, project.TargetFramework).ToString());
        foreach (DeclarationFile declaration in reached.Where(declaration => references.Contains(declaration.Path)))
        {
            AtomicFile.WriteAllBytesIfDifferent(Path.Combine(Path.GetDirectoryName(declaration.Files)!, $"{name}.{Path.GetFileName(declaration.Files)}{Ending}"), content);
        }
    }

    /// <summary>The targets of the lock files that hold this project in this framework.</summary>
    /// <param name="project">The project.</param>
    /// <param name="references">Declaration files of the projects it references.</param>
    /// <param name="declaration">The project's own declaration file, in its intermediate folder.</param>
    /// <param name="repositoryRoot">The repository's root: a marker that names a project elsewhere is dropped.</param>
    /// <param name="declarations">Reads declaration files.</param>
    public static ImmutableArray<DependentTarget> Read(RestoreDeclaration project, IEnumerable<string> references, string declaration, string repositoryRoot, DeclarationFiles declarations)
    {
        ReferencedProject? self = null;
        var dependents = ImmutableArray.CreateBuilder<DependentTarget>();
        foreach (Marker marker in Reaching(declaration, repositoryRoot))
        {
            if (PackagesLockReader.Read(marker.LockFile).Lock?.Find(marker.FrameworkName, marker.TargetFramework) is { } target && target.Find(project.ProjectName) is not null)
            {
                self ??= Self(project, references, declarations);
                dependents.Add(new DependentTarget(marker.ProjectPath, target, Seen(self, OwnFile(marker.IntermediateDirectory, marker.TargetFramework))));
            }
        }

        return dependents.ToImmutable();
    }

    /// <summary>Makes every project that reaches this one check its declarations again: for when this one's have changed, also where its own lock is only written anew.</summary>
    /// <param name="declaration">The project's declaration file, in its intermediate folder.</param>
    /// <param name="repositoryRoot">The repository's root.</param>
    public static void DropStamps(string declaration, string repositoryRoot)
    {
        foreach (Marker marker in Reaching(declaration, repositoryRoot))
        {
            DropStamps(marker.IntermediateDirectory);
        }
    }

    // The others see another framework of this project, or none: a reference in between keeps it to itself.
    private static IEnumerable<Marker> Reaching(string declaration, string repositoryRoot) =>
        Path.GetFullPath(declaration) is var own ? Upwards(Path.GetDirectoryName(own)!, repositoryRoot).Where(marker => Reaches(marker, own)) : [];

    /// <summary>The markers that are found from a project's folder upwards, from reference to reference: one for each framework of each dependent.</summary>
    private static HashSet<Marker> Upwards(string directory, string repositoryRoot)
    {
        var found = new HashSet<Marker>();
        // A project has one folder for all its frameworks.
        var folders = new HashSet<string>([directory], StringComparer.OrdinalIgnoreCase);
        var left = new Queue<string>(folders);
        while (left.TryDequeue(out string? folder))
        {
            foreach (string file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.declaration.*" + Ending) : [])
            {
                // A copy of the repository, obj folders included, holds the original's markers: what is told of that one nobody can mend here.
                if (Marker.Parse(File.ReadAllText(file)) is not { } marker || !Territory.IsBelow(marker.ProjectPath, repositoryRoot) || !File.Exists(marker.ProjectPath) || !File.Exists(marker.LockFile))
                {
                    File.Delete(file);
                }
                else if (found.Add(marker) && Path.TrimEndingDirectorySeparator(marker.IntermediateDirectory) is var next && folders.Add(next))
                {
                    left.Enqueue(next);
                }
            }
        }

        return found;
    }

    private static bool Reaches(Marker marker, string declaration) =>
        OwnFile(marker.IntermediateDirectory, marker.TargetFramework) is var file && File.Exists(file) && File.ReadLines(file).SkipWhile(static line => line != Separator).Contains(declaration, StringComparer.OrdinalIgnoreCase);

    /// <summary>The project as its dependents' lock files should see it. What the framework stands in for differs between them, so no absence is held against them.</summary>
    private static ReferencedProject Self(RestoreDeclaration project, IEnumerable<string> references, DeclarationFiles declarations)
    {
        ILookup<string, DeclarationFile> known = references.Select(declarations.Read).OfType<DeclarationFile>().ToLookup(static file => file.Path, StringComparer.OrdinalIgnoreCase);
        IEnumerable<ReferencedDependency> packages = project.Packages
            .Where(static package => !package.IsPrivate && package.Range.Length > 0)
            .Select(static package => new ReferencedDependency(package.Id, package.Range, false));
        bool complete = true;
        List<ReferencedDependency> projects = [];
        foreach (DeclaredProjectReference reference in project.Projects.Where(static reference => !reference.IsPrivate))
        {
            if (known[reference.Path].FirstOrDefault() is { } named)
            {
                projects.Add(new ReferencedDependency(named.Name, "", false));
            }
            else
            {
                complete = false;
            }
        }

        HashSet<string> pruned = new(project.PrunedPackages.Select(static package => package.Id), StringComparer.OrdinalIgnoreCase);
        return new ReferencedProject(project.ProjectPath, project.ProjectName, project.LockFilePath, true, [.. packages.Select(package => package with { MayBePruned = pruned.Contains(package.Id) }), .. projects]) { IsComplete = complete };
    }

    // What the project prunes and which declarations it reaches, for whoever finds its marker.
    private static string OwnFile(string intermediateDirectory, string targetFramework) => Path.Combine(intermediateDirectory, "reached." + targetFramework);

    /// <summary>The project with what one dependent prunes left out; where that is not known, everything may be.</summary>
    private static ReferencedProject Seen(ReferencedProject self, string file)
    {
        HashSet<string>? pruned = File.Exists(file) ? new(File.ReadLines(file).TakeWhile(static line => line != Separator), StringComparer.OrdinalIgnoreCase) : null;
        return self with { Dependencies = [.. self.Dependencies.Select(dependency => dependency with { MayBePruned = dependency.MayBePruned || (dependency.Range.Length > 0 && pruned?.Contains(dependency.Id) != false) })] };
    }

    private static void DropStamps(string intermediateDirectory)
    {
        if (Directory.Exists(intermediateDirectory))
        {
            foreach (string stamp in Directory.EnumerateFiles(intermediateDirectory, "declared.*.ok"))
            {
                File.Delete(stamp);
            }

            GateState.DropGuards(intermediateDirectory);
        }
    }

    /// <summary>What one framework of a dependent leaves behind, a line for each.</summary>
    private sealed record Marker(string ProjectPath, string LockFile, string IntermediateDirectory, string FrameworkName, string TargetFramework)
    {
        /// <summary>Null where the text is not whole.</summary>
        public static Marker? Parse(string text) => text.Split('\n') is [var project, var lockFile, var directory, var frameworkName, var targetFramework] ? new(project, lockFile, directory, frameworkName, targetFramework) : null;

        /// <inheritdoc />
        public override string ToString() => string.Join('\n', ProjectPath, LockFile, IntermediateDirectory, FrameworkName, TargetFramework);
    }
}
