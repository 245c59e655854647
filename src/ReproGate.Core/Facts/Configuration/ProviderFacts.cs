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

    /// <summary>Which keys it gives cannot be known from the repository: a vault, a Helm value, a secret made elsewhere.</summary>
    public bool Opaque { get; init; }
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
}

/// <summary>A key of the effective configuration of one application in one environment.</summary>
/// <param name="Key">The key.</param>
/// <param name="Winner">The provider whose value counts.</param>
/// <param name="Value">What it gives.</param>
/// <param name="Shadowed">Providers that give it too and lose, highest priority first.</param>
public sealed record EffectiveKey(string Key, ProviderFacts Winner, ProvidedKey Value, ImmutableArray<(ProviderFacts Provider, ProvidedKey Key)> Shadowed);
