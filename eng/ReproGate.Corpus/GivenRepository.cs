using ReproGate.TestKit;

namespace ReproGate.Corpus;

/// <summary>A repository that somebody has, as it stands there.</summary>
internal static class GivenRepository
{
    /// <summary>Copies it into a temporary folder, so that nothing of it changes.</summary>
    /// <param name="path">Its root: a clean git work tree that holds the gate, locked.</param>
    /// <param name="packages">The packages folder of its builds; null: the user's.</param>
    /// <param name="entry">What is built; empty: its only solution.</param>
    /// <param name="from">The commit it was prepared from; empty: the one it is at.</param>
    /// <exception cref="InvalidOperationException">No solution, or more than one, lies in the root.</exception>
    public static Subject Copy(string path, string? packages, string entry, string from)
    {
        string source = Path.TrimEndingDirectorySeparator(path);
        string name = Path.GetFileName(source);
        string root = Path.Combine(TestEnvironment.Root, "given", name);
        Directory.CreateDirectory(root);
        // With what git ignores: a folder feed, packages that are not restored again.
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(source, file);
            if (relative.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "artifacts"))
            {
                continue;
            }

            string copy = Path.Combine(root, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        TestRepository repository = TestRepository.Open(root, packages ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"), Path.Combine(TestEnvironment.Root, "given-home"));
        repository.Git("reset", "--hard", "--quiet");
        repository.Git("clean", "-fdq");
        string[] solutions = [.. Directory.EnumerateFiles(root, "*.sln*").Select(Path.GetFileName).OfType<string>().Where(static file => file.EndsWith(".sln", StringComparison.Ordinal) || file.EndsWith(".slnx", StringComparison.Ordinal))];
        return new Subject(name, repository, entry.Length > 0 ? entry : solutions is [var only] ? only : throw new InvalidOperationException($"{source} has {solutions.Length} solutions in its root: name one with --entry."), Made: false, null) { From = from };
    }
}
