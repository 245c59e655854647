using System.Xml.Linq;

namespace ReproGate.TestKit;

/// <summary>A NuGet.config: sources, source mapping, credentials. Cleared of everything above it unless said otherwise.</summary>
public sealed class NuGetConfigBuilder
{
    private readonly List<XElement> _sources = [];
    private readonly List<XElement> _mapping = [];
    private readonly List<XElement> _credentials = [];
    private readonly List<XElement> _more = [];
    private bool _inherits;

    /// <summary>Leaves the <c>clear</c> elements out, so sources and mappings of user, machine and parent folders stay in effect.</summary>
    public NuGetConfigBuilder Inherit()
    {
        _inherits = true;
        return this;
    }

    /// <summary>Adds a source, with the package patterns mapped to it (none where none is given).</summary>
    /// <param name="key">The source's name.</param>
    /// <param name="value">A folder, the address of a service index (it ends in <c>.json</c>), or that of a version 2 feed.</param>
    /// <param name="patterns">For example <c>*</c> or <c>Acme.*</c>.</param>
    public NuGetConfigBuilder Source(string key, string value, params string[] patterns)
    {
        var source = new XElement("add", new XAttribute("key", key), new XAttribute("value", value));
        if (value.StartsWith("http", StringComparison.OrdinalIgnoreCase) && value.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            source.Add(new XAttribute("protocolVersion", "3"));
        }

        if (value.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            // A feed on loopback speaks plain HTTP, of which NuGet would warn (NU1803) or refuse it (NU1302).
            source.Add(new XAttribute("allowInsecureConnections", "true"));
        }

        _sources.Add(source);
        if (patterns.Length > 0)
        {
            _mapping.Add(new XElement("packageSource", new XAttribute("key", key), patterns.Select(static pattern => new XElement("package", new XAttribute("pattern", pattern)))));
        }

        return this;
    }

    /// <summary>Adds an HTTP feed as a source.</summary>
    public NuGetConfigBuilder Source(string key, HttpFeed feed, params string[] patterns) => Source(key, feed.Url, patterns);

    /// <summary>Adds clear-text credentials for a source whose key is a valid XML name.</summary>
    public NuGetConfigBuilder Credentials(string key, string user, string password)
    {
        _credentials.Add(new XElement(
            key,
            new XElement("add", new XAttribute("key", "Username"), new XAttribute("value", user)),
            new XElement("add", new XAttribute("key", "ClearTextPassword"), new XAttribute("value", password))));
        return this;
    }

    /// <summary>Adds any further section, for example <c>config</c> or <c>disabledPackageSources</c>, with one <c>add</c> element each.</summary>
    public NuGetConfigBuilder Section(string name, params (string Key, string Value)[] entries)
    {
        _more.Add(new XElement(name, entries.Select(static entry => new XElement("add", new XAttribute("key", entry.Key), new XAttribute("value", entry.Value)))));
        return this;
    }

    /// <summary>The file's text, indented, one element a line.</summary>
    public string ToXml()
    {
        var root = new XElement("configuration", Cleared("packageSources", _sources));
        if (_mapping.Count > 0)
        {
            root.Add(Cleared("packageSourceMapping", _mapping));
        }

        if (!_inherits)
        {
            root.Add(Cleared("fallbackPackageFolders", []));
        }

        if (_credentials.Count > 0)
        {
            root.Add(new XElement("packageSourceCredentials", _credentials));
        }

        root.Add(_more);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root + "\n";
    }

    private XElement Cleared(string name, List<XElement> children) => new(name, _inherits ? null : new XElement("clear"), children);
}
