using System.Text.RegularExpressions;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Repository;

/// <summary>Finds the <c>#:package Id@Version</c> and <c>#:sdk Id@Version</c> lines of a file-based app.</summary>
public static partial class PackageDirectives
{
    private const long MaxBytes = 16 << 20;

    /// <summary>Where a package is declared; null where the file cannot be read or does not declare it literally.</summary>
    /// <param name="file">Absolute path of the source file.</param>
    /// <param name="id">The package id.</param>
    public static PackagePlaces? Find(string file, string id) =>
        Read(file).FirstOrDefault(line => line.Kind == PackageDeclarationKind.Directive && line.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } found
            ? new PackagePlaces(found.Location, found.VersionLocation) { IdSpan = found.IdSpan, VersionSpan = found.VersionSpan }
            : null;

    /// <summary>The MSBuild SDKs that an app declares with a version; the others come with the .NET SDK or have theirs in global.json.</summary>
    /// <param name="file">Absolute path of the source file; one that cannot be read declares nothing.</param>
    public static IReadOnlyList<SharedDeclaration> Sdks(string file) => [.. Read(file).Where(IsSdk)];

    /// <summary>The same from a text.</summary>
    /// <param name="file">Absolute path of the source file.</param>
    /// <param name="text">Its text; it is disposed of.</param>
    public static IReadOnlyList<SharedDeclaration> Sdks(string file, TextReader text) => [.. Read(file, text).Where(IsSdk)];

    private static bool IsSdk(SharedDeclaration line) => line is { Kind: PackageDeclarationKind.Sdk, Version.Length: > 0 };

    private static List<SharedDeclaration> Read(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: < MaxBytes } ? Read(file, new StreamReader(file)) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where it cannot be read now, the place of the package is not known.
            return [];
        }
    }

    private static List<SharedDeclaration> Read(string file, TextReader text)
    {
        List<SharedDeclaration> found = [];
        using (text)
        {
            try
            {
                for (int number = 1; text.ReadLine() is { } line; number++)
                {
                    if (Directive().Match(line) is not { Success: true } match)
                    {
                        continue;
                    }

                    Group version = match.Groups["version"];
                    TextSpan? versionSpan = version.Success ? Span(version) : null;
                    found.Add(new SharedDeclaration(
                        match.Groups["kind"].Value == "sdk" ? PackageDeclarationKind.Sdk : PackageDeclarationKind.Directive,
                        match.Groups["id"].Value,
                        version.Value,
                        new SourceLocation(file, number, 1))
                    {
                        VersionLocation = versionSpan?.Start ?? new SourceLocation(file, number, 1),
                        IdSpan = Span(match.Groups["id"]),
                        VersionSpan = versionSpan,
                    });

                    TextSpan Span(Group group) => new(file, number, group.Index + 1, group.Index + group.Length + 1);
                }
            }
            catch (RegexMatchTimeoutException)
            {
                // A line made to be slow; what stands above it still counts.
            }
        }

        return found;
    }

    [GeneratedRegex(@"^\s*#:(?<kind>package|sdk)\s+(?<id>[^@\s]+)(\s*@\s*(?<version>\S+))?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Directive();
}
