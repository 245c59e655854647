namespace ReproGate.Facts;

/// <summary>Where things are declared in MSBuild XML files. Rules ask only when they have a finding, so a healthy repository's files are never read for it.</summary>
public interface IDeclarationPositions
{
    /// <summary>The element that declares an item, for example a PackageReference.</summary>
    /// <param name="file">Absolute path of the file that declares it (DefiningProjectFullPath).</param>
    /// <param name="itemType">The item type, for example <c>PackageReference</c>.</param>
    /// <param name="include">The item's identity; for a ProjectReference the absolute path of the project.</param>
    /// <returns>The position; line 0 where the file does not name the item literally.</returns>
    DeclarationPosition Item(string file, string itemType, string include);

    /// <summary>The last element that sets a property.</summary>
    /// <param name="file">Absolute path of the file.</param>
    /// <param name="names">Names of properties, the best first.</param>
    /// <returns>The position; line 0 where the file sets none of them.</returns>
    DeclarationPosition Property(string file, params ReadOnlySpan<string> names);

    /// <summary>Where a file's root element ends, which is where something new goes that has nothing of its kind beside it.</summary>
    /// <param name="file">Absolute path of the file.</param>
    /// <returns>The place and indentation; null where the file has no end tag on a line of its own or cannot be read.</returns>
    DeclarationEnd? End(string file);

    /// <summary>The edit that takes a declaration out, with its line.</summary>
    /// <param name="position">Where it is declared.</param>
    /// <param name="item">The only item that it names.</param>
    /// <returns>The edit; null where the element shares its line, goes on behind it, or names other items too.</returns>
    TextEdit? Removal(DeclarationPosition position, string item) => null;
}

/// <summary>The end of a file's declarations.</summary>
/// <param name="Location">The start of the root's end tag.</param>
/// <param name="Indent">What the root's children are indented by.</param>
public sealed record DeclarationEnd(SourceLocation Location, string Indent);

/// <summary>Where something is declared.</summary>
/// <param name="Location">The element's start; line 0 where only the file is known.</param>
/// <param name="Condition">The conditions that surround it, joined by <c>and</c>; empty where it is unconditional.</param>
public sealed record DeclarationPosition(SourceLocation Location, string Condition = "")
{
    /// <summary>Whether an element was found.</summary>
    public bool Found => Location.Line > 0;

    /// <summary>What the element includes, as it is written; empty where only the file is known.</summary>
    public string Written { get; init; } = "";
}
