using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>What of an output a value of the build ends in.</summary>
public enum FrozenInto
{
    /// <summary>A constant of the compiler.</summary>
    Constant,

    /// <summary>An attribute of the assembly: its version, <c>AssemblyMetadata</c> and the like.</summary>
    AssemblyAttribute,

    /// <summary>Which sources or resources are compiled, or a source that a target writes.</summary>
    Source,

    /// <summary><c>runtimeconfig.json</c>.</summary>
    RuntimeConfig,

    /// <summary>A static file that a web application serves.</summary>
    StaticAsset,
}

/// <summary>An environment variable that decides what a project's output holds.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Location">The place that reads it; of a default that the variable overrides, the default's.</param>
/// <param name="Through">The properties and items on the way, each once, what it ends in last.</param>
/// <param name="Into">What it ends in.</param>
/// <param name="End">The element it ends in.</param>
public sealed record FrozenVariable(string Name, SourceLocation Location, ImmutableArray<string> Through, FrozenInto Into, SourceLocation End)
{
    /// <summary>Whether the repository gives a default, and the variable, set in the environment of this build, takes its place.</summary>
    public bool OverridesDefault { get; init; }
}
