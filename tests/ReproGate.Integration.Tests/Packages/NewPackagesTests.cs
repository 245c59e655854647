using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Packages;

/// <summary>RGATE21xx: packages that the commit does not have, looked up before restore.</summary>
public sealed class NewPackagesTests
{
    [Fact]
    public void What_does_not_exist_is_told_before_NuGet_says_so_and_an_unchanged_commit_asks_nobody()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Json", "1.2.0").Add("Acme.Text", "1.0.0");
        using TestRepository repo = Locked(feed, "répo with space");

        // Whatever obj held is gone, as in a fresh clone.
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);
        feed.ForgetRequests();
        ProcessResult unchanged = repo.Dotnet("build", "App/App.csproj");
        Assert.True(unchanged.ExitCode == 0, unchanged.Describe());
        Assert.Empty(unchanged.Findings);
        Assert.Empty(feed.Requests);
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj")).AssertNothingOfOursLoaded();

        // A near miss: a comment, and a package that the commit has already at another place, are nothing new.
        repo.Replace("App/App.csproj", "</Project>", "<!-- Acme.Jsonn --><ItemGroup Condition=\"'$(Never)' == 'true'\"><PackageReference Include=\"Acme.Jsonn\" Version=\"1.0.0\" /></ItemGroup></Project>");
        Assert.Empty(repo.Dotnet("build", "App/App.csproj").Findings);
        Assert.Empty(feed.Requests);

        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Jsonn", "1.0.0"));
        Diagnostic nonexistent = repo.Dotnet("build", "App/App.csproj").AssertOnlyRed("RGATE2101", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Jsonn"));
        Assert.Contains("Acme.Json ", nonexistent.Text, StringComparison.Ordinal);
        Assert.Contains("feed does not have it", nonexistent.Text, StringComparison.Ordinal);

        // The same in the restore that writes the lock anew.
        repo.Dotnet("restore", "App/App.csproj", "--force-evaluate").AssertOnlyRed("RGATE2101", repo.PathOf("App/App.csproj"));

        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0"));
        Diagnostic version = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE2102", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Json"));
        Assert.Contains("1.0.0, 1.2.0", version.Text, StringComparison.Ordinal);

        // What exists is left to the lock, and asked for once: the look is remembered.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Text", "1.0.0"));
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"));
        feed.ForgetRequests();
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"));
        Assert.Empty(feed.Requests);
    }

    [Fact]
    public void What_came_out_yesterday_waits_and_what_looks_like_another_is_told()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0")
            .Add("Acme.Json", "1.1.0", describe: static package => package with { Published = DateTimeOffset.UtcNow.AddDays(-1) })
            .Add("Newtonsoft.Jsom", "13.0.3", describe: static package => package with { Owners = ["somebody"] })
            .Add("Newtonsoft.Json", "13.0.3", describe: static package => package with { Owners = ["newtonsoft"], Verified = true })
            .Add("Acme.Json.Schema", "1.0.0");
        using TestRepository repo = Locked(feed);

        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0"));
        Diagnostic young = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE2103", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "1.1.0"));
        Assert.Contains("24 hours ago", young.Text, StringComparison.Ordinal);

        // A dated exception lets it in; one that has ended does not.
        repo.Write("reprogate.allow.json", """{ "allow": [ { "package": "Acme.Json", "until": "2020-01-01", "reason": "was needed" } ] }""");
        Assert.Contains("ended on 2020-01-01", repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE2103", repo.PathOf("App/App.csproj")).Text, StringComparison.Ordinal);
        repo.Replace("reprogate.allow.json", "2020-01-01", "2999-01-01");
        ProcessResult allowed = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        Assert.True(allowed.ExitCode == 0, allowed.Describe());
        repo.Commit();

        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0").Package("Newtonsoft.Jsom", "13.0.3"));
        Diagnostic lookalike = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE2104", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Newtonsoft.Jsom"));
        Assert.Contains("Newtonsoft.Json", lookalike.Text, StringComparison.Ordinal);
        Assert.Contains("somebody", lookalike.Text, StringComparison.Ordinal);

        // The well-known package itself, and a member of an own family, are accused of nothing.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0").Package("Newtonsoft.Json", "13.0.3").Package("Acme.Json.Schema", "1.0.0"));
        ProcessResult honest = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        Assert.True(honest.ExitCode == 0, honest.Describe());
        Assert.Empty(honest.Findings);
    }

    [Fact]
    public void What_came_in_is_recorded_told_while_it_is_withdrawn_and_never_asked_for_again()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Far", "1.0.0", describe: static package => package with { Listed = false });
        feed.Add("Acme.Gen", "1.0.0", describe: static package => package with
        {
            Nupkg = PackageFixture.Bytes("Acme.Gen", "1.0.0", ["Acme.Far/1.0.0"], files: [("build/Acme.Gen.props", "<Project />"u8.ToArray())]),
            Deprecation = new FeedDeprecation(["Legacy"], "No more.", "Acme.NewGen"),
        });
        using TestRepository repo = Locked(feed);
        // Its packages are there for the restore, not for the code.
        repo.Write(".editorconfig", "root = true\n[*]\ndotnet_diagnostic.RGATE2003.severity = none\n");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Gen", "1.0.0"));

        ProcessResult locking = repo.Dotnet("msbuild", "-t:ReproGateLock", "App/App.csproj");
        Assert.True(locking.ExitCode == 0, locking.Describe());
        string written = repo.Read("reprogate.lock.json");
        Assert.Contains($"    \"Acme.Far/1.0.0\": {{ \"source\": \"{feed.Url}\", \"unlisted\": true }}", written, StringComparison.Ordinal);
        Assert.Contains($"    \"Acme.Gen/1.0.0\": {{ \"published\": \"2020-01-01\", \"source\": \"{feed.Url}\", \"deprecated\": \"Legacy\", \"alternative\": \"Acme.NewGen\", \"buildCode\": true }}", written, StringComparison.Ordinal);
        Assert.DoesNotContain("Acme.Json/", written, StringComparison.Ordinal);

        feed.ForgetRequests();
        repo.Git("add", "--all");
        ProcessResult first = repo.Dotnet("build", "App/App.csproj");
        Assert.True(first.ExitCode == 0, first.Describe());
        Diagnostic code = Assert.Single(first.WithCode("RGATE2106"));
        Assert.Equal((false, repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Gen")), (code.IsError, code.File, code.Line));
        Assert.Contains("build/Acme.Gen.props", code.Text, StringComparison.Ordinal);
        Assert.Equal(2, first.WithCode("RGATE2105").Count());
        Assert.Contains(first.WithCode("RGATE2105"), found => found.File == repo.PathOf("App/App.csproj") && found.Line == repo.LineOf("App/App.csproj", "Acme.Gen") && found.Text.Contains("Take Acme.NewGen", StringComparison.Ordinal));
        Assert.Contains(first.WithCode("RGATE2105"), found => found.File == repo.PathOf("App/packages.lock.json") && found.Line == repo.LineOf("App/packages.lock.json", "\"Acme.Far\": {"));

        // Committed, its code is known; withdrawn it stays, from the record, on a clone too.
        repo.Commit();
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);
        ProcessResult clone = repo.Dotnet("build", "App/App.csproj");
        Assert.Equal(["RGATE2105", "RGATE2105"], clone.Findings.Select(static found => found.Code));
        ProcessResult again = repo.Dotnet("build", "App/App.csproj");
        Assert.Equal(["RGATE2105", "RGATE2105"], again.Findings.Select(static found => found.Code));
        BuildLog.Read(again).AssertNothingOfOursLoaded();
        Assert.Empty(feed.Requests);

        // What goes takes its record with it.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        Assert.Equal(0, repo.Dotnet("msbuild", "-t:ReproGateLock", "App/App.csproj").ExitCode);
        Assert.DoesNotContain("Acme.Gen", repo.Read("reprogate.lock.json"), StringComparison.Ordinal);
        Assert.Empty(repo.Dotnet("build", "App/App.csproj").Findings);
    }

    [Fact]
    public void A_feed_without_answer_is_a_warning_with_the_reason_and_no_accusation()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0");
        using TestRepository repo = Locked(feed);
        repo.Environment["ReproGateLockedRestoreEnabled"] = "false";
        repo.Environment["ReproGateFeedTimeout"] = "3";
        repo.Environment["RestorePackagesWithLockFile"] = "true";
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Invented", "1.0.0"));

        feed.Inject(FeedFault.Status(403));
        ProcessResult refused = repo.Dotnet("restore", "App/App.csproj");
        Diagnostic warning = Assert.Single(refused.Findings);
        Assert.Equal(("RGATE0090", false, repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Invented")), (warning.Code, warning.IsError, warning.File, warning.Line));
        Assert.Contains("403", warning.Text, StringComparison.Ordinal);

        feed.Heal();
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE2101", repo.PathOf("App/App.csproj"));
    }

    [Fact]
    public void A_hundred_projects_that_take_the_same_package_ask_once_and_an_unchanged_commit_of_them_never()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Text", "1.0.0");
        using TestRepository repo = TestRepository.Create();
        repo.UseHttpFeed(feed);
        string[] projects = [.. Enumerable.Range(0, 100).Select(static number => $"P{number}/P{number}.csproj")];
        repo.Project(projects[0], static project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock(projects[0]);
        Directory.Delete(repo.PathOf("P0/obj"), recursive: true);
        foreach (string project in projects[1..])
        {
            repo.Write(project, repo.Read(projects[0]));
            repo.Write(Path.GetDirectoryName(project) + "/packages.lock.json", repo.Read("P0/packages.lock.json"));
        }

        repo.Solution("All.slnx", projects).Commit();
        feed.ForgetRequests();
        ProcessResult unchanged = repo.Dotnet("restore", "All.slnx", "-m:2");
        Assert.True(unchanged.ExitCode == 0, unchanged.Describe());
        Assert.Empty(feed.Requests);

        repo.Write("Directory.Build.props", repo.Read("Directory.Build.props").Replace("</Project>", "<ItemGroup><PackageReference Include=\"Acme.Text\" Version=\"1.0.0\" /></ItemGroup></Project>", StringComparison.Ordinal));
        repo.Dotnet("restore", "All.slnx", "-m:2").AssertRed("RGATE1003", repo.PathOf("Directory.Build.props"), 3);
        Assert.Equal((1, 1), (feed.Count("/v3/flatcontainer/acme.text/index.json"), feed.Count("/v3/registration/acme.text/index.json")));
    }

    private static TestRepository Locked(HttpFeed feed, string name = "repo")
    {
        TestRepository repo = TestRepository.Create(name);
        repo.UseHttpFeed(feed);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Write("App/Program.cs", "namespace App; public static class Program { public static int Run() => AcmeJson.Thing.Do(); }");
        return repo.Lock("App/App.csproj");
    }
}
