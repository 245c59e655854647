using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Linking;

/// <summary>Who brings a package or project into a target of a lock file.</summary>
public static class PackageChains
{
    /// <summary>
    /// For each entry that the project itself references, the shortest chain from it to the wanted one. Where the project references the wanted one itself, that chain has one
    /// entry. Linear in the target's entries and dependencies for each reference; cycles, which only a damaged lock has, end the search.
    /// </summary>
    /// <param name="target">A framework's own target: those of runtime identifiers hold only differences.</param>
    /// <param name="id">The wanted package id or project name, ignoring case.</param>
    /// <returns>The chains, each from what the project references to the wanted entry, ordered by length, then by their first id; empty where the target has no such entry.</returns>
    public static ImmutableArray<ImmutableArray<PackagesLockEntry>> To(PackagesLockTarget target, string id)
    {
        Dictionary<string, PackagesLockEntry> entries = target.Entries.DistinctBy(static entry => entry.Id, StringComparer.OrdinalIgnoreCase).ToDictionary(static entry => entry.Id, StringComparer.OrdinalIgnoreCase);
        if (!entries.ContainsKey(id))
        {
            return [];
        }

        // A lock does not tell which projects are referenced directly: those that no other project brings are.
        HashSet<string> brought = [.. entries.Values.Where(static entry => entry.Type == PackagesLockEntryType.Project).SelectMany(static entry => entry.Dependencies).Select(static dependency => dependency.Id.ToUpperInvariant())];
        return
        [
            .. entries.Values
                .Where(entry => entry.Type == PackagesLockEntryType.Direct || (entry.Type == PackagesLockEntryType.Project && !brought.Contains(entry.Id.ToUpperInvariant())))
                .Select(entry => Shortest(entry, id, entries))
                .Where(static chain => !chain.IsEmpty)
                .OrderBy(static chain => chain.Length)
                .ThenBy(static chain => chain[0].Id, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static ImmutableArray<PackagesLockEntry> Shortest(PackagesLockEntry from, string id, Dictionary<string, PackagesLockEntry> entries)
    {
        var before = new Dictionary<string, PackagesLockEntry?>(StringComparer.OrdinalIgnoreCase) { [from.Id] = null };
        var next = new Queue<PackagesLockEntry>([from]);
        while (next.TryDequeue(out PackagesLockEntry? entry))
        {
            if (entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase))
            {
                return Back(entry, before);
            }

            foreach (PackagesLockDependency dependency in entry.Dependencies)
            {
                if (entries.TryGetValue(dependency.Id, out PackagesLockEntry? found) && before.TryAdd(found.Id, entry))
                {
                    next.Enqueue(found);
                }
            }
        }

        return [];
    }

    private static ImmutableArray<PackagesLockEntry> Back(PackagesLockEntry last, Dictionary<string, PackagesLockEntry?> before)
    {
        var chain = new Stack<PackagesLockEntry>();
        for (PackagesLockEntry? entry = last; entry is not null; entry = before[entry.Id])
        {
            chain.Push(entry);
        }

        return [.. chain];
    }
}
