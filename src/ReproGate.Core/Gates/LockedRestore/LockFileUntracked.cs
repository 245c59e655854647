using System.IO.Enumeration;
using ReproGate.Facts;

namespace ReproGate.Gates.LockedRestore;

/// <summary>RGATE1002: the lock file exists here and nowhere else, because git does not track it.</summary>
public static class LockFileUntracked
{
    /// <summary>
    /// Judges one project's lock file. A re-evaluation outside CI (<c>--force-evaluate</c>) is just writing it and passes;
    /// so does a file git could not be asked about.
    /// </summary>
    public static IEnumerable<Finding> Check(RestoreDeclaration project, GitFileState? state)
    {
        if (!project.LockFileExists || state is not { Tracked: false } || (project.ForceEvaluate && !project.ContinuousIntegration))
        {
            yield break;
        }

        string name = Path.GetFileName(project.LockFilePath);
        const string Why = "Whoever clones the repository gets no lock file, so each restore there may choose other versions.";
        if (state.IgnoredBy is { } ignored)
        {
            yield return new Finding(
                RuleCatalog.LockFileUntracked,
                ignored,
                $"git ignores the lock file {project.LockFilePath}: the pattern '{state.Pattern}' in {ignored} matches it.",
                Why,
                $"Remove that line, or add the line '!{name}' after it, then run: git add \"{project.LockFilePath}\"")
            {
                Subject = name,
                Edits = TakesBack(state.Pattern, project.LockFilePath) && ignored is { Line: > 0 } && Path.GetFileName(ignored.File) == ".gitignore"
                    ? [new TextEdit(ignored.File, ignored.Line, state.Pattern.Length + 1, ignored.Line, state.Pattern.Length + 1, $"\n!{name}")]
                    : [],
            };
        }
        else
        {
            yield return new Finding(
                RuleCatalog.LockFileUntracked,
                new SourceLocation(project.LockFilePath, 1, 1),
                $"git does not track the lock file {name} of {Path.GetFileName(project.ProjectPath)}.",
                Why,
                $"Add it and commit it: git add \"{project.LockFilePath}\"")
            {
                Subject = name,
                Command = $"git add \"{project.LockFilePath}\"",
            };
        }
    }

    /// <summary>Whether a line after the pattern can take it back: it fits the file's own name, and no folder's on the way. Of a folder that is ignored nothing below comes back.</summary>
    private static bool TakesBack(string pattern, string lockFile)
    {
        string last = pattern[(pattern.LastIndexOf('/') + 1)..];
        string[] names = lockFile.Split('/', '\\');
        return last.Length > 0 && last.Any(static letter => letter != '*') && Fits(names[^1]) && !names[..^1].Any(Fits);

        bool Fits(string name) => FileSystemName.MatchesSimpleExpression(last, name, ignoreCase: false);
    }
}
