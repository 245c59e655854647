using System.Text.RegularExpressions;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Repository;

/// <summary>Finds the <c>#:package Id@Version</c> lines of a file-based app.</summary>
public static partial class PackageDirectives
{
    private const long MaxBytes = 16 << 20;

    /// <summary>Where a package is declared; null where the file cannot be read or does not declare it literally.</summary>
    /// <param name="file">Absolute path of the source file.</param>
    /// <param name="id">The package id.</param>
    public static PackagePlaces? Find(string file, string id)
    {
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: < MaxBytes })
            {
                return null;
            }

            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (Directive().Match(line) is { Success: true } match && match.Groups["id"].Value.Equals(id, StringComparison.OrdinalIgnoreCase))
                {
                    TextSpan name = Span(match.Groups["id"]);
                    TextSpan? version = match.Groups["version"] is { Success: true } written ? Span(written) : null;
                    return new PackagePlaces(new SourceLocation(file, number, 1), version?.Start ?? new SourceLocation(file, number, 1)) { IdSpan = name, VersionSpan = version };
                }

                TextSpan Span(Group group) => new(file, number, group.Index + 1, group.Index + group.Length + 1);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RegexMatchTimeoutException)
        {
            // Where it cannot be read now, the place of the package is not known.
        }

        return null;
    }

    [GeneratedRegex(@"^\s*#:package\s+(?<id>[^@\s]+)(\s*@\s*(?<version>\S+))?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Directive();
}
