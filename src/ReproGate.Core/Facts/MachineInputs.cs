using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Facts;

/// <summary>What one evaluation takes from where, as far as its files and items show it.</summary>
public sealed record MachineInputs
{
    /// <summary>Absolute path of the project.</summary>
    public required string ProjectPath { get; init; }

    /// <summary>The repository's root, with a trailing separator.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>The user's folder; allowed paths may begin there.</summary>
    public string Home { get; init; } = "";

    /// <summary>Files from outside repository, packages and SDK, each with what brings it in.</summary>
    public ImmutableArray<OutsideFile> Outside { get; init; } = [];

    /// <summary>References by path to files of the repository.</summary>
    public ImmutableArray<ReferencedFile> References { get; init; } = [];

    /// <summary>Environment variables that the repository's own files read.</summary>
    public ImmutableArray<VariableRead> Variables { get; init; } = [];

    /// <summary>Of these, and of defaults that a variable overrides, those that decide what the project's output holds.</summary>
    public ImmutableArray<FrozenVariable> Frozen { get; init; } = [];

    /// <summary>What the repository declares of its configuration; null where it has no environment matrix.</summary>
    public EnvironmentMatrix? Matrix { get; init; }

    /// <summary>The application of <see cref="Matrix"/> that the project is; null where it is none.</summary>
    public MatrixApp? App { get; init; }

    /// <summary>Programs that the repository's own files run.</summary>
    public ImmutableArray<ProgramRun> Programs { get; init; } = [];

    /// <summary>What the repository takes from the machine on purpose.</summary>
    public required AllowList Allowed { get; init; }

    /// <summary>Whether the allow list names a file from outside.</summary>
    public bool Allows(string file) => Allowed.AllowsPath(file, RepositoryRoot, Home);

    /// <summary>A path as the allow list names it: from the user's folder where it lies there and the repository does not, else from the root.</summary>
    public string AllowedForm(string file)
    {
        string home = Home.TrimEnd(Path.DirectorySeparatorChar);
        string shown = home.Length > 1 && Territory.IsBelow(file, home) && !Territory.IsBelow(RepositoryRoot, home) ? "~" + file[home.Length..] : Path.GetRelativePath(RepositoryRoot, file);
        return shown.Replace('\\', '/');
    }
}

/// <summary>How a file gets into a build.</summary>
public enum InputKind
{
    /// <summary>An MSBuild import.</summary>
    Import,

    /// <summary>An item, such as Compile or Content.</summary>
    Item,

    /// <summary>A property that names a file, such as AssemblyOriginatorKeyFile.</summary>
    Property,

    /// <summary>An assembly reference.</summary>
    Reference,
}

/// <summary>A file from outside the repository, its packages and the SDK that a build takes in.</summary>
/// <param name="Kind">How.</param>
/// <param name="Name">The item type or property name; empty for an import.</param>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Location">The element that brings it in; only the project's path where no element of the repository does.</param>
public sealed record OutsideFile(InputKind Kind, string Name, string Path, SourceLocation Location)
{
    /// <summary>How many further files the same element brings in.</summary>
    public int Further { get; init; }
}

/// <summary>A reference by path to a file inside the repository.</summary>
/// <param name="Include">The reference's name.</param>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Location">The element that declares it.</param>
/// <param name="State">What git says; null where it could not say.</param>
public sealed record ReferencedFile(string Include, string Path, SourceLocation Location, TrackedState? State);

/// <summary>What git says about a file.</summary>
public enum TrackedState
{
    /// <summary>The index holds it, or it does not exist.</summary>
    Tracked,

    /// <summary>Neither in the index nor ignored.</summary>
    Untracked,

    /// <summary>Ignored by a pattern.</summary>
    Ignored,
}

/// <summary>How an environment variable is read.</summary>
public enum VariableForm
{
    /// <summary>A property function that asks the environment itself.</summary>
    Function,

    /// <summary><c>$(NAME)</c>, where no file of the evaluation gives the property a value.</summary>
    Property,
}

/// <summary>A place that reads an environment variable.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Form">How.</param>
/// <param name="Location">The place.</param>
/// <param name="Text">The text around it, as written.</param>
public sealed record VariableRead(string Name, VariableForm Form, SourceLocation Location, string Text)
{
    /// <summary>Whether the variable is set in the environment of this build.</summary>
    public bool IsSet { get; init; }

    /// <summary>The property that the place gives a value; empty where it gives none.</summary>
    public string Sets { get; init; } = "";
}

/// <summary>A program that a target of the repository runs.</summary>
/// <param name="Word">The program as the command names it, without quotes.</param>
/// <param name="Command">The part of the command line that runs it.</param>
/// <param name="Arguments">The words after it, without quotes.</param>
/// <param name="Location">The place of the command.</param>
public sealed record ProgramRun(string Word, string Command, ImmutableArray<string> Arguments, SourceLocation Location)
{
    /// <summary>Whether the word is a path to a place outside the repository.</summary>
    public bool IsOutside { get; init; }

    /// <summary>Commands of local tools that a manifest of the repository declares, above the folder where it runs.</summary>
    public ImmutableArray<string> ManifestCommands { get; init; } = [];

    /// <summary>The package.json above the folder where it runs; null where there is none.</summary>
    public NodePackage? Node { get; init; }
}

/// <summary>A package.json of the repository.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="NamesVersion">Whether it, or a version file beside it, says which Node.js or package manager is meant.</param>
public sealed record NodePackage(string Path, bool NamesVersion);

/// <summary>What git knows about files it does not track: paths of files and, with a trailing slash, of whole folders.</summary>
/// <param name="Untracked">Not ignored.</param>
/// <param name="Ignored">Ignored by a pattern.</param>
public sealed record UntrackedFiles(ImmutableHashSet<string> Untracked, ImmutableHashSet<string> Ignored)
{
    /// <summary>The state of a file inside the work tree.</summary>
    /// <param name="path">Absolute path.</param>
    public TrackedState StateOf(string path) =>
        Holds(Untracked, path) ? TrackedState.Untracked : Holds(Ignored, path) ? TrackedState.Ignored : TrackedState.Tracked;

    private static bool Holds(ImmutableHashSet<string> set, string path)
    {
        if (set.IsEmpty)
        {
            return false;
        }

        if (set.Contains(path))
        {
            return true;
        }

        for (string? folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            if (set.Contains(folder + Path.DirectorySeparatorChar))
            {
                return true;
            }
        }

        return false;
    }
}
