using System.IO.Compression;
using System.Net;
using System.Text.Json;
using NuGet.Versioning;

namespace ReproGate.TestKit.Tests;

/// <summary>The HTTP feed's documents and faults, as a bare HTTP client sees them.</summary>
public sealed class HttpFeedProtocolTests : IDisposable
{
    private readonly HttpFeed _feed = HttpFeed.Start();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, MaxAutomaticRedirections = 5 });

    [Fact]
    public async Task The_service_index_names_only_what_the_feed_offers()
    {
        using HttpFeed bare = HttpFeed.Start(HttpFeedServices.FlatContainer);

        using JsonDocument index = await Get(bare.Url);

        JsonElement resource = Assert.Single(index.RootElement.GetProperty("resources").EnumerateArray());
        Assert.Equal("PackageBaseAddress/3.0.0", resource.GetProperty("@type").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(bare.Root + "/v3/query?q=a")).StatusCode);
    }

    [Fact]
    public async Task Registration_tells_publication_listing_deprecation_and_vulnerabilities()
    {
        var published = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        _feed.Add("Acme.Json", "1.0.0", describe: package => package with { Listed = false, Published = published })
            .Add("Acme.Json", "2.0.0", describe: package => package with
            {
                Published = published,
                Deprecation = new FeedDeprecation(["Legacy"], "Old.", "Acme.Json.Next"),
                Vulnerabilities = [new FeedVulnerability("https://example.invalid/a", 2)],
            });

        using JsonDocument index = await Get(_feed.Root + "/v3/registration/acme.json/index.json");

        JsonElement[] entries = [.. index.RootElement.GetProperty("items")[0].GetProperty("items").EnumerateArray().Select(static leaf => leaf.GetProperty("catalogEntry"))];
        Assert.False(entries[0].GetProperty("listed").GetBoolean());
        Assert.Equal(1900, entries[0].GetProperty("published").GetDateTimeOffset().Year);
        Assert.Equal(published, entries[1].GetProperty("published").GetDateTimeOffset());
        Assert.Equal("Acme.Json.Next", entries[1].GetProperty("deprecation").GetProperty("alternatePackage").GetProperty("id").GetString());
        Assert.Equal("2", entries[1].GetProperty("vulnerabilities")[0].GetProperty("severity").GetString());
        using JsonDocument leaf = await Get(_feed.Root + "/v3/registration/acme.json/2.0.0.json");
        using JsonDocument catalog = await Get(leaf.RootElement.GetProperty("catalogEntry").GetString()!);
        Assert.Equal("Acme.Json", catalog.RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Many_versions_come_in_pages()
    {
        byte[] nupkg = PackageFixture.Bytes("Acme.Json", "1.0.0");
        foreach (int patch in Enumerable.Range(0, 130))
        {
            _feed.Add(new FeedPackage("Acme.Json", new NuGetVersion(1, 0, patch), nupkg));
        }

        using JsonDocument index = await Get(_feed.Root + "/v3/registration/acme.json/index.json");

        JsonElement[] pages = [.. index.RootElement.GetProperty("items").EnumerateArray()];
        Assert.Equal([64, 64, 2], pages.Select(static page => page.GetProperty("count").GetInt32()));
        Assert.All(pages, static page => Assert.False(page.TryGetProperty("items", out _)));
        using JsonDocument last = await Get(pages[2].GetProperty("@id").GetString()!);
        Assert.Equal("1.0.129", last.RootElement.GetProperty("items")[1].GetProperty("catalogEntry").GetProperty("version").GetString());
    }

    [Fact]
    public async Task Search_tells_owners_downloads_and_verification_and_hides_unlisted()
    {
        _feed.Add("Acme.Json", "1.0.0", describe: package => package with { Owners = ["acme"], Downloads = 10, Verified = true })
            .Add("Acme.Json", "1.1.0", describe: package => package with { Owners = ["acme"], Downloads = 5, Verified = true })
            .Add("Acme.Hidden", "1.0.0", describe: package => package with { Listed = false })
            .Add("Other", "1.0.0");

        using JsonDocument words = await Get(_feed.Root + "/v3/query?q=acme");
        using JsonDocument exact = await Get(_feed.Root + "/v3/query?q=packageid:other");

        JsonElement hit = Assert.Single(words.RootElement.GetProperty("data").EnumerateArray());
        Assert.Equal("acme", hit.GetProperty("owners")[0].GetString());
        Assert.Equal(15, hit.GetProperty("totalDownloads").GetInt64());
        Assert.True(hit.GetProperty("verified").GetBoolean());
        Assert.Equal("Other", Assert.Single(exact.RootElement.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Throttling_says_when_to_come_back_and_ends_after_its_times()
    {
        _feed.Inject(FeedFault.Status(429, TimeSpan.FromSeconds(7)), times: 1);

        using HttpResponseMessage first = await _client.GetAsync(_feed.Url);
        using HttpResponseMessage second = await _client.GetAsync(_feed.Url);

        Assert.Equal(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), first.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(2, _feed.Requests.Count);
    }

    [Fact]
    public async Task A_cut_connection_ends_in_the_middle_of_the_body()
    {
        _feed.Add("Acme.Json", "1.0.0").Inject(FeedFault.CutBody(), ".nupkg");

        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetByteArrayAsync(Nupkg));
    }

    [Fact]
    public async Task A_hanging_feed_answers_nobody_and_still_stops()
    {
        _feed.Inject(FeedFault.Hang());
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.GetAsync(_feed.Url, patience.Token));
    }

    [Fact]
    public async Task A_slow_feed_answers_late()
    {
        _feed.Inject(FeedFault.Slow(TimeSpan.FromMilliseconds(200)));
        long before = Environment.TickCount64;

        using HttpResponseMessage answer = await _client.GetAsync(_feed.Url);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.True(Environment.TickCount64 - before >= 190);
    }

    [Fact]
    public async Task A_redirect_loop_never_arrives()
    {
        _feed.Inject(FeedFault.RedirectLoop());

        using HttpResponseMessage answer = await _client.GetAsync(_feed.Url);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(6, _feed.Requests.Count);
    }

    [Fact]
    public async Task A_truncated_zip_does_not_open_and_a_wrong_hash_does()
    {
        _feed.Add("Acme.Json", "1.0.0");
        byte[] right = await _client.GetByteArrayAsync(Nupkg);

        _feed.Inject(FeedFault.TruncatedZip(), ".nupkg");
        byte[] truncated = await _client.GetByteArrayAsync(Nupkg);
        _feed.Heal().Inject(FeedFault.WrongHash(), ".nupkg");
        byte[] tampered = await _client.GetByteArrayAsync(Nupkg);

        Assert.Throws<InvalidDataException>(() => new ZipArchive(new MemoryStream(truncated)).Dispose());
        Assert.NotEqual(right, tampered);
        using var zip = new ZipArchive(new MemoryStream(tampered));
        Assert.NotNull(zip.GetEntry("content/injected.txt"));
    }

    [Fact]
    public async Task A_changing_feed_never_sends_the_same_bytes_twice()
    {
        _feed.Add("Acme.Json", "1.0.0").Inject(FeedFault.DifferentEachTime(), ".nupkg");

        Assert.NotEqual(await _client.GetByteArrayAsync(Nupkg), await _client.GetByteArrayAsync(Nupkg));
    }

    [Fact]
    public async Task A_gigantic_version_list_is_well_formed()
    {
        _feed.Add("Acme.Json", "1.0.0").Inject(FeedFault.VersionList(200_000), "/flatcontainer/");

        using JsonDocument list = await Get(_feed.Root + "/v3/flatcontainer/acme.json/index.json");

        Assert.Equal(200_000, list.RootElement.GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public async Task An_endless_body_has_no_length_and_no_end()
    {
        _feed.Inject(FeedFault.Endless());
        using HttpResponseMessage answer = await _client.GetAsync(_feed.Url, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await answer.Content.ReadAsStreamAsync();

        byte[] buffer = new byte[8 << 20];
        await body.ReadExactlyAsync(buffer);

        Assert.Null(answer.Content.Headers.ContentLength);
    }

    [Fact]
    public void A_fixture_package_is_the_same_bytes_each_time() =>
        Assert.Equal(PackageFixture.Bytes("Acme.Json", "1.0.0"), PackageFixture.Bytes("Acme.Json", "1.0.0"));

    public void Dispose()
    {
        _client.Dispose();
        _feed.Dispose();
    }

    private string Nupkg => _feed.Root + "/v3/flatcontainer/acme.json/1.0.0/acme.json.1.0.0.nupkg";

    private async Task<JsonDocument> Get(string url) => JsonDocument.Parse(await _client.GetByteArrayAsync(url));
}
