using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>Everything that gives one application its configuration in one environment, and what the readers could not read.</summary>
public sealed record ProviderSet
{
    /// <summary>
    /// Lowest priority first. Those with <see cref="ProviderFacts.Loaded"/> false give nothing in this environment; they stand here because the
    /// repository holds them (another environment's file, a developer's launch profile).
    /// </summary>
    public ImmutableArray<ProviderFacts> Providers { get; init; } = [];

    /// <summary>The plain environment variables of the process, by their names as they are written, lowest priority first: what <c>GetEnvironmentVariable</c> sees.</summary>
    public ImmutableArray<ProviderFacts> Variables { get; init; } = [];

    /// <summary>Arguments a Dockerfile takes when the image is built, and properties of the build that compose passes.</summary>
    public ImmutableArray<ProviderFacts> BuildArguments { get; init; } = [];

    /// <summary><c>${X}</c> in compose files.</summary>
    public ImmutableArray<InterpolatedVariable> Interpolations { get; init; } = [];

    /// <summary>Ports and hosts that belong to the application or to what stands beside it.</summary>
    public NetworkFacts Network { get; init; } = new();

    /// <summary>What could not be read, in the order it was found.</summary>
    public ImmutableArray<SettingsFault> Faults { get; init; } = [];
}

/// <summary>Something a reader of settings could not read.</summary>
/// <param name="Location">Where.</param>
/// <param name="Problem">What is wrong there and what was expected, a sentence without full stop; never holds a value.</param>
/// <param name="Kind">What it means.</param>
public sealed record SettingsFault(SourceLocation Location, string Problem, SettingsFaultKind Kind);

/// <summary>What a fault of a reader means.</summary>
public enum SettingsFaultKind
{
    /// <summary>The file is broken: what loads it at run time fails on it too.</summary>
    Malformed,

    /// <summary>A file that the declaration or another file names is not there.</summary>
    Missing,

    /// <summary>Not judged (RGATE0090): too large, too deep, outside the repository, unreadable, or a form that the readers do not follow.</summary>
    NotRead,
}

/// <summary>A variable that compose puts into a file from <c>.env</c> or the shell.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Location">Where it stands: the value's line; its own column where the value stands on one line.</param>
public sealed record InterpolatedVariable(string Name, InterpolationForm Form, SourceLocation Location)
{
    /// <summary>Where <c>.env</c> gives it; null where it does not.</summary>
    public SourceLocation? DefinedAt { get; init; }

    /// <summary>Absolute path of the compose file it belongs to.</summary>
    public string File => Location.File;

    /// <summary>Name of the service that the value belongs to; empty where it belongs to none.</summary>
    public string Service { get; init; } = "";
}

/// <summary>How compose is asked for a variable.</summary>
public enum InterpolationForm
{
    /// <summary><c>$X</c> or <c>${X}</c>: empty, with a warning, where nobody sets it.</summary>
    Plain,

    /// <summary><c>${X:-d}</c>, <c>${X-d}</c>, <c>${X:+a}</c> or <c>${X+a}</c>.</summary>
    WithDefault,

    /// <summary><c>${X:?text}</c> or <c>${X?text}</c>: compose stops where nobody sets it.</summary>
    Required,

    /// <summary>A variable named in <c>environment</c> without a value: handed on where the shell has it, else absent.</summary>
    PassedThrough,
}
