using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace ReproGate.TestKit;

/// <summary>What an <see cref="HttpFeed"/> offers; not every real feed has search or vulnerability data.</summary>
[Flags]
public enum HttpFeedServices
{
    /// <summary>Version lists and package bytes.</summary>
    FlatContainer = 1,

    /// <summary>Publication, listing, deprecation.</summary>
    Registration = 2,

    /// <summary>Owners, downloads, verified prefixes.</summary>
    Search = 4,

    /// <summary>Known vulnerabilities.</summary>
    Vulnerabilities = 8,

    /// <summary>All of them.</summary>
    All = FlatContainer | Registration | Search | Vulnerabilities,
}

/// <summary>One request as the feed saw it.</summary>
/// <param name="Method">GET, HEAD …</param>
/// <param name="Path">Path without query.</param>
/// <param name="Query">Query with its question mark, or empty.</param>
/// <param name="Authorization">The Authorization header's value, or empty.</param>
/// <param name="UserAgent">Who asked.</param>
public sealed record FeedRequest(string Method, string Path, string Query, string Authorization, string UserAgent);

/// <summary>
/// A NuGet feed, protocol version 3, on loopback: real HTTP, real NuGet clients. It counts every request and misbehaves on demand.
/// NuGet warns of plain HTTP sources, so a repository that uses it sets <c>allowInsecureConnections</c>
/// (<see cref="NuGetConfigBuilder.Source(string, HttpFeed, string[])"/> does).
/// </summary>
public sealed class HttpFeed : IDisposable
{
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<(string Id, NuGetVersion Version), FeedPackage> _packages = new();
    private readonly ConcurrentQueue<FeedRequest> _requests = new();
    private readonly Lock _faultsLock = new();
    private readonly List<InjectedFault> _faults = [];
    private string? _authorization;

    private HttpFeed(WebApplication server, HttpFeedServices services)
    {
        _server = server;
        Services = services;
    }

    /// <summary>What it offers.</summary>
    public HttpFeedServices Services { get; }

    /// <summary>The source by version 2 of the protocol (OData), of the same packages.</summary>
    public string V2Url => Root + "/v2";

    /// <summary>Scheme, host and port.</summary>
    public string Root { get; private set; } = "";

    /// <summary>Where it listens: <see cref="Root"/>, unless clients know it by another name.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The source as NuGet.config names it: the address of the service index.</summary>
    public string Url => Root + "/v3/index.json";

    /// <summary>Every request so far, in order of arrival.</summary>
    public IReadOnlyList<FeedRequest> Requests => [.. _requests];

    /// <summary>Starts an empty feed on a free port.</summary>
    /// <param name="services">What it offers.</param>
    /// <param name="certificate">Set for HTTPS with this certificate.</param>
    /// <param name="publicRoot">Scheme and host by which clients know it, where they reach it through a proxy: it answers as one itself.</param>
    public static HttpFeed Start(HttpFeedServices services = HttpFeedServices.All, X509Certificate2? certificate = null, string publicRoot = "")
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            options.AddServerHeader = false;
        });
        WebApplication server = builder.Build();
        var feed = new HttpFeed(server, services);
        server.Run(feed.Handle);
        server.StartAsync().GetAwaiter().GetResult();
        feed.Address = server.Urls.Single();
        feed.Root = publicRoot.Length > 0 ? publicRoot : feed.Address;
        return feed;
    }

    /// <summary>Adds a package, made by <see cref="PackageFixture"/>; <paramref name="describe"/> changes what the feed tells about it.</summary>
    public HttpFeed Add(string id, string version, IReadOnlyList<string>? dependencies = null, Func<FeedPackage, FeedPackage>? describe = null)
    {
        var package = new FeedPackage(id, NuGetVersion.Parse(version), PackageFixture.Bytes(id, version, dependencies));
        return Add(describe is null ? package : describe(package));
    }

    /// <summary>Adds a package, or replaces the one of the same id and version.</summary>
    public HttpFeed Add(FeedPackage package)
    {
        _packages[(package.UrlId, package.Version)] = package;
        return this;
    }

    /// <summary>Adds every package of a folder.</summary>
    public HttpFeed AddFolder(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*.nupkg", SearchOption.AllDirectories))
        {
            byte[] nupkg = File.ReadAllBytes(path);
            using var reader = new PackageArchiveReader(new MemoryStream(nupkg));
            PackageIdentity identity = reader.GetIdentity();
            Add(new FeedPackage(identity.Id, identity.Version, nupkg));
        }

        return this;
    }

    /// <summary>Removes a package, as when its owner or the feed deletes it.</summary>
    public HttpFeed Remove(string id, string version)
    {
        _packages.TryRemove((id.ToLowerInvariant(), NuGetVersion.Parse(version)), out _);
        return this;
    }

    /// <summary>From now on every request without these credentials is answered 401.</summary>
    public HttpFeed RequireBasic(string user, string password)
    {
        _authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        return this;
    }

    /// <summary>Injects a fault. The newest fault that fits a request wins.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="pathContains">Part of the paths it befalls, for example <c>/v3/registration/</c> or <c>.nupkg</c>; empty for all.</param>
    /// <param name="times">How often, after which the feed answers rightly; 0 for ever.</param>
    public HttpFeed Inject(FeedFault fault, string pathContains = "", int times = 0)
    {
        lock (_faultsLock)
        {
            _faults.Add(new InjectedFault(fault, pathContains, times));
        }

        return this;
    }

    /// <summary>Heals every fault.</summary>
    public HttpFeed Heal()
    {
        lock (_faultsLock)
        {
            _faults.Clear();
        }

        return this;
    }

    /// <summary>How many requests so far had this text in their path.</summary>
    public int Count(string pathContains) => _requests.Count(request => request.Path.Contains(pathContains, StringComparison.OrdinalIgnoreCase));

    /// <summary>Forgets the requests so far.</summary>
    public HttpFeed ForgetRequests()
    {
        _requests.Clear();
        return this;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Cancel();
        _server.StopAsync().GetAwaiter().GetResult();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stopping.Dispose();
    }

    private async Task Handle(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? "/";
        _requests.Enqueue(new FeedRequest(request.Method, path, request.QueryString.Value ?? "", request.Headers.Authorization.ToString(), request.Headers.UserAgent.ToString()));
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            if (_authorization is not null && request.Headers.Authorization != _authorization)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"feed\"";
                return;
            }

            (FeedFault? fault, int attempt) = NextFault(path);
            await AnswerAsync(context, fault, attempt, aborted.Token);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, FeedFault? fault, int attempt, CancellationToken cancellation)
    {
        HttpResponse response = context.Response;
        switch (fault)
        {
            case FeedFault.StatusFault status:
                response.StatusCode = status.Code;
                if (status.RetryAfter is { } retryAfter)
                {
                    response.GetTypedHeaders().Set("Retry-After", new RetryConditionHeaderValue(retryAfter));
                }

                return;
            case FeedFault.RedirectFault:
                response.Redirect($"{Root}{context.Request.Path}?hop={Guid.NewGuid():N}");
                return;
            case FeedFault.EndlessFault:
                byte[] blanks = new byte[1 << 20];
                Array.Fill(blanks, (byte)' ');
                while (true)
                {
                    await response.Body.WriteAsync(blanks, cancellation);
                }

            case FeedFault.DelayFault delay:
                await Task.Delay(delay.Delay, cancellation);
                break;
            default:
                break;
        }

        if (Body(context.Request) is not { } answer)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        byte[] body = fault is FeedFault.ContentFault content ? content.Rewrite(attempt, answer.Body) : answer.Body;
        if (answer.Gzip)
        {
            // As nuget.org does for registrations, whatever the client accepts.
            response.Headers.ContentEncoding = "gzip";
            body = Compress(body);
        }

        response.ContentType = answer.Type;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (fault is FeedFault.CutFault)
        {
            await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), cancellation);
            await response.Body.FlushAsync(cancellation);
            context.Abort();
            return;
        }

        await response.Body.WriteAsync(body, cancellation);
    }

    private Answer? Body(HttpRequest request)
    {
        string[] parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["v3", "index.json"] => Json(FeedDocuments.ServiceIndex(Root, Services)),
            ["v2"] => Xml(FeedDocuments.V2Service(Root)),
            ["v2", "FindPackagesById()"] => Xml(FeedDocuments.V2Entries(Root, Versions(Text("id").Trim('\'')))),
            ["v2", string entity] when entity.StartsWith("Packages(", StringComparison.Ordinal) && entity.Split('\'') is [_, string id, _, string version, _] =>
                Find(id, version) is { } package ? Xml(FeedDocuments.V2Entry(Root, package)) : null,
            ["v3", "flatcontainer", string id, "index.json"] when Has(HttpFeedServices.FlatContainer) => Versions(id) is { Count: > 0 } all ? Json(FeedDocuments.Versions(all)) : null,
            ["v3", "flatcontainer", string id, string version, string file] when Has(HttpFeedServices.FlatContainer) => Find(id, version) is { } package ? Content(package, file) : null,
            ["v3", "registration", string id, "index.json"] when Has(HttpFeedServices.Registration) => Versions(id) is { Count: > 0 } all ? Json(FeedDocuments.RegistrationIndex(Root, all), gzip: true) : null,
            ["v3", "registration", string id, "page", string page] when Has(HttpFeedServices.Registration) && int.TryParse(Path.GetFileNameWithoutExtension(page), out int number) =>
                FeedDocuments.RegistrationPage(Root, Versions(id), number) is { } document ? Json(document, gzip: true) : null,
            ["v3", "registration", string id, string leaf] when Has(HttpFeedServices.Registration) && leaf.EndsWith(".json", StringComparison.Ordinal) =>
                Find(id, leaf[..^".json".Length]) is { } package ? Json(FeedDocuments.RegistrationLeaf(Root, package), gzip: true) : null,
            ["v3", "catalog", string id, string entry] when Has(HttpFeedServices.Registration) && entry.EndsWith(".json", StringComparison.Ordinal) =>
                Find(id, entry[..^".json".Length]) is { } package ? Json(FeedDocuments.CatalogEntry(Root, package)) : null,
            ["v3", "query"] when Has(HttpFeedServices.Search) => Json(FeedDocuments.Search(Root, _packages.Values, Text("q"), Text("prerelease") == "true", Number("skip", 0), Number("take", 20))),
            ["v3", "autocomplete"] when Has(HttpFeedServices.Search) => Json(FeedDocuments.Autocomplete(_packages.Values, Text("q"), Text("id"), Text("prerelease") == "true", Number("skip", 0), Number("take", 20))),
            ["v3", "vulnerabilities", "index.json"] when Has(HttpFeedServices.Vulnerabilities) => Json(FeedDocuments.VulnerabilityIndex(Root)),
            ["v3", "vulnerabilities", "base.json"] when Has(HttpFeedServices.Vulnerabilities) => Json(FeedDocuments.VulnerabilityPage(_packages.Values)),
            _ => null,
        };

        bool Has(HttpFeedServices service) => Services.HasFlag(service);

        string Text(string name) => request.Query[name].ToString();

        int Number(string name, int otherwise) => int.TryParse(Text(name), out int value) ? value : otherwise;
    }

    private IReadOnlyList<FeedPackage> Versions(string id) => [.. _packages.Values.Where(package => package.UrlId == id.ToLowerInvariant()).OrderBy(static package => package.Version)];

    private FeedPackage? Find(string id, string version) =>
        NuGetVersion.TryParse(version, out NuGetVersion? parsed) && _packages.TryGetValue((id.ToLowerInvariant(), parsed), out FeedPackage? package) ? package : null;

    private static Answer? Content(FeedPackage package, string file)
    {
        if (file == $"{package.UrlId}.{package.UrlVersion}.nupkg")
        {
            return new Answer(package.Nupkg, "application/octet-stream", Gzip: false);
        }

        if (file != $"{package.UrlId}.nuspec")
        {
            return null;
        }

        using var reader = new PackageArchiveReader(new MemoryStream(package.Nupkg));
        using Stream nuspec = reader.GetNuspec();
        using var copy = new MemoryStream();
        nuspec.CopyTo(copy);
        return new Answer(copy.ToArray(), "application/xml", Gzip: false);
    }

    private static Answer Xml(XElement element) => new(Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), "application/atom+xml", Gzip: false);

    private static Answer Json(JsonNode node, bool gzip = false) => new(Encoding.UTF8.GetBytes(node.ToJsonString()), "application/json", gzip);

    private static byte[] Compress(byte[] body)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return stream.ToArray();
    }

    private (FeedFault? Fault, int Attempt) NextFault(string path)
    {
        lock (_faultsLock)
        {
            InjectedFault? injected = _faults.FindLast(fault => fault.Fits(path));
            return injected is null ? (null, 0) : (injected.Fault, ++injected.Uses);
        }
    }

    private sealed record Answer(byte[] Body, string Type, bool Gzip);

    private sealed record InjectedFault(FeedFault Fault, string PathContains, int Times)
    {
        public int Uses { get; set; }

        public bool Fits(string path) => (Times == 0 || Uses < Times) && path.Contains(PathContains, StringComparison.OrdinalIgnoreCase);
    }
}
