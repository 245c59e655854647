using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Build.Framework;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.NuGet.LockFiles;
using ReproGate.NuGet.Packages;
using ReproGate.NuGet.ReproGateLock;
using ReproGate.Repository.Git;

namespace ReproGate.Tasks;

/// <summary>
/// Keeps in reprogate.lock.json what is learned of the packages that the repository's lock files hold and its commit does not, so that nobody
/// asks for them again; and drops what no lock file holds any more. Once, for the whole repository, after the locks were written.
/// </summary>
public sealed class WritePackageVerdicts : FeedTask
{
    /// <inheritdoc />
    protected override IEnumerable<Finding> Judge()
    {
        CommittedPackages committed = CommittedPackages.Of(this, Cancellation);
        // Of those git does not know yet, one by one: a new project's lock file is one of them.
        ImmutableHashSet<string>? files = GitReader.WorkTree(RepositoryRoot, ["**/*.lock.json"], Cancellation);
        ReproGateLock? own = ReproGateLockReader.Read(ReproGateLockFile, out _);
        if (files is null || own is null)
        {
            // Without git nothing says what is new; a malformed file is told by the task that writes the hashes.
            return [];
        }

        Dictionary<string, PackagesLockEntry> entries = new(StringComparer.OrdinalIgnoreCase);
        foreach (PackagesLockEntry entry in files
            .Where(path => !path.Equals(ReproGateLockFile, StringComparison.Ordinal) && File.Exists(path))
            .Order(StringComparer.Ordinal)
            .SelectMany(static path => PackagesLockReader.Read(path).Lock?.Targets ?? [])
            .SelectMany(static target => target.Entries)
            .Where(static entry => entry.Type != PackagesLockEntryType.Project && entry.Resolved.Length > 0))
        {
            entries.TryAdd($"{entry.Id}/{entry.Resolved}", entry);
        }

        List<PackagesLockEntry> fresh = [.. entries.Values.Where(entry => own.FindVerdict(entry.Id, entry.Resolved) is null && !committed.Has(entry.Id, entry.Resolved))];
        ImmutableArray<RecordedVerdict> verdicts = fresh.Count == 0 ? [] : Look(fresh);
        if (verdicts.IsEmpty && own.Verdicts.All(verdict => entries.ContainsKey(verdict.Name)))
        {
            return [];
        }

        try
        {
            (bool changed, _) = ReproGateLockWriter.MergeVerdicts(ReproGateLockFile, verdicts, verdict => entries.ContainsKey(verdict.Name), CacheDirectory, Cancellation);
            Log.LogMessage(changed ? MessageImportance.High : MessageImportance.Normal, changed ? "ReproGate wrote what it learned of new packages to {0}." : "{0} is up to date.", ReproGateLockFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogError(null, null, null, ReproGateLockFile, 0, 0, 0, 0, "reprogate.lock.json could not be written: {0}", exception.Message);
        }

        return [];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ImmutableArray<RecordedVerdict> Look(List<PackagesLockEntry> fresh)
    {
        FeedLooks? looks = FeedLooks.Open(this, FeedLooks.Options(this), Cancellation, out _);
        if (looks is null)
        {
            return [];
        }

        ImmutableArray<LookedUpPackage> found = looks.Look([.. fresh.Select(static entry => new NewPackage(entry.Id, entry.Resolved, PackageDeclarationKind.Transitive, entry.Location))]);
        return [.. found.Select(package => RecordedVerdicts.Of(package, Address(looks, package), BringsBuildCode(looks, package.Package))).OfType<RecordedVerdict>()];
    }

    private string Address(FeedLooks looks, LookedUpPackage package) => PackageFolders.PortableSource(
        package.LookUp.Metadata is { } metadata && looks.AddressOf(metadata.Source) is { Length: > 0 } address ? address
            : looks.Extracted(package.Package) is { } folder ? PackageFolders.SourceOf(folder) : "",
        RepositoryRoot);

    private static bool BringsBuildCode(FeedLooks looks, NewPackage package)
    {
        if (looks.Extracted(package) is not { } folder)
        {
            return false;
        }

        try
        {
            return !PackageBringsBuildCode.CodeOf([.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))]).IsEmpty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
