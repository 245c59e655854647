using System.Collections.Immutable;

namespace ReproGate.Facts.Feeds;

/// <summary>Where a package's id and version are written.</summary>
/// <param name="Id">Where the id is; line 0 where only the file is known.</param>
/// <param name="Version">Where the version is; the id's place where it is nowhere by itself.</param>
public sealed record PackagePlaces(SourceLocation Id, SourceLocation Version)
{
    private static readonly ImmutableArray<string> References = ["PackageReference", "GlobalPackageReference", "PackageVersion"];
    private static readonly ImmutableArray<string> Downloads = ["PackageDownload"];

    /// <summary>The id's text; null where it is not written as one plain text.</summary>
    public TextSpan? IdSpan { get; init; }

    /// <summary>The version's text; null where it is not written as one plain text.</summary>
    public TextSpan? VersionSpan { get; init; }

    /// <summary>The id's text in its central versions.</summary>
    public ImmutableArray<TextSpan> CentralIdSpans { get; init; } = [];

    /// <summary>The version as it is written, or as the property that is named there has it; empty where an expression chooses it or there is none.</summary>
    public string VersionText { get; init; } = "";

    /// <summary>Finds them in one item that names the package.</summary>
    /// <param name="item">The item.</param>
    /// <param name="files">The files of the evaluation, for a version that is a property.</param>
    /// <param name="id">The package id.</param>
    public static PackagePlaces OfItem(ProjectElement item, RepositoryFiles files, string id)
    {
        (string text, SourceLocation at, TextSpan? span) = Versions(item, files).FirstOrDefault();
        if (text is not null && PropertyName(text) is { } property)
        {
            // Where it is set twice, a condition may choose.
            ProjectElement[] definitions = [.. files.Properties(property)];
            (text, at, span) = definitions is [var only] ? (only.Text, only.TextSpan?.Start ?? only.Location, only.TextSpan) : ("", at, null);
        }

        bool plain = text is not null && !text.Contains('$', StringComparison.Ordinal);
        return new PackagePlaces(item.Location, at ?? item.Location)
        {
            IdSpan = SpanOf(item, id),
            VersionSpan = plain ? span : null,
            VersionText = plain ? text!.Trim() : "",
        };
    }

    /// <summary>Finds them in MSBuild files.</summary>
    /// <param name="files">The repository's files of the evaluation.</param>
    /// <param name="id">The package id.</param>
    /// <param name="version">The version as evaluated; empty where there is none.</param>
    /// <param name="isDownload">Whether it is a PackageDownload.</param>
    /// <param name="fallback">The file to name where nothing is found.</param>
    /// <param name="holds">Whether a condition holds in this evaluation, null where that cannot be told: of several places under conditions those count that are in effect.</param>
    public static PackagePlaces Of(RepositoryFiles files, string id, string version, bool isDownload, string fallback, Func<string, bool?>? holds = null)
    {
        ProjectElement? item = null, versioned = null;
        foreach (string type in isDownload ? Downloads : References)
        {
            foreach (ProjectElement candidate in InEffect(files.Items(type, id), holds))
            {
                item ??= candidate;
                foreach ((string text, SourceLocation at, TextSpan? span) in Versions(candidate, files))
                {
                    if (version.Length == 0 || text.Split(';', StringSplitOptions.TrimEntries).Contains(version, StringComparer.OrdinalIgnoreCase))
                    {
                        return Found(item, at, text == version ? span : null);
                    }

                    if (PropertyName(text) is { } property
                        && files.Properties(property).LastOrDefault(element => element.Text.Equals(version, StringComparison.OrdinalIgnoreCase)) is { } definition)
                    {
                        return Found(item, definition.TextSpan?.Start ?? definition.Location, definition.TextSpan);
                    }

                    versioned ??= candidate;
                }
            }
        }

        return item is null ? new PackagePlaces(new SourceLocation(fallback), new SourceLocation(fallback)) : Found(item, (versioned ?? item).Location, null);

        PackagePlaces Found(ProjectElement element, SourceLocation at, TextSpan? span) => new(element.Location, at)
        {
            IdSpan = SpanOf(element, id),
            VersionSpan = span,
            CentralIdSpans = isDownload ? [] : [.. files.Items("PackageVersion", id).Select(central => SpanOf(central, id)).OfType<TextSpan>()],
        };
    }

    // Where none is known to be in effect, what is asked is not this evaluation's to answer, and all count.
    private static IEnumerable<ProjectElement> InEffect(IEnumerable<ProjectElement> items, Func<string, bool?>? holds)
    {
        ProjectElement[] all = [.. items];
        if (holds is null || all.Length < 2)
        {
            return all;
        }

        ProjectElement[] effective = [.. all.Where(item => item.Conditions.All(condition => holds(condition) != false))];
        return effective.Length > 0 ? effective : all;
    }

    private static TextSpan? SpanOf(ProjectElement item, string id) => item.Attribute("Include") is { } include && include.Value.Equals(id, StringComparison.OrdinalIgnoreCase) ? include.Span : null;

    private static IEnumerable<(string Text, SourceLocation At, TextSpan? Span)> Versions(ProjectElement item, RepositoryFiles files)
    {
        foreach (string name in (ImmutableArray<string>)["VersionOverride", "Version"])
        {
            if (item.Attribute(name) is { } attribute)
            {
                yield return (attribute.Value, attribute.Location, attribute.Span);
            }

            foreach (ProjectElement child in files.Elements.Where(element => ReferenceEquals(element.ParentItem, item) && element.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return (child.Text, child.TextSpan?.Start ?? child.Location, child.TextSpan);
            }
        }
    }

    private static string? PropertyName(string text) => text.StartsWith("$(", StringComparison.Ordinal) && text.EndsWith(')') && text.IndexOf('(', 2) < 0 ? text[2..^1].Trim() : null;
}
