using ReproGate.Facts.Configuration;

namespace ReproGate.Gates.Configuration;

/// <summary>Compares providers with the sources that cells name.</summary>
internal static class SourceNames
{
    /// <summary>The word before the colon.</summary>
    public static string Kind(string source)
    {
        int colon = source.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? source : source[..colon];
    }

    /// <summary>Whether a provider is what a cell names: by its kind, or by the whole source.</summary>
    public static bool Is(ProviderFacts provider, string source) =>
        source == "any"
        || (source.Contains(':', StringComparison.Ordinal)
            ? Normal(provider.Source).Equals(Normal(source), StringComparison.OrdinalIgnoreCase)
            : provider.SourceKind.Equals(source, StringComparison.OrdinalIgnoreCase));

    private static string Normal(string source) => source.Replace(" ", "", StringComparison.Ordinal).Replace("/#", "#", StringComparison.Ordinal);
}
