using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.Text;
using ReproGate.Gates.Packages;

namespace ReproGate.Analyzers.Packages;

/// <summary>Puts an element into a project file beside those of its kind, and leaves everything else as it stands.</summary>
internal static class ElementInsertion
{
    /// <summary>
    /// The text with the element before the first of its kind that sorts behind it, else before the last one; where there is none of its kind, or only some for
    /// target frameworks, in a group of its own at the end. Null where all of its kind stand under other conditions, where the element is there already, and where the text is no XML.
    /// </summary>
    /// <param name="text">The project file.</param>
    /// <param name="kind"><c>PackageReference</c> or <c>PackageVersion</c>.</param>
    /// <param name="id">The package's id.</param>
    /// <param name="element">The element.</param>
    public static SourceText? Into(SourceText text, string kind, string id, string element)
    {
        XElement[] found;
        XElement root;
        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(text.ToString()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            found = [.. root.Descendants().Where(one => one.Name.LocalName == kind && one.Attribute("Include") is not null)];
        }
        catch (XmlException)
        {
            return null;
        }

        if (found.Any(one => Id(one).Equals(id, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        XElement[] beside = [.. found.Where(static one => one.AncestorsAndSelf().All(static part => part.Attribute("Condition") is null)).OrderBy(Id, StringComparer.OrdinalIgnoreCase)];
        if (beside.Length > 0)
        {
            XElement next = beside.FirstOrDefault(one => string.Compare(Id(one), id, StringComparison.OrdinalIgnoreCase) > 0) ?? beside[beside.Length - 1];
            var place = (IXmlLineInfo)next;
            TextLine line = text.Lines[place.LineNumber - 1];
            // The reader stands at the name, behind the bracket.
            int at = line.Start + place.LinePosition - 2;
            string before = text.ToString(TextSpan.FromBounds(line.Start, at));
            return text.WithChanges(new TextChange(new TextSpan(at, 0), element + LineEnd(text) + (string.IsNullOrWhiteSpace(before) ? before : "")));
        }

        int end = text.ToString().LastIndexOf("</", StringComparison.Ordinal);
        if (!found.All(IsForFramework) || end < 0 || root.Name.LocalName != "Project")
        {
            return null;
        }

        string indent = root.Elements().FirstOrDefault() is IXmlLineInfo first && first.HasLineInfo() && first.LinePosition > 2 && text.Lines[first.LineNumber - 1].ToString().StartsWith("\t", StringComparison.Ordinal) ? "\t" : "  ";
        string put = $"{indent}<ItemGroup>{LineEnd(text)}{indent}{indent}{element}{LineEnd(text)}{indent}</ItemGroup>{LineEnd(text)}";
        return text.WithChanges(new TextChange(new TextSpan(end, 0), put));
    }

    private static bool IsForFramework(XElement element) =>
        FrameworkCondition.IsOnly(string.Concat(element.AncestorsAndSelf().Select(static part => part.Attribute("Condition")?.Value)));

    private static string Id(XElement element) => element.Attribute("Include")?.Value ?? "";

    private static string LineEnd(SourceText text) => text.Lines.Count > 1 && text.Lines[0].EndIncludingLineBreak - text.Lines[0].End == 2 ? "\r\n" : "\n";
}
