using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What a project's compilation for one target framework references and declares: the counterpart of AssemblyFacts.</summary>
public sealed record AssemblyDependencies
{
    /// <summary>Absolute path of the project file.</summary>
    public required string ProjectPath { get; init; }

    /// <summary>The target framework as the project writes it.</summary>
    public string TargetFramework { get; init; } = "";

    /// <summary>All target frameworks; one or none for a single-target project.</summary>
    public ImmutableArray<string> TargetFrameworks { get; init; } = [];

    /// <summary>The assemblies the compiler was given, with what brought them.</summary>
    public ImmutableArray<OwnedAssembly> Assemblies { get; init; } = [];

    /// <summary>The packages the project declares itself, implicit ones included.</summary>
    public ImmutableArray<DeclaredDependency> Packages { get; init; } = [];

    /// <summary>The projects it declares itself, absolute paths.</summary>
    public ImmutableArray<string> Projects { get; init; } = [];

    /// <summary>Every package and project restore resolved for this target framework.</summary>
    public ImmutableArray<DependencyNode> Graph { get; init; } = [];

    /// <summary>The project's other target frameworks.</summary>
    public ImmutableArray<OtherFramework> OtherFrameworks { get; init; } = [];

    /// <summary><c>ManagePackageVersionsCentrally</c>.</summary>
    public bool CentralVersions { get; init; }

    /// <summary><c>CentralPackageTransitivePinningEnabled</c>: a central version holds in every project that has the package at all, declared there or not.</summary>
    public bool PinsTransitively { get; init; }

    /// <summary>Absolute path of Directory.Packages.props; empty where there is none.</summary>
    public string CentralFile { get; init; } = "";

    /// <summary>Central versions by package id, ignoring case.</summary>
    public ImmutableDictionary<string, string> CentralPackages { get; init; } = ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase);

    /// <summary>The package or project node with an id; null where the graph has none.</summary>
    public DependencyNode? Find(string id) => Graph.FirstOrDefault(node => node.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the project declares a package itself.</summary>
    public bool Declares(string id) => Packages.Any(package => package.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The nodes a node brings along, itself left out; bounded by the graph's size whatever cycles it holds.</summary>
    public IReadOnlyList<DependencyNode> ClosureOf(string id)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { id };
        var open = new Queue<DependencyNode>();
        var closure = new List<DependencyNode>();
        if (Find(id) is { } start)
        {
            open.Enqueue(start);
        }

        while (open.TryDequeue(out DependencyNode? node))
        {
            foreach (string child in node.Dependencies)
            {
                if (seen.Add(child) && Find(child) is { } next)
                {
                    closure.Add(next);
                    open.Enqueue(next);
                }
            }
        }

        return closure;
    }

    /// <summary>The shortest way from something the project declares to a node, the declared one first; empty where there is none.</summary>
    public ImmutableArray<DependencyNode> ChainTo(string id)
    {
        var from = new Dictionary<string, DependencyNode?>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<DependencyNode>();
        IEnumerable<string> roots = Packages.Select(static package => package.Id).Concat(Projects.Select(Path.GetFileNameWithoutExtension).OfType<string>());
        foreach (DependencyNode root in roots.Select(Find).OfType<DependencyNode>())
        {
            if (from.TryAdd(root.Id, null))
            {
                open.Enqueue(root);
            }
        }

        while (open.TryDequeue(out DependencyNode? node))
        {
            if (node.Id.Equals(id, StringComparison.OrdinalIgnoreCase))
            {
                var chain = new List<DependencyNode>();
                for (DependencyNode? step = node; step is not null; step = from[step.Id])
                {
                    chain.Add(step);
                }

                chain.Reverse();
                return [.. chain];
            }

            foreach (DependencyNode child in node.Dependencies.Select(Find).OfType<DependencyNode>())
            {
                if (from.TryAdd(child.Id, node))
                {
                    open.Enqueue(child);
                }
            }
        }

        return [];
    }
}

/// <summary>What restore made of another target framework of the project. Package ids ignore case.</summary>
/// <param name="Resolved">The versions it resolved, by package or project id.</param>
/// <param name="CentralPackages">Central versions as written, by package id; nothing where versions are not managed centrally, or the file does not say.</param>
public sealed record OtherFramework(ImmutableDictionary<string, string> Resolved, ImmutableDictionary<string, string> CentralPackages)
{
    /// <summary>Ids of packages that it compiles against and is not given at run time (<see cref="DependencyNode.CompileOnly"/>); they ignore case.</summary>
    public ImmutableHashSet<string> CompileOnly { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>What brought an assembly to the compiler.</summary>
public enum AssemblyOwner
{
    /// <summary>A targeting pack.</summary>
    Framework,

    /// <summary>A package.</summary>
    Package,

    /// <summary>A project the project references itself.</summary>
    Project,

    /// <summary>A project that another project brings.</summary>
    TransitiveProject,

    /// <summary>A file named by a Reference item.</summary>
    File,
}

/// <summary>An assembly the compiler was given.</summary>
/// <param name="Name">Simple name.</param>
/// <param name="Path">Absolute path.</param>
/// <param name="Owner">What brought it.</param>
/// <param name="Id">Package id, or absolute path of the project; empty otherwise.</param>
/// <param name="Version">The package's resolved version; empty otherwise.</param>
public sealed record OwnedAssembly(string Name, string Path, AssemblyOwner Owner, string Id, string Version)
{
    /// <summary>True where a package only asks for it (<c>frameworkAssemblies</c> of its nuspec), and it is the .NET Framework's.</summary>
    public bool IsFrameworkAssembly { get; init; }
}

/// <summary>A package the project declares.</summary>
/// <param name="Id">Package id as written.</param>
/// <param name="DefiningFile">Absolute path of the file that declares it.</param>
public sealed record DeclaredDependency(string Id, string DefiningFile)
{
    /// <summary>PrivateAssets as written.</summary>
    public string PrivateAssets { get; init; } = "";

    /// <summary>IncludeAssets as written.</summary>
    public string IncludeAssets { get; init; } = "";

    /// <summary>ExcludeAssets as written.</summary>
    public string ExcludeAssets { get; init; } = "";

    /// <summary>True where the SDK added it.</summary>
    public bool Implicit { get; init; }

    /// <summary>True where the build uses its folder (GeneratePathProperty).</summary>
    public bool GeneratesPath { get; init; }
}

/// <summary>A package or project of the resolved graph.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its resolved version.</param>
/// <param name="IsPackage">False for a project.</param>
/// <param name="Dependencies">Ids it asks for.</param>
/// <param name="HasAssemblies">Whether it has assemblies of its own in lib/ or ref/ for this framework.</param>
/// <param name="ActsOnBuildOrRun">Whether it also brings what works without being named in code: build files, analyzers, content, native or runtime-specific files, tools.</param>
public sealed record DependencyNode(string Id, string Version, bool IsPackage, ImmutableArray<string> Dependencies, bool HasAssemblies, bool ActsOnBuildOrRun)
{
    /// <summary>True where the project compiles against it and is not given its assemblies at run time (ExcludeAssets of what brings it).</summary>
    public bool CompileOnly { get; init; }
}

/// <summary>Evidence that costs reading files; rules ask for it only when they would otherwise accuse.</summary>
public interface IUseEvidence
{
    /// <summary>The place in the repository that a PDB's document stands for; null where that file is not there.</summary>
    SourceLocation? Locate(SourceLocation documented);

    /// <summary>
    /// Where a source file names a type; null where that is not found. A PDB knows the lines of code only, and the type of a field, a base type
    /// and an attribute are none.
    /// </summary>
    /// <param name="near">The file, and the line near which the use is; line 0 where that is unknown.</param>
    /// <param name="type">Full name of the type.</param>
    SourceLocation? FindName(SourceLocation near, string type);

    /// <summary>Whether an assembly forwards a type to another assembly: then the type is part of the forwarder's own public surface.</summary>
    /// <param name="forwarder">Path of the assembly that may forward.</param>
    /// <param name="type">Full name of the type.</param>
    bool Forwards(string forwarder, string type);

    /// <summary>
    /// Whether a package is named where IL cannot see it: its namespaces in source text (constants, nameof, enumerations,
    /// using directives), its id or assembly names in configuration and other text files of the project.
    /// </summary>
    /// <param name="id">Package id.</param>
    /// <param name="assemblies">Its assemblies.</param>
    bool IsNamedInText(string id, IReadOnlyList<OwnedAssembly> assemblies);
}
