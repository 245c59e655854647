using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings;

/// <summary>Which application in which environment is asked for.</summary>
public sealed record ProviderRequest
{
    /// <summary>How it builds its configuration.</summary>
    public required HostConfiguration Host { get; init; }

    /// <summary>Absolute path of the project's folder, which is the content root.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>The .NET environment's name; that of a host which nothing tells another.</summary>
    public string EnvironmentName { get; init; } = "Production";

    /// <summary>Name of the executable's assembly.</summary>
    public string AssemblyName { get; init; } = "";

    /// <summary>The sources the matrix declares for the application there, lowest priority first.</summary>
    public ImmutableArray<MatrixSource> Sources { get; init; } = [];

    /// <summary>Whether git tracks a file (absolute path); null where that is not known, then every file counts as tracked.</summary>
    public Func<string, bool>? IsTracked { get; init; }

    /// <summary>Absolute paths of the files that publish copies; null where not known, then the default of the web SDK is taken.</summary>
    public ImmutableArray<string>? PublishedFiles { get; init; }
}
