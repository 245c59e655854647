using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Jobs;

/// <summary>What clean rooms are made of: solutions and projects that git holds, or those that are named.</summary>
internal static class JobEntries
{
    private static readonly string[] Solutions = [".slnx", ".sln"];
    private static readonly string[] Projects = [".csproj", ".fsproj", ".vbproj"];

    /// <summary>Every solution below a folder that git holds; where there is none, every project.</summary>
    /// <exception cref="ToolException">Git does not answer, or holds neither.</exception>
    public static async Task<(Repo Repo, IReadOnlyList<string> Entries)> AllAsync(string? folder, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(folder ?? ".");
        if (!Directory.Exists(full))
        {
            throw new ToolException($"'{folder}' is no folder. With --all name a folder: its solutions, or else its projects, are built.");
        }

        Repo repo = Repo.At(full);
        string listed = await repo.GitAsync(cancellation, "ls-files", "-z", "--", full)
            ?? throw new ToolException($"git does not say what it holds of {full}. The clean room builds what git holds: `git init`, add and commit.");
        string[] files = [.. listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(repo.PathOf(file)))];
        IReadOnlyList<string> entries = Choose(files);
        return entries.Count > 0 ? (repo, entries) : throw new ToolException($"git holds no solution and no project below {full}.");
    }

    /// <summary>The paths that are named, each a solution, a project or a folder that holds one; all of one repository.</summary>
    /// <exception cref="ToolException">Nothing to build is there, or they are of several repositories.</exception>
    public static (Repo Repo, IReadOnlyList<string> Entries) Named(IReadOnlyList<string> paths)
    {
        Repo[] repos = [.. paths.Select(Repo.Find)];
        if (repos.FirstOrDefault(static repo => !Job.IsEntry(repo.EntryName)) is { } odd)
        {
            throw new ToolException($"{odd.EntryName} has a sign in its path that no path of a job may have, for it means something else on another machine: a backslash, a colon or a control character. Rename it.");
        }

        return repos.FirstOrDefault(repo => repo.Root != repos[0].Root) is { } other
            ? throw new ToolException($"{repos[0].Entry} and {other.Entry} are of two repositories. Ask for one repository at a time.")
            : (repos[0], [.. repos.Select(static repo => repo.EntryName)]);
    }

    /// <summary>Solutions among files, or else projects. Of a solution in both formats the newer one counts.</summary>
    internal static IReadOnlyList<string> Choose(IReadOnlyCollection<string> files)
    {
        string[] usable = [.. files.Where(Job.IsEntry).Order(StringComparer.Ordinal)];
        HashSet<string> all = new(usable, StringComparer.Ordinal);
        string[] solutions = [.. usable.Where(file => Has(file, Solutions) && !(Path.GetExtension(file).Equals(".sln", StringComparison.OrdinalIgnoreCase) && all.Contains(file + "x")))];
        return solutions.Length > 0 ? solutions : [.. usable.Where(static file => Has(file, Projects))];

        static bool Has(string file, string[] extensions) => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);
    }
}
