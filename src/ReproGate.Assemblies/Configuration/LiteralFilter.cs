using System.Buffers;
using System.Text.RegularExpressions;

namespace ReproGate.Assemblies.Configuration;

/// <summary>Chooses the string constants that a rule about secrets, hosts or paths may look at; all others are forgotten.</summary>
internal static partial class LiteralFilter
{
    /// <summary>Constants kept of one assembly.</summary>
    public const int MaximumCount = 10_000;

    private const int MaximumLength = 4096;

    // What each form of a token holds, so that the expression is asked, and built, for few constants only.
    private static readonly SearchValues<string> TokenStarts = SearchValues.Create(
        ["AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "AIza", "xoxa", "xoxb", "xoxp", "xoxr", "xoxs", "k_live_", "npm_", "oy2", "eyJ", "-----BEGIN ", "SG."],
        StringComparison.Ordinal);

    /// <summary>Whether a constant is kept.</summary>
    public static bool Keeps(string text) =>
        text.Length is >= 4 and <= MaximumLength
        && (text.Contains("://", StringComparison.Ordinal)
            || text.Contains("localhost", StringComparison.OrdinalIgnoreCase)
            || text.Contains("127.0.0.1", StringComparison.Ordinal)
            || text.Contains("(localdb)", StringComparison.OrdinalIgnoreCase)
            || IsAbsolutePath(text)
            || (text.Contains('=', StringComparison.Ordinal) && HasPassword().IsMatch(text))
            || (text.Length >= 16 && text.AsSpan().ContainsAny(TokenStarts) && IsToken().IsMatch(text)));

    // Routes begin with a slash too: only folders that hold a machine's own files.
    private static bool IsAbsolutePath(string text) =>
        (char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] is '\\' or '/')
        || text.StartsWith(@"\\", StringComparison.Ordinal)
        || (text[0] == '/' && UnixRoot().IsMatch(text));

    [GeneratedRegex(@"^/(home|Users|tmp|var|etc|opt|usr|mnt|media|root|srv|private|Volumes)/", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UnixRoot();

    [GeneratedRegex(@"(^|[;\s&?""'])(password|pwd|accountkey|sharedaccesskey|secret|apikey|api_key|client_secret)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HasPassword();

    // Forms that their issuers publish: AWS, GitHub, GitLab, Google, Slack, Stripe, npm, NuGet, Azure SAS, JWT, private keys.
    [GeneratedRegex(@"(A(KIA|SIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}|glpat-[A-Za-z0-9_-]{20}|AIza[0-9A-Za-z_-]{35}|xox[abprs]-[A-Za-z0-9-]{10}|[rs]k_live_[A-Za-z0-9]{16}|npm_[A-Za-z0-9]{36}|oy2[a-z0-9]{43}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|-----BEGIN ([A-Z]+ )?PRIVATE KEY|SG\.[A-Za-z0-9_-]{22}\.)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex IsToken();
}
