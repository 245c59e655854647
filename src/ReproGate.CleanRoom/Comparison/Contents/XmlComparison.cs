using System.Xml;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares two XML texts by element and attribute.</summary>
internal static class XmlComparison
{
    private const int MaximumDepth = 256;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = false };

    /// <summary>Notes what differs.</summary>
    /// <returns>False where nothing does, so that the difference lies in the text's form.</returns>
    /// <exception cref="XmlException">A text is no XML.</exception>
    public static bool Compare(Differ differ, string where, string left, string right)
    {
        List<ViewItem> leftItems = Read(left);
        List<ViewItem> rightItems = Read(right);
        if (leftItems.Select(static item => (item.Name, item.Value)).SequenceEqual(rightItems.Select(static item => (item.Name, item.Value))))
        {
            return false;
        }

        ViewComparison.Compare(differ, where, leftItems, rightItems);
        return true;
    }

    private static List<ViewItem> Read(string text)
    {
        var items = new List<ViewItem>();
        var path = new List<string>();
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        while (reader.Read())
        {
            if (reader.Depth > MaximumDepth)
            {
                throw new XmlException("The elements are nested too deeply.");
            }

            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    path.RemoveRange(reader.Depth, path.Count - reader.Depth);
                    // What identifies an element stands in its place; a member of documentation by the name of the member.
                    string id = reader.GetAttribute("name") ?? reader.GetAttribute("Name") ?? reader.GetAttribute("Include") ?? reader.GetAttribute("id") ?? "";
                    path.Add(id.Length > 0 ? $"{reader.LocalName}[{id}]" : reader.LocalName);
                    string place = Place(path);
                    string kind = Kind(path);
                    while (reader.MoveToNextAttribute())
                    {
                        items.Add(new ViewItem($"{place}/@{reader.Name}", kind, reader.Value));
                    }

                    reader.MoveToElement();
                    items.Add(new ViewItem(place, kind, ""));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Comment:
                    path.RemoveRange(reader.Depth, path.Count - reader.Depth);
                    items.Add(new ViewItem($"{Place(path)}/{(reader.NodeType == XmlNodeType.Comment ? "comment()" : "text()")}", Kind(path), reader.Value.Trim()));
                    break;
                default:
                    break;
            }
        }

        return items;
    }

    private static string Place(List<string> path) => "/" + string.Join('/', path);

    private static string Kind(List<string> path) => path is ["doc", ..] ? PartKinds.XmlDocumentation : PartKinds.XmlValue;
}
