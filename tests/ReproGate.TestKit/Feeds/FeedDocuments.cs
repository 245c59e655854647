using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ReproGate.TestKit;

/// <summary>The JSON documents of NuGet's server protocol, version 3, for a set of packages.</summary>
internal static partial class FeedDocuments
{
    /// <summary>As nuget.org: versions of a registration page, and the number from which pages are documents of their own.</summary>
    private const int PageSize = 64;
    private const int InlineLimit = 128;

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Data = "http://schemas.microsoft.com/ado/2007/08/dataservices";
    private static readonly XNamespace Metadata = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata";

    public static JsonNode ServiceIndex(string root, HttpFeedServices services)
    {
        var resources = new JsonArray();
        Add("PackageBaseAddress/3.0.0", "/v3/flatcontainer/", HttpFeedServices.FlatContainer);
        foreach (string type in new[] { "RegistrationsBaseUrl", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned" })
        {
            Add(type, "/v3/registration/", HttpFeedServices.Registration);
        }

        foreach (string type in new[] { "SearchQueryService", "SearchQueryService/3.0.0-beta", "SearchQueryService/3.0.0-rc", "SearchQueryService/3.5.0" })
        {
            Add(type, "/v3/query", HttpFeedServices.Search);
        }

        Add("SearchAutocompleteService/3.5.0", "/v3/autocomplete", HttpFeedServices.Search);
        Add("VulnerabilityInfo/6.7.0", "/v3/vulnerabilities/index.json", HttpFeedServices.Vulnerabilities);
        return new JsonObject { ["version"] = "3.0.0", ["resources"] = resources };

        void Add(string type, string path, HttpFeedServices service)
        {
            if (services.HasFlag(service))
            {
                resources.Add(new JsonObject { ["@id"] = root + path, ["@type"] = type });
            }
        }
    }

    /// <summary>The root of a version 2 feed.</summary>
    public static XElement V2Service(string root)
    {
        XNamespace app = "http://www.w3.org/2007/app";
        return new XElement(app + "service", new XAttribute(XNamespace.Xml + "base", root + "/v2/"), new XElement(app + "workspace", new XElement(app + "collection", new XAttribute("href", "Packages"))));
    }

    /// <summary>All versions of a package as version 2 tells them; none where there are none.</summary>
    public static XElement V2Entries(string root, IEnumerable<FeedPackage> packages) => new(Atom + "feed", packages.Select(package => V2Entry(root, package)));

    /// <summary>One version as version 2 tells it.</summary>
    public static XElement V2Entry(string root, FeedPackage package) => new(
        Atom + "entry",
        new XElement(Atom + "id", $"{root}/v2/Packages(Id='{package.Id}',Version='{package.UrlVersion}')"),
        new XElement(Atom + "title", package.Id),
        new XElement(Atom + "author", new XElement(Atom + "name", string.Join(", ", package.Owners))),
        new XElement(Atom + "content", new XAttribute("type", "application/zip"), new XAttribute("src", ContentUrl(root, package))),
        new XElement(
            Metadata + "properties",
            new XElement(Data + "Id", package.Id),
            new XElement(Data + "Version", package.UrlVersion),
            new XElement(Data + "Description", "A package."),
            new XElement(Data + "Dependencies"),
            new XElement(Data + "IsLatestVersion", new XAttribute(Metadata + "type", "Edm.Boolean"), "true"),
            new XElement(Data + "DownloadCount", new XAttribute(Metadata + "type", "Edm.Int32"), "1"),
            new XElement(Data + "Published", new XAttribute(Metadata + "type", "Edm.DateTime"), Published(package))));

    public static JsonNode Versions(IEnumerable<FeedPackage> packages) =>
        new JsonObject { ["versions"] = new JsonArray([.. packages.Select(static package => JsonValue.Create(package.UrlVersion))]) };

    public static JsonNode RegistrationIndex(string root, IReadOnlyList<FeedPackage> packages)
    {
        string url = $"{root}/v3/registration/{packages[0].UrlId}/index.json";
        bool inline = packages.Count < InlineLimit;
        JsonNode[] pages = [.. packages.Chunk(PageSize).Select((page, number) => RegistrationPage(root, page, number, inline))];
        return new JsonObject { ["@id"] = url, ["count"] = pages.Length, ["items"] = new JsonArray(pages) };
    }

    /// <summary>The page document of that number; null where there is none.</summary>
    public static JsonNode? RegistrationPage(string root, IReadOnlyList<FeedPackage> packages, int number) =>
        packages.Chunk(PageSize).ElementAtOrDefault(number) is { } page ? RegistrationPage(root, page, number, items: true) : null;

    public static JsonNode RegistrationLeaf(string root, FeedPackage package) => new JsonObject
    {
        ["@id"] = LeafUrl(root, package),
        ["catalogEntry"] = CatalogUrl(root, package),
        ["listed"] = package.Listed,
        ["packageContent"] = ContentUrl(root, package),
        ["published"] = Published(package),
        ["registration"] = $"{root}/v3/registration/{package.UrlId}/index.json",
    };

    public static JsonNode CatalogEntry(string root, FeedPackage package)
    {
        var entry = new JsonObject
        {
            ["@id"] = CatalogUrl(root, package),
            ["@type"] = "PackageDetails",
            ["authors"] = string.Join(", ", package.Owners),
            ["id"] = package.Id,
            ["version"] = package.Version.ToFullString(),
            ["listed"] = package.Listed,
            ["published"] = Published(package),
            ["packageContent"] = ContentUrl(root, package),
            ["description"] = $"Test package {package.Id}.",
            ["tags"] = new JsonArray(""),
        };
        if (package.Deprecation is { } deprecation)
        {
            var node = new JsonObject
            {
                ["@id"] = CatalogUrl(root, package) + "#deprecation",
                ["reasons"] = new JsonArray([.. deprecation.Reasons.Select(static reason => JsonValue.Create(reason))]),
            };
            if (deprecation.Message is not null)
            {
                node["message"] = deprecation.Message;
            }

            if (deprecation.AlternateId is not null)
            {
                node["alternatePackage"] = new JsonObject { ["id"] = deprecation.AlternateId, ["range"] = "*" };
            }

            entry["deprecation"] = node;
        }

        if (package.Vulnerabilities.Count > 0)
        {
            entry["vulnerabilities"] = new JsonArray([.. package.Vulnerabilities.Select(static vulnerability => new JsonObject
            {
                ["advisoryUrl"] = vulnerability.AdvisoryUrl,
                ["severity"] = vulnerability.Severity.ToString(System.Globalization.CultureInfo.InvariantCulture),
            })]);
        }

        return entry;
    }

    /// <summary>
    /// Search: <c>packageid:X</c> for one id, else every id that holds a word of the query; the most downloaded first.
    /// </summary>
    public static JsonNode Search(string root, IEnumerable<FeedPackage> all, string query, bool prerelease, int skip, int take)
    {
        string[] words = [.. Word().Matches(query).Select(static match => match.Value)];
        string? exact = query.StartsWith("packageid:", StringComparison.OrdinalIgnoreCase) ? query["packageid:".Length..].Trim() : null;
        JsonNode[] hits =
        [
            .. all.Where(package => package.Listed && (prerelease || !package.Version.IsPrerelease))
                .GroupBy(static package => package.UrlId)
                .Where(group => exact is not null
                    ? group.Key.Equals(exact, StringComparison.OrdinalIgnoreCase)
                    : words.Length == 0 || words.Any(word => group.Key.Contains(word, StringComparison.OrdinalIgnoreCase)))
                .Select(static group => group.OrderBy(static package => package.Version).ToArray())
                .OrderByDescending(static versions => versions.Sum(static package => package.Downloads))
                .Select(versions => SearchHit(root, versions)),
        ];
        return new JsonObject { ["totalHits"] = hits.Length, ["data"] = new JsonArray([.. hits.Skip(skip).Take(take)]) };
    }

    public static JsonNode Autocomplete(IEnumerable<FeedPackage> all, string query, string id, bool prerelease, int skip, int take)
    {
        IEnumerable<FeedPackage> candidates = all.Where(package => package.Listed && (prerelease || !package.Version.IsPrerelease));
        string[] hits = id.Length > 0
            ? [.. candidates.Where(package => package.Id.Equals(id, StringComparison.OrdinalIgnoreCase)).Select(static package => package.Version.ToNormalizedString())]
            : [.. candidates.Select(static package => package.Id).Distinct(StringComparer.OrdinalIgnoreCase).Where(name => name.StartsWith(query, StringComparison.OrdinalIgnoreCase))];
        return new JsonObject { ["totalHits"] = hits.Length, ["data"] = new JsonArray([.. hits.Skip(skip).Take(take).Select(static hit => JsonValue.Create(hit))]) };
    }

    public static JsonNode VulnerabilityIndex(string root) => new JsonArray(new JsonObject
    {
        ["@name"] = "base",
        ["@id"] = root + "/v3/vulnerabilities/base.json",
        ["@updated"] = "2024-01-01T00:00:00Z",
        ["comment"] = "The base data for vulnerability update periodically",
    });

    public static JsonNode VulnerabilityPage(IEnumerable<FeedPackage> all)
    {
        var page = new JsonObject();
        foreach (IGrouping<string, FeedPackage> group in all.Where(static package => package.Vulnerabilities.Count > 0).GroupBy(static package => package.UrlId))
        {
            page[group.Key] = new JsonArray([.. group.SelectMany(static package => package.Vulnerabilities.Select(vulnerability => new JsonObject
            {
                ["url"] = vulnerability.AdvisoryUrl,
                ["severity"] = vulnerability.Severity,
                ["versions"] = $"[{package.Version.ToNormalizedString()}]",
            }))]);
        }

        return page;
    }

    private static JsonNode RegistrationPage(string root, FeedPackage[] page, int number, bool items)
    {
        var node = new JsonObject
        {
            ["@id"] = $"{root}/v3/registration/{page[0].UrlId}/page/{number}.json",
            ["count"] = page.Length,
            ["lower"] = page[0].Version.ToNormalizedString(),
            ["upper"] = page[^1].Version.ToNormalizedString(),
        };
        if (items)
        {
            node["items"] = new JsonArray([.. page.Select(package => new JsonObject
            {
                ["@id"] = LeafUrl(root, package),
                ["catalogEntry"] = CatalogEntry(root, package),
                ["packageContent"] = ContentUrl(root, package),
                ["registration"] = $"{root}/v3/registration/{package.UrlId}/index.json",
            })]);
        }

        return node;
    }

    private static JsonNode SearchHit(string root, FeedPackage[] versions)
    {
        FeedPackage latest = versions[^1];
        return new JsonObject
        {
            ["@id"] = $"{root}/v3/registration/{latest.UrlId}/index.json",
            ["registration"] = $"{root}/v3/registration/{latest.UrlId}/index.json",
            ["id"] = latest.Id,
            ["version"] = latest.Version.ToFullString(),
            ["description"] = $"Test package {latest.Id}.",
            ["authors"] = new JsonArray([.. latest.Owners.Select(static owner => JsonValue.Create(owner))]),
            ["owners"] = new JsonArray([.. latest.Owners.Select(static owner => JsonValue.Create(owner))]),
            ["totalDownloads"] = versions.Sum(static package => package.Downloads),
            ["verified"] = latest.Verified,
            ["packageTypes"] = new JsonArray(new JsonObject { ["name"] = "Dependency" }),
            ["versions"] = new JsonArray([.. versions.Select(package => new JsonObject
            {
                ["@id"] = LeafUrl(root, package),
                ["version"] = package.Version.ToFullString(),
                ["downloads"] = package.Downloads,
            })]),
        };
    }

    private static string Published(FeedPackage package) =>
        (package.Listed ? package.Published : new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private static string LeafUrl(string root, FeedPackage package) => $"{root}/v3/registration/{package.UrlId}/{package.UrlVersion}.json";

    private static string CatalogUrl(string root, FeedPackage package) => $"{root}/v3/catalog/{package.UrlId}/{package.UrlVersion}.json";

    private static string ContentUrl(string root, FeedPackage package) => $"{root}/v3/flatcontainer/{package.UrlId}/{package.UrlVersion}/{package.UrlId}.{package.UrlVersion}.nupkg";

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
