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
        Assert.Empty(repo.Dotnet("restore", "App/App.csproj").Findings);
        Assert.Empty(feed.Requests);

        // In the restore that writes the lock anew too: what does not exist would leave an empty one.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0").Package("Acme.Jsonn", "1.0.0"));
        repo.Write("App/.config/dotnet-tools.json", "{\n  \"version\": 1, \"isRoot\": true,\n  \"tools\": {\n    \"acme.inner\": { \"version\": \"1.0.0\", \"commands\": [ \"inner\" ] } }\n}\n");
        ProcessResult invented = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        // A tool manifest below the root belongs to the projects below it.
        invented.AssertRed("RGATE2101", repo.PathOf("App/.config/dotnet-tools.json"), 4);
        File.Delete(repo.PathOf("App/.config/dotnet-tools.json"));
        Assert.Equal(["RGATE2101", "RGATE2101", "RGATE2102"], invented.Findings.Select(static found => found.Code).Order(StringComparer.Ordinal));
        Diagnostic nonexistent = invented.AssertRed("RGATE2101", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Jsonn"));
        Assert.Contains("Acme.Json ", nonexistent.Text, StringComparison.Ordinal);
        Assert.Contains("feed does not have it", nonexistent.Text, StringComparison.Ordinal);
        Diagnostic version = invented.AssertRed("RGATE2102", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "1.1.0"));
        Assert.Contains("1.2.0, 1.0.0", version.Text, StringComparison.Ordinal);

        // What exists is left to the lock, and asked for once: the look is remembered.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Text", "1.0.0"));
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"));
        feed.ForgetRequests();
        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1003", repo.PathOf("App/App.csproj"));
        Assert.Empty(feed.Requests);

        // A feed that does not answer is a warning with the reason, and accuses nobody.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Invented", "1.0.0"));
        feed.Inject(FeedFault.Status(403));
        ProcessResult refused = repo.Dotnet("restore", "App/App.csproj");
        Assert.Equal(["RGATE0090", "RGATE1003"], refused.Findings.Select(static found => found.Code).Order(StringComparer.Ordinal));
        Diagnostic warning = Assert.Single(refused.WithCode("RGATE0090"));
        Assert.Equal((false, repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Invented")), (warning.IsError, warning.File, warning.Line));
        Assert.Contains("403", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_out_yesterday_waits_and_what_looks_like_another_is_told_by_a_feed_behind_a_proxy_that_wants_a_credential_provider()
    {
        // No such host: only through the proxy, which the feed is itself.
        using HttpFeed feed = HttpFeed.Start(publicRoot: "http://feed.reprogate.test");
        feed.RequireBasic("me", "hunter2");
        feed.Add("Acme.Json", "1.0.0")
            .Add("Acme.Json", "1.1.0", describe: static package => package with { Published = DateTimeOffset.UtcNow.AddDays(-1) })
            .Add("Newtonsoft.Jsom", "13.0.3", describe: static package => package with { Owners = ["somebody"] })
            .Add("Newtonsoft.Json", "13.0.3", describe: static package => package with { Owners = ["newtonsoft"], Verified = true })
            .Add("Acme.Json.Schema", "1.0.0");
        using TestRepository repo = TestRepository.Create();
        CredentialPlugin plugin = CredentialPlugin.Create(Path.Combine(Path.GetDirectoryName(repo.Root)!, "plugin"), "me", "hunter2");
        repo.Environment["http_proxy"] = feed.Address;
        repo.Environment["no_proxy"] = null;
        repo.Environment["NUGET_PLUGIN_PATHS"] = plugin.Path;
        Lock(repo, feed);
        int asked = plugin.Questions.Count;
        Assert.True(asked > 0);

        // The well-known package itself, and a member of an own family, are accused of nothing.
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.1.0").Package("Newtonsoft.Jsom", "13.0.3").Package("Newtonsoft.Json", "13.0.3").Package("Acme.Json.Schema", "1.0.0"));
        ProcessResult first = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        Assert.Equal(["RGATE2103", "RGATE2104"], first.Findings.Select(static found => found.Code).Order(StringComparer.Ordinal));
        // NuGet itself did not come to ask.
        Assert.True(plugin.Questions.Count > asked);
        Assert.All(feed.Requests.Where(static request => request.Authorization.Length > 0), static request => Assert.StartsWith("Basic ", request.Authorization, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", first.Output, StringComparison.Ordinal);
        Diagnostic young = first.AssertRed("RGATE2103", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "1.1.0"));
        Assert.Contains("24 hours ago", young.Text, StringComparison.Ordinal);
        Diagnostic lookalike = first.AssertRed("RGATE2104", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Newtonsoft.Jsom"));
        Assert.Contains("Newtonsoft.Json", lookalike.Text, StringComparison.Ordinal);
        Assert.Contains("somebody", lookalike.Text, StringComparison.Ordinal);
        Assert.Contains("{ \"lookalike\": \"Newtonsoft.Jsom\", \"reason\": \"…\" }", lookalike.Text, StringComparison.Ordinal);

        // Whoever has made sure says so with a reason; a dated exception that has ended lets nothing in.
        repo.Write("reprogate.allow.json", """{ "allow": [ { "package": "Acme.Json", "until": "2020-01-01", "reason": "was needed" }, { "lookalike": "Newtonsoft.Jsom", "reason": "our own fork" } ] }""");
        Assert.Contains("ended on 2020-01-01", repo.Dotnet("restore", "App/App.csproj", "--force-evaluate").AssertOnlyRed("RGATE2103", repo.PathOf("App/App.csproj")).Text, StringComparison.Ordinal);
        repo.Replace("reprogate.allow.json", "2020-01-01", "2999-01-01");
        ProcessResult allowed = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        Assert.True(allowed.ExitCode == 0, allowed.Describe());
        Assert.Empty(allowed.Findings);
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
        // Of this one the reference takes no build code, so none came in.
        feed.Add("Acme.Quiet", "1.0.0", describe: static package => package with { Nupkg = PackageFixture.Bytes("Acme.Quiet", "1.0.0", files: [("build/Acme.Quiet.props", "<Project />"u8.ToArray())]) });
        using TestRepository repo = Locked(feed);
        // Its packages are there for the restore, not for the code.
        repo.Write(".editorconfig", "root = true\n[*]\ndotnet_diagnostic.RGATE2003.severity = none\n");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Gen", "1.0.0").Package("Acme.Quiet", "1.0.0", metadata: ("ExcludeAssets", "build")));

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
    public void A_hundred_projects_ask_nothing_for_their_commit_and_once_for_what_is_new_in_them_and_in_the_files_they_share()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0").Add("Acme.Text", "1.0.0").Add("Acme.Tool", "1.0.0").Add("Acme.Near.Sdk", "1.0.0").Add("Acme.Spare", "1.0.0")
            .Add("Acme.Tool", "1.1.0", describe: static package => package with { Published = DateTimeOffset.UtcNow.AddDays(-1) });
        using TestRepository repo = TestRepository.Create("viele Projekte");
        repo.UseHttpFeed(feed);
        string[] projects = [.. Enumerable.Range(0, 100).Select(static number => $"P{number}/P{number}.csproj")];
        repo.Project(projects[0], static project => project.Package("Acme.Json"));
        repo.Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Acme.Json" Version="1.0.0" />
                <PackageVersion Include="Acme.Spare" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        repo.Write(".config/dotnet-tools.json", """
            {
              "version": 1,
              "tools": {
                "acme.tool": { "version": "1.0.0", "commands": [ "acme" ] }
              }
            }
            """);
        repo.Write("global.json", TestRepository.GlobalJson(",\n  \"msbuild-sdks\": {\n    \"Acme.Near.Sdk\": \"1.0.0\"\n  }"));
        // The SDK is taken by nothing, so that there are no bytes to lock.
        repo.Replace("reprogate.lock.json", "  \"sdks\"", $"  \"tools\": {{ \"acme.tool/1.0.0\": {{ \"contentHash\": \"{Convert.ToBase64String(new byte[64])}\" }} }},\n  \"sdks\"");
        repo.Lock(projects[0]);
        Directory.Delete(repo.PathOf("P0/obj"), recursive: true);
        foreach (string project in projects[1..])
        {
            repo.Write(project, repo.Read(projects[0]));
            repo.Write(Path.GetDirectoryName(project) + "/packages.lock.json", repo.Read("P0/packages.lock.json"));
        }

        repo.Solution("All.slnx", projects).Solution("Some.slnx", projects[..25]).Solution("Few.slnx", projects[..3]).Commit();
        feed.ForgetRequests();
        ProcessResult unchanged = repo.Dotnet("restore", "All.slnx", "-m:2");
        Assert.True(unchanged.ExitCode == 0, unchanged.Describe());
        Assert.Empty(unchanged.Findings);

        // What a build asks before it compiles, which is all that it asks feeds.
        ProcessResult build = repo.Dotnet("msbuild", "All.slnx", "-t:CollectPackageReferences", "-m:2");
        Assert.True(build.ExitCode == 0, build.Describe());
        Assert.Empty(build.Findings);
        Assert.Empty(feed.Requests);

        // What the projects take: asked for once.
        repo.Replace("Directory.Packages.props", "  </ItemGroup>", "    <PackageVersion Include=\"Acme.Text\" Version=\"1.0.0\" />\n  </ItemGroup>");
        repo.Replace("Directory.Build.props", "</Project>", "  <ItemGroup><PackageReference Include=\"Acme.Text\" /></ItemGroup>\n</Project>");
        repo.Dotnet("restore", "Some.slnx", "-m:2").AssertOnlyRed("RGATE1003", repo.PathOf("Directory.Build.props"));
        Assert.Equal((1, 1), (feed.Count("/v3/flatcontainer/acme.text/index.json"), feed.Count("/v3/registration/acme.text/index.json")));

        // What the files declare that they share: each told once, and what a project references is left to it. A tool or SDK that is committed
        // without its hash is no less new: a bad commit is caught where it is built.
        repo.Replace("Directory.Build.props", "</Project>", "  <Import Sdk=\"Acme.Far.Sdk/1.0.0\" Project=\"Sdk.props\" Condition=\"'$(Never)' == 'true'\" />\n</Project>");
        repo.Replace(".config/dotnet-tools.json", "\"acme.tool\": { \"version\": \"1.0.0\"", "\"acme.tolo\": { \"version\": \"1.0.0\", \"commands\": [ \"tolo\" ] },\n    \"acme.tool\": { \"version\": \"1.1.0\"");
        repo.Replace("global.json", "\"Acme.Near.Sdk\": \"1.0.0\"", "\"Acme.Near.Sdk\": \"1.0.0\",\n    \"Acme.Nowhere.Sdk\": \"1.0.0\"");
        repo.Write("later/Later.props", "<Project><Import Sdk=\"Acme.Nowhere.Sdk\" Project=\"Sdk.props\" /></Project>");
        repo.Commit("a bad commit");
        repo.Replace("Directory.Packages.props", "  </ItemGroup>", "    <PackageVersion Include=\"Acme.Invented\" Version=\"1.0.0\" />\n    <PackageVersion Include=\"Acme.Spare.Not\" Version=\"$(Unset)\" Condition=\"'$(Never)' == 'true'\" />\n  </ItemGroup>");
        repo.Replace("Directory.Packages.props", "\"Acme.Spare\" Version=\"1.0.0\"", "\"Acme.Spare\" Version=\"7.0.0\"");
        ProcessResult changed = repo.Dotnet("restore", "Few.slnx", "-m:2");
        string[] told = [.. changed.Findings.Select(found => $"{found.Code} {Path.GetFileName(found.File)}({found.Line})").Order(StringComparer.Ordinal)];
        Assert.Equal(
            ((string[])
            [
                At("RGATE2101", "Directory.Build.props", "Acme.Far.Sdk"),
                At("RGATE2101", "Directory.Packages.props", "Acme.Invented"),
                At("RGATE2101", "Directory.Packages.props", "Acme.Spare.Not"),
                At("RGATE2101", ".config/dotnet-tools.json", "acme.tolo"),
                At("RGATE2101", "global.json", "Acme.Nowhere.Sdk"),
                At("RGATE2102", "Directory.Packages.props", "7.0.0"),
                At("RGATE2103", ".config/dotnet-tools.json", "1.1.0"),
            ]).Order(StringComparer.Ordinal),
            told);
        Assert.Contains("The tool acme.tolo does not exist", changed.Output, StringComparison.Ordinal);
        Assert.Contains("Acme.Tool", changed.Findings.Single(static found => found.Text.Contains("acme.tolo", StringComparison.Ordinal)).Text, StringComparison.OrdinalIgnoreCase);

        // A file-based app has its packages in its own lines.
        repo.Write("app.cs", "#:property TargetFramework=net10.0\n#:package Acme.Text@1.0.0\n#:package Acme.Invented.App@1.0.0\nSystem.Console.WriteLine(1);\n");
        repo.Git("reset", "--quiet", "--hard", "HEAD~1");
        ProcessResult app = repo.Dotnet("build", "app.cs");
        app.AssertRed("RGATE2101", repo.PathOf("app.cs"), 3);
        Assert.Single(app.WithCode("RGATE2101"));

        string At(string code, string file, string text) => $"{code} {Path.GetFileName(file)}({repo.LineOf(file, text)})";
    }

    [Fact]
    public void Git_is_asked_once_in_a_build_and_a_lock_that_the_commit_has_otherwise_is_looked_at()
    {
        using HttpFeed feed = HttpFeed.Start();
        feed.Add("Acme.Json", "1.0.0");
        using TestRepository repo = Locked(feed, "répo 100%");
        repo.Project("Lib/Lib.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Write("Lib/Library.cs", "namespace Lib; public static class Library { public static int Run() => AcmeJson.Thing.Do(); }");
        repo.Solution("All.slnx", "App/App.csproj", "Lib/Lib.csproj").Lock("All.slnx");
        Directory.Delete(repo.PathOf("App/obj"), recursive: true);
        Directory.Delete(repo.PathOf("Lib/obj"), recursive: true);
        feed.ForgetRequests();

        BuildLog log = BuildLog.Read(repo.Dotnet("build", "All.slnx", "-maxcpucount:2").AssertGreen());
        Assert.Empty(feed.Requests);
        Assert.Equal(2, log.Tasks.Count(static task => task.Name == "CheckNewPackages"));
        Assert.Equal(2, log.Tasks.Count(static task => task.Name == "CheckRestoredPackages"));
        // Once in the restore, once in the build.
        Assert.Equal(2, log.Tasks.Count(static task => task.Name == "ReadCommittedLocks"));

        // What a project brings beside its packages is new although its lock is the commit's.
        repo.Write("Lib/.config/dotnet-tools.json", "{\n  \"version\": 1, \"isRoot\": true,\n  \"tools\": {\n    \"acme.inner\": { \"version\": \"1.0.0\", \"commands\": [ \"inner\" ] } }\n}\n");
        repo.Dotnet("build", "All.slnx").AssertRed("RGATE2101", repo.PathOf("Lib/.config/dotnet-tools.json"), 4);
        File.Delete(repo.PathOf("Lib/.config/dotnet-tools.json"));

        // Written by hand into the lock too; and a name that is tracked, and would pass for the lock where names were told apart by line ends.
        repo.Write($"x\n{repo.PathOf("App/packages.lock.json")}\n.lock.json", "{}").Commit();
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0").Package("Acme.Jsonn", "1.0.0"));
        repo.Replace("App/packages.lock.json", "\"Acme.Json\": {", $"\"Acme.Jsonn\": {{ \"type\": \"Direct\", \"requested\": \"[1.0.0, )\", \"resolved\": \"1.0.0\", \"contentHash\": \"{Convert.ToBase64String(new byte[64])}\" }},\n      \"Acme.Json\": {{");
        repo.Dotnet("restore", "All.slnx").AssertRed("RGATE2101", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Jsonn"));
    }

    private static TestRepository Locked(HttpFeed feed, string name = "repo") => Lock(TestRepository.Create(name), feed);

    private static TestRepository Lock(TestRepository repo, HttpFeed feed)
    {
        repo.UseHttpFeed(feed);
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Write("App/Program.cs", "namespace App; public static class Program { public static int Run() => AcmeJson.Thing.Do(); }");
        return repo.Lock("App/App.csproj");
    }
}
