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

    /// <summary>Whether a package may be taken although it is younger than the cooldown.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="version">Its version, normalised.</param>
    /// <param name="now">The time of the judgement: an entry's last day is its <see cref="AllowedInput.Until"/>, in UTC.</param>
    public bool AllowsPackage(string id, string version, DateTimeOffset now) => OfPackage(id, version).Any(entry => entry.Until is not { } until || DateOnly.FromDateTime(now.UtcDateTime) <= until);

    /// <summary>The last day of the latest exception for a package; null where there is none, or one that still holds.</summary>
    public DateOnly? ExpiredFor(string id, string version, DateTimeOffset now) =>
        AllowsPackage(id, version, now) ? null : OfPackage(id, version).Select(static entry => entry.Until).Max();

    /// <summary>Whether somebody has made sure that an id is the one that is meant although it looks like another: letter by letter, without wildcards.</summary>
    /// <param name="id">The id.</param>
    /// <param name="now">The time of the judgement: an entry's last day is its <see cref="AllowedInput.Until"/>, in UTC.</param>
    public bool AllowsLookalike(string id, DateTimeOffset now) => Entries.Any(entry =>
        entry.Kind == AllowedKind.Lookalike && entry.Pattern.Equals(id, StringComparison.OrdinalIgnoreCase) && (entry.Until is not { } until || DateOnly.FromDateTime(now.UtcDateTime) <= until));

    private IEnumerable<AllowedInput> OfPackage(string id, string version) => Entries.Where(entry =>
        entry.Kind == AllowedKind.Package && Fits(entry.Pattern, id) && (entry.Version.Length == 0 || VersionText.AreSame(entry.Version, version)));

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

    /// <summary>A package that may be younger than the cooldown until a day (RGATE2103).</summary>
    Package,

    /// <summary>A package id that is meant although it looks like another's (RGATE2104).</summary>
    Lookalike,
}

/// <summary>One entry of the allow list.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Pattern">The name, with <c>*</c> and <c>?</c> as wildcards; in a path <c>*</c> stands for folders too.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record AllowedInput(AllowedKind Kind, string Pattern, string Reason)
{
    /// <summary>For a package: the one version that is meant; empty for every version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The last day on which the entry holds: a package always has one in a file, a lookalike may have one, the others have none.</summary>
    public DateOnly? Until { get; init; }
}
