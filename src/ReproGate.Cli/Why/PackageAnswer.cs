using System.Collections.Immutable;
using System.Globalization;
using ReproGate.Facts;
using ReproGate.Linking;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.Cli.Why;

/// <summary>Who brings a package, from the repository's lock files; nothing is built or asked of a source.</summary>
/// <param name="Lines">The answer; empty where no lock file holds the package.</param>
/// <param name="Tried">What was looked at, one sentence, with ids that are spelled alike.</param>
internal sealed record PackageAnswer(IReadOnlyList<string> Lines, string Tried)
{
    private const int MostChains = 5;

    /// <summary>Looks through every lock file that git tracks or would track, or, without git, that lies below the root.</summary>
    public static async Task<PackageAnswer> FindAsync(Repo repo, string id, CancellationToken cancellation)
    {
        var chains = new List<(string Chain, string Where)>();
        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string[] files = [.. await LockFilesAsync(repo, cancellation)];
        foreach (string file in files)
        {
            if (Read(file) is not { } read)
            {
                continue;
            }

            foreach (PackagesLockTarget target in read.FrameworkTargets)
            {
                ids.UnionWith(target.Entries.Select(static entry => entry.Id));
                ImmutableArray<ImmutableArray<PackagesLockEntry>> found = PackageChains.To(target, id);
                chains.AddRange(found.Take(MostChains).Select(chain => (Text(chain), $"{repo.Relative(file)}({chain[^1].Location.Line}) {Name(target)}")));
                if (found.Length > MostChains)
                {
                    chains.Add(($"… and {(found.Length - MostChains).ToString(CultureInfo.InvariantCulture)} longer chains", $"{repo.Relative(file)} {Name(target)}"));
                }
            }
        }

        var lines = new List<string>();
        foreach (IGrouping<string, (string Chain, string Where)> group in chains.GroupBy(static chain => chain.Chain))
        {
            lines.Add(group.Key);
            lines.AddRange(group.Select(static chain => $"    {chain.Where}"));
        }

        string[] near = [.. ids.Where(known => known.Contains(id, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase).Take(3)];
        return new PackageAnswer(lines, files.Length == 0
            ? "No packages.lock.json is in this repository."
            : $"None of {files.Length} lock files holds such a package{(near.Length > 0 ? $" (but {string.Join(", ", near)})" : "")}.");
    }

    private static string Name(PackagesLockTarget target) => target.Alias.Length > 0 ? target.Alias : target.Key;

    private static string Text(ImmutableArray<PackagesLockEntry> chain) => string.Join(" → ", chain.Select(static (entry, index) =>
        entry.Type == PackagesLockEntryType.Project ? $"{entry.Id} (project)"
        : index == 0 ? $"{entry.Id} {entry.Resolved} (referenced {entry.Requested})"
        : entry.Type == PackagesLockEntryType.CentralTransitive ? $"{entry.Id} {entry.Resolved} (central version {entry.Requested})"
        : $"{entry.Id} {entry.Resolved}"));

    private static PackagesLock? Read(string file)
    {
        try
        {
            return PackagesLockReader.Read(file).Lock;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"reprogate: {file} cannot be read and is left out: {exception.Message}");
            return null;
        }
    }

    private static async Task<IEnumerable<string>> LockFilesAsync(Repo repo, CancellationToken cancellation)
    {
        string? listed = await repo.GitAsync(cancellation, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*packages.lock.json", "*packages.*.lock.json");
        IEnumerable<string> files = listed is not null
            ? listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(repo.PathOf)
            : Directory.EnumerateFiles(repo.Root, "packages*.lock.json", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MaxRecursionDepth = 32 });
        return files.Where(File.Exists).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }
}
