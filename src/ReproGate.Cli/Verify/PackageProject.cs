using System.Text.RegularExpressions;

namespace ReproGate.Cli.Verify;

/// <summary>Finds the project that makes a package, and whether its packages are locked, from the text of the repository's files: nothing of a foreign repository is evaluated on this machine.</summary>
internal static class PackageProject
{
    private const long MostBytes = 4 << 20;

    /// <summary>The project, relative to the root, with <c>/</c>.</summary>
    /// <param name="root">Absolute path of the checkout.</param>
    /// <param name="files">Its files, relative, with <c>/</c>.</param>
    /// <param name="id">The package's id.</param>
    /// <param name="named">The project the user names; null where he names none.</param>
    /// <exception cref="ToolException">None makes it, or more than one might.</exception>
    public static string Find(string root, IEnumerable<string> files, string id, string? named)
    {
        string[] projects = [.. files.Where(static file => Path.GetExtension(file).ToUpperInvariant() is ".CSPROJ" or ".FSPROJ" or ".VBPROJ" or ".PROJ").Order(StringComparer.Ordinal)];
        if (named is not null)
        {
            string wanted = named.Replace('\\', '/').TrimStart('.').TrimStart('/');
            return projects.FirstOrDefault(project => project.Equals(wanted, StringComparison.Ordinal))
                ?? throw new ToolException($"the commit has no project {wanted}. It has: {Few(projects)}.");
        }

        (string Path, string Text)[] texts = [.. projects.Select(project => (project, ReadText(root, project)))];
        foreach (Func<(string Path, string Text), bool> says in (Func<(string, string), bool>[])
        [
            project => Says(project.Item2, "PackageId", id),
            // Those say another id of their own.
            project => !Sets(project.Item2, "PackageId") && Says(project.Item2, "AssemblyName", id),
            project => !Sets(project.Item2, "PackageId") && !Sets(project.Item2, "AssemblyName") && Path.GetFileNameWithoutExtension(project.Item1).Equals(id, StringComparison.OrdinalIgnoreCase),
        ])
        {
            string[] found = [.. texts.Where(says).Select(static project => project.Path)];
            switch (found.Length)
            {
                case 1:
                    return found[0];
                case > 1:
                    throw new ToolException($"more than one project may make {id}: {Few(found)}. Name the one that does: --project {found[0]}");
            }
        }

        throw new ToolException($"no project of the commit says that it makes {id}. Name the one that does with --project. There are: {Few(projects)}.");
    }

    /// <summary>Whether the project's packages are locked: a lock beside it, or the repository keeps its locks elsewhere.</summary>
    public static bool IsLocked(string root, IReadOnlyCollection<string> files, string project)
    {
        string folder = project.Contains('/', StringComparison.Ordinal) ? project[..(project.LastIndexOf('/') + 1)] : "";
        string own = $"packages.{Path.GetFileNameWithoutExtension(project).Replace(' ', '_')}.lock.json";
        return files.Any(file => file.Equals(folder + "packages.lock.json", StringComparison.OrdinalIgnoreCase) || file.Equals(folder + own, StringComparison.OrdinalIgnoreCase))
            || (files.Any(static file => file.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase) && !file.EndsWith("reprogate.lock.json", StringComparison.OrdinalIgnoreCase))
                && files.Where(static file => Path.GetExtension(file).ToUpperInvariant() is ".PROPS" or ".TARGETS").Append(project).Any(file => ReadText(root, file).Contains("NuGetLockFilePath", StringComparison.OrdinalIgnoreCase)));
    }

    private static string Few(string[] projects) => projects.Length == 0 ? "none" : string.Join(", ", projects.Take(8)) + (projects.Length > 8 ? ", …" : "");

    private static bool Says(string text, string property, string value) => Regex.IsMatch(text, $@"<{property}(\s[^>]*)?>\s*{Regex.Escape(value)}\s*</{property}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));

    private static bool Sets(string text, string property) => text.Contains($"<{property}>", StringComparison.OrdinalIgnoreCase) || text.Contains($"<{property} ", StringComparison.OrdinalIgnoreCase);

    private static string ReadText(string root, string file) =>
        new FileInfo(Path.Combine(root, file)) is { Exists: true, LinkTarget: null, Length: <= MostBytes } info ? File.ReadAllText(info.FullName) : "";
}
