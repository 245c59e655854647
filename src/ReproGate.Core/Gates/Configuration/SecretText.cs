using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Gates.Configuration;

/// <summary>What is certainly a secret, what is certainly none, and how values are shown.</summary>
internal static partial class SecretText
{
    // Published by their makers for emulators and documentation: they open nothing.
    private static readonly string[] Published =
    [
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        "EXAMPLE",
    ];

    // "cache:6379,password=…", "{ "apiKey": "…" }", "--token …" within a longer value.
    private static readonly Regex SecretPart = new(
        $@"(?:{string.Join('|', SecretNames.Words)})s?[""']?\s*[:= ]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

    /// <summary>The kind of secret a text certainly holds, <c>a GitHub token</c>; null for any other text. How random a text looks never counts.</summary>
    public static string? KindOf(string text)
    {
        if (text.Length is < 16 or > 20_000 || Published.Any(published => text.Contains(published, StringComparison.Ordinal)))
        {
            return null;
        }

        return PrivateKey().IsMatch(text) ? "a private key"
            : Aws().IsMatch(text) ? "an AWS access key"
            : GitHub().IsMatch(text) ? "a GitHub token"
            : GitLab().IsMatch(text) ? "a GitLab token"
            : Slack().IsMatch(text) ? "a Slack token"
            : Stripe().IsMatch(text) ? "a Stripe key"
            : Google().IsMatch(text) ? "a Google API key"
            : SendGrid().IsMatch(text) ? "a SendGrid key"
            : NuGetKey().IsMatch(text) ? "a NuGet API key"
            : AzureKey().IsMatch(text) ? "an Azure account key"
            : null;
    }

    /// <summary>Whether a value is plainly not one yet: empty, or a mark that something else replaces.</summary>
    public static bool IsPlaceholder(string? value) => string.IsNullOrWhiteSpace(value) || (value.Length <= 4096 && Placeholder().IsMatch(value.Trim()));

    /// <summary>Whether a key's last segment is a name that secrets have.</summary>
    public static bool IsSecretName(string key) => SecretNames.Has(key);

    /// <summary>A value for a message: <c>"abc"</c>, without what may be secret in it, and shortened.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="secret">Whether it is declared to be one.</param>
    public static string Show(string key, string value, bool secret)
    {
        if (secret || key.Split(':').Any(IsSecretName) || key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase) || KindOf(value) is not null
            || (value.Contains('=', StringComparison.Ordinal) && value.Contains(';', StringComparison.Ordinal)) || value.Length > 4096 || SecretPart.IsMatch(value))
        {
            return "the value (not shown)";
        }

        string text = Redaction.Url(value);
        text = new string([.. text.Take(60).Select(static letter => char.IsControl(letter) ? '?' : letter)]) + (text.Length > 60 ? "…" : "");
        return $"\"{text}\"";
    }

    [GeneratedRegex(@"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=\s]{40,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Aws();

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})(?![A-Za-z0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GitHub();

    [GeneratedRegex(@"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20}(?![A-Za-z0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GitLab();

    [GeneratedRegex(@"(?<![A-Za-z0-9])xox[abprs]-[0-9]{8,}-[0-9A-Za-z-]{16,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Slack();

    [GeneratedRegex(@"(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{20,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stripe();

    [GeneratedRegex(@"(?<![A-Za-z0-9])AIza[0-9A-Za-z_-]{35}(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Google();

    [GeneratedRegex(@"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SendGrid();

    [GeneratedRegex(@"(?<![A-Za-z0-9])oy2[a-z0-9]{43}(?![A-Za-z0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NuGetKey();

    [GeneratedRegex(@"AccountKey=[A-Za-z0-9+/]{86}==", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex AzureKey();

    [GeneratedRegex(@"^(?:.*\$\{.*\}.*|.*\$\(.*\).*|.*#\{.*\}#?.*|.*\{\{.*\}\}.*|__.+__|<.*>|\*{3,}|x{3,}|\.{3}|…|change[-_ ]?me|changeit|todo|tbd|replace[-_ ]?me|your[-_ ].*|placeholder|dummy|secret|none|null|n/a)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, 1000)]
    private static partial Regex Placeholder();
}
