using System.Collections.Immutable;
using System.Xml;
using ReproGate.Facts;

namespace ReproGate.NuGet.Configuration;

/// <summary>
/// The text of one NuGet configuration file: where each entry stands and how it is written. NuGet's own reader gives the
/// merged values without lines, and resolves paths and variables; this gives what it leaves out.
/// </summary>
internal sealed class NuGetConfigText
{
    private readonly Dictionary<(string Section, string Key), Entry> _entries = [];
    private readonly Dictionary<(string SourceKey, string Pattern), Entry> _patterns = [];
    private readonly List<SettingsSectionFact> _sections = [];

    private NuGetConfigText()
    {
    }

    public ImmutableArray<SettingsSectionFact> Sections => [.. _sections];

    /// <summary>Reads a file. One that is unreadable or no XML has no entries: NuGet's own reader is the one to complain.</summary>
    public static NuGetConfigText Read(string path)
    {
        var text = new NuGetConfigText();
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            text.Read(reader, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            // What was read before the fault stays: it is right as far as it goes.
        }

        return text;
    }

    /// <summary>The last entry with this key in a section, as NuGet lets the last of a file win; null where there is none.</summary>
    public Entry? Find(string section, string key) => _entries.GetValueOrDefault((section, key.ToUpperInvariant()));

    /// <summary>A mapping entry; null where there is none.</summary>
    public Entry? FindPattern(string sourceKey, string pattern) => _patterns.GetValueOrDefault((sourceKey.ToUpperInvariant(), pattern.ToUpperInvariant()));

    private void Read(XmlReader reader, string path)
    {
        var position = (IXmlLineInfo)reader;
        string section = "";
        string mappedSource = "";
        int sectionIndex = -1;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            // The position of an element is that of its name; the tag begins one column before.
            int line = position.LineNumber;
            int column = position.LinePosition - 1;
            switch (reader.Depth)
            {
                case 1:
                    section = reader.LocalName;
                    sectionIndex = _sections.Count;
                    _sections.Add(new SettingsSectionFact(section, line, column, HasClear: false));
                    break;
                case 2 when reader.LocalName == "clear":
                    _sections[sectionIndex] = _sections[sectionIndex] with { HasClear = true };
                    break;
                case 2 when reader.GetAttribute("key") is { } key:
                    mappedSource = key;
                    _entries[(section, key.ToUpperInvariant())] = new Entry(new SourceLocation(path, line, column), reader.GetAttribute("value") ?? "");
                    break;
                case 3 when section == "packageSourceMapping" && reader.GetAttribute("pattern") is { } pattern:
                    _patterns[(mappedSource.ToUpperInvariant(), pattern.ToUpperInvariant())] = new Entry(new SourceLocation(path, line, column), pattern);
                    break;
            }
        }
    }

    /// <summary>An entry's place and its value as written.</summary>
    public sealed record Entry(SourceLocation Location, string RawValue);
}
