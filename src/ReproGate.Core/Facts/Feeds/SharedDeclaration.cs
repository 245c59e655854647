using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>
/// A package that a file of the repository declares without any project referencing it: a tool of a manifest, an MSBuild SDK, a central
/// version.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version as written; empty where there is none, or an expression chooses it.</param>
/// <param name="Location">Where its id is written.</param>
public sealed record SharedDeclaration(PackageDeclarationKind Kind, string Id, string Version, SourceLocation Location)
{
    /// <summary>Where its version is written.</summary>
    public SourceLocation VersionLocation { get; init; } = Location;

    /// <summary>The id's text, to replace it; null where it is not written as one plain text.</summary>
    public TextSpan? IdSpan { get; init; }

    /// <summary>The version's text, to replace it; null where it is not written as one plain text.</summary>
    public TextSpan? VersionSpan { get; init; }

    /// <summary>The entries of a JSON file: tools, or the MSBuild SDKs of global.json.</summary>
    public static IEnumerable<SharedDeclaration> Of(IEnumerable<DeclaredVersion> versions, PackageDeclarationKind kind) =>
        versions.Select(declared => new SharedDeclaration(kind, declared.Id.Trim(), declared.Version.Trim(), declared.IdSpan?.Start ?? declared.Span.Start)
        {
            VersionLocation = declared.Span.Start,
            IdSpan = declared.IdSpan,
            VersionSpan = declared.Span,
        });

    /// <summary>The MSBuild SDKs that project XML names with a version of its own; the others have theirs in global.json. What an expression chooses is left out.</summary>
    public static IEnumerable<SharedDeclaration> Sdks(RepositoryFiles files) => SdkDeclaration.Of(files)
        .Where(static sdk => sdk.Version.Length > 0 && !IsExpression(sdk.Name))
        .Select(static sdk => new SharedDeclaration(PackageDeclarationKind.Sdk, sdk.Name, IsExpression(sdk.Version) ? "" : sdk.Version, sdk.NameSpan?.Start ?? sdk.Location)
        {
            VersionLocation = sdk.Location,
            IdSpan = sdk.NameSpan,
            VersionSpan = IsExpression(sdk.Version) ? null : sdk.VersionSpan,
        });

    /// <summary>The central versions of Directory.Packages.props and what it imports. What an expression chooses is left out, as is a version it chooses.</summary>
    public static IEnumerable<SharedDeclaration> CentralVersions(RepositoryFiles files)
    {
        foreach (ProjectElement item in files.Elements.Where(static element => element.Parent == "ItemGroup" && element.Name.Equals("PackageVersion", StringComparison.OrdinalIgnoreCase)))
        {
            if (item.Attribute("Include") is not { } include)
            {
                continue;
            }

            string[] ids = include.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (string id in ids.Where(static id => !IsExpression(id)))
            {
                PackagePlaces places = PackagePlaces.OfItem(item, files, id);
                yield return new SharedDeclaration(PackageDeclarationKind.Reference, id, places.VersionText, places.Id)
                {
                    VersionLocation = places.Version,
                    IdSpan = places.IdSpan,
                    VersionSpan = places.VersionSpan,
                };
            }
        }
    }

    /// <summary>Whether the commit declares the same, wherever it does.</summary>
    public bool IsIn(IEnumerable<SharedDeclaration> committed) => committed.Any(other => IsSameId(other) && other.Version.Equals(Version, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether another declaration is of the same kind and id.</summary>
    public bool IsSameId(SharedDeclaration other) => other.Kind == Kind && other.Id.Equals(Id, StringComparison.OrdinalIgnoreCase);

    /// <summary>As a new package.</summary>
    /// <param name="all">Every declaration, this one and those of other files among them.</param>
    /// <param name="version">The exact version, or the lower bound of the range that is written, normalised; empty where there is none.</param>
    /// <param name="isIdNew">Whether the commit has no version of the id at all.</param>
    public NewPackage ToNewPackage(IEnumerable<SharedDeclaration> all, string version, bool isIdNew) => new(Id, version, Kind, Location)
    {
        Siblings = all.Where(other => other.Kind == Kind && other.Location.File == Location.File && !IsSameId(other)).Select(static other => other.Id).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase),
        VersionLocation = VersionLocation,
        IdSpan = IdSpan,
        VersionSpan = VersionSpan,
        IsIdNew = isIdNew,
    };

    private static bool IsExpression(string text) => text.AsSpan().IndexOfAny("$@%*?") >= 0;
}
