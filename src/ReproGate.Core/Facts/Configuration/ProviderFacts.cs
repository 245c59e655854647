using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>One provider of one application in one environment, with every key it gives.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Name">What a person calls it: <c>appsettings.Production.json</c>, <c>compose.yaml service api</c>, <c>ConfigMap shop-api</c>.</param>
public sealed record ProviderFacts(ProviderKind Kind, string Name)
{
    /// <summary>Absolute path of the file; empty where it is none.</summary>
    public string File { get; init; } = "";

    /// <summary>What it gives, in the order of the file.</summary>
    public ImmutableArray<ProvidedKey> Keys { get; init; } = [];

    /// <summary>Only on a developer's machine (launchSettings, user secrets, an untracked .env).</summary>
    public bool DeveloperOnly { get; init; }

    /// <summary>False where the file exists but the host never loads it in this environment (RGATE3004).</summary>
    public bool Loaded { get; init; } = true;

    /// <summary>Why it is not loaded, one phrase without full stop; empty where it is.</summary>
    public string NotLoadedBecause { get; init; } = "";

    /// <summary>Which keys it gives cannot be known from the repository: a vault, a Helm value, a secret made elsewhere.</summary>
    public bool Opaque { get; init; }

    /// <summary>Where its text lives, which rules about secrets ask.</summary>
    public ProviderOrigin Origin { get; init; }

    /// <summary>
    /// The word of <see cref="MatrixSource.Kind"/> it belongs to (<c>appsettings</c>, <c>compose</c>, <c>k8s</c>, …); <c>code</c> for what the code
    /// itself adds.
    /// </summary>
    public string SourceKind { get; init; } = "";

    /// <summary>The full source as the matrix writes it (<c>compose:compose.yaml#api</c>); the kind alone where the host brings the provider.</summary>
    public string Source { get; init; } = "";

    /// <summary>The .NET environment that a file's name holds: <c>Production</c> of <c>appsettings.Production.json</c>; empty where it holds none.</summary>
    public string ForEnvironment { get; init; } = "";

    /// <summary>The file name the host asks for where the file on disk differs from it only in case (RGATE3041); empty elsewhere.</summary>
    public string ExpectedName { get; init; } = "";

    /// <summary>Whether publish copies the file beside the application.</summary>
    public bool InPublish { get; init; }

    /// <summary>Prefix of the variables it takes, as the code gives it (<c>ASPNETCORE_</c>); empty where it takes all or is no environment.</summary>
    public string Prefix { get; init; } = "";
}

/// <summary>Where a provider's text lives.</summary>
public enum ProviderOrigin
{
    /// <summary>A file of the project: appsettings and its like.</summary>
    ProjectFile,

    /// <summary>A file under <c>wwwroot</c>: a client can read it.</summary>
    PublicFile,

    /// <summary>The code itself.</summary>
    Code,

    LaunchSettings,
    UserSecrets,
    DotEnv,
    Compose,
    DockerfileEnv,

    /// <summary>A Dockerfile's <c>ARG</c>, known to the build and to the image's history; no provider of the application.</summary>
    DockerfileArg,

    /// <summary>What the base image sets.</summary>
    BaseImage,

    /// <summary>A literal in a workload's manifest.</summary>
    Workload,
    ConfigMap,
    KubernetesSecret,
    Helm,
    GitHubActions,
    Aspire,

    /// <summary>Outside the repository.</summary>
    External,
}

/// <summary>A key that a provider gives.</summary>
/// <param name="Key">Segments joined by <c>:</c>, as the configuration system sees it; for an environment variable after its mapping.</param>
/// <param name="Value">The value; null where it is null or not known. May be a secret: never print it without redaction.</param>
/// <param name="Location">File, line and column of the key.</param>
public sealed record ProvidedKey(string Key, string? Value, SourceLocation Location)
{
    /// <summary>False where only the presence is known: a value taken from a secret store or a Helm value.</summary>
    public bool ValueIsKnown { get; init; } = true;

    /// <summary>As it stands in the source: <c>Orders__Url</c>.</summary>
    public string WrittenAs { get; init; } = "";

    /// <summary>Whether it is an empty object or array, which exists but has no value.</summary>
    public bool EmptyContainer { get; init; }

    /// <summary>Whether the value comes out of a secret store (a Kubernetes Secret, a compose secret, <c>secrets.X</c>); its text is not kept.</summary>
    public bool FromSecretStore { get; init; }

    /// <summary>Whether a literal stands at <see cref="Location"/> although <see cref="Value"/> does not carry it: a Secret's manifest in the repository.</summary>
    public bool LiteralInFile { get; init; }

    /// <summary>False where the source itself says that it may be missing: <c>optional: true</c>, a variable passed through from the shell.</summary>
    public bool Certain { get; init; } = true;
}

/// <summary>A key of the effective configuration of one application in one environment.</summary>
/// <param name="Key">The key.</param>
/// <param name="Winner">The provider whose value counts.</param>
/// <param name="Value">What it gives.</param>
/// <param name="Shadowed">Providers that give it too and lose, highest priority first.</param>
public sealed record EffectiveKey(string Key, ProviderFacts Winner, ProvidedKey Value, ImmutableArray<(ProviderFacts Provider, ProvidedKey Key)> Shadowed);
