using System.Collections.Immutable;
using System.Text;

namespace ReproGate.Reports;

/// <summary>
/// Takes absolute machine paths out of reports: a report is uploaded and read on other machines, and a path names its user.
/// A path below a known root is written relative to that root; of any other only the file name stays.
/// </summary>
public sealed class ReportPaths
{
    /// <summary>The base id of the repository, as SARIF consumers know it.</summary>
    public const string RepositoryBase = "SRCROOT";

    /// <summary>The base id of a file below no known root.</summary>
    public const string UnknownBase = "OUTSIDE";

    private readonly ImmutableArray<(string BaseId, string Root, string Replacement)> _roots;
    private readonly StringComparison _comparison;

    /// <summary>Creates the mapping.</summary>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="others">Further roots, such as the home directory: base id, absolute path, and what stands for it in text.</param>
    /// <param name="ignoreCase">Whether the host's paths ignore case.</param>
    public ReportPaths(string repositoryRoot, IEnumerable<(string BaseId, string Root, string Replacement)>? others = null, bool ignoreCase = false)
    {
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        // The longest root first: a package folder below the home directory is the package folder. A drive's or system's root
        // ("/" as home of a container's user) names nobody and would swallow every other path.
        _roots =
        [
            .. (others ?? []).Prepend((RepositoryBase, repositoryRoot, ""))
                .Select(static root => (root.Item1, Root: root.Item2.TrimEnd('/', '\\'), root.Item3))
                .Where(static root => root.Root.Length > 0 && !root.Root.EndsWith(':'))
                .OrderByDescending(static root => root.Root.Length),
        ];
    }

    /// <summary>The relative, percent-encoded URI of a file and the id of the base it is relative to.</summary>
    public (string Uri, string BaseId) Locate(string file)
    {
        foreach ((string baseId, string root, _) in _roots)
        {
            if (file.Length > root.Length + 1 && file.StartsWith(root, _comparison) && file[root.Length] is '/' or '\\')
            {
                return (Encode(file[(root.Length + 1)..]), baseId);
            }
        }

        return (Encode(file[(file.LastIndexOfAny(['/', '\\']) + 1)..]), UnknownBase);
    }

    /// <summary>Replaces known roots in a text: the repository's own disappears, the home directory becomes <c>~</c>.</summary>
    public string Scrub(string text)
    {
        foreach ((_, string root, string replacement) in _roots)
        {
            text = Replace(text, root, replacement);
        }

        return text;
    }

    private string Replace(string text, string root, string replacement)
    {
        int at = text.IndexOf(root, _comparison);
        if (at < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        int copied = 0;
        while (at >= 0)
        {
            int end = at + root.Length;
            // "/home/ann" is not the start of "/home/anne".
            bool whole = end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] is '-' or '_');
            if (whole)
            {
                result.Append(text, copied, at - copied);
                bool followed = end < text.Length && text[end] is '/' or '\\';
                result.Append(replacement.Length > 0 ? replacement : followed ? "" : ".");
                copied = replacement.Length == 0 && followed ? end + 1 : end;
            }

            at = text.IndexOf(root, end, _comparison);
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    private static string Encode(string relative) => string.Join('/', relative.Split('/', '\\').Where(static part => part.Length > 0).Select(Uri.EscapeDataString));
}
