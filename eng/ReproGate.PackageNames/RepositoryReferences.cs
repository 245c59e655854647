using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace ReproGate.PackageNames;

/// <summary>What one repository's project files and NuGet settings say: the ids it references, those it makes, and where it restores from.</summary>
internal sealed partial class RepositoryReferences
{
    private static readonly string[] Items = ["PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "DotNetCliToolReference"];
    private static readonly string[] SourceProperties = ["RestoreSources", "RestoreAdditionalProjectSources"];

    /// <summary>Each id as it is spelt, and how often.</summary>
    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of its projects, and the package ids and assembly names they give themselves.</summary>
    public HashSet<string> Made { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nothing it says names a source other than nuget.org.</summary>
    public bool FromNuGetOrgAlone { get; private set; } = true;

    public static bool IsSettings(FileInfo file) => file.Name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase);

    public static bool IsOldList(FileInfo file) => file.Name.Equals("packages.config", StringComparison.OrdinalIgnoreCase);

    public static bool IsToolManifest(FileInfo file) => file.Name.Equals("dotnet-tools.json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one file; false where it is malformed.</summary>
    public bool Read(FileInfo file)
    {
        try
        {
            if (IsToolManifest(file))
            {
                using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(file.FullName), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                if (manifest.RootElement.ValueKind == JsonValueKind.Object && manifest.RootElement.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Object)
                {
                    Count(string.Join(';', tools.EnumerateObject().Select(static tool => tool.Name)));
                }

                return true;
            }

            using XmlReader reader = XmlReader.Create(file.FullName, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            if (IsSettings(file))
            {
                ReadSettings(reader);
            }
            else if (IsOldList(file))
            {
                ReadOldList(reader);
            }
            else
            {
                ReadProject(reader);
                if (file.Extension.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
                {
                    Made.Add(Path.GetFileNameWithoutExtension(file.Name));
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is XmlException or JsonException or IOException or UnauthorizedAccessException)
        {
            FromNuGetOrgAlone &= !IsSettings(file);
            return false;
        }
    }

    private void ReadProject(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (Items.Contains(reader.LocalName, StringComparer.OrdinalIgnoreCase))
            {
                Count(reader.GetAttribute("Include") ?? reader.GetAttribute("Update") ?? "");
            }
            else if (SourceProperties.Contains(reader.LocalName, StringComparer.OrdinalIgnoreCase))
            {
                FromNuGetOrgAlone = false;
            }
            else if (reader.LocalName is "PackageId" or "AssemblyName" && !reader.IsEmptyElement && reader.Read() && reader.NodeType == XmlNodeType.Text)
            {
                Made.Add(reader.Value.Trim());
            }
        }
    }

    private void ReadOldList(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "package")
            {
                Count(reader.GetAttribute("id") ?? "");
            }
        }
    }

    private void Count(string names)
    {
        foreach (string id in names.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static id => id.Length <= 100 && PackageId().IsMatch(id)))
        {
            Ids[id] = Ids.GetValueOrDefault(id) + 1;
        }
    }

    private void ReadSettings(XmlReader reader)
    {
        bool sources = false;
        while (reader.Read())
        {
            if (reader.LocalName == "packageSources")
            {
                sources = reader.NodeType == XmlNodeType.Element && !reader.IsEmptyElement;
            }
            else if (sources && reader.NodeType == XmlNodeType.Element && reader.LocalName == "add")
            {
                FromNuGetOrgAlone &= reader.GetAttribute("value") is { } source && NuGetOrg().IsMatch(source);
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$")]
    private static partial Regex PackageId();

    [GeneratedRegex(@"^https?://(api|www)\.nuget\.org/", RegexOptions.IgnoreCase)]
    private static partial Regex NuGetOrg();
}
