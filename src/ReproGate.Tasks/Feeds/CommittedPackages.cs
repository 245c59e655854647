using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>
/// The packages that the commit HEAD names has: those of its lock files, whatever lies in the work tree. Where git cannot be asked the work
/// tree's files stand for the commit, so that nothing is asked of a feed for their packages. One for all projects of a node during a build.
/// </summary>
internal sealed class CommittedPackages
{
    private readonly CommittedFiles _files;
    private readonly Dictionary<string, PackagesLock?> _locks = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();
    private readonly Lazy<ILookup<string, string>> _all;
    private readonly Lazy<CommittedFiles> _msbuild;
    private readonly Lazy<CommittedFiles> _apps;

    private CommittedPackages(CommittedFiles files, Func<string[], CommittedFiles> ask)
    {
        _files = files;
        _msbuild = new(() => ask(["**/*.props", "**/*.targets", "**/*.*proj"]));
        _apps = new(() => ask(["**/*.cs"]));
        _all = new(ReadAll);
    }

    /// <summary>Asks git once for all projects of this node.</summary>
    public static CommittedPackages Of(GateTask task, CancellationToken cancellation) => Of(task.BuildEngine, task.RepositoryRoot, cancellation);

    /// <summary>Asks git once for all projects of this node.</summary>
    /// <param name="build">The engine that runs the task.</param>
    /// <param name="root">The repository's root.</param>
    /// <param name="cancellation">Ends the question when the build is cancelled.</param>
    public static CommittedPackages Of(IBuildEngine build, string root, CancellationToken cancellation) =>
        BuildMemory.Of(build, root, () => Read(root, cancellation));

    /// <summary>Absolute paths of the files that the commit has as they are in the work tree; none where git could not say.</summary>
    public IReadOnlyCollection<string> Unchanged => _files.Available ? _files.Unchanged : [];

    /// <summary>A project's lock file as the commit has it; null where it has none, or none that can be read.</summary>
    /// <param name="path">Absolute path.</param>
    public PackagesLock? LockOf(string path)
    {
        lock (_reading)
        {
            if (!_locks.TryGetValue(path, out PackagesLock? locked))
            {
                _locks[path] = locked = _files.Contents.TryGetValue(path, out byte[]? content) ? PackagesLockReader.Parse(path, content).Lock
                    : (IsOnDisk(path) && File.Exists(path)) ? PackagesLockReader.Read(path).Lock
                    : null;
            }

            return locked;
        }
    }

    /// <summary>Whether any lock file of the commit has the id.</summary>
    public bool HasId(string id) => _all.Value.Contains(id);

    /// <summary>Whether any lock file of the commit has the version.</summary>
    public bool Has(string id, string version) => _all.Value[id].Contains(version, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every id of the commit's lock files.</summary>
    public IEnumerable<string> Ids => _all.Value.Select(static package => package.Key);

    /// <summary>Whether the commit locks nothing yet: beside it everything would be new, and none of it is news.</summary>
    public bool LocksNothing => _all.Value.Count == 0;

    /// <summary>The tools, and the MSBuild SDKs of global.json, that the commit declares.</summary>
    /// <param name="path">Absolute path of the manifest or global.json.</param>
    /// <param name="section">Name of the object that holds them.</param>
    /// <param name="member">Name of the member that holds the version; null where the entry itself does.</param>
    public ImmutableArray<DeclaredVersion> Declared(string path, string section, string? member) =>
        _files.Contents.TryGetValue(path, out byte[]? content) ? JsonVersions.Parse(content, path, section, member).Versions
        : IsOnDisk(path) ? JsonVersions.Read(path, section, member).Versions
        : [];

    /// <summary>The MSBuild SDKs that a file-based app declares in the commit.</summary>
    /// <param name="file">Absolute path of its source file.</param>
    public IEnumerable<SharedDeclaration> DirectiveSdks(string file)
    {
        CommittedFiles apps = _apps.Value;
        return !apps.Available || apps.Unchanged.Contains(file) ? PackageDirectives.Sdks(file)
            : apps.Contents.TryGetValue(file, out byte[]? content) ? PackageDirectives.Sdks(file, new StreamReader(new MemoryStream(content)))
            : [];
    }

    /// <summary>An MSBuild file as the commit has it; null where it has none, or none that can be read. Git is asked for all of them at the first one.</summary>
    /// <param name="file">The file in the work tree.</param>
    public ProjectFileText? MSBuildFile(ProjectFileText file) =>
        !_msbuild.Value.Available || _msbuild.Value.Unchanged.Contains(file.Path) ? file
        : _msbuild.Value.Contents.TryGetValue(file.Path, out byte[]? content) ? ProjectFileReader.Parse(content, file.Path)
        : null;

    /// <summary>The text the commit has of a file of those that are asked for; empty where it has none.</summary>
    public ReproGateLock? ReproGateLockOf(string path) =>
        _files.Contents.TryGetValue(path, out byte[]? content) ? ReproGateLockReader.Parse(path, content, out _)
        : IsOnDisk(path) ? ReproGateLockReader.Read(path, out _)
        : null;

    private static CommittedPackages Read(string root, CancellationToken cancellation) =>
        new(
            GitReader.Committed(root, ["**/*.lock.json", "**/dotnet-tools.json", "**/global.json"], cancellation),
            // The build may be another one's by the time this is asked; git itself is limited in time.
            patterns => GitReader.Committed(root, patterns, CancellationToken.None));

    /// <summary>Whether the file in the work tree stands for the commit's.</summary>
    private bool IsOnDisk(string path) => !_files.Available || _files.Unchanged.Contains(path);

    private ILookup<string, string> ReadAll() => _files.Unchanged.Concat(_files.Contents.Keys)
        .Concat(_locks.Keys)
        .Distinct(StringComparer.Ordinal)
        .Where(static path => path.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(path).Equals("reprogate.lock.json", StringComparison.OrdinalIgnoreCase))
        .ToList()
        .SelectMany(path => LockOf(path)?.Targets ?? [])
        .SelectMany(static target => target.Entries)
        .Where(static entry => entry.Type != PackagesLockEntryType.Project)
        .Select(static entry => (entry.Id, entry.Resolved))
        .Distinct()
        .ToLookup(static package => package.Id, static package => package.Resolved, StringComparer.OrdinalIgnoreCase);
}
