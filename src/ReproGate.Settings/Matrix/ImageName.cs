using System.Text.RegularExpressions;

namespace ReproGate.Settings.Matrix;

/// <summary>Names of container images, as far as they stand in files without anything put in.</summary>
internal static partial class ImageName
{
    /// <summary>
    /// The name without tag and digest, of its path what stands behind the last segment that something is put into: <c>shop/api</c> of
    /// <c>${REGISTRY}/shop/api:${TAG}</c>. Empty where the last segment itself is not known.
    /// </summary>
    public static string Literal(string image)
    {
        string text = Holes().Replace(image.Trim(), "\0");
        string[] segments = text.Split('/');
        segments[^1] = segments[^1].Split('@')[0].Split(':')[0];
        int hole = Array.FindLastIndex(segments, static segment => segment.Contains('\0', StringComparison.Ordinal) || segment.Length == 0);
        return string.Join('/', segments[(hole + 1)..]).ToLowerInvariant();
    }

    /// <summary>Whether two names mean one image: they are equal, or one lacks what the other has in front, a registry or a namespace.</summary>
    public static bool IsSame(string left, string right) =>
        left.Length > 0 && right.Length > 0 && (left == right || left.EndsWith($"/{right}", StringComparison.Ordinal) || right.EndsWith($"/{left}", StringComparison.Ordinal));

    /// <summary>The last segment of a name.</summary>
    public static string Last(string literal) => literal[(literal.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"\$\{\{.*?\}\}|\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|#\{[^}]*\}#?|__[A-Za-z]\w*__", RegexOptions.CultureInvariant)]
    private static partial Regex Holes();
}
