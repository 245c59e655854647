using System.Collections.Immutable;
using System.Diagnostics;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.Feeds;
using ReproGate.TestKit;

namespace ReproGate.NuGet.Tests.Feeds;

/// <summary>The looks at package sources, against real HTTP on loopback and folders.</summary>
public sealed class FeedSessionTests : IDisposable
{
    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-feeds-").FullName;
    private readonly HttpFeed _feed = HttpFeed.Start();

    public void Dispose()
    {
        _feed.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Existence_versions_and_what_the_feed_tells()
    {
        _feed.Add("Acme.Json", "1.0.0").Add("Acme.Json", "2.0.0", describe: static package => package with { Deprecation = new FeedDeprecation(["Legacy"], "Use the other.", "Acme.Text") });
        _feed.Add("Acme.Old", "1.0.0", describe: static package => package with { Listed = false, Owners = ["acme"], Verified = true, Downloads = 7 });
        using FeedSession session = Open(config => config.Source("feed", _feed, "*"));

        ImmutableArray<PackageLookUp> found = await session.LookUpAsync([new("acme.json", "1.0.0"), new("Acme.Json", "2.0.0"), new("Acme.Json", "1.5.0"), new("Acme.None", "1.0.0"), new("Acme.Old", "1.0.0"), new("Acme.Old", "")], default);

        Assert.Equal([FeedAnswer.Exists, FeedAnswer.Exists, FeedAnswer.Absent, FeedAnswer.Absent, FeedAnswer.Exists, FeedAnswer.Exists], found.Select(static look => look.VersionAnswer));
        Assert.Equal([FeedAnswer.Exists, FeedAnswer.Exists, FeedAnswer.Exists, FeedAnswer.Absent, FeedAnswer.Exists, FeedAnswer.Exists], found.Select(static look => look.IdAnswer));
        Assert.Equal((LongAgo, true, 2), (found[0].Metadata!.Published, found[0].Metadata!.Listed, found[0].Metadata!.VersionCount));
        Assert.Equal(("Acme.Text", "Use the other.", "Legacy"), (found[1].Metadata!.Deprecation!.Alternative, found[1].Metadata!.Deprecation!.Message, Assert.Single(found[1].Metadata!.Deprecation!.Reasons)));
        Assert.Equal(["1.0.0", "2.0.0"], found[2].NearestVersions.AsEnumerable());
        Assert.Equal((null, false), (found[4].Metadata!.Published, found[4].Metadata!.Listed));
        PackageOwnership ownership = (await session.OwnershipAsync("Acme.Json", default))!;
        Assert.Equal(("test", false, 2_000_000L), (Assert.Single(ownership.Owners), ownership.Verified, ownership.Downloads));
        Assert.Null(await session.OwnershipAsync("Acme.Nobody", default));
        Assert.Equal("Acme.Json", Assert.Single(await session.ExistingAsync(["Acme.Jsonn", "Acme.Json", "no id at all", "Acme.None"], default)));
        Assert.Equal("Acme.Json", Assert.Single(await session.SearchAsync("json", 3, default)));
    }

    /// <summary>Before there is a mapping, this tells what it should say; so the one that is there does not count.</summary>
    [Fact]
    public async Task The_sources_that_have_a_version_whatever_the_mapping_says()
    {
        using HttpFeed other = HttpFeed.Start();
        _feed.Add("Acme.Json", "1.0.0");
        other.Add("Acme.Json", "1.0.0").Add("Acme.Json", "2.0.0");
        using FeedSession session = Open(config => config.Source("first", _feed, "*").Source("second", other, "Else.*"));

        Assert.Equal(["first", "second"], (await session.HoldersAsync(new("Acme.Json", "1.0.0"), default)).AsEnumerable());
        Assert.Equal(["second"], (await session.HoldersAsync(new("acme.json", "2.0.0"), default)).AsEnumerable());
        Assert.Empty(await session.HoldersAsync(new("Acme.Json", "3.0.0"), default));
        Assert.Empty(await session.HoldersAsync(new("Acme.None", "1.0.0"), default));
    }

    [Fact]
    public async Task A_registration_of_many_pages_costs_one_page_more()
    {
        for (int patch = 0; patch < 200; patch++)
        {
            _feed.Add("Acme.Many", $"1.0.{patch}");
        }

        using FeedSession session = Open(config => config.Source("feed", _feed, "*"));
        PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Many", "1.0.150")], default));

        Assert.Equal((LongAgo, 200), (look.Metadata!.Published, look.Metadata.VersionCount));
        Assert.Equal(1, _feed.Count("/page/"));
    }

    [Fact]
    public async Task What_was_asked_once_is_asked_neither_by_the_next_project_nor_by_the_next_build()
    {
        _feed.Add("Acme.Json", "1.0.0");
        using (FeedSession session = Open(config => config.Source("feed", _feed, "*")))
        {
            await session.LookUpAsync([new("Acme.Json", "1.0.0"), new("Acme.None", "1.0.0")], default);
            int asked = _feed.Requests.Count;
            await session.LookUpAsync([new("Acme.Json", "1.0.0"), new("ACME.none", "1.0.0")], default);
            Assert.Equal(asked, _feed.Requests.Count);
        }

        _feed.ForgetRequests();
        using FeedSession next = Open(config => config.Source("feed", _feed, "*"));
        Assert.True(Assert.Single(await next.LookUpAsync([new("Acme.Json", "1.0.0")], default)).IsRecorded);
        Assert.Empty(_feed.Requests);
        // What is absent may come into being.
        await next.LookUpAsync([new("Acme.None", "1.0.0")], default);
        Assert.NotEmpty(_feed.Requests);
    }

    [Fact]
    public async Task Only_mapped_sources_count_and_one_that_has_it_is_enough()
    {
        using HttpFeed other = HttpFeed.Start();
        other.Add("Acme.Json", "1.0.0").Add("Corp.Secret", "1.0.0");
        using FeedSession mapped = Open(config => config.Source("feed", _feed, "Acme.*").Source("other", other, "Corp.*"));

        ImmutableArray<PackageLookUp> found = await mapped.LookUpAsync([new("Acme.Json", "1.0.0"), new("Corp.Secret", "1.0.0"), new("Else", "1.0.0")], default);

        Assert.Equal([FeedAnswer.Absent, FeedAnswer.Exists, FeedAnswer.Unknown], found.Select(static look => look.IdAnswer));
        Assert.Equal("feed", Assert.Single(found[0].Verdicts).Source);
        Assert.False(found[2].IsAnswerable);
        Assert.DoesNotContain(other.Requests, static request => request.Path.Contains("acme", StringComparison.Ordinal));

        using FeedSession both = Open(config => config.Source("feed", _feed).Source("other", other));
        Assert.Equal(FeedAnswer.Exists, Assert.Single(await both.LookUpAsync([new("Acme.Json", "1.0.0")], default)).VersionAnswer);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_denies_nothing_although_another_does()
    {
        using HttpFeed dead = HttpFeed.Start();
        dead.Inject(FeedFault.Status(500));
        using FeedSession session = Open(config => config.Source("feed", _feed).Source("dead", dead));

        PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));

        Assert.Equal(FeedAnswer.Unknown, look.IdAnswer);
        Assert.Contains("500", look.Verdicts.Single(static verdict => verdict.Source == "dead").Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "401", "", "401" },
        { "403", "", "403" },
        { "429", "/v3/flatcontainer/", "429" },
        { "500", "", "500" },
        { "404 of the index", "/v3/index.json", "404" },
        { "cut", "/v3/flatcontainer/", "broke" },
        { "redirects", "/v3/flatcontainer/", "redirects without end" },
        { "endless", "/v3/flatcontainer/", "larger than 8 MB" },
        { "gigabyte", "/v3/flatcontainer/", "larger than 8 MB" },
        { "too many", "/v3/flatcontainer/", "more than 50000 versions" },
        { "no json", "/v3/flatcontainer/", "no JSON" },
        { "deep", "/v3/flatcontainer/", "no JSON" },
        { "html", "/v3/index.json", "no JSON" },
        { "array", "/v3/index.json", "no service index" },
        { "number", "/v3/flatcontainer/", "no list of versions" },
        { "hang", "", "within" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_a_feed_does_is_no_denial_and_takes_bounded_time(string kind, string path, string reason)
    {
        _feed.Add("Acme.Json", "1.0.0");
        _feed.Inject(
            kind switch
            {
                "401" => FeedFault.Status(401),
                "403" => FeedFault.Status(403),
                "429" => FeedFault.Status(429, TimeSpan.FromMilliseconds(1)),
                "500" => FeedFault.Status(500),
                "404 of the index" => FeedFault.Status(404),
                "cut" => FeedFault.CutBody(),
                "redirects" => FeedFault.RedirectLoop(),
                "endless" => FeedFault.Endless(),
                "gigabyte" => FeedFault.VersionList(1_000_000),
                "too many" => FeedFault.VersionList(60_000),
                "no json" => FeedFault.Text("{\"versions\":[\"1.0"),
                "deep" => FeedFault.Text(new string('[', 100_000)),
                "html" => FeedFault.Text("<!DOCTYPE html><html><body>Sign in</body></html>"),
                "array" => FeedFault.Text("[1,2]"),
                "number" => FeedFault.Text("{\"versions\": 3}"),
                _ => FeedFault.Hang(),
            },
            path);
        using FeedSession session = Open(config => config.Source("feed", _feed, "*"), kind == "hang" ? TimeSpan.FromSeconds(3) : null);
        long start = Stopwatch.GetTimestamp();

        PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "9.9.9")], default));

        Assert.Equal((FeedAnswer.Unknown, FeedAnswer.Unknown), (look.IdAnswer, look.VersionAnswer));
        Assert.Contains(reason, Assert.Single(look.Verdicts).Reason, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FeedBudgets.Ample);
        Assert.False(File.Exists(Path.Combine(_root, "cache", "feeds.json")));
    }

    [Fact]
    public async Task A_fault_that_passes_is_tried_again_and_a_dead_source_is_left_alone()
    {
        _feed.Add("Acme.Json", "1.0.0").Inject(FeedFault.Status(503), "/v3/flatcontainer/", times: 2);
        using FeedSession session = Open(config => config.Source("feed", _feed, "*"));
        Assert.Equal(FeedAnswer.Exists, Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default)).VersionAnswer);
        Assert.Equal(3, _feed.Count("/v3/flatcontainer/"));

        using HttpFeed locked = HttpFeed.Start();
        locked.RequireBasic("me", "secret");
        using FeedSession refused = Open(config => config.Source("locked", locked, "*"));
        ImmutableArray<PackageLookUp> found = await refused.LookUpAsync([.. Enumerable.Range(0, 50).Select(static i => new PackageQuestion($"Acme.P{i}", "1.0.0"))], default);
        Assert.All(found, static look => Assert.Equal(FeedAnswer.Unknown, look.IdAnswer));
        Assert.InRange(locked.Requests.Count, 1, 8);
    }

    [Fact]
    public async Task Configured_credentials_are_used_and_never_shown()
    {
        _feed.Add("Acme.Json", "1.0.0").RequireBasic("me", "hunter2");
        using (FeedSession session = Open(config => config.Source("feed", _feed, "*").Credentials("feed", "me", "hunter2")))
        {
            Assert.Equal(FeedAnswer.Exists, Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default)).VersionAnswer);
        }

        Assert.DoesNotContain("hunter2", File.ReadAllText(Path.Combine(_root, "cache", "feeds.json")), StringComparison.Ordinal);
        using FeedSession wrong = Open(config => config.Source("feed", _feed, "*").Credentials("feed", "me", "hunter3"), cache: "other");
        string reason = Assert.Single(Assert.Single(await wrong.LookUpAsync([new("Acme.Json", "1.0.0")], default)).Verdicts).Reason;
        Assert.Contains("401", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poisoned_registrations_leave_the_existence_and_say_that_the_rest_is_unknown()
    {
        _feed.Add("Acme.Json", "1.0.0");
        foreach ((string text, string reason) in ((string, string)[])
        [
            ("""{"items":[{"@id":"http://169.254.169.254/latest/page.json","lower":"1.0.0","upper":"2.0.0","count":1}]}""", "another host"),
            ("""{"items":[{"@id":"file:///etc/passwd","lower":"0.1.0","upper":"2.0.0"}]}""", "another host"),
            ("""{"items":"none"}""", "no pages"),
            ("""{"items":[{"items":[{"catalogEntry":{"version":"1.0.0","published":"yesterday"}}]}]}""", ""),
            ("{\"items\":[{\"items\":[{\"catalogEntry\":{\"version\":\"1.0.0\",\"deprecation\":{\"reasons\":[\"\\u0007x\\r\\nRGATE0000: false\"],\"message\":\"\\u202E\"}}}]}]}", ""),
        ])
        {
            _feed.Heal().Inject(FeedFault.Text(text), "/v3/registration/");
            using FeedSession session = Open(config => config.Source("feed", _feed, "*"), cache: Guid.NewGuid().ToString("N"));
            PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));
            Assert.Equal(FeedAnswer.Exists, look.VersionAnswer);
            Assert.Null(look.Metadata?.Published);
            Assert.Contains(reason, look.MetadataReason, StringComparison.Ordinal);
            Assert.All(look.Metadata?.Deprecation?.Reasons ?? [], static text => Assert.DoesNotContain(text, char.IsControl));
        }
    }

    [Fact]
    public async Task Folders_and_the_packages_folder_need_no_network()
    {
        string folder = Path.Combine(_root, "folder");
        PackageFixture.Create(folder, "Acme.Local", "1.0.0");
        string extracted = Path.Combine(_root, "packages", "acme.cached", "1.0.0");
        Directory.CreateDirectory(extracted);
        string marker = Path.Combine(extracted, ".nupkg.metadata");
        File.WriteAllText(marker, "{}");
        File.SetLastWriteTimeUtc(marker, DateTime.UtcNow.AddDays(-8));
        using FeedSession session = Open(config => config.Source("folder", folder, "*").Source("feed", _feed, "*"));

        ImmutableArray<PackageLookUp> found = await session.LookUpAsync([new("Acme.Local", "1.0.0"), new("Acme.Cached", "1.0.0")], default);

        Assert.All(found, static look => Assert.True(look.IsLocal));
        Assert.Empty(_feed.Requests);
        Assert.Equal(FeedAnswer.Absent, Assert.Single(await session.LookUpAsync([new("Acme.Local", "2.0.0")], default)).VersionAnswer);

        // What came lately is there whatever the feed says; how old it is only the feed knows, and that nobody else can have it.
        File.SetLastWriteTimeUtc(marker, DateTime.UtcNow);
        PackageLookUp fresh = Assert.Single(await session.LookUpAsync([new("Acme.Cached", "1.0.0")], default));
        Assert.Equal((FeedAnswer.Exists, true), (fresh.VersionAnswer, fresh.IsVanished));
    }

    [Fact]
    public async Task A_build_that_is_cancelled_stops_at_once()
    {
        _feed.Inject(FeedFault.Hang());
        using FeedSession session = Open(config => config.Source("feed", _feed, "*"), TimeSpan.FromMinutes(5));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        long start = Stopwatch.GetTimestamp();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.LookUpAsync([new("Acme.Json", "1.0.0")], cancellation.Token));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FeedBudgets.Ample);
    }

    [Fact]
    public async Task Nobody_behind_an_address_and_no_such_host_are_told_as_such()
    {
        foreach ((string address, string reason) in ((string, string)[])[("http://127.0.0.1:9/v3/index.json", "no connection"), ("https://reprogate.invalid/v3/index.json", "name could not be resolved"), (_feed.Url.Replace("http:", "https:", StringComparison.Ordinal), "TLS")])
        {
            using FeedSession session = Open(config => config.Source("feed", address, "*"));
            PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));
            Assert.Equal(FeedAnswer.Unknown, look.IdAnswer);
            Assert.Contains(reason, Assert.Single(look.Verdicts).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1.5.0", "1.4.0 2.0.0 3.0.0 1.0.0")]
    [InlineData("0.1.0", "1.0.0 3.0.0")]
    [InlineData("9.0.0", "3.0.0")]
    // What NuGet takes in its place, and code was compiled against, comes first; another major version it is not to be without a person.
    [InlineData("1.2.0", "1.4.0 1.0.0 3.0.0")]
    [InlineData("2.0.0-beta.2", "2.0.0 2.0.0-beta.1 3.0.0")]
    public void The_nearest_versions(string wanted, string expected) => Assert.Equal(
        expected.Split(' '),
        VersionNeighbours.Of(wanted, ["1.0.0", "1.4.0", "2.0.0-beta.1", "2.0.0", "3.0.0"], 4).AsEnumerable());

    private FeedSession Open(Action<NuGetConfigBuilder> configure, TimeSpan? budget = null, string cache = "cache")
    {
        var config = new NuGetConfigBuilder();
        configure(config);
        File.WriteAllText(Path.Combine(_root, "NuGet.config"), config.ToXml());
        return FeedSession.Open(new FeedOptions(_root, Path.Combine(_root, cache))
        {
            // Named, not configured: the variable NUGET_PACKAGES of whoever runs the tests would win.
            PackagesPath = Path.Combine(_root, "packages"),
            // Only the tests that give a budget are about it; a busy machine must not end the others.
            Budget = budget ?? TimeSpan.FromMinutes(5),
        });
    }
}
