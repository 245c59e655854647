using System.Collections.Immutable;

namespace ReproGate.Facts;

/// <summary>The MSBuild files of the repository that one project's evaluation reads: the project and what it imports inside the root.</summary>
public sealed record RepositoryFiles
{
    /// <summary>The files in the order they are evaluated, each element with its place in the text.</summary>
    public ImmutableArray<ProjectFileText> Files { get; init; } = [];

    /// <summary>Whether every import inside the root was followed. Where one was not, an absence proves nothing.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Every element of every file.</summary>
    public IEnumerable<ProjectElement> Elements => Files.SelectMany(static file => file.Elements);

    /// <summary>The elements that set a property, in order of evaluation.</summary>
    public IEnumerable<ProjectElement> Properties(string name) =>
        Elements.Where(element => element.Parent == "PropertyGroup" && element.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The elements that add or change an item, in order of evaluation.</summary>
    public IEnumerable<ProjectElement> Items(string type, string include) => Elements.Where(element =>
        element.Parent == "ItemGroup"
        && element.Name.Equals(type, StringComparison.OrdinalIgnoreCase)
        && (element.Names("Include", include) || element.Names("Update", include)));
}

/// <summary>One MSBuild file.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Elements">Its elements in document order.</param>
public sealed record ProjectFileText(string Path, ImmutableArray<ProjectElement> Elements);

/// <summary>One element of an MSBuild file.</summary>
/// <param name="Name">Element name.</param>
/// <param name="Location">The place of its start tag.</param>
public sealed record ProjectElement(string Name, SourceLocation Location)
{
    /// <summary>Name of the element around it; empty for the root.</summary>
    public string Parent { get; init; } = "";

    /// <summary>The element around it where that is an item (this one is then metadata); null otherwise.</summary>
    public ProjectElement? ParentItem { get; init; }

    /// <summary>Its attributes.</summary>
    public ImmutableArray<ProjectAttribute> Attributes { get; init; } = [];

    /// <summary>Its text where it holds nothing else, trimmed; empty otherwise.</summary>
    public string Text { get; init; } = "";

    /// <summary>The span of <see cref="Text"/>; null where there is none, or it is not written on one line exactly as it reads.</summary>
    public TextSpan? TextSpan { get; init; }

    /// <summary>Its own condition and those of everything around it, imports of its file included, outermost first.</summary>
    public ImmutableArray<string> Conditions { get; init; } = [];

    /// <summary>An attribute's value; empty where it is absent.</summary>
    public string this[string attribute] => Attribute(attribute)?.Value ?? "";

    /// <summary>An attribute; null where it is absent. MSBuild's item metadata attributes ignore case.</summary>
    public ProjectAttribute? Attribute(string name) => Attributes.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a semicolon-separated attribute names an item.</summary>
    public bool Names(string attribute, string item) =>
        this[attribute] is { Length: > 0 } list && list.Split(';', StringSplitOptions.TrimEntries).Contains(item, StringComparer.OrdinalIgnoreCase);
}

/// <summary>An attribute and the place of its value.</summary>
/// <param name="Name">Attribute name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Location">The place of the value's first character.</param>
/// <param name="Span">The value's span; null where it is not written on one line exactly as it reads.</param>
public sealed record ProjectAttribute(string Name, string Value, SourceLocation Location, TextSpan? Span);

/// <summary>A span on one line: one-based, end exclusive.</summary>
/// <param name="File">Absolute path of the file.</param>
/// <param name="Line">One-based line.</param>
/// <param name="StartColumn">One-based first column.</param>
/// <param name="EndColumn">One-based column after the last character.</param>
public sealed record TextSpan(string File, int Line, int StartColumn, int EndColumn)
{
    /// <summary>The place of its first character.</summary>
    public SourceLocation Start => new(File, Line, StartColumn);

    /// <summary>An edit that replaces it.</summary>
    public TextEdit Replace(string text) => new(File, Line, StartColumn, Line, EndColumn, text);
}

/// <summary>A version written in a JSON file of the repository: a tool, an MSBuild SDK.</summary>
/// <param name="Id">Package id.</param>
/// <param name="Version">The version as written.</param>
/// <param name="Span">The version's span inside its quotes.</param>
public sealed record DeclaredVersion(string Id, string Version, TextSpan Span)
{
    /// <summary>The id's span inside its quotes; null where it was not read from a text.</summary>
    public TextSpan? IdSpan { get; init; }
}
