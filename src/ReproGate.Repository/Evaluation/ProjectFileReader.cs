using System.Collections.Immutable;
using System.Xml;
using ReproGate.Facts;

namespace ReproGate.Repository.Evaluation;

/// <summary>Reads one MSBuild file with the place of every element, attribute and text.</summary>
public static class ProjectFileReader
{
    // MSBuild files nest a handful of levels; anything deeper is hostile.
    private const int MaxDepth = 64;
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>Reads a file; null where it is missing, unreadable, too large or no XML (MSBuild itself has then complained).</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="outerConditions">Conditions of the imports that lead to it.</param>
    public static ProjectFileText? Read(string path, ImmutableArray<string> outerConditions)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxBytes)
            {
                return null;
            }

            return Parse(new StringReader(File.ReadAllText(path)), path, outerConditions);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            return null;
        }
    }

    /// <summary>Reads the same from bytes, without the conditions of any import.</summary>
    /// <param name="content">The file's content, in an encoding that its mark or UTF-8 names.</param>
    /// <param name="path">The file's absolute path.</param>
    public static ProjectFileText? Parse(byte[] content, string path)
    {
        try
        {
            return content.Length > MaxBytes ? null : Parse(new StreamReader(new MemoryStream(content)), path, []);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static ProjectFileText Parse(TextReader text, string path, ImmutableArray<string> outerConditions)
    {
        using (text)
        {
            using XmlReader reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBytes });
            return new ProjectFileText(path, Read(reader, path, outerConditions));
        }
    }

    private static ImmutableArray<ProjectElement> Read(XmlReader reader, string path, ImmutableArray<string> outerConditions)
    {
        var position = (IXmlLineInfo)reader;
        var elements = new List<ProjectElement>();
        var open = new Stack<Open>();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth >= MaxDepth)
                    {
                        return [.. elements];
                    }

                    if (open.TryPeek(out Open? parent))
                    {
                        parent.HasChildren = true;
                    }

                    ProjectElement element = Element(reader, position, path, parent, outerConditions);
                    elements.Add(element);
                    if (element.Name == "When")
                    {
                        parent?.WhenConditions.Add(element["Condition"]);
                    }

                    if (reader.NodeType == XmlNodeType.Element && !reader.IsEmptyElement)
                    {
                        open.Push(new Open(element, elements.Count - 1));
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when open.TryPeek(out Open? owner):
                    owner.AddText(reader.Value, reader.NodeType == XmlNodeType.Text ? position.LineNumber : 0, position.LinePosition);
                    break;
                case XmlNodeType.EndElement:
                    Open closed = open.Pop();
                    if (!closed.HasChildren && closed.Text.Length > 0)
                    {
                        elements[closed.Index] = closed.WithText(path);
                    }

                    break;
            }
        }

        return [.. elements];
    }

    private static ProjectElement Element(XmlReader reader, IXmlLineInfo position, string path, Open? parent, ImmutableArray<string> outerConditions)
    {
        // The position of an element is that of its name; the tag begins one column before.
        var location = new SourceLocation(path, position.LineNumber, position.LinePosition - 1);
        string name = reader.LocalName;
        var attributes = ImmutableArray.CreateBuilder<ProjectAttribute>(reader.AttributeCount);
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            string attribute = reader.LocalName;
            string value = reader.Value;
            int line = position.LineNumber;
            int column = position.LinePosition;
            bool plain = false;
            if (reader.ReadAttributeValue() && reader.NodeType == XmlNodeType.Text)
            {
                line = position.LineNumber;
                column = position.LinePosition;
                // An entity or a line break makes the written text differ from the value.
                plain = reader.Value == value && !value.AsSpan().ContainsAny("<>&\"'\r\n\t");
            }

            attributes.Add(new ProjectAttribute(attribute, value, new SourceLocation(path, line, column), plain ? new TextSpan(path, line, column, column + value.Length) : null));
        }

        reader.MoveToElement();
        string condition = attributes.FirstOrDefault(static attribute => attribute.Name == "Condition")?.Value ?? "";
        ImmutableArray<string> around = parent?.Element.Conditions ?? outerConditions;
        return new ProjectElement(name, location)
        {
            Parent = parent?.Element.Name ?? "",
            ParentItem = parent?.Element is { Parent: "ItemGroup" } item ? item : null,
            Attributes = attributes.ToImmutable(),
            // An Otherwise holds where no When does: its contents depend on what the choice depends on.
            Conditions = condition.Length > 0 ? around.Add(condition)
                : name == "Otherwise" && parent is not null ? around.AddRange(parent.WhenConditions)
                : around,
        };
    }

    private sealed class Open(ProjectElement element, int index)
    {
        private int _line;
        private int _column;
        private int _parts;

        public ProjectElement Element { get; } = element;

        public int Index { get; } = index;

        public bool HasChildren { get; set; }

        public string Text { get; private set; } = "";

        public List<string> WhenConditions { get; } = [];

        public void AddText(string text, int line, int column)
        {
            if (_parts++ == 0)
            {
                (_line, _column) = (line, column);
            }

            Text += text;
        }

        public ProjectElement WithText(string path)
        {
            string trimmed = Text.Trim();
            int start = Text.Length - Text.TrimStart().Length;
            bool plain = _parts == 1 && _line > 0 && !Text.AsSpan(0, start + trimmed.Length).ContainsAny('\r', '\n') && !trimmed.AsSpan().ContainsAny("<>&");
            return Element with { Text = trimmed, TextSpan = plain ? new TextSpan(path, _line, _column + start, _column + start + trimmed.Length) : null };
        }
    }
}
