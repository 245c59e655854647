namespace ReproGate.PackageNames;

/// <summary>
/// The list of well-known ids: how many repositories reference each package id, counted over checkouts on this machine. A repository
/// counts once for an id, however many projects or versions of it reference the id. An id enters when two repositories reference it
/// that do not make it; or one, where that one restores from nuget.org alone, so that the id must be there, or a feed's list names it.
/// </summary>
internal static class WellKnownList
{
    private static readonly string[] Extensions = [".csproj", ".fsproj", ".vbproj", ".props", ".targets"];

    /// <summary>Writes the list; 0, or 1 with the reason told where nothing was found.</summary>
    public static int Write(DirectoryInfo checkouts, FileInfo? existing, FileInfo output, TextWriter log)
    {
        if (!checkouts.Exists)
        {
            log.WriteLine($"There is no folder {checkouts}.");
            return 1;
        }

        var exists = new HashSet<string>(existing is null ? [] : File.ReadLines(existing.FullName).Select(static line => line.Trim()).Where(static line => line.Length > 0), StringComparer.OrdinalIgnoreCase);
        var counts = new Dictionary<string, Dictionary<string, int>>(StringComparer.OrdinalIgnoreCase);
        int repositories = 0, publicOnly = 0, files = 0, unread = 0;
        foreach (DirectoryInfo repository in checkouts.EnumerateDirectories().OrderBy(static folder => folder.Name, StringComparer.Ordinal))
        {
            var read = new RepositoryReferences();
            foreach (FileInfo file in Files(repository))
            {
                files++;
                if (!read.Read(file))
                {
                    unread++;
                }
            }

            Dictionary<string, int> ids = read.Ids;
            foreach (string own in ids.Keys.Where(read.Made.Contains).ToArray())
            {
                ids.Remove(own);
            }

            repositories += ids.Count > 0 ? 1 : 0;
            if (read.FromNuGetOrgAlone)
            {
                publicOnly += ids.Count > 0 ? 1 : 0;
                exists.UnionWith(ids.Keys);
            }

            // A repository that spells an id in several ways speaks once, in its commonest spelling.
            foreach (IGrouping<string, KeyValuePair<string, int>> id in ids.GroupBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase))
            {
                string spelling = id.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).First().Key;
                Dictionary<string, int> spellings = counts.TryGetValue(spelling, out Dictionary<string, int>? known) ? known : counts[spelling] = new Dictionary<string, int>(StringComparer.Ordinal);
                spellings[spelling] = spellings.GetValueOrDefault(spelling) + 1;
            }
        }

        (string Id, int Count)[] entries =
        [
            .. counts
                .Select(static pair => (Id: pair.Value.OrderByDescending(static spelling => spelling.Value).ThenBy(static spelling => spelling.Key, StringComparer.Ordinal).First().Key, Count: pair.Value.Values.Sum()))
                .Where(entry => entry.Count > 1 || exists.Contains(entry.Id))
                .OrderByDescending(static entry => entry.Count).ThenBy(static entry => entry.Id, StringComparer.OrdinalIgnoreCase),
        ];
        if (entries.Length == 0)
        {
            log.WriteLine($"No package id is referenced by two repositories below {checkouts}.");
            return 1;
        }

        using (var writer = new StreamWriter(output.FullName) { NewLine = "\n" })
        {
            writer.WriteLine("# Well-known package ids: references<TAB>id<TAB>owner, most referenced first. How it is made: docs/well-known-packages.md.");
            foreach ((string id, int count) in entries)
            {
                writer.WriteLine($"{count}\t{id}{(PrefixOwners.Of(id) is { Length: > 0 } owner ? "\t" + owner : "")}");
            }
        }

        log.WriteLine($"{entries.Length} ids ({entries.Count(static entry => entry.Count > 1)} of two and more repositories) from {repositories} repositories, {publicOnly} of which restore from nuget.org alone; {files} files read, {unread} unreadable.");
        return 0;
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(static file => (Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase) || RepositoryReferences.IsSettings(file) || RepositoryReferences.IsOldList(file) || RepositoryReferences.IsToolManifest(file)) && file.Length < 4 << 20);
}
