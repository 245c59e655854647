using System.Xml;
using System.Xml.Linq;
using ReproGate.Facts;

namespace ReproGate.Repository.ProjectXml;

/// <summary>
/// Finds the element of an MSBuild file that declares an item or a property. Each file is read once, without resolving anything
/// outside it; a file that cannot be read or is no XML has no positions.
/// </summary>
public sealed class ProjectXmlPositions : IDeclarationPositions
{
    /// <summary>Project files are small; a larger one is not read for a position.</summary>
    private const long MaximumLength = 16 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MaximumLength,
        CloseInput = true,
    };

    private readonly Dictionary<string, Declarations> _files = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public DeclarationPosition Item(string file, string itemType, string include)
    {
        Element? best = null;
        foreach (Element element in Read(file).Elements)
        {
            if (element.InItemGroup && element.Name.Equals(itemType, StringComparison.OrdinalIgnoreCase) && Names(element, file, include))
            {
                // An Include declares; an Update only changes what was declared.
                if (best is null || (!best.IsInclude && element.IsInclude))
                {
                    best = element;
                }
            }
        }

        return Position(file, best);
    }

    /// <inheritdoc />
    public DeclarationPosition Property(string file, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Read(file).Elements.FindLast(element => !element.InItemGroup && element.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return Position(file, found);
            }
        }

        return Position(file, null);
    }

    /// <inheritdoc />
    public DeclarationEnd? End(string file) => Read(file) is { EndLine: > 0 } declarations
        ? new DeclarationEnd(new SourceLocation(file, declarations.EndLine, 1), declarations.Indent)
        : null;

    /// <inheritdoc />
    public TextEdit? Removal(DeclarationPosition position, string item)
    {
        if (!position.Found)
        {
            return null;
        }

        (string file, int line) = (position.Location.File, position.Location.Line);
        try
        {
            // The line as it stands: an element of one line that nothing stands beside, no comment either.
            string text = File.ReadLines(file).ElementAt(line - 1);
            return text.Count(static letter => letter == '<') == 1 && XElement.Parse(text) is { IsEmpty: true } element && ((string?)element.Attribute("Include"))?.Trim().Equals(item, StringComparison.OrdinalIgnoreCase) == true
                ? new TextEdit(file, line, 1, line + 1, 1, "")
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    private static DeclarationPosition Position(string file, Element? element) => element is null
        ? new DeclarationPosition(new SourceLocation(file))
        : new DeclarationPosition(new SourceLocation(file, element.Line, element.Column), element.Condition) { Written = element.Items };

    private static bool Names(Element element, string file, string include)
    {
        foreach (string part in element.Items.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Equals(include, StringComparison.OrdinalIgnoreCase) || (Path.IsPathFullyQualified(include) && IsPath(part, file, include)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A path with properties or wildcards in it is taken for the item where at least the file name fits.</summary>
    private static bool IsPath(string written, string file, string absolute)
    {
        string path = written.Replace('\\', Path.DirectorySeparatorChar).Replace('/', Path.DirectorySeparatorChar);
        string directory = Path.GetDirectoryName(file) ?? "";
        if (path.Contains("$(", StringComparison.Ordinal))
        {
            return Path.GetFileName(path).Equals(Path.GetFileName(absolute), StringComparison.OrdinalIgnoreCase);
        }

        try
        {
            return Path.GetFullPath(path, directory).Equals(absolute, StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private Declarations Read(string file)
    {
        if (!_files.TryGetValue(file, out Declarations? declarations))
        {
            declarations = new Declarations();
            try
            {
                Read(file, declarations);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException or ArgumentException or NotSupportedException)
            {
                // MSBuild has read this file a moment ago; where it cannot be read now, the file itself is the position.
                declarations = new Declarations();
            }

            _files.Add(file, declarations);
        }

        return declarations;
    }

    private static void Read(string file, Declarations declarations)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MaximumLength)
        {
            return;
        }

        using XmlReader reader = XmlReader.Create(stream, Settings);
        var lines = (IXmlLineInfo)reader;
        List<(string Name, string Condition)> parents = [];
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.EndElement)
            {
                parents.RemoveAt(parents.Count - 1);
                // The reader stands on the name, two characters behind the bracket: only an end tag that begins its line is a place for new lines.
                if (parents.Count == 0 && lines.LinePosition == 3)
                {
                    declarations.EndLine = lines.LineNumber;
                }

                continue;
            }

            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            string condition = reader.GetAttribute("Condition") ?? "";
            string parent = parents.Count > 0 ? parents[^1].Name : "";
            if (parents.Count == 1 && lines.LinePosition > 1)
            {
                // One character in front of an element is hardly a space.
                declarations.Indent = lines.LinePosition == 3 ? "\t" : new string(' ', lines.LinePosition - 2);
            }

            bool inItems = parent is "ItemGroup" or "ItemDefinitionGroup";
            if (inItems || parent == "PropertyGroup")
            {
                string include = reader.GetAttribute("Include") ?? "";
                string items = include.Length > 0 ? include : reader.GetAttribute("Update") ?? "";
                string all = string.Join(" and ", parents.Select(static outer => outer.Condition).Append(condition).Where(static text => text.Length > 0));
                // The reader stands on the name, one character behind the bracket.
                declarations.Elements.Add(new Element(reader.LocalName, inItems, items, include.Length > 0, lines.LineNumber, Math.Max(1, lines.LinePosition - 1), all));
            }

            if (!reader.IsEmptyElement)
            {
                parents.Add((reader.LocalName, condition));
            }
        }
    }

    /// <summary>What one file declares.</summary>
    private sealed class Declarations
    {
        public List<Element> Elements { get; } = [];

        /// <summary>The line of the root's end tag; zero where it does not begin its line.</summary>
        public int EndLine { get; set; }

        public string Indent { get; set; } = "  ";
    }

    private sealed record Element(string Name, bool InItemGroup, string Items, bool IsInclude, int Line, int Column, string Condition);
}
