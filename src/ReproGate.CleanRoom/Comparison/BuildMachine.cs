using System.Collections.Immutable;

namespace ReproGate.CleanRoom.Comparison;

/// <summary>What a build could see of the machine it ran on, so that it can be found again in its outputs.</summary>
public sealed record BuildMachine
{
    /// <summary>Where the repository lay.</summary>
    public required string SourcePath { get; init; }

    /// <summary>The user's folder.</summary>
    public string Home { get; init; } = "";

    /// <summary>The user's name.</summary>
    public string User { get; init; } = "";

    /// <summary>The machine's name.</summary>
    public string HostName { get; init; } = "";

    /// <summary>TZ.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>LANG.</summary>
    public string Locale { get; init; } = "";

    /// <summary>TMPDIR.</summary>
    public string Temporary { get; init; } = "";

    /// <summary>The global packages folder.</summary>
    public string Packages { get; init; } = "";

    /// <summary>How many processors the build saw; 0 where that is not known.</summary>
    public int Processors { get; init; }

    /// <summary>Further variables: name and value.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>The paths of the machine with a name for each, the longest first.</summary>
    public IEnumerable<(string Path, string Name)> Paths => new[] { (SourcePath, "build path"), (Home, "home"), (Temporary, "temporary folder"), (Packages, "packages folder") }
        .Where(static path => path.Item1.TrimEnd('/', '\\').Length > 1)
        .Select(static path => (path.Item1.TrimEnd('/', '\\'), path.Item2))
        .OrderByDescending(static path => path.Item1.Length);

    /// <summary>The values to search outputs for.</summary>
    public IReadOnlyList<Canary> Canaries =>
    [
        .. Paths.Where(static path => path.Path is not "/tmp").Select(static path => new Canary(path.Name, path.Path)),
        .. new[] { new Canary("user name", User), new Canary("host name", HostName) }.Where(static canary => canary.Value.Length >= CanarySearch.ShortestValue),
        .. Variables.Where(static variable => variable.Value.Length >= CanarySearch.ShortestValue).Select(static variable => new Canary($"variable {variable.Key}", variable.Value)),
    ];

    /// <summary>A text with the machine's paths replaced by their names, so that it can be compared with that of another machine.</summary>
    public string Neutral(string text)
    {
        foreach ((string path, string name) in Paths)
        {
            text = text.Replace(path, $"{{{name}}}", StringComparison.Ordinal);
            // As the compiler's PathMap writes it.
            text = path.Contains(',', StringComparison.Ordinal) ? text.Replace(path.Replace(",", ",,", StringComparison.Ordinal), $"{{{name}}}", StringComparison.Ordinal) : text;
        }

        return text;
    }
}
