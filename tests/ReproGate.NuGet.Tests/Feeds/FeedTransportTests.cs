using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ReproGate.Facts.Feeds;
using ReproGate.NuGet.Feeds;
using ReproGate.TestKit;

namespace ReproGate.NuGet.Tests.Feeds;

/// <summary>Sources of other kinds and tempers: version 2, HTTPS nobody vouches for, answers that contradict each other, ids that are none.</summary>
public sealed class FeedTransportTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-transport-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_version_2_feed_tells_existence_versions_and_age()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Json", "2.0.0", describe: static package => package with { Published = DateTimeOffset.UtcNow.AddDays(-1) }).Add("Acme.Old", "1.0.0", describe: static package => package with { Listed = false });
        using FeedSession session = Open(config => config.Source("v2", feed.V2Url, "*"));

        ImmutableArray<PackageLookUp> found = await session.LookUpAsync([new("Acme.Json", "2.0.0"), new("Acme.Json", "1.5.0"), new("Acme.None", "1.0.0"), new("Acme.Old", "1.0.0")], default);

        Assert.Equal([FeedAnswer.Exists, FeedAnswer.Absent, FeedAnswer.Absent, FeedAnswer.Exists], found.Select(static look => look.VersionAnswer));
        Assert.Equal([FeedAnswer.Exists, FeedAnswer.Exists, FeedAnswer.Absent, FeedAnswer.Exists], found.Select(static look => look.IdAnswer));
        Assert.InRange(DateTimeOffset.UtcNow - found[0].Metadata!.Published!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(49));
        Assert.Equal(["1.0.0", "2.0.0"], found[1].NearestVersions.AsEnumerable());
        Assert.False(found[3].Metadata!.Listed);
    }

    [Theory]
    [InlineData(401, "401")]
    [InlineData(403, "403")]
    [InlineData(404, "404")]
    [InlineData(500, "500")]
    public async Task A_version_2_feed_that_refuses_or_is_not_there_denies_nothing(int status, string reason)
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Inject(FeedFault.Status(status));
        using FeedSession session = Open(config => config.Source("v2", feed.V2Url, "*"));

        PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));

        Assert.Equal(FeedAnswer.Unknown, look.IdAnswer);
        Assert.Contains(reason, Assert.Single(look.Verdicts).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_2_feed_that_hangs_or_answers_nonsense_denies_nothing_in_bounded_time()
    {
        foreach (FeedFault fault in (FeedFault[])[FeedFault.Hang(), FeedFault.Text("<html>Sign in"), FeedFault.RedirectLoop()])
        {
            using HttpFeed feed = HttpFeed.Start();
            feed.Inject(fault);
            using FeedSession session = Open(config => config.Source("v2", feed.V2Url, "*"), TimeSpan.FromSeconds(2));
            long start = Stopwatch.GetTimestamp();

            PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));

            Assert.Equal(FeedAnswer.Unknown, look.IdAnswer);
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FeedBudgets.Ample);
        }
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_no_denial()
    {
        using X509Certificate2 certificate = SelfSigned();
        using HttpFeed feed = HttpFeed.Start(certificate: certificate);
        feed.Add("Acme.Json", "1.0.0");
        Assert.StartsWith("https://", feed.Url, StringComparison.Ordinal);
        foreach (string address in (string[])[feed.Url, feed.V2Url])
        {
            using FeedSession session = Open(config => config.Source("feed", address, "*"));
            PackageLookUp look = Assert.Single(await session.LookUpAsync([new("Acme.Json", "1.0.0")], default));
            Assert.Equal(FeedAnswer.Unknown, look.IdAnswer);
            Assert.Contains(address == feed.Url ? "TLS" : "SSL", Assert.Single(look.Verdicts).Reason, StringComparison.Ordinal);
        }

        Assert.Empty(feed.Requests);
    }

    [Fact]
    public async Task A_feed_that_answers_differently_each_time_is_asked_once_and_accused_of_nothing_it_does_not_say()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Json", "2.0.0");
        // First it has the package, then it has not; and of one version its registration knows nothing.
        feed.Inject(FeedFault.Content(static (attempt, body) => attempt == 1 ? body : "{\"versions\":[]}"u8.ToArray()), "/v3/flatcontainer/");
        feed.Inject(FeedFault.Text("""{"items":[{"lower":"1.0.0","upper":"1.0.0","count":1,"items":[{"catalogEntry":{"version":"1.0.0","published":"2020-01-01T00:00:00Z"}}]}]}"""), "/v3/registration/");
        using FeedSession session = Open(config => config.Source("feed", feed, "*"));

        ImmutableArray<PackageLookUp> found = await session.LookUpAsync([new("Acme.Json", "1.0.0"), new("Acme.Json", "2.0.0"), new("acme.JSON", "")], default);
        ImmutableArray<PackageLookUp> again = await session.LookUpAsync([new("Acme.Json", "2.0.0"), new("Acme.Json", "1.0.0")], default);

        Assert.All(found.Concat(again), static look => Assert.Equal(FeedAnswer.Exists, look.VersionAnswer));
        Assert.Equal((null, "it tells nothing about the version but that it exists"), (found[1].Metadata, found[1].MetadataReason));
        Assert.Equal(1, feed.Count("/v3/flatcontainer/"));
    }

    [Theory]
    [InlineData("Acme\u0007.Json")]
    [InlineData("Acme.Json\r\nRGATE0000")]
    [InlineData("Acme\u202E.Json")]
    [InlineData("../../etc/passwd")]
    [InlineData("Acme.Json?x=1#y")]
    [InlineData("Acme Json")]
    [InlineData("")]
    public async Task What_is_no_id_exists_nowhere_and_no_feed_hears_of_it(string id)
    {
        using HttpFeed feed = HttpFeed.Start();
        using FeedSession session = Open(config => config.Source("feed", feed, "*"));
        PackageLookUp look = Assert.Single(await session.LookUpAsync([new(id, "1.0.0")], default));
        Assert.Equal(FeedAnswer.Absent, look.IdAnswer);
        Assert.Empty(await session.ExistingAsync([id], default));
        Assert.Empty(feed.Requests);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_and_a_damaged_one_deny_nothing()
    {
        string damaged = Path.Combine(_root, "damaged");
        Directory.CreateDirectory(damaged);
        File.WriteAllText(Path.Combine(damaged, "Acme.Json.1.0.0.nupkg"), "no zip");
        using FeedSession session = Open(config => config.Source("gone", Path.Combine(_root, "gone"), "Gone.*").Source("damaged", damaged, "Acme.*"));

        ImmutableArray<PackageLookUp> found = await session.LookUpAsync([new("Gone.Json", "1.0.0"), new("Acme.Json", "1.0.0")], default);

        Assert.Equal(FeedAnswer.Unknown, found[0].IdAnswer);
        Assert.Contains("does not exist", Assert.Single(found[0].Verdicts).Reason, StringComparison.Ordinal);
        Assert.NotEqual(FeedAnswer.Absent, found[1].IdAnswer);
    }

    [Fact]
    public async Task A_build_that_is_cancelled_does_not_wait_for_another_process_that_asks()
    {
        using HttpFeed feed = HttpFeed.Start();
        Directory.CreateDirectory(Path.Combine(_root, "cache"));
        using var held = new FileStream(Path.Combine(_root, "cache", "feeds.json.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using FeedSession session = Open(config => config.Source("feed", feed, "*"), TimeSpan.FromMinutes(5));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        long start = Stopwatch.GetTimestamp();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.LookUpAsync([new("Acme.Json", "1.0.0")], cancellation.Token));

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FeedBudgets.Ample);
        Assert.Empty(feed.Requests);
    }

    private static X509Certificate2 SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private FeedSession Open(Action<NuGetConfigBuilder> configure, TimeSpan? budget = null)
    {
        var config = new NuGetConfigBuilder();
        config.Section("config", ("globalPackagesFolder", Path.Combine(_root, "packages")));
        configure(config);
        File.WriteAllText(Path.Combine(_root, "NuGet.config"), config.ToXml());
        return FeedSession.Open(new FeedOptions(_root, Path.Combine(_root, "cache")) { Budget = budget ?? FeedBudgets.Ample, PackagesPath = Path.Combine(_root, "packages") });
    }
}
