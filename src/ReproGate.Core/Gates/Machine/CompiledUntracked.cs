using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Gates.Machine;

/// <summary>
/// RGATE4004: a glob compiled a file that only this work tree has. A file that is merely not added yet is everyday work:
/// a warning outside CI, an error in CI. An ignored one is an error everywhere, because <c>git add --all</c> never takes it along.
/// </summary>
public static class CompiledUntracked
{
    private const int MostNamed = 5;

    /// <summary>Judges the files a project compiles.</summary>
    /// <param name="projectPath">Absolute path of the project.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="untracked">Absolute paths of compiled files that git neither tracks nor ignores.</param>
    /// <param name="ignored">Absolute paths of compiled files that git ignores.</param>
    /// <param name="continuousIntegration">Whether this is a CI build.</param>
    public static IEnumerable<Finding> Check(string projectPath, string repositoryRoot, ImmutableArray<string> untracked, ImmutableArray<string> ignored, bool continuousIntegration)
    {
        string project = Path.GetFileName(projectPath);
        foreach (string path in ignored)
        {
            string relative = Relative(path, repositoryRoot);
            yield return new Finding(
                RuleCatalog.CompiledUntracked,
                new SourceLocation(path, 1, 1),
                $"{project} compiles {relative}, which git ignores.",
                "Whoever clones the repository does not get that file, so the build there fails or has other content.",
                $"Commit it, git add --force \"{relative}\", or leave it out: <Compile Remove=\"{Relative(path, Path.GetDirectoryName(projectPath)!)}\" /> in {project}. Where the build itself writes it, write it below $(IntermediateOutputPath).")
            {
                Subject = relative,
            };
        }

        if (untracked.IsEmpty)
        {
            yield break;
        }

        ImmutableArray<string> names = [.. untracked.Select(path => Relative(path, repositoryRoot)).Order(StringComparer.Ordinal)];
        string command = $"git add {string.Join(' ', names.Take(MostNamed).Select(static name => $"\"{name}\""))}";
        yield return new Finding(
            RuleCatalog.CompiledUntracked,
            new SourceLocation(untracked.Order(StringComparer.Ordinal).First(), 1, 1),
            $"{project} compiles {string.Join(", ", names.Take(MostNamed))}{(names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "")}, which git does not track.",
            "Until it is committed, nobody else builds what you build.",
            $"Add what belongs to the repository: {command}{(names.Length > MostNamed ? " …" : "")}. What does not belong, move away or leave out with <Compile Remove=\"…\" />.")
        {
            Subject = "untracked",
            Command = command,
            DefaultSeverity = continuousIntegration ? null : Severity.Warning,
        };
    }

    private static string Relative(string path, string folder) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
