using System.Collections.Immutable;
using System.IO.Enumeration;

namespace ReproGate.Facts;

/// <summary>What a repository takes from the machine on purpose, from <c>reprogate.allow.json</c>. See docs/file-formats/reprogate.allow.md.</summary>
/// <param name="Path">Absolute path of the file, whether it exists or not.</param>
public sealed record AllowList(string Path)
{
    /// <summary>Its entries.</summary>
    public ImmutableArray<AllowedInput> Entries { get; init; } = [];

    /// <summary>Whether an environment variable is allowed; names ignore case, as MSBuild's do.</summary>
    public bool AllowsVariable(string name) => Entries.Any(entry => entry.Kind == AllowedKind.Variable && Fits(entry.Pattern, name));

    /// <summary>Whether a program is allowed; a name with a Windows extension is the same program.</summary>
    public bool AllowsProgram(string name) => Entries.Any(entry => entry.Kind == AllowedKind.Program && Fits(entry.Pattern, name));

    /// <summary>Whether a file is allowed.</summary>
    /// <param name="file">Its absolute path.</param>
    /// <param name="root">The repository's root: relative patterns begin there.</param>
    /// <param name="home">The user's folder, which <c>~/</c> stands for.</param>
    public bool AllowsPath(string file, string root, string home) => Entries.Any(entry => entry.Kind == AllowedKind.Path && Fits(Absolute(entry.Pattern, root, home), Slashes(file)));

    private static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);

    private static string Absolute(string pattern, string root, string home)
    {
        pattern = Slashes(pattern);
        bool rooted = pattern.StartsWith('/') || (pattern.Length > 1 && pattern[1] == ':');
        string path = pattern.StartsWith("~/", StringComparison.Ordinal) ? $"{Slashes(home).TrimEnd('/')}{pattern[1..]}" : rooted ? pattern : $"{Slashes(root).TrimEnd('/')}/{pattern}";
        // "../" is resolved without the file system: the pattern may hold wildcards.
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 1)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static string Slashes(string path) => path.Replace('\\', '/');
}

/// <summary>What an entry of the allow list names; also the name of its member in the file.</summary>
public enum AllowedKind
{
    /// <summary>An environment variable (RGATE4003).</summary>
    Variable,

    /// <summary>A file or folder outside the repository (RGATE2004, RGATE4002).</summary>
    Path,

    /// <summary>A program that the build runs (RGATE2007).</summary>
    Program,
}

/// <summary>One entry of the allow list.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Pattern">The name, with <c>*</c> and <c>?</c> as wildcards; in a path <c>*</c> stands for folders too.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record AllowedInput(AllowedKind Kind, string Pattern, string Reason);
