using System.Text.RegularExpressions;
using System.Xml;

namespace ReproGate.PackageNames;

/// <summary>
/// The list of well-known ids: how many repositories reference each package id, counted over checkouts on this machine. A repository
/// counts once for an id, however many projects or versions of it reference the id.
/// </summary>
internal static partial class WellKnownList
{
    private static readonly string[] Extensions = [".csproj", ".fsproj", ".vbproj", ".props", ".targets"];
    private static readonly string[] Items = ["PackageReference", "PackageVersion", "GlobalPackageReference"];

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
        int repositories = 0, files = 0, unread = 0;
        foreach (DirectoryInfo repository in checkouts.EnumerateDirectories().OrderBy(static folder => folder.Name, StringComparer.Ordinal))
        {
            var ids = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (FileInfo file in Files(repository))
            {
                files++;
                if (!Read(file, ids))
                {
                    unread++;
                }
            }

            repositories += ids.Count > 0 ? 1 : 0;
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

        log.WriteLine($"{entries.Length} ids ({entries.Count(static entry => entry.Count > 1)} of two and more repositories) from {repositories} repositories, {files} files read, {unread} unreadable.");
        return 0;
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(static file => Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase) && file.Length < 4 << 20);

    private static bool Read(FileInfo file, Dictionary<string, int> ids)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(file.FullName, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && Items.Contains(reader.LocalName, StringComparer.OrdinalIgnoreCase))
                {
                    string names = reader.GetAttribute("Include") ?? reader.GetAttribute("Update") ?? "";
                    foreach (string id in names.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static id => id.Length <= 100 && PackageId().IsMatch(id)))
                    {
                        ids[id] = ids.GetValueOrDefault(id) + 1;
                    }
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$")]
    private static partial Regex PackageId();
}
