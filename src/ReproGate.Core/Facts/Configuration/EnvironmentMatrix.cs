using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>The declared environment matrix, <c>reprogate.env.json</c>: which key each application needs in which environment, and from where. It never holds a value.</summary>
public sealed record EnvironmentMatrix
{
    /// <summary>Absolute path of the file.</summary>
    public required string File { get; init; }

    public ImmutableArray<MatrixEnvironment> Environments { get; init; } = [];

    public ImmutableArray<MatrixApp> Apps { get; init; } = [];

    public ImmutableArray<MatrixKey> Keys { get; init; } = [];

    /// <summary>Where a row that sorts behind all others goes; null where the file has no <c>keys</c>.</summary>
    public MatrixEnd? End { get; init; }

    /// <summary>The application that a project is; null where no application names it.</summary>
    /// <param name="project">Absolute path of the project file.</param>
    /// <param name="root">The repository's root.</param>
    public MatrixApp? AppOf(string project, string root)
    {
        string relative = Path.GetRelativePath(root, project).Replace('\\', '/');
        return Apps.FirstOrDefault(app => app.Project.Equals(relative, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>The end of the rows.</summary>
/// <param name="Location">Behind the last row and its comma, or behind the opening brace where there are no rows.</param>
/// <param name="NeedsComma">Whether a comma must come before the next row.</param>
public sealed record MatrixEnd(SourceLocation Location, bool NeedsComma);

/// <summary>A declared environment.</summary>
/// <param name="Name">Its name in the matrix: <c>prod</c>.</param>
/// <param name="DotNetName">The value of <c>DOTNET_ENVIRONMENT</c> there: <c>Production</c>.</param>
/// <param name="Network">Where its processes run, which decides what <c>localhost</c> means.</param>
/// <param name="Location">Its place in the matrix.</param>
public sealed record MatrixEnvironment(string Name, string DotNetName, NetworkKind Network, SourceLocation Location);

/// <summary>Where the processes of an environment run.</summary>
public enum NetworkKind
{
    Host,
    Compose,
    Kubernetes,
}

/// <summary>An application and the sources it has beside those of its host, per environment and in order, lowest priority first.</summary>
/// <param name="Name">Its name in the matrix.</param>
/// <param name="Project">Project file, relative to the repository with <c>/</c>.</param>
/// <param name="Location">Its place in the matrix.</param>
public sealed record MatrixApp(string Name, string Project, SourceLocation Location)
{
    /// <summary>Environment name → sources.</summary>
    public ImmutableDictionary<string, ImmutableArray<MatrixSource>> Sources { get; init; } = ImmutableDictionary<string, ImmutableArray<MatrixSource>>.Empty;

    /// <summary>Marked <c>// inferred</c>: no person has said yet that it belongs into its environments.</summary>
    public bool Inferred { get; init; }
}

/// <summary>
/// A source as the matrix names it: <c>appsettings</c>, <c>launchSettings[:profile]</c>, <c>userSecrets</c>, <c>env:.env</c>,
/// <c>compose:compose.yaml[,compose.prod.yaml]#service</c>, <c>k8s:deploy/prod/#Deployment/name[/container]</c>, <c>helm:values.yaml</c>,
/// <c>dockerfile:Dockerfile</c>, <c>github:.github/workflows/ci.yml#job</c>, <c>aspire:AppHost#resource</c>, <c>external:vault</c>.
/// </summary>
/// <param name="Kind">The word before the colon.</param>
/// <param name="Files">Files or folder, relative to the repository with <c>/</c>; later ones override.</param>
/// <param name="Target">What stands behind <c>#</c>: service, workload, job; empty where nothing does.</param>
/// <param name="Location">Its place in the matrix.</param>
public sealed record MatrixSource(string Kind, ImmutableArray<string> Files, string Target, SourceLocation Location);

/// <summary>A declared key.</summary>
/// <param name="Key">Key or pattern (<c>Tenants:*:Url</c>); <c>:**</c> at the end stands for everything below.</param>
/// <param name="Location">Its place in the matrix.</param>
public sealed record MatrixKey(string Key, SourceLocation Location)
{
    /// <summary>The apps it is declared for; empty for all.</summary>
    public ImmutableArray<string> Apps { get; init; } = [];

    public ConfigurationValueType? Type { get; init; }

    public ImmutableArray<string> EnumMembers { get; init; } = [];

    public bool Secret { get; init; }

    /// <summary>May be seen by a client.</summary>
    public bool Public { get; init; }

    /// <summary>Frozen when built, not read when run.</summary>
    public bool BuildPhase { get; init; }

    /// <summary>Keys of the same non-empty group: one of them is enough.</summary>
    public string AnyOf { get; init; } = "";

    public string Why { get; init; } = "";

    /// <summary>
    /// A member, type or namespace (<c>Shop.Tenants.Settings</c>) whose computed reads this pattern stands for, where the code does not show
    /// even the beginning of the key; empty where the key's own text is enough.
    /// </summary>
    public string ReadBy { get; init; } = "";

    /// <summary>
    /// A row that <c>ReproGateInit</c> wrote for a computed read (<c>(Shop.Tenants.Get):*</c>) and in which nobody has put the pattern yet: it says that the read is known,
    /// and nothing of which keys it takes.
    /// </summary>
    public bool IsPlaceholder => ReadBy.Length > 0 && Key.Length > 0 && Key[0] == '(';

    /// <summary>Marked <c>// inferred</c>, not yet confirmed by a person.</summary>
    public bool Inferred { get; init; }

    /// <summary>The last of the lines that hold this row and nothing else; 0 where something stands beside it.</summary>
    public int LastOwnLine { get; init; }

    /// <summary>Environment name → cell. An environment without a cell has the default cell: required, from any source.</summary>
    public ImmutableDictionary<string, MatrixCell> Cells { get; init; } = ImmutableDictionary<string, MatrixCell>.Empty;
}

/// <summary>What a key is in one environment.</summary>
/// <param name="Presence">Whether it must be there.</param>
/// <param name="Source">The source it must come from: a kind or full source of <see cref="MatrixSource"/>; <c>any</c> for any.</param>
/// <param name="Location">Its place in the matrix.</param>
public sealed record MatrixCell(Presence Presence, string Source, SourceLocation Location);

/// <summary>Whether a key must be given.</summary>
public enum Presence
{
    Required,

    /// <summary><c>?</c></summary>
    Optional,

    /// <summary><c>-</c></summary>
    Forbidden,
}
