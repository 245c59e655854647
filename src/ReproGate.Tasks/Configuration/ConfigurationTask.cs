using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Assemblies;
using ReproGate.Assemblies.Configuration;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;
using ReproGate.Facts.Configuration.Code;
using ReproGate.Linking.Configuration;
using ReproGate.Repository.Git;
using ReproGate.Settings;
using ReproGate.Settings.Matrix;
using ReproGate.Settings.Sources;

namespace ReproGate.Tasks.Configuration;

/// <summary>What the tasks about configuration share: the matrix, the linked code of an executable, its providers in each environment.</summary>
public abstract class ConfigurationTask : ProjectGateTask
{
    /// <summary>Absolute path of the matrix.</summary>
    [Required]
    public string MatrixFile { get; set; } = "";

    /// <summary>Absolute path of the executable's assembly, as the compiler wrote it.</summary>
    [Required]
    public string Assembly { get; set; } = "";

    /// <summary>Name of the executable's assembly, without extension.</summary>
    [Required]
    public string AssemblyName { get; set; } = "";

    /// <summary>What it references; of these the assemblies of projects are linked.</summary>
    public ITaskItem[] References { get; set; } = [];

    public ITaskItem[] SourceRoots { get; set; } = [];

    public string PathMap { get; set; } = "";

    public ITaskItem[] GeneratedFolders { get; set; } = [];

    /// <summary>Items that a publish may copy: Content and None.</summary>
    public ITaskItem[] Contents { get; set; } = [];

    /// <summary>Whether the output is trimmed or compiled ahead of time.</summary>
    public string Trimmed { get; set; } = "";

    /// <summary>Feature switches the project sets: the variable's name, the property in metadata <c>Property</c>.</summary>
    public ITaskItem[] FrozenSwitches { get; set; } = [];

    /// <summary>The project file relative to the root, with <c>/</c>.</summary>
    private protected string RelativeProject => Path.GetRelativePath(RepositoryRoot, ProjectPath).Replace('\\', '/');

    private protected string ProjectDirectory => Path.GetDirectoryName(ProjectPath)!;

    /// <summary>Reads the code of the executable and of all projects it references.</summary>
    /// <param name="findings">Takes what could not be read.</param>
    /// <returns>Null where nothing can be said.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected ExecutableConfiguration? ReadCode(List<Finding> findings)
    {
        var own = new SourcePaths(ProjectDirectory, Maps(), GeneratedFolders.Select(static item => item.ItemSpec));
        string current = Assembly;
        try
        {
            LinkedAssembly executable = new(CodeFactsReader.Read(Assembly, own.IsGenerated), own.Resolve);
            var references = new List<LinkedAssembly>();
            foreach (ITaskItem reference in References.Where(static item => item.GetMetadata("ReferenceSourceTarget").Equals("ProjectReference", StringComparison.OrdinalIgnoreCase)))
            {
                Cancellation.ThrowIfCancellationRequested();
                current = reference.GetMetadata("FullPath");
                string project = reference.GetMetadata("MSBuildSourceProjectFile");
                var paths = new SourcePaths(project.Length > 0 ? Path.GetDirectoryName(project)! : ProjectDirectory, Maps(), GeneratedFolders.Select(static item => item.ItemSpec));
                references.Add(new LinkedAssembly(CodeFactsReader.Read(current, paths.IsGenerated), paths.Resolve));
            }

            var unread = new List<string>();
            ExecutableConfiguration linked = ConfigurationLinker.Link(executable, references, PackageConfigurationSchemas.Read(Packages(), unread));
            return linked with { Unread = [.. linked.Unread, .. unread] };
        }
        catch (Exception exception) when (exception is UnreadableAssemblyException or IOException or UnauthorizedAccessException)
        {
            findings.Add(CouldNotRun("assembly", $"{Path.GetFileName(current)} could not be read: {exception.Message}", "Build it anew; where a tool alters it (an obfuscator), let that tool run after the compiler's target."));
            return null;
        }
    }

    // The SDK says of each file of a package which one it is there; what is before that is the package's folder.
    private IEnumerable<(string Id, string Folder)> Packages() =>
        from item in References
        let id = item.GetMetadata("NuGetPackageId")
        let inPackage = item.GetMetadata("PathInPackage").Replace('\\', '/')
        let path = item.GetMetadata("FullPath")
        where id.Length > 0 && inPackage.Length > 0 && path.Replace('\\', '/').EndsWith('/' + inPackage, StringComparison.OrdinalIgnoreCase)
        select (id, path[..^inPackage.Length]);

    /// <summary>The reader of this task; it knows which files it looked at.</summary>
    private protected ProviderReader Reader => field ??= new ProviderReader(Path.TrimEndingDirectorySeparator(RepositoryRoot));

    /// <summary>Reads what provides the configuration of an application in each environment.</summary>
    private protected AppConfiguration ReadProviders(EnvironmentMatrix matrix, MatrixApp app, ExecutableConfiguration code)
    {
        ImmutableArray<SettingsFile> files = SettingsFiles();
        return new AppConfiguration
        {
            Code = code,
            Matrix = matrix,
            App = app,
            Environments = Reader.ReadAll(
                matrix,
                app,
                new ProviderRequest
                {
                    Host = code.Host,
                    ProjectDirectory = ProjectDirectory,
                    AssemblyName = AssemblyName,
                    IsTracked = IsTracked,
                    PublishedFiles = [.. files.Where(static file => file.Ships).Select(static file => file.Path)],
                },
                Cancellation),
            SettingsFiles = files,
            Frozen = new FrozenAtBuild
            {
                Trimmed = Trimmed.Equals("true", StringComparison.OrdinalIgnoreCase),
                Switches = FrozenSwitches.DistinctBy(static item => item.ItemSpec, StringComparer.Ordinal).ToImmutableDictionary(static item => item.ItemSpec, static item => item.GetMetadata("Property")),
            },
            RepositoryRoot = RepositoryRoot,
        };
    }

    /// <summary>The matrix; null where there is none or it is malformed, which is then a finding.</summary>
    private protected EnvironmentMatrix? ReadMatrix(List<Finding> findings)
    {
        EnvironmentMatrix? matrix = MatrixReader.Read(MatrixFile, out MalformedFile? malformed);
        if (malformed is not null)
        {
            findings.Add(Gates.Itself.ReproGateFileMalformed.CheckMatrix(malformed));
        }

        return matrix;
    }

    /// <summary>The application that this project is; null where the matrix does not name it.</summary>
    private protected MatrixApp? AppOf(EnvironmentMatrix matrix) => matrix.AppOf(ProjectPath, RepositoryRoot);

    /// <summary>A check that could not look.</summary>
    private protected Finding CouldNotRun(string subject, string what, string fix) => new(
        RuleCatalog.CheckCouldNotRun,
        new SourceLocation(ProjectPath),
        $"The configuration of {AssemblyName} was not judged: {what.TrimEnd('.')}.",
        "Whether every environment has the keys it needs is not known.",
        fix)
    {
        Subject = $"configuration {subject}",
    };

    private protected ImmutableArray<SettingsFile> SettingsFiles() =>
    [
        .. from item in Contents
           let path = item.GetMetadata("FullPath")
           where Gates.Configuration.SettingsFileName.IsOf(path, ProjectDirectory)
           group item by path into items
           select new SettingsFile(items.Key, Gates.Configuration.SettingsFileName.Ships(items.Last().GetMetadata("CopyToPublishDirectory"))),
    ];

    // Asked for files of variables only, of which there are few. Where git cannot say, a file counts as tracked.
    private bool IsTracked(string path) => GitReader.State(path, Cancellation) is not { } state || state.Tracked;

    private IEnumerable<(string Mapped, string Real)> Maps()
    {
        foreach (ITaskItem root in SourceRoots)
        {
            yield return (root.GetMetadata("MappedPath"), root.ItemSpec);
        }

        foreach (string map in PathMap.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = map.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                yield return (map[(equals + 1)..], map[..equals]);
            }
        }
    }
}
