using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>How a package is declared.</summary>
public enum PackageDeclarationKind
{
    /// <summary>A PackageReference, GlobalPackageReference or PackageVersion.</summary>
    Reference,

    /// <summary>A <c>#:package</c> line of a file-based app.</summary>
    Directive,

    /// <summary>A PackageDownload.</summary>
    Download,

    /// <summary>A tool of a tool manifest.</summary>
    Tool,

    /// <summary>An MSBuild SDK in global.json.</summary>
    Sdk,

    /// <summary>Brought by another package; known once NuGet has resolved it.</summary>
    Transitive,
}

/// <summary>A package that the commit git holds does not have.</summary>
/// <param name="Id">Its id as written.</param>
/// <param name="Version">The exact version, or the inclusive lower bound of its range, normalised; empty where there is none.</param>
/// <param name="Kind">How it is declared.</param>
/// <param name="Location">Where its id is written.</param>
public sealed record NewPackage(string Id, string Version, PackageDeclarationKind Kind, SourceLocation Location)
{
    /// <summary>Where its version is written: the central version's line where versions are central.</summary>
    public SourceLocation VersionLocation { get; init; } = Location;

    /// <summary>Where the version's text stands, to replace it; null where it is not written as one plain text.</summary>
    public TextSpan? VersionSpan { get; init; }

    /// <summary>Where the id's text stands, to replace it; null where it is not written as one plain text.</summary>
    public TextSpan? IdSpan { get; init; }

    /// <summary>Where the id stands in central versions, if it has one there that is written as plain text.</summary>
    public ImmutableArray<TextSpan> CentralIdSpans { get; init; } = [];

    /// <summary>Every id that has a central version.</summary>
    public ImmutableHashSet<string> CentralIds { get; init; } = [];

    /// <summary>Ids that the same file or project declares in the same way: none of them can be written in this one's place, or it would be there twice.</summary>
    public ImmutableHashSet<string> Siblings { get; init; } = [];

    /// <summary>IncludeAssets as written; empty: all.</summary>
    public string IncludeAssets { get; init; } = "";

    /// <summary>ExcludeAssets as written; empty: none.</summary>
    public string ExcludeAssets { get; init; } = "";

    /// <summary>True where the commit has no version of the id at all; false for another version of a known package.</summary>
    public bool IsIdNew { get; init; } = true;

    /// <summary>The edits that name another package in its place: also its central version, unless the other has one already. Empty where the id is not written as plain text, or the other is declared beside it.</summary>
    /// <param name="id">The other package.</param>
    public ImmutableArray<TextEdit> RenameTo(string id) => IdSpan is not { } span || Siblings.Contains(id) ? []
        : CentralIds.Contains(id) ? [span.Replace(id)]
        : [span.Replace(id), .. CentralIdSpans.Where(central => central != span).Select(central => central.Replace(id))];

    /// <summary><c>id version</c> for people.</summary>
    public string Name => Version.Length > 0 ? $"{Id} {Version}" : Id;
}

/// <summary>A new package and what was learned about it.</summary>
/// <param name="Package">The package.</param>
/// <param name="LookUp">What is known.</param>
public sealed record LookedUpPackage(NewPackage Package, PackageLookUp LookUp);
