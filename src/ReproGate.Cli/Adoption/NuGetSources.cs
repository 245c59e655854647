using System.Xml;
using System.Xml.Linq;
using ReproGate.Facts;

namespace ReproGate.Cli.Adoption;

/// <summary>The repository's own <c>NuGet.config</c>: its sources and nobody else's, and which package comes from which.</summary>
internal static class NuGetSources
{
    /// <summary>The file with cleared sections, the sources in effect, and a mapping.</summary>
    /// <param name="current">The text of the repository's file; null where it has none.</param>
    /// <param name="settings">The effective configuration.</param>
    /// <param name="origins">Package id → the source it was taken from, as the packages folder recorded it.</param>
    /// <param name="notes">Told what a person has to look at.</param>
    public static string Propose(string? current, NuGetSettingsFacts settings, IReadOnlyDictionary<string, string> origins, Action<string> notes)
    {
        XDocument document = Load(current);
        XElement root = document.Root!;
        string before = document.ToString();
        var kept = new List<PackageSourceFact>();
        foreach (PackageSourceFact source in settings.EnabledSources)
        {
            if (source.IsLocal && source.Level != SettingsLevel.Repository)
            {
                notes($"The source '{source.Name}' is a folder of this machine ({source.Display}), so it is left out. Packages from it need a feed that everybody reaches.");
                continue;
            }

            kept.Add(source);
        }

        if (kept.Count == 0)
        {
            notes("No source is left, so nothing could be restored. Add one to NuGet.config.");
        }

        XElement sources = Cleared(root, "packageSources");
        foreach (PackageSourceFact source in kept.Where(source => !Names(sources).Contains(source.Name)))
        {
            var add = new XElement("add", new XAttribute("key", source.Name), new XAttribute("value", source.RawValue.Length > 0 ? source.RawValue : source.Value));
            if (source.ProtocolVersion.Length > 0)
            {
                add.SetAttributeValue("protocolVersion", source.ProtocolVersion);
            }

            sources.Add(add);
        }

        bool ownMapping = settings.Mappings.Any(static mapping => mapping.Level == SettingsLevel.Repository);
        XElement mapping = Cleared(root, "packageSourceMapping");
        if (!ownMapping)
        {
            foreach ((string key, IEnumerable<string> patterns) in Map(kept, origins))
            {
                mapping.Add(new XElement("packageSource", new XAttribute("key", key), patterns.Select(static pattern => new XElement("package", new XAttribute("pattern", pattern)))));
            }
        }

        Cleared(root, "disabledPackageSources");
        Cleared(root, "fallbackPackageFolders");
        // Comments and layout of a file that says all this already stay as they are.
        return current is not null && document.ToString() == before ? current : Save(document);
    }

    /// <summary>Which patterns each source serves: the one that most packages came from serves the rest, the others what came from them.</summary>
    internal static IEnumerable<(string Key, IEnumerable<string> Patterns)> Map(IReadOnlyList<PackageSourceFact> sources, IReadOnlyDictionary<string, string> origins)
    {
        if (sources.Count == 0)
        {
            yield break;
        }

        ILookup<PackageSourceFact?, string> bySource = origins.ToLookup(
            origin => sources.FirstOrDefault(source => Same(source.Value, origin.Value)),
            static origin => origin.Key);
        PackageSourceFact main = sources.MaxBy(source => bySource[source].Count())!;
        foreach (PackageSourceFact source in sources)
        {
            string[] own = [.. bySource[source].Order(StringComparer.OrdinalIgnoreCase)];
            if (source == main)
            {
                yield return (source.Name, ["*"]);
            }
            else if (own.Length > 0)
            {
                yield return (source.Name, Patterns(own, [.. origins.Keys.Except(own, StringComparer.OrdinalIgnoreCase)]));
            }
        }
    }

    /// <summary>A prefix that all packages of one owner share and none of another source has; else the ids themselves.</summary>
    private static IEnumerable<string> Patterns(string[] own, string[] others)
    {
        foreach (IGrouping<string, string> group in own.GroupBy(static id => id.Split('.')[0], StringComparer.OrdinalIgnoreCase))
        {
            string prefix = group.Key + ".";
            bool shared = group.Count() > 1 && group.All(id => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && !others.Any(id => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
            foreach (string pattern in shared ? [prefix + "*"] : group.AsEnumerable())
            {
                yield return pattern;
            }
        }
    }

    private static bool Same(string left, string right) => left.TrimEnd('/', '\\').Equals(right.TrimEnd('/', '\\'), StringComparison.OrdinalIgnoreCase);

    private static XElement Cleared(XElement root, string name)
    {
        XElement? section = root.Elements().FirstOrDefault(element => element.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (section is null)
        {
            root.Add(section = new XElement(name));
        }

        if (!section.Elements("clear").Any())
        {
            section.AddFirst(new XElement("clear"));
        }

        return section;
    }

    private static HashSet<string> Names(XElement sources) => [.. sources.Elements("add").Select(static add => (string?)add.Attribute("key") ?? "")];

    private static XDocument Load(string? text)
    {
        if (text is null)
        {
            return new XDocument(new XElement("configuration"));
        }

        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            XDocument document = XDocument.Load(reader);
            return document.Root?.Name.LocalName == "configuration" ? document : throw new ToolException("NuGet.config has no <configuration> element.");
        }
        catch (XmlException exception)
        {
            throw new ToolException("NuGet.config is no XML: " + exception.Message);
        }
    }

    private static string Save(XDocument document)
    {
        var text = new StringWriter();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
        {
            document.Save(writer);
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }
}
