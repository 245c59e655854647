namespace ReproGate.Cli.Adoption;

/// <summary>What <c>.gitignore</c> must and must not ignore.</summary>
internal static class GitIgnoreLines
{
    /// <summary>The file with lines added at its end.</summary>
    /// <param name="current">Its text; null where there is none.</param>
    /// <param name="ignoredLocks">Lock files that git ignores by name, wherever they lie.</param>
    /// <param name="buildFoldersIgnored">Whether <c>bin/</c> and <c>obj/</c> are ignored at the root.</param>
    public static string? Propose(string? current, IReadOnlyCollection<string> ignoredLocks, bool buildFoldersIgnored)
    {
        string[] lines = [.. buildFoldersIgnored ? [] : (IEnumerable<string>)["bin/", "obj/"], .. ignoredLocks.Select(static name => "!" + name)];
        string[] missing = [.. lines.Except((current ?? "").Split('\n').Select(static line => line.Trim()))];
        if (missing.Length == 0)
        {
            return current;
        }

        string start = current is null || current.Length == 0 || current.EndsWith('\n') ? current ?? "" : current + "\n";
        return start + string.Concat(missing.Select(static line => line + "\n"));
    }
}
