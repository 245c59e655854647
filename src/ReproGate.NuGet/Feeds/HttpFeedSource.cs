using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using Polly;
using Polly.Retry;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.NuGet.Feeds;

/// <summary>
/// A source that speaks version 3 of NuGet's protocol. NuGet's own HttpSource does the talking (credentials, providers, proxies,
/// certificates); the documents are read here, because NuGet's readers take any amount of data and retry for minutes.
/// </summary>
internal sealed class HttpFeedSource : IFeedSource
{
    // nuget.org's longest version list is some 200 kB, its longest registration page some 3 MB.
    private const int MaxIndexBytes = 1 << 20;
    private const int MaxVersionListBytes = 8 << 20;
    private const int MaxRegistrationBytes = 32 << 20;
    private const int MaxVersions = 50_000;
    private const int MaxDepth = 32;
    private const int Tries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Uri _index;
    private readonly HttpSource _http;
    private readonly ResiliencePipeline _retry;
    private readonly TimeSpan _patience;
    private readonly Lock _lock = new();
    private Task<FeedServices>? _services;

    /// <summary>Makes a source.</summary>
    /// <param name="source">The source with its credentials.</param>
    /// <param name="patience">How long one request may take.</param>
    /// <param name="time">The clock of the pauses between tries.</param>
    public HttpFeedSource(PackageSource source, TimeSpan patience, TimeProvider time)
    {
        Name = source.Name;
        Address = Redaction.Url(source.Source);
        _index = source.SourceUri;
        _patience = patience;
        _http = HttpSource.Create(Repository.Factory.GetCoreV3(source), NullThrottle.Instance);
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is FeedFaultException { MayPass: true }),
                MaxRetryAttempts = Tries - 1,
                Delay = TimeSpan.FromMilliseconds(300),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = static arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is FeedFaultException { RetryAfter: { } wait } ? wait < LongestWait ? wait : LongestWait : (TimeSpan?)null),
            })
            .Build();
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string Address { get; }

    /// <inheritdoc />
    public bool IsLocal => false;

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    /// <inheritdoc />
    public async Task<ImmutableArray<NuGetVersion>> VersionsAsync(string id, CancellationToken cancellation)
    {
        FeedServices services = await ServicesAsync(cancellation).ConfigureAwait(false);
        if (services.FlatContainer is not { } container)
        {
            // A feed without version lists has them in its registrations.
            using JsonDocument? registration = await RegistrationAsync(services, id, cancellation).ConfigureAwait(false);
            return registration is null ? [] : await AllVersionsAsync(registration, services, cancellation).ConfigureAwait(false);
        }

        using JsonDocument? list = await GetAsync(new Uri(container, $"{Segment(id)}/index.json"), MaxVersionListBytes, "version list", cancellation).ConfigureAwait(false);
        if (list is null)
        {
            return [];
        }

        if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("versions", out JsonElement versions) || versions.ValueKind != JsonValueKind.Array)
        {
            throw new FeedFaultException("its version list holds no list of versions");
        }

        return versions.GetArrayLength() > MaxVersions ? throw TooMany() : Sorted(versions.EnumerateArray().Select(Text));
    }

    /// <inheritdoc />
    public async Task<PackageMetadata?> MetadataAsync(string id, NuGetVersion version, CancellationToken cancellation)
    {
        FeedServices services = await ServicesAsync(cancellation).ConfigureAwait(false);
        using JsonDocument? registration = await RegistrationAsync(services, id, cancellation).ConfigureAwait(false);
        if (registration is null)
        {
            return null;
        }

        int count = 0;
        DateTimeOffset? first = null;
        PackageMetadata? found = null;
        foreach (JsonElement page in Pages(registration))
        {
            count += page.TryGetProperty("count", out JsonElement number) && number.TryGetInt32(out int leaves) ? Math.Clamp(leaves, 0, MaxVersions) : 0;
            if (page.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array)
            {
                found ??= Find(items, version);
                first = Earlier(first, FirstOf(items));
            }
            else if (found is null && MayHold(page, version))
            {
                using JsonDocument? document = await GetAsync(PageAddress(page, services), MaxRegistrationBytes, "registration page", cancellation).ConfigureAwait(false);
                if (document?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("items", out items) && items.ValueKind == JsonValueKind.Array)
                {
                    found = Find(items, version);
                    first = Earlier(first, FirstOf(items));
                }
            }
        }

        return found is null ? null : found with { VersionCount = count, FirstPublished = first ?? found.Published };
    }

    /// <inheritdoc />
    public async Task<PackageOwnership?> OwnershipAsync(string id, CancellationToken cancellation)
    {
        FeedServices services = await ServicesAsync(cancellation).ConfigureAwait(false);
        using JsonDocument? answer = await QueryAsync(services, $"packageid:{id}", 1, cancellation).ConfigureAwait(false);
        foreach (JsonElement hit in Hits(answer))
        {
            if (Member(hit, "id").Equals(id, StringComparison.OrdinalIgnoreCase))
            {
                return new PackageOwnership(
                    [.. Texts(hit, "owners").SelectMany(static owners => owners.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Take(20)],
                    hit.TryGetProperty("verified", out JsonElement verified) ? verified.ValueKind == JsonValueKind.True : null,
                    hit.TryGetProperty("totalDownloads", out JsonElement downloads) && downloads.ValueKind == JsonValueKind.Number && downloads.TryGetInt64(out long total) ? total : null);
            }
        }

        return null;
    }

    /// <inheritdoc />
    public async Task<ImmutableArray<string>> SearchAsync(string words, int count, CancellationToken cancellation)
    {
        FeedServices services = await ServicesAsync(cancellation).ConfigureAwait(false);
        using JsonDocument? answer = await QueryAsync(services, words, count, cancellation).ConfigureAwait(false);
        return [.. Hits(answer).Select(static hit => Member(hit, "id")).Where(PackageIds.IsValid).Distinct(StringComparer.OrdinalIgnoreCase).Take(count)];
    }

    private async Task<JsonDocument?> RegistrationAsync(FeedServices services, string id, CancellationToken cancellation) => services.Registrations is { } registrations
        ? await GetAsync(new Uri(registrations, $"{Segment(id)}/index.json"), MaxRegistrationBytes, "registration", cancellation).ConfigureAwait(false)
        : null;

    private async Task<JsonDocument?> QueryAsync(FeedServices services, string query, int count, CancellationToken cancellation) => services.Search is { } search
        ? await GetAsync(
            new UriBuilder(search) { Query = string.Create(CultureInfo.InvariantCulture, $"q={Uri.EscapeDataString(query)}&skip=0&take={count}&prerelease=true&semVerLevel=2.0.0") }.Uri,
            MaxRegistrationBytes,
            "search result",
            cancellation).ConfigureAwait(false)
        : null;

    private async Task<ImmutableArray<NuGetVersion>> AllVersionsAsync(JsonDocument registration, FeedServices services, CancellationToken cancellation)
    {
        var versions = new List<string>();
        foreach (JsonElement page in Pages(registration))
        {
            JsonDocument? document = null;
            try
            {
                JsonElement holder = page;
                if (!page.TryGetProperty("items", out _))
                {
                    document = await GetAsync(PageAddress(page, services), MaxRegistrationBytes, "registration page", cancellation).ConfigureAwait(false);
                    holder = document?.RootElement ?? default;
                }

                if (holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array)
                {
                    versions.AddRange(items.EnumerateArray().Select(static item => Entry(item) is { } entry ? Member(entry, "version") : ""));
                }
            }
            finally
            {
                document?.Dispose();
            }

            if (versions.Count > MaxVersions)
            {
                throw TooMany();
            }
        }

        return Sorted(versions);
    }

    /// <summary>The service index, asked for once; a fault of it is every question's.</summary>
    private Task<FeedServices> ServicesAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            return _services ??= ReadServicesAsync(cancellation);
        }
    }

    private async Task<FeedServices> ReadServicesAsync(CancellationToken cancellation)
    {
        try
        {
            using JsonDocument index = await GetAsync(_index, MaxIndexBytes, "service index", cancellation).ConfigureAwait(false)
                ?? throw new FeedFaultException("there is no service index at its address (404)", concernsSource: true);
            return FeedServices.Of(index.RootElement, _index);
        }
        catch (FeedFaultException fault) when (!fault.ConcernsSource)
        {
            throw new FeedFaultException(fault.Message, concernsSource: true);
        }
    }

    /// <summary>Gets a document; null where there is none at that address.</summary>
    private async Task<JsonDocument?> GetAsync(Uri address, int maxBytes, string what, CancellationToken cancellation)
    {
        byte[]? content = await _retry.ExecuteAsync(async token => await TryAsync(address, maxBytes, what, token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        try
        {
            ReadOnlyMemory<byte> text = content;
            return JsonDocument.Parse(text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            throw new FeedFaultException($"its {what} is no JSON");
        }
    }

    private async Task<byte[]?> TryAsync(Uri address, int maxBytes, string what, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            // The pipeline around it tries again; NuGet's own retries would not know the time budget.
            var request = new HttpSourceRequest(address, NullLogger.Instance) { MaxTries = 1, IgnoreNotFounds = true, RequestTimeout = _patience, DownloadTimeout = _patience };
            return await _http.ProcessResponseAsync(
                request,
                response => ReadAsync(response, maxBytes, what, limit.Token),
                NullLogger.Instance,
                limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException && !cancellation.IsCancellationRequested)
        {
            throw new FeedFaultException(string.Create(CultureInfo.InvariantCulture, $"it gave no answer within {_patience.TotalSeconds:0.#} s"), mayPass: false, concernsSource: true);
        }
        catch (HttpRequestException exception)
        {
            throw Fault(exception);
        }
        catch (Exception exception) when (exception is IOException or FatalProtocolException or InvalidDataException)
        {
            throw exception.InnerException is HttpRequestException inner ? Fault(inner) : new FeedFaultException($"the connection broke while its {what} was read", mayPass: true);
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int maxBytes, string what, CancellationToken cancellation)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotFound or HttpStatusCode.NoContent:
                return null;
            case HttpStatusCode.Unauthorized:
                throw new FeedFaultException("it asks for credentials (401), and none that were found are accepted", concernsSource: true);
            case HttpStatusCode.Forbidden:
                throw new FeedFaultException("it refuses this user (403)", concernsSource: true);
            case HttpStatusCode.ProxyAuthenticationRequired:
                throw new FeedFaultException("the proxy asks for credentials (407)", concernsSource: true);
            case HttpStatusCode.TooManyRequests:
                throw new FeedFaultException("it throttles requests (429)", mayPass: true, concernsSource: true) { RetryAfter = RetryAfter(response.Headers.RetryAfter) };
            case >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout:
                throw new FeedFaultException($"it answers with an error of its own ({(int)response.StatusCode})", mayPass: true);
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                throw new FeedFaultException($"it redirects without end ({(int)response.StatusCode})");
            case not HttpStatusCode.OK:
                throw new FeedFaultException($"it answers with status {(int)response.StatusCode}");
        }

        long announced = response.Content.Headers.ContentLength ?? 0;
        if (announced > maxBytes)
        {
            throw TooLarge(what, maxBytes);
        }

        using var body = new MemoryStream((int)announced);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[81_920];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                // Counted after decompression, so that a small answer does not unfold into a large one.
                if (body.Length + read > maxBytes)
                {
                    throw TooLarge(what, maxBytes);
                }

                body.Write(buffer, 0, read);
            }
        }

        return body.ToArray();
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);

    private static FeedFaultException Fault(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new FeedFaultException("its name could not be resolved", concernsSource: true),
        HttpRequestError.SecureConnectionError => new FeedFaultException("no secure connection (TLS) could be made", concernsSource: true),
        HttpRequestError.ConnectionError => new FeedFaultException("no connection could be made", mayPass: true, concernsSource: true),
        HttpRequestError.ProxyTunnelError => new FeedFaultException("the proxy refused the connection", concernsSource: true),
        HttpRequestError.ResponseEnded or HttpRequestError.Unknown => new FeedFaultException("the connection broke", mayPass: true),
        _ => new FeedFaultException($"the request failed ({exception.HttpRequestError})", mayPass: true),
    };

    private static FeedFaultException TooLarge(string what, int maxBytes) => new($"its {what} is larger than {maxBytes >> 20} MB");

    private static FeedFaultException TooMany() => new(string.Create(CultureInfo.InvariantCulture, $"it lists more than {MaxVersions} versions"));

    private static string Segment(string id) => Uri.EscapeDataString(id.ToLowerInvariant());

    private static ImmutableArray<NuGetVersion> Sorted(IEnumerable<string> texts)
    {
        var versions = new SortedSet<NuGetVersion>(VersionComparer.VersionRelease);
        foreach (string text in texts)
        {
            // What is no version NuGet cannot restore either.
            if (text.Length < 128 && NuGetVersion.TryParse(text, out NuGetVersion? version))
            {
                versions.Add(version);
            }
        }

        return [.. versions];
    }

    private static IEnumerable<JsonElement> Pages(JsonDocument registration) =>
        registration.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("items", out JsonElement pages) && pages.ValueKind == JsonValueKind.Array
            ? pages.EnumerateArray().Where(static page => page.ValueKind == JsonValueKind.Object)
            : throw new FeedFaultException("its registration holds no pages");

    private static bool MayHold(JsonElement page, NuGetVersion version) =>
        (!NuGetVersion.TryParse(Member(page, "lower"), out NuGetVersion? lower) || version >= lower)
        && (!NuGetVersion.TryParse(Member(page, "upper"), out NuGetVersion? upper) || version <= upper);

    /// <summary>A page's address: the feed chooses it, so it must stay on the feed's own host and may not leave TLS.</summary>
    private static Uri PageAddress(JsonElement page, FeedServices services) =>
        Uri.TryCreate(Member(page, "@id"), UriKind.Absolute, out Uri? address) && services.IsOwn(address)
            ? address
            : throw new FeedFaultException("its registration names a page on another host");

    private static PackageMetadata? Find(JsonElement items, NuGetVersion version)
    {
        foreach (JsonElement item in items.EnumerateArray())
        {
            if (Entry(item) is { } entry && NuGetVersion.TryParse(Member(entry, "version"), out NuGetVersion? own) && VersionComparer.VersionRelease.Equals(own, version))
            {
                DateTimeOffset? published = Date(entry, "published");
                bool listed = !(entry.TryGetProperty("listed", out JsonElement flag) && flag.ValueKind == JsonValueKind.False);
                return new PackageMetadata("") { Published = IsReal(published) ? published : null, Listed = listed && published?.Year != 1900, Deprecation = DeprecationOf(entry) };
            }
        }

        return null;
    }

    private static DateTimeOffset? FirstOf(JsonElement items) => items.EnumerateArray()
        .Select(static item => Entry(item) is { } entry ? Date(entry, "published") : null)
        .Where(IsReal)
        .Min();

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left is null ? right : right is null ? left : left < right ? left : right;

    // Feeds write year 1 where they do not know, and nuget.org 1900 for what is unlisted.
    private static bool IsReal(DateTimeOffset? date) => date?.Year > 1900;

    private static PackageDeprecation? DeprecationOf(JsonElement entry) =>
        entry.TryGetProperty("deprecation", out JsonElement deprecation) && deprecation.ValueKind == JsonValueKind.Object
            ? new PackageDeprecation(
                [.. Texts(deprecation, "reasons").Take(10)],
                PackageIds.Printable(Member(deprecation, "message"), 300),
                deprecation.TryGetProperty("alternatePackage", out JsonElement other) && other.ValueKind == JsonValueKind.Object && PackageIds.IsValid(Member(other, "id")) ? Member(other, "id") : "")
            : null;

    private static JsonElement? Entry(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("catalogEntry", out JsonElement entry) && entry.ValueKind == JsonValueKind.Object ? entry : null;

    private static IEnumerable<JsonElement> Hits(JsonDocument? answer) =>
        answer?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Array
            ? data.EnumerateArray().Where(static hit => hit.ValueKind == JsonValueKind.Object)
            : [];

    private static IEnumerable<string> Texts(JsonElement holder, string name) => !holder.TryGetProperty(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text).Where(static text => text.Length > 0).Select(static text => PackageIds.Printable(text, 100))
        : Text(value) is { Length: > 0 } one ? [PackageIds.Printable(one, 300)]
        : [];

    private static DateTimeOffset? Date(JsonElement holder, string name) =>
        DateTimeOffset.TryParse(Member(holder, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;

    private static string Member(JsonElement holder, string name) => holder.TryGetProperty(name, out JsonElement value) ? Text(value) : "";

    private static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return "";
        }
    }
}
