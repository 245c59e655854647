using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>One application with everything that is known of its configuration: what its code asks for, what is declared, what provides it in each environment.</summary>
public sealed record AppConfiguration
{
    /// <summary>What the code reads and how it builds its configuration.</summary>
    public required ExecutableConfiguration Code { get; init; }

    /// <summary>What is declared.</summary>
    public required EnvironmentMatrix Matrix { get; init; }

    /// <summary>The application as the matrix declares it.</summary>
    public required MatrixApp App { get; init; }

    /// <summary>Every declared environment with its providers.</summary>
    public ImmutableArray<AppEnvironment> Environments { get; init; } = [];

    /// <summary>Absolute paths of the project's settings files (<c>appsettings*.json</c>, <c>{App}.settings*.json</c>, <c>secrets.json</c>), each with whether a publish ships it.</summary>
    public ImmutableArray<SettingsFile> SettingsFiles { get; init; } = [];

    /// <summary>What the build freezes.</summary>
    public FrozenAtBuild Frozen { get; init; } = new();

    /// <summary>The repository's root, with a trailing separator: files outside it are not the repository's to mend.</summary>
    public required string RepositoryRoot { get; init; }
}

/// <summary>What provides one application's configuration in one environment.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Set">Its providers, variables, ports and hosts.</param>
public sealed record AppEnvironment(MatrixEnvironment Environment, ProviderSet Set)
{
    /// <summary>A developer's machine: what only a developer has (launch settings, user secrets) is at its place here.</summary>
    public bool IsDevelopers => Environment.Network == NetworkKind.Host && Environment.DotNetName.Equals("Development", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A settings file of a project.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Ships">Whether a publish copies it.</param>
public sealed record SettingsFile(string Path, bool Ships);

/// <summary>Properties of the build that decide what a variable can still change when the application runs.</summary>
public sealed record FrozenAtBuild
{
    /// <summary>Trimmed or compiled ahead of time: feature switches are constants in the output.</summary>
    public bool Trimmed { get; init; }

    /// <summary>Feature switches that the project sets: name of the environment variable that would override it → name of the property.</summary>
    public ImmutableDictionary<string, string> Switches { get; init; } = ImmutableDictionary<string, string>.Empty;
}
