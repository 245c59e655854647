using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReproGate.Facts;

namespace ReproGate.Cli.Adoption;

/// <summary>The repository's own <c>NuGet.config</c>: its sources and nobody else's, and which package comes from which.</summary>
internal static partial class NuGetSources
{
    private const string SdkId = "ReproGate.Sdk";

    /// <summary>The file with cleared sections, the sources in effect, and a mapping. What it says already keeps its place and layout.</summary>
    /// <param name="current">The text of the repository's file; null where it has none.</param>
    /// <param name="settings">The effective configuration.</param>
    /// <param name="origins">Package id → the address of the source it was taken from, as the packages folder recorded it.</param>
    /// <param name="sdkSource">The key of the source that has ReproGate.Sdk; null where it was not asked or none has it.</param>
    /// <param name="notes">Told what a person has to look at.</param>
    public static string Propose(string? current, NuGetSettingsFacts settings, IReadOnlyDictionary<string, string> origins, string? sdkSource, Action<string> notes)
    {
        XDocument document = Load(current);
        XElement root = document.Root!;
        string before = document.ToString(SaveOptions.DisableFormatting);
        var kept = new List<PackageSourceFact>();
        foreach (PackageSourceFact source in settings.EnabledSources)
        {
            if (source.IsLocal && source.Level != SettingsLevel.Repository)
            {
                notes($"The source '{source.Name}' is a folder of this machine ({source.Display}), so it is left out. Packages from it need a feed that everybody reaches.");
                continue;
            }

            // The user's file mostly names nuget.org, and a repository may name it by another key.
            if (source.Level != SettingsLevel.Repository && settings.EnabledSources.Any(own => own.Level == SettingsLevel.Repository && own.IsAt(source.Value)))
            {
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

            Put(sources, add);
        }

        bool ownMapping = settings.Mappings.Any(static mapping => mapping.Level == SettingsLevel.Repository);
        XElement mapping = Cleared(root, "packageSourceMapping");
        if (!ownMapping)
        {
            foreach ((string key, IEnumerable<string> patterns) in Map(kept, origins, sdkSource))
            {
                MapTo(mapping, key, patterns);
            }

            string[] idle = [.. kept.Select(static source => source.Name).Except(mapping.Elements("packageSource").Select(static entry => (string)entry.Attribute("key")!))];
            if (idle.Length > 0)
            {
                notes($"No package of the last restore came from {string.Join(", ", idle.Select(static name => $"'{name}'"))}, so nothing is mapped to it: remove that source, or say what it serves.");
            }
        }
        else if (sdkSource is not null && !new SourceMapping(settings.Mappings.Select(static entry => (entry.SourceKey, entry.Pattern))).SourcesFor(SdkId).Contains(sdkSource, StringComparer.OrdinalIgnoreCase))
        {
            MapTo(mapping, sdkSource, [SdkId]);
        }

        Cleared(root, "disabledPackageSources");
        Cleared(root, "fallbackPackageFolders");
        return current is not null && document.ToString(SaveOptions.DisableFormatting) == before ? current : Text(document, current);
    }

    /// <summary>Which patterns each source serves: the one that most packages came from serves the rest, the others what came from them.</summary>
    internal static IEnumerable<(string Key, IEnumerable<string> Patterns)> Map(IReadOnlyList<PackageSourceFact> sources, IReadOnlyDictionary<string, string> origins, string? sdkSource)
    {
        if (sources.Count == 0)
        {
            yield break;
        }

        ILookup<PackageSourceFact?, string> bySource = origins.ToLookup(origin => At(sources, origin.Value), static origin => origin.Key);
        PackageSourceFact main = sources.MaxBy(source => bySource[source].Count(static id => !IsSdk(id)))!;
        foreach (PackageSourceFact source in sources)
        {
            string[] own = [.. bySource[source].Where(static id => !IsSdk(id)).Concat(source.Name == sdkSource ? [SdkId] : []).Order(StringComparer.OrdinalIgnoreCase)];
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

    /// <summary>The source at an address; null where none is there.</summary>
    public static PackageSourceFact? At(IEnumerable<PackageSourceFact> sources, string address) => sources.FirstOrDefault(source => source.IsAt(address));

    private static bool IsSdk(string id) => id.Equals(SdkId, StringComparison.OrdinalIgnoreCase);

    private static void MapTo(XElement mapping, string key, IEnumerable<string> patterns)
    {
        XElement? entry = mapping.Elements("packageSource").FirstOrDefault(element => ((string?)element.Attribute("key"))?.Equals(key, StringComparison.OrdinalIgnoreCase) == true);
        if (entry is null)
        {
            Put(mapping, entry = new XElement("packageSource", new XAttribute("key", key)));
        }

        foreach (string pattern in patterns)
        {
            Put(entry, new XElement("package", new XAttribute("pattern", pattern)));
        }
    }

    private static XElement Cleared(XElement root, string name)
    {
        XElement? section = root.Elements().FirstOrDefault(element => element.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (section is null)
        {
            Put(root, section = new XElement(name));
        }

        if (!section.Elements("clear").Any())
        {
            Put(section, new XElement("clear"), first: true);
        }

        return section;
    }

    /// <summary>Puts an element on a line of its own, indented as the file is.</summary>
    private static void Put(XElement parent, XElement child, bool first = false)
    {
        XElement root = parent.Document!.Root!;
        string unit = root.FirstNode is XText { Value: { } space } && string.IsNullOrWhiteSpace(space) && space.Split('\n')[^1] is { Length: > 0 } indent ? indent : "  ";
        string outer = "\n" + string.Concat(Enumerable.Repeat(unit, parent.Ancestors().Count()));
        XNode? last = first ? null : parent.Nodes().LastOrDefault(static node => node is not XText text || !string.IsNullOrWhiteSpace(text.Value));
        if (last is not null)
        {
            last.AddAfterSelf(new XText(outer + unit), child);
        }
        else
        {
            parent.AddFirst(new XText(outer + unit), child);
        }

        if (child.NextNode is null)
        {
            child.AddAfterSelf(new XText(outer));
        }
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

    /// <summary>The text of a document whose white space is its own, with the declaration that the file had.</summary>
    private static string Text(XDocument document, string? current)
    {
        string start = current is null ? "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" : Start().Match(current).Value;
        string text = document.ToString(SaveOptions.DisableFormatting).Trim('\n');
        string end = current is null || current.EndsWith('\n') ? "\n" : "";
        return current?.Contains("\r\n", StringComparison.Ordinal) == true ? start + (text + end).ReplaceLineEndings("\r\n") : start + text + end;
    }

    [GeneratedRegex(@"^\s*(<\?xml[^>]*\?>\s*)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Start();
}
