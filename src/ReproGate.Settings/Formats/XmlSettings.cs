using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;

namespace ReproGate.Settings.Formats;

/// <summary>
/// Keys of an XML file as <c>AddXmlFile</c> gives them: elements and attributes are names, an attribute <c>Name</c> adds a segment, siblings of the
/// same name get an index, the root counts only by its <c>Name</c> and attributes.
/// </summary>
internal static class XmlSettings
{
    private const int MaxDepth = 256;

    /// <summary>Parses a text.</summary>
    public static ImmutableArray<ProvidedKey> Parse(string text, string path, FaultList faults)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true };
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), settings);
            if (Read(reader, path, faults) is not { } root)
            {
                return [];
            }

            var keys = new KeyCollector(path, faults);
            Provide(keys, root, root.Name.Length == 0 ? null : root.Name);
            return keys.ToImmutable();
        }
        catch (XmlException exception)
        {
            faults.Malformed(new SourceLocation(path, Math.Max(exception.LineNumber, 1), Math.Max(exception.LinePosition, 1)), "it is no XML here, or holds a DTD");
        }

        return [];
    }

    private static Element? Read(XmlReader reader, string path, FaultList faults)
    {
        Element? root = null;
        var open = new Stack<Element>();
        XmlNodeType previous = XmlNodeType.None;
        while (reader.Read())
        {
            previous = Next(reader, previous);
            if (open.Count > MaxDepth)
            {
                faults.NotRead(Place(reader, path), $"it is nested deeper than {MaxDepth} levels");
                return null;
            }
        }

        return root;

        XmlNodeType Next(XmlReader current, XmlNodeType before)
        {
            switch (current.NodeType)
            {
                case XmlNodeType.Element:
                    bool empty = current.IsEmptyElement;
                    var element = new Element(current.LocalName, Place(current, path));
                    ReadAttributes(current, element, path, faults);
                    if (open.TryPeek(out Element? parent))
                    {
                        parent.Add(element);
                    }
                    else
                    {
                        root = element;
                    }

                    if (!empty)
                    {
                        open.Push(element);
                    }

                    // A self-closing element counts as closed.
                    return empty ? XmlNodeType.EndElement : XmlNodeType.Element;

                case XmlNodeType.EndElement:
                    if (open.TryPop(out Element? closed) && before == XmlNodeType.Element)
                    {
                        closed.Text = ("", Place(current, path));
                    }

                    return XmlNodeType.EndElement;

                case XmlNodeType.CDATA or XmlNodeType.Text:
                    if (open.TryPeek(out Element? owner))
                    {
                        owner.Text = (current.Value, Place(current, path));
                    }

                    return current.NodeType;

                case XmlNodeType.XmlDeclaration or XmlNodeType.ProcessingInstruction or XmlNodeType.Comment or XmlNodeType.Whitespace:
                    return current.NodeType;

                default:
                    faults.Malformed(Place(current, path), $"the configuration system does not take a {current.NodeType} here");
                    return current.NodeType;
            }
        }
    }

    private static void ReadAttributes(XmlReader reader, Element element, string path, FaultList faults)
    {
        for (int i = 0; i < reader.AttributeCount; i++)
        {
            reader.MoveToAttribute(i);
            SourceLocation place = Place(reader, path);
            if (reader.NamespaceURI.Length > 0)
            {
                faults.Malformed(place, "the configuration system does not take attributes with a namespace");
                continue;
            }

            if (element.Name.Length == 0 && reader.LocalName.Equals("Name", StringComparison.OrdinalIgnoreCase))
            {
                element.Name = reader.Value;
            }

            element.Attributes.Add((reader.LocalName, reader.Value, place));
        }

        reader.MoveToElement();
    }

    private static void Provide(KeyCollector keys, Element element, string? path)
    {
        if (keys.Full)
        {
            return;
        }

        foreach ((string name, string value, SourceLocation place) in element.Attributes.TakeWhile(_ => !keys.Full))
        {
            keys.Add(new ProvidedKey(path is null ? name : $"{path}:{name}", value, place));
        }

        if (element.Text is ({ } text, _))
        {
            keys.Add(new ProvidedKey(path ?? "", text, element.Place));
        }

        foreach (List<Element> siblings in element.Children)
        {
            for (int i = 0; i < siblings.Count && !keys.Full; i++)
            {
                string child = path is null ? siblings[i].ElementName : $"{path}:{siblings[i].ElementName}";
                child = siblings[i].Name.Length > 0 ? $"{child}:{siblings[i].Name}" : child;
                Provide(keys, siblings[i], siblings.Count > 1 ? $"{child}:{i.ToString(CultureInfo.InvariantCulture)}" : child);
            }
        }
    }

    private static SourceLocation Place(XmlReader reader, string path) =>
        reader is IXmlLineInfo info && info.HasLineInfo() ? new SourceLocation(path, info.LineNumber, info.LinePosition) : new SourceLocation(path, 1, 1);

    private sealed class Element(string elementName, SourceLocation place)
    {
        private readonly Dictionary<string, List<Element>> _siblings = new(StringComparer.OrdinalIgnoreCase);

        public string ElementName { get; } = elementName;

        public SourceLocation Place { get; } = place;

        public string Name { get; set; } = "";

        public List<(string Name, string Value, SourceLocation Place)> Attributes { get; } = [];

        public List<List<Element>> Children { get; } = [];

        public (string Text, SourceLocation Place)? Text { get; set; }

        public void Add(Element child)
        {
            string key = child.Name.Length > 0 ? $"{child.ElementName}:{child.Name}" : child.ElementName;
            if (!_siblings.TryGetValue(key, out List<Element>? same))
            {
                _siblings.Add(key, same = []);
                Children.Add(same);
            }

            same.Add(child);
        }
    }
}
