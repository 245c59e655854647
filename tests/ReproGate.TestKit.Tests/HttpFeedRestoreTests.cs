namespace ReproGate.TestKit.Tests;

/// <summary>The HTTP feed against the real client: <c>dotnet restore</c>.</summary>
public sealed class HttpFeedRestoreTests
{
    [Fact]
    public void Restore_takes_packages_and_counts_as_requests_only_what_is_asked()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0", ["Acme.Text/2.0.0"]).Add("Acme.Text", "2.0.0");
        using TestRepository repo = TestRepository.Create(gate: false, privatePackages: true).UseHttpFeed(feed);
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Property("RestorePackagesWithLockFile", "true"));
        repo.Write("App/Use.cs", "public static class Use { public static int It() => AcmeJson.Thing.Do() + new AcmeText.Thing().GetHashCode(); }");

        repo.Dotnet("build", "App/App.csproj").AssertGreen();

        Assert.Contains("\"Acme.Text\"", repo.Read("App/packages.lock.json"), StringComparison.Ordinal);
        Assert.Equal(1, feed.Count("acme.json.1.0.0.nupkg"));
        Assert.Equal(1, feed.Count("acme.text.2.0.0.nupkg"));

        feed.ForgetRequests();
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
        Assert.Empty(feed.Requests);
    }

    [Fact]
    public void Credentials_are_asked_and_given()
    {
        using HttpFeed feed = HttpFeed.Start().Add("Acme.Json", "1.0.0").RequireBasic("reader", "s3cret");
        using TestRepository repo = TestRepository.Create(gate: false, privatePackages: true);
        repo.Project("App.csproj", project => project.Package("Acme.Json", "1.0.0"));

        repo.Sources(config => config.Source("feed", feed, "*"));
        ProcessResult without = repo.Dotnet("restore");
        repo.Sources(config => config.Source("feed", feed, "*").Credentials("feed", "reader", "s3cret"));
        ProcessResult with = repo.Dotnet("restore");

        Assert.NotEqual(0, without.ExitCode);
        Assert.Contains("401", without.Output, StringComparison.Ordinal);
        with.AssertGreen();
    }

    [Fact]
    public void Two_sources_serve_what_is_mapped_to_them()
    {
        using HttpFeed one = HttpFeed.Start().Add("Acme.Json", "1.0.0").Add("Other.Text", "1.0.0");
        using HttpFeed two = HttpFeed.Start().Add("Acme.Json", "1.0.0").Add("Other.Text", "1.0.0");
        using TestRepository repo = TestRepository.Create(gate: false, privatePackages: true);
        repo.Sources(config => config.Source("one", one, "Acme.*").Source("two", two, "*"));
        repo.Project("App.csproj", project => project.Package("Acme.Json", "1.0.0").Package("Other.Text", "1.0.0"));

        repo.Dotnet("restore").AssertGreen();

        Assert.Equal((1, 0), (one.Count("acme.json.1.0.0.nupkg"), one.Count("other.text")));
        Assert.Equal((0, 1), (two.Count("acme.json"), two.Count("other.text.1.0.0.nupkg")));
    }

    [Fact]
    public void An_unlisted_version_restores_when_named_and_a_vulnerable_one_is_told()
    {
        using HttpFeed feed = HttpFeed.Start()
            .Add("Acme.Json", "1.0.0", describe: package => package with { Listed = false })
            .Add("Acme.Text", "1.0.0", describe: package => package with { Vulnerabilities = [new FeedVulnerability("https://example.invalid/advisory", 3)] });
        using TestRepository repo = TestRepository.Create(gate: false, privatePackages: true).UseHttpFeed(feed);
        repo.Project("App.csproj", project => project.Package("Acme.Json", "1.0.0").Package("Acme.Text", "1.0.0"));

        ProcessResult result = repo.Dotnet("restore");

        Assert.Equal(0, result.ExitCode);
        Diagnostic warning = Assert.Single(result.Warnings);
        Assert.Equal("NU1904", warning.Code);
        Assert.Contains("Acme.Text", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_reach_the_client_and_heal()
    {
        using HttpFeed feed = HttpFeed.Start().Add("Acme.Json", "1.0.0");
        using TestRepository repo = TestRepository.Create(gate: false, privatePackages: true).UseHttpFeed(feed);
        repo.Project("App.csproj", project => project.Package("Acme.Json", "1.0.0").Property("RestorePackagesWithLockFile", "true"));

        feed.Inject(FeedFault.TruncatedZip(), ".nupkg");
        ProcessResult broken = repo.Dotnet("restore");
        feed.Heal().Inject(FeedFault.Status(500), "index.json", times: 1);
        ProcessResult retried = repo.Dotnet("restore");
        feed.Heal().Inject(FeedFault.WrongHash(), ".nupkg");
        Directory.Delete(repo.Packages, recursive: true);
        ProcessResult tampered = repo.Dotnet("restore", "--locked-mode", "--no-http-cache");

        Assert.NotEqual(0, broken.ExitCode);
        retried.AssertGreen();
        tampered.AssertOnlyRed("NU1403", repo.PathOf("App.csproj"));
    }
}
