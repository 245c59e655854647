using CliWrap;
using CliWrap.Buffered;

namespace ReproGate.Cli;

/// <summary>The repository a command works on: its root, and what to build there.</summary>
/// <param name="Root">Absolute path of the root, without trailing separator.</param>
/// <param name="Entry">Absolute path of the solution or project.</param>
internal sealed record Repo(string Root, string Entry)
{
    private static readonly string[] Solutions = ["*.slnx", "*.sln", "*.slnf"];

    /// <summary>The entry relative to the root, with <c>/</c>.</summary>
    public string EntryName => Relative(Entry);

    /// <summary>What a command in the root needs to mean this entry, with a space before it: nothing, where it is the only one that a command without a name could mean.</summary>
    public string Argument => Directory.EnumerateFiles(Root).Where(static file => Path.GetExtension(file) is var extension && (Solutions.Contains("*" + extension) || extension.EndsWith("proj", StringComparison.Ordinal))).ToArray() is [var only] && only == Entry
        ? ""
        : $" \"{EntryName}\"";

    /// <summary>A path relative to the root, with <c>/</c>.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>An absolute path.</summary>
    public string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Absolute path of the folder that the entry lies in, where the commands a person types are run.</summary>
    public string EntryFolder => Path.GetDirectoryName(Entry)!;

    /// <summary>
    /// The file of a name that counts for the entry, relative to the root: the nearest one from the entry's folder up to the root, as it is written on disk (NuGet and people write
    /// <c>NuGet.config</c> in several ways); one in the root where there is none.
    /// </summary>
    public string Nearest(string name)
    {
        for (string? folder = EntryFolder; folder is not null && (folder.Equals(Root, StringComparison.Ordinal) || folder.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)); folder = Path.GetDirectoryName(folder))
        {
            if (Directory.EnumerateFiles(folder).FirstOrDefault(file => Path.GetFileName(file).Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return Relative(found);
            }
        }

        return name;
    }

    /// <summary>The repository that a folder lies in; nothing is chosen there to build, so its entry is the root.</summary>
    public static Repo At(string folder)
    {
        string root = RootOf(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new Repo(root, root);
    }

    /// <summary>Finds the repository from a path: a solution, a project, or a folder that holds exactly one of either.</summary>
    /// <exception cref="ToolException">Nothing to build is there, or more than one thing is.</exception>
    public static Repo Find(string? path)
    {
        string full = Path.GetFullPath(path ?? ".");
        if (File.Exists(full))
        {
            return new Repo(RootOf(Path.GetDirectoryName(full)!), full);
        }

        if (!Directory.Exists(full))
        {
            throw new ToolException($"'{path}' does not exist. Name a solution, a project, or a folder with one of them.");
        }

        foreach (string pattern in (IEnumerable<string>)[.. Solutions, "*.*proj"])
        {
            // The name of an old extension also matches a longer one on Windows.
            string[] found = [.. Directory.EnumerateFiles(full, pattern).Where(file => pattern.EndsWith("proj", StringComparison.Ordinal) || Path.GetExtension(file).Equals(pattern[1..], StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
            switch (found.Length)
            {
                case 1:
                    return new Repo(RootOf(full), found[0]);
                case > 1:
                    throw new ToolException($"{full} holds {found.Length} of {pattern}: name one of {string.Join(", ", found.Select(Path.GetFileName))}.");
            }
        }

        string[] below = [.. Below(full)];
        throw new ToolException($"{full} holds no solution and no project. {(below.Length > 0 ? $"Below it there are: {string.Join(", ", below)}. " : "")}Name one.");
    }

    /// <summary>The first few solutions, or else projects, not far below a folder, relative to it.</summary>
    private static IEnumerable<string> Below(string folder)
    {
        const int Few = 5;
        var near = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return ((IEnumerable<string[]>)[Solutions, ["*.*proj"]])
            .Select(patterns => patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, near)).Select(file => Path.GetRelativePath(folder, file)).Distinct().Order(StringComparer.Ordinal).Take(Few).ToArray())
            .FirstOrDefault(static found => found.Length > 0) ?? [];
    }

    /// <summary>Runs git in the root; null where git is missing or says no.</summary>
    public async Task<string?> GitAsync(CancellationToken cancellation, params string[] arguments)
    {
        try
        {
            BufferedCommandResult result = await CliWrap.Cli.Wrap("git").WithArguments(arguments).WithWorkingDirectory(Root).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellation);
            return result.ExitCode == 0 ? result.StandardOutput : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string RootOf(string directory)
    {
        for (string? folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // A file in linked work trees and submodules.
            if (Path.Exists(Path.Combine(folder, ".git")))
            {
                return folder;
            }
        }

        return directory;
    }
}
