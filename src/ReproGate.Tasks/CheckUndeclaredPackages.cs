using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Assemblies;
using ReproGate.Facts;
using ReproGate.Gates.Packages;
using ReproGate.NuGet.Assets;
using ReproGate.Repository;
using ReproGate.Repository.ProjectXml;

namespace ReproGate.Tasks;

/// <summary>Collects the facts of the compiled assembly and judges what it uses against what the project declares.</summary>
public sealed class CheckUndeclaredPackages : ProjectGateTask
{
    /// <summary>Absolute path of the assembly the compiler wrote.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>Absolute path of its facts file.</summary>
    [Required]
    public string FactsFile { get; set; } = "";

    /// <summary>Absolute path of project.assets.json.</summary>
    [Required]
    public string AssetsFile { get; set; } = "";

    public string TargetFrameworkMoniker { get; set; } = "";

    public string DebugType { get; set; } = "";

    public string PathMap { get; set; } = "";

    /// <summary>True where markup that IL does not show is compiled into the assembly.</summary>
    public string CompiledMarkup { get; set; } = "";

    public string CentralVersions { get; set; } = "";

    public string CentralFile { get; set; } = "";

    public ITaskItem[] References { get; set; } = [];

    public ITaskItem[] PackageReferences { get; set; } = [];

    public ITaskItem[] PackageVersions { get; set; } = [];

    public ITaskItem[] ProjectReferences { get; set; } = [];

    public ITaskItem[] TransitiveProjectReferences { get; set; } = [];

    public ITaskItem[] SourceRoots { get; set; } = [];

    public ITaskItem[] GeneratedFolders { get; set; } = [];

    public ITaskItem[] Sources { get; set; } = [];

    public ITaskItem[] Imports { get; set; } = [];

    public ITaskItem[] Texts { get; set; } = [];

    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        var paths = new SourcePaths(Path.GetDirectoryName(ProjectPath)!, Maps(), GeneratedFolders.Select(static item => item.ItemSpec));
        AssemblyFacts facts;
        RestoredAssets assets;
        try
        {
            facts = AssemblyFactsFile.ReadOrCollect(Assembly, FactsFile, paths.IsGenerated, out bool reused);
            Log.LogMessage(MessageImportance.Low, reused ? "Facts of {0} are up to date." : "Facts of {0} collected.", Assembly);
            assets = AssetsReader.Read(AssetsFile);
        }
        catch (Exception exception) when (exception is UnreadableAssemblyException or IOException or UnauthorizedAccessException)
        {
            return [CouldNotRun("assembly", $"RGATE2001, RGATE2002 and RGATE2003 could not look at {Path.GetFileName(Assembly)}: {exception.Message}.", "Build it anew; where the file is made by a tool that alters it (an obfuscator), set ReproGatePackagesEnabled to false in this project.")];
        }
        catch (AssetsException exception)
        {
            return [CouldNotRun("assets", $"RGATE2001, RGATE2002 and RGATE2003 could not look at what was restored: {exception.Message}.", $"Restore anew: dotnet restore \"{ProjectPath}\" --force")];
        }

        AssemblyDependencies project = Dependencies(assets);
        var evidence = new UseEvidence(
            project,
            paths,
            [.. Sources.Select(static item => item.GetMetadata("FullPath")).Where(path => !paths.IsGenerated(path))],
            [.. Imports.Select(static item => item.ItemSpec)],
            [.. Texts.Select(static item => item.GetMetadata("FullPath"))]);
        var positions = new ProjectXmlPositions();
        List<Finding> findings = [.. TransitivePackageUsed.Check(facts, project, positions, evidence), .. TransitiveProjectUsed.Check(facts, project, positions, evidence)];
        if (findings.Count > 0 && facts.Symbols != SymbolState.Found && !DebugType.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            findings.Add(CouldNotRun("symbols", $"The PDB of {Path.GetFileName(Assembly)} is {facts.Symbols.ToString().ToLowerInvariant()}, so RGATE2001 and RGATE2002 cannot say in which line a package is used.", "Set DebugType to portable or embedded and build anew."));
        }

        if (!facts.Unread.IsEmpty)
        {
            findings.Add(CouldNotRun("unread", $"Parts of {Path.GetFileName(Assembly)} could not be read, so RGATE2001 and RGATE2002 saw only the rest and RGATE2003 did not run: {facts.Unread[0]}", "Build it anew; where a tool alters it (an obfuscator), let that tool run after the build's CoreCompile target."));
        }

        if (!IsTrue(CompiledMarkup))
        {
            findings.AddRange(UnusedPackage.Check(facts, project, positions, evidence));
        }

        MarkTexts(evidence.LookedAtTexts);
        return findings;
    }

    /// <summary>Says to ReproGate.Guard.targets whether the times of the project's other files count.</summary>
    private void MarkTexts(bool matter)
    {
        string marker = Path.Combine(IntermediateDirectory, $"undeclared.{TargetFramework}.texts");
        if (matter && !File.Exists(marker))
        {
            AtomicFile.WriteAllText(marker, "");
        }
        else if (!matter && File.Exists(marker))
        {
            File.Delete(marker);
        }
    }

    private Finding CouldNotRun(string subject, string what, string fix) => new(
        RuleCatalog.CheckCouldNotRun,
        new SourceLocation(ProjectPath),
        what,
        "Whether the project declares what its code uses is not fully known.",
        fix)
    {
        Subject = $"undeclared {subject}",
    };

    private AssemblyDependencies Dependencies(RestoredAssets assets)
    {
        HashSet<string> transitive = new(TransitiveProjectReferences.Select(static item => item.GetMetadata("FullPath")), StringComparer.OrdinalIgnoreCase);
        ImmutableArray<RestoredTarget> targets = assets.TargetsOf(TargetFramework, TargetFrameworkMoniker);
        return new AssemblyDependencies
        {
            ProjectPath = ProjectPath,
            TargetFramework = TargetFramework,
            TargetFrameworks = Split(TargetFrameworks),
            Assemblies = [.. References.Select(item => Owned(item, transitive))],
            Packages =
            [
                .. PackageReferences.Select(item => new DeclaredDependency(item.ItemSpec, item.GetMetadata("DefiningProjectFullPath"))
                {
                    PrivateAssets = item.GetMetadata("PrivateAssets"),
                    IncludeAssets = item.GetMetadata("IncludeAssets"),
                    ExcludeAssets = item.GetMetadata("ExcludeAssets"),
                    Implicit = IsTrue(item.GetMetadata("IsImplicitlyDefined")) || item.ItemSpec.Equals("FSharp.Core", StringComparison.OrdinalIgnoreCase) && !item.GetMetadata("DefiningProjectFullPath").Equals(ProjectPath, StringComparison.OrdinalIgnoreCase),
                    GeneratesPath = IsTrue(item.GetMetadata("GeneratePathProperty")),
                }),
            ],
            Projects = [.. ProjectReferences.Select(static item => item.GetMetadata("FullPath")).Where(path => !transitive.Contains(path))],
            Graph = [.. targets.Where(static target => target.RuntimeIdentifier.Length == 0).SelectMany(static target => target.Libraries).Select(library => Node(library, assets))],
            OtherFrameworks =
            [
                .. assets.Targets.Where(target => target.RuntimeIdentifier.Length == 0 && !targets.Contains(target)).Select(target => new OtherFramework(
                    VersionsById.Of(target.Libraries.Select(static library => (library.Id, library.Version))),
                    assets.FrameworkOf(target)?.CentralVersions ?? ImmutableDictionary<string, string>.Empty)
                {
                    CompileOnly = target.Libraries.Where(static library => library.CompileOnly).Select(static library => library.Id).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
                }),
            ],
            CentralVersions = IsTrue(CentralVersions),
            PinsTransitively = assets.PinsTransitively,
            CentralFile = CentralFile,
            CentralPackages = PackageVersions.DistinctBy(static item => item.ItemSpec, StringComparer.OrdinalIgnoreCase)
                .ToImmutableDictionary(static item => item.ItemSpec, static item => item.GetMetadata("Version"), StringComparer.OrdinalIgnoreCase),
        };
    }

    // Projects carry a package id too, and targeting packs both a package and a framework: what they come from first decides.
    private static OwnedAssembly Owned(ITaskItem item, HashSet<string> transitive)
    {
        string path = item.GetMetadata("FullPath");
        string name = Path.GetFileNameWithoutExtension(path);
        if (item.GetMetadata("ReferenceSourceTarget").Equals("ProjectReference", StringComparison.OrdinalIgnoreCase))
        {
            string project = item.GetMetadata("MSBuildSourceProjectFile");
            return new OwnedAssembly(name, path, transitive.Contains(project) ? AssemblyOwner.TransitiveProject : AssemblyOwner.Project, project, "");
        }

        if (item.GetMetadata("FrameworkReferenceName").Length > 0)
        {
            return new OwnedAssembly(name, path, AssemblyOwner.Framework, "", "");
        }

        string id = item.GetMetadata("NuGetPackageId");
        return id.Length > 0
            ? new OwnedAssembly(name, path, AssemblyOwner.Package, id, item.GetMetadata("NuGetPackageVersion")) { IsFrameworkAssembly = IsTrue(item.GetMetadata("FrameworkFile")) }
            : new OwnedAssembly(name, path, AssemblyOwner.File, "", "");
    }

    private static DependencyNode Node(RestoredLibrary library, RestoredAssets assets)
    {
        IEnumerable<string> listed = assets.Packages.TryGetValue($"{library.Id}/{library.Version}", out RestoredPackage? package) ? package.Files : [];
        return new DependencyNode(
            library.Id,
            library.Version,
            library.IsPackage,
            [.. library.Dependencies.Select(static dependency => dependency.Id)],
            library.Files.Any(static file => Below(file, "lib/", "ref/") && file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)),
            library.Files.Concat(listed).Any(static file => Below(file, "build/", "buildTransitive/", "buildMultiTargeting/", "buildCrossTargeting/", "analyzers/", "content/", "contentFiles/", "runtimes/", "tools/", "native/", "staticwebassets/")))
        {
            CompileOnly = library.CompileOnly,
        };
    }

    private static bool Below(string file, params ReadOnlySpan<string> folders)
    {
        foreach (string folder in folders)
        {
            if (file.StartsWith(folder, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<(string Mapped, string Real)> Maps()
    {
        foreach (ITaskItem root in SourceRoots)
        {
            yield return (root.GetMetadata("MappedPath"), root.ItemSpec);
        }

        // The compiler writes a comma or equals sign of a path twice; such paths stay unmapped here.
        foreach (string map in PathMap.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = map.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                yield return (map[(equals + 1)..], map[..equals]);
            }
        }
    }

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
