namespace ReproGate.Gates.LockedRestore;

/// <summary>The one command that writes the lock files of several projects anew.</summary>
public static class LockWriting
{
    /// <summary>Where no solution is built: every project that is named.</summary>
    public static string Command(IEnumerable<string> projects) => string.Join(" && ", projects.Select(static project => $"dotnet restore \"{project}\" --force-evaluate"));

    /// <summary>The solution for the projects it restores, and every other project by itself.</summary>
    /// <param name="solution">Absolute path of the solution or solution filter.</param>
    /// <param name="text">Its text.</param>
    /// <param name="built">The project that this solution's build has come to, named in it or referenced by one that is.</param>
    /// <param name="projects">Absolute paths of the projects whose lock files are stale.</param>
    public static string Command(string solution, string text, string built, IReadOnlyList<string> projects)
    {
        HashSet<string> members = Members(solution, text);
        List<string> others = [.. projects.Where(project => project != built && !members.Contains(project))];
        return Command(others.Count < projects.Count ? [solution, .. others] : others);
    }

    // All formats (.sln, .slnx, .slnf) hold paths in quotes, relative to the solution: in a filter, to the one it names. So what stands in
    // quotes and leads to a project is a member; more than that need not be read of a file that MSBuild has just read whole.
    private static HashSet<string> Members(string solution, string text)
    {
        string[] quoted = [.. text.Split('"', '\'').Where(static part => !part.Contains('\0', StringComparison.Ordinal)).Select(static part => part.Replace(@"\\", "/", StringComparison.Ordinal).Replace('\\', '/'))];
        string root = Path.GetDirectoryName(solution)!;
        if (solution.EndsWith(".slnf", StringComparison.OrdinalIgnoreCase)
            && Array.Find(quoted, static part => part.EndsWith(".sln", StringComparison.OrdinalIgnoreCase) || part.EndsWith(".slnx", StringComparison.OrdinalIgnoreCase)) is { } whole)
        {
            root = Path.GetDirectoryName(Path.GetFullPath(whole, root))!;
        }

        return new(quoted.Where(static part => part.EndsWith("proj", StringComparison.OrdinalIgnoreCase)).Select(part => Path.GetFullPath(part, root)), StringComparer.OrdinalIgnoreCase);
    }
}
