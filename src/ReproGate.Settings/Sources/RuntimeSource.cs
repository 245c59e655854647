using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Sources;

/// <summary>Variables that come from one place.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Origin">Where its text lives.</param>
/// <param name="File">Absolute path.</param>
internal sealed record VariableGroup(string Name, ProviderOrigin Origin, string File)
{
    /// <summary><see cref="ProvidedKey.Key"/> is the variable's name.</summary>
    public ImmutableArray<ProvidedKey> Variables { get; init; } = [];

    public bool DeveloperOnly { get; init; }

    /// <summary>Whether it gives variables that cannot be known.</summary>
    public bool Opaque { get; init; }

    /// <summary>Empty where it is loaded.</summary>
    public string NotLoadedBecause { get; init; } = "";
}

/// <summary>A file or folder that stands in the container.</summary>
/// <param name="Path">Its path in the container; <c>{content}/…</c> below the application's own folder.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Location">Where it is mounted.</param>
internal sealed record MountedFile(string Path, string Name, SourceLocation Location)
{
    /// <summary>The file or folder of the repository; null where its content comes from elsewhere.</summary>
    public string? HostPath { get; init; }

    /// <summary>The content where a manifest holds it.</summary>
    public string? Content { get; init; }

    /// <summary>Where the content's first line stands; null where it is not known to the line.</summary>
    public SourceLocation? ContentLocation { get; init; }

    public ProviderOrigin Origin { get; init; }

    public bool Secret { get; init; }

    /// <summary>Whether a literal stands in the manifest although <see cref="Content"/> does not carry it.</summary>
    public bool LiteralInFile { get; init; }

    /// <summary>The folder is there, but which files it holds is not known.</summary>
    public bool OpaqueFolder { get; init; }
}

/// <summary>What one source of the matrix gives a process.</summary>
internal sealed record RuntimeSource
{
    /// <summary>Lowest priority first.</summary>
    public ImmutableArray<VariableGroup> Groups { get; init; } = [];

    public ImmutableArray<MountedFile> Mounts { get; init; } = [];

    /// <summary>Arguments of the command line, each with its place; null where the source does not set them.</summary>
    public ImmutableArray<ProvidedKey>? Arguments { get; init; }

    /// <summary>The container's working directory; empty where not known.</summary>
    public string WorkingDirectory { get; init; } = "";

    public NetworkFacts Network { get; init; } = new();

    public ImmutableArray<VariableGroup> BuildArguments { get; init; } = [];

    public ImmutableArray<InterpolatedVariable> Interpolations { get; init; } = [];
}
