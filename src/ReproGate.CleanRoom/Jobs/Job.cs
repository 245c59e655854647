using System.Security.Cryptography;
using System.Text;

namespace ReproGate.CleanRoom.Jobs;

/// <summary>One clean room among several: what is built, and for which platform.</summary>
/// <param name="Name">Its name, which no other job of the same matrix has: a folder's, an artifact's. See <see cref="IsName"/>.</param>
/// <param name="Entry">The solution or project, relative to the repository's root, with forward slashes.</param>
public sealed record Job(string Name, string Entry)
{
    private const int LongestName = 80;
    private const int LongestEntry = 4096;

    /// <summary>The platform of the room, as <c>linux/arm64</c>; empty for the one of the image that the engine has.</summary>
    public string Platform { get; init; } = "";

    /// <summary>The docker context or podman connection that this job belongs to; empty where any will do.</summary>
    public string Context { get; init; } = "";

    /// <summary>The name of a job by what it does: the entry with <c>-</c> for every sign that a file's or an artifact's name may not hold, then platform and context.</summary>
    public static string NameOf(string entry, string platform, string context)
    {
        string whole = string.Join('@', ((string[])[entry, platform, context]).Where(static part => part.Length > 0));
        string name = string.Concat(whole.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '-')).TrimStart('.', '-').TrimEnd('.');
        // A long one, or one without a letter that may stay, is still told from others.
        return name.Length is > 0 and <= LongestName ? name : name[..Math.Min(name.Length, LongestName - 13)] + (name.Length > 0 ? "-" : "") + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..12];
    }

    /// <summary>Whether a text may be a job's name: it is the name of a folder, of an artifact and of nothing else.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 100 && name[0] is not ('.' or '-') && name[^1] is not '.' && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');

    /// <summary>Whether a text may be an entry: a path that stays below the root on every system, without a part that is a drive, a parent or nothing.</summary>
    public static bool IsEntry(string entry) => entry.Length is > 0 and <= LongestEntry && !entry.Any(static letter => char.IsControl(letter) || letter is '\\' or ':') && entry.Split('/').All(static part => part is not ("" or "." or ".."));

    /// <summary>Whether a text may be a platform: <c>os/architecture</c>, perhaps with a variant.</summary>
    public static bool IsPlatform(string platform) => platform.Length <= 64 && platform.Split('/') is { Length: 2 or 3 } parts && parts.All(static part => part.Length > 0 && part.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'));

    /// <summary>Whether a text may be a context's name: as docker has it, and no option.</summary>
    public static bool IsContext(string context) => context.Length is > 0 and <= 200 && context[0] is not '-' && context.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '+');
}
