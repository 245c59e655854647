using System.Text.Json;
using ReproGate.Cli.Adoption;
using ReproGate.Facts;

namespace ReproGate.Cli.Tests;

/// <summary>What init proposes for each file, and that a second look proposes nothing more.</summary>
public sealed class AdoptionTests
{
    private const string Line = """<Sdk Name="ReproGate.Sdk" Version="1.2.3" />""";

    [Theory]
    [InlineData(null, "<Project>\n  " + Line + "\n</Project>\n")]
    [InlineData("<Project>\n  <PropertyGroup />\n</Project>\n", "<Project>\n  " + Line + "\n  <PropertyGroup />\n</Project>\n")]
    [InlineData("<Project />\n", "<Project>\n  " + Line + "\n</Project>\n")]
    [InlineData("<!-- c -->\r\n<Project xmlns=\"x\">\r\n</Project>\r\n", "<!-- c -->\r\n<Project xmlns=\"x\">\r\n  " + Line + "\r\n</Project>\r\n")]
    [InlineData("<Project InitialTargets=\"A\" />", "<Project InitialTargets=\"A\">\n  " + Line + "\n</Project>")]
    [InlineData("<Project><Sdk Name='ReproGate.Sdk' Version='0.9.0'/></Project>", "<Project><Sdk Name='ReproGate.Sdk' Version='0.9.0'/></Project>")]
    public void The_line_goes_first_and_only_once(string? before, string after)
    {
        Assert.Equal(after, SdkLine.Propose(before, "1.2.3"));
        Assert.Equal(after, SdkLine.Propose(after, "1.2.3"));
    }

    [Fact]
    public void The_step_is_proposed_for_the_workflow_that_builds()
    {
        string root = Directory.CreateTempSubdirectory("reprogate-advice-").FullName;
        try
        {
            string workflows = Directory.CreateDirectory(Path.Combine(root, ".github", "workflows")).FullName;
            File.WriteAllText(Path.Combine(workflows, "cache.yml"), "run: gh cache delete");
            File.CreateSymbolicLink(Path.Combine(workflows, "a-gone.yml"), Path.Combine(root, "nowhere.yml"));
            Assert.Equal("a-gone.yml", Assert.Single(Advice.ContinuousIntegration(root, "")).File);

            File.WriteAllText(Path.Combine(workflows, "release.yml"), "run: dotnet nuget push");
            Assert.Equal("release.yml", Assert.Single(Advice.ContinuousIntegration(root, "")).File);

            File.WriteAllText(Path.Combine(workflows, "test.yaml"), "run: dotnet build");
            (_, string file, string snippet) = Assert.Single(Advice.ContinuousIntegration(root, " \"One.slnx\""));
            Assert.Equal("test.yaml", file);
            Assert.Contains("- run: dotnet build \"One.slnx\"\n", snippet.ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.Contains("reprogate check \"One.slnx\" --format github", snippet, StringComparison.Ordinal);

            File.WriteAllText(Path.Combine(workflows, "ci.yml"), "run: npm test");
            Assert.Equal("test.yaml", Assert.Single(Advice.ContinuousIntegration(root, "")).File);

            File.WriteAllText(Path.Combine(workflows, "build.yml"), "uses: actions/setup-dotnet\nrun: ./build.ps1");
            Assert.Equal("build.yml", Assert.Single(Advice.ContinuousIntegration(root, "")).File);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void A_file_without_project_is_refused() => Assert.Throws<ToolException>(() => SdkLine.Propose("<Other />", "1.2.3"));

    [Theory]
    [InlineData(null, "10.0.401", "latestPatch")]
    [InlineData("{}", "10.0.401", "latestPatch")]
    [InlineData("""{ "sdk": { "version": "10.0.100", "rollForward": "latestMajor" } }""", "10.0.401", "latestPatch")]
    [InlineData("""{ "sdk": { "version": "10.0.400", "rollForward": "latestFeature" } }""", "10.0.400", "latestPatch")]
    [InlineData("""{ "sdk": { "rollForward": "latestFeature" }, "msbuild-sdks": { "A": "1.0.0" } }""", "10.0.401", "latestPatch")]
    public void The_pin_is_to_a_patch_band(string? before, string version, string roll)
    {
        string after = GlobalJsonPin.Propose(before, "10.0.401");

        Assert.Contains($"\"version\": \"{version}\"", after, StringComparison.Ordinal);
        Assert.Contains($"\"rollForward\": \"{roll}\"", after, StringComparison.Ordinal);
        Assert.Equal(before?.Contains("msbuild-sdks", StringComparison.Ordinal) == true, after.Contains("msbuild-sdks", StringComparison.Ordinal));
        Assert.Equal(after, GlobalJsonPin.Propose(after, "10.0.999"));
    }

    [Theory]
    [InlineData("// ours\n{ \"sdk\": { \"version\": \"10.0.100\" } }")]
    [InlineData("""{ "sdk": { "version": "10.0.100", "rollForward": "disable" } }""")]
    public void A_pin_that_is_good_keeps_every_character(string text) => Assert.Equal(text, GlobalJsonPin.Propose(text, "10.0.401"));

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_global_json_that_is_none_is_refused(string text) => Assert.Throws<ToolException>(() => GlobalJsonPin.Propose(text, "10.0.401"));

    [Fact]
    public void Sources_are_the_repository_s_own_and_mapped_by_where_packages_came_from()
    {
        var notes = new List<string>();
        var settings = new NuGetSettingsFacts
        {
            Directory = "/r",
            RepositoryRoot = "/r",
            Sources =
            [
                Source("nuget.org", "https://api.nuget.org/v3/index.json", SettingsLevel.User) with { ProtocolVersion = "3" },
                Source("company", "https://feed.example/v3/index.json", SettingsLevel.Repository),
                Source("mine", "/home/ann/packages", SettingsLevel.User),
                Source("off", "https://off.example/v3/index.json", SettingsLevel.User) with { Enabled = false },
            ],
        };
        var origins = new Dictionary<string, string>
        {
            ["Newtonsoft.Json"] = "https://api.nuget.org/v3/index.json",
            ["Serilog"] = "https://api.nuget.org/v3/index.json",
            ["Serilog.Sinks.Console"] = "https://api.nuget.org/v3/index.json/",
            ["Contoso.A"] = "https://feed.example/v3/index.json",
            ["Contoso.B"] = "https://feed.example/v3/index.json",
            ["Lone"] = "https://feed.example/v3/index.json",
        };

        string text = NuGetSources.Propose(null, settings, origins, null, notes.Add);

        Assert.Contains("'mine' is a folder of this machine", Assert.Single(notes), StringComparison.Ordinal);
        Assert.DoesNotContain("off.example", text, StringComparison.Ordinal);
        Assert.Contains("""
              <packageSourceMapping>
                <clear />
                <packageSource key="nuget.org">
                  <package pattern="*" />
                </packageSource>
                <packageSource key="company">
                  <package pattern="Contoso.*" />
                  <package pattern="Lone" />
                </packageSource>
              </packageSourceMapping>
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        NuGetSettingsFacts now = settings with { Mappings = [new SourceMappingFact("nuget.org", "*", new SourceLocation("/r/NuGet.config"), SettingsLevel.Repository)] };
        Assert.Equal(text, NuGetSources.Propose(text, now, origins, null, notes.Add));
    }

    /// <summary>A source that gets no pattern can serve nothing any more, which nobody sees in a file that looks whole.</summary>
    [Fact]
    public void A_source_that_nothing_came_from_is_told()
    {
        var notes = new List<string>();
        var settings = new NuGetSettingsFacts
        {
            Directory = "/r",
            RepositoryRoot = "/r",
            Sources = [Source("public", "https://a.example/index.json", SettingsLevel.Repository), Source("own", "/r/feed", SettingsLevel.Repository)],
        };

        NuGetSources.Propose(null, settings, new Dictionary<string, string> { ["Serilog"] = "https://a.example/index.json" }, "public", notes.Add);

        Assert.Equal("No package of the last restore came from 'own', so nothing is mapped to it: remove that source, or say what it serves.", Assert.Single(notes));
        notes.Clear();
        NuGetSources.Propose(null, settings, new Dictionary<string, string> { ["Serilog"] = "https://a.example/index.json", ["Own.A"] = "/r/feed" }, "public", notes.Add);
        Assert.Empty(notes);
    }

    /// <summary>One feed under two keys would restore everything from either, and the second would get no pattern.</summary>
    [Fact]
    public void The_user_s_source_is_not_taken_over_where_the_repository_names_its_address_otherwise()
    {
        var notes = new List<string>();
        var settings = new NuGetSettingsFacts
        {
            Directory = "/r",
            RepositoryRoot = "/r",
            Sources = [Source("api.nuget.org", "https://api.nuget.org/v3/index.json", SettingsLevel.Repository), Source("nuget.org", "https://api.nuget.org/v3/index.json/", SettingsLevel.User), Source("company", "https://feed.example/index.json", SettingsLevel.User)],
        };

        string text = NuGetSources.Propose(null, settings, new Dictionary<string, string> { ["Serilog"] = "https://api.nuget.org/v3/index.json", ["Own"] = "https://feed.example/index.json" }, null, notes.Add);

        Assert.Contains("<add key=\"api.nuget.org\"", text, StringComparison.Ordinal);
        Assert.Contains("<add key=\"company\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("key=\"nuget.org\"", text, StringComparison.Ordinal);
        Assert.Empty(notes);
    }

    [Theory]
    [InlineData("https://A.example/index.json/", "public")]
    [InlineData("/r/feed", "own")]
    [InlineData("/elsewhere/feed", null)]
    [InlineData("", null)]
    public void The_source_at_an_address_is_found_whatever_its_end(string address, string? name) => Assert.Equal(
        name,
        NuGetSources.At([Source("public", "https://a.example/index.json", SettingsLevel.Repository), Source("own", "/r/feed/", SettingsLevel.Repository)], address)?.Name);

    /// <summary>The source of the SDK itself is none of those that packages came from: a private feed beside the public one.</summary>
    [Fact]
    public void The_sdk_is_mapped_to_the_source_that_has_it_and_a_file_keeps_its_layout()
    {
        const string Before = "<?xml version=\"1.0\"?>\r\n<configuration>\r\n    <!-- ours -->\r\n    <packageSources>\r\n        <add key=\"public\" value=\"https://a.example/index.json\" />\r\n        <add key=\"own\" value=\"feed\" />\r\n    </packageSources>\r\n</configuration>\r\n";
        var settings = new NuGetSettingsFacts
        {
            Directory = "/r",
            RepositoryRoot = "/r",
            Sources = [Source("public", "https://a.example/index.json", SettingsLevel.Repository), Source("own", "/r/feed", SettingsLevel.Repository)],
        };
        var origins = new Dictionary<string, string> { ["Serilog"] = "https://a.example/index.json", ["ReproGate.Sdk"] = "/elsewhere" };

        string text = NuGetSources.Propose(Before, settings, origins, "own", static _ => { });

        Assert.Equal(
            """
            <?xml version="1.0"?>
            <configuration>
                <!-- ours -->
                <packageSources>
                    <clear />
                    <add key="public" value="https://a.example/index.json" />
                    <add key="own" value="feed" />
                </packageSources>
                <packageSourceMapping>
                    <clear />
                    <packageSource key="public">
                        <package pattern="*" />
                    </packageSource>
                    <packageSource key="own">
                        <package pattern="ReproGate.Sdk" />
                    </packageSource>
                </packageSourceMapping>
                <disabledPackageSources>
                    <clear />
                </disabledPackageSources>
                <fallbackPackageFolders>
                    <clear />
                </fallbackPackageFolders>
            </configuration>

            """.ReplaceLineEndings("\r\n"),
            text);
        NuGetSettingsFacts mapped = settings with { Mappings = [Mapping("public", "*"), Mapping("own", "ReproGate.Sdk")] };
        Assert.Equal(text, NuGetSources.Propose(text, mapped, origins, "own", static _ => { }));
        // No restore has told anything: the first source serves all, the SDK's the SDK.
        Assert.Equal(text, NuGetSources.Propose(Before, settings, new Dictionary<string, string>(), "own", static _ => { }));
    }

    /// <summary>A mapping that is there stays, and leads to the SDK's source where it did not.</summary>
    [Theory]
    [InlineData("public", "*", true)]
    [InlineData("own", "Contoso.*", true)]
    [InlineData("own", "ReproGate.*", false)]
    [InlineData("own", "*", false)]
    public void A_mapping_that_does_not_lead_to_the_sdk_gets_its_pattern(string source, string pattern, bool added)
    {
        string before = $"""
            <configuration>
              <packageSources><clear /><add key="public" value="https://a.example/index.json" /><add key="own" value="feed" /></packageSources>
              <packageSourceMapping><clear /><packageSource key="{source}"><package pattern="{pattern}" /></packageSource></packageSourceMapping>
              <disabledPackageSources><clear /></disabledPackageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """;
        var settings = new NuGetSettingsFacts
        {
            Directory = "/r",
            RepositoryRoot = "/r",
            Sources = [Source("public", "https://a.example/index.json", SettingsLevel.Repository), Source("own", "/r/feed", SettingsLevel.Repository)],
            Mappings = [Mapping(source, pattern)],
        };

        string after = NuGetSources.Propose(before, settings, new Dictionary<string, string>(), "own", static _ => { });

        Assert.Equal(added, after != before);
        Assert.Equal(added, after.Contains("""<package pattern="ReproGate.Sdk" />""", StringComparison.Ordinal));
        Assert.Contains($"""<package pattern="{pattern}" />""", after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<x/>")]
    [InlineData("<configuration>")]
    [InlineData("<!DOCTYPE c [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><configuration>&e;</configuration>")]
    public void A_configuration_that_is_none_is_refused(string text) => Assert.Throws<ToolException>(() =>
        NuGetSources.Propose(text, new NuGetSettingsFacts { Directory = "/r", RepositoryRoot = "/r" }, new Dictionary<string, string>(), null, static _ => { }));

    [Fact]
    public void Lines_of_gitignore_are_added_once()
    {
        string once = GitIgnoreLines.Propose("*.lock.json", ["packages.lock.json"], buildFoldersIgnored: false)!;

        Assert.Equal("*.lock.json\nbin/\nobj/\n!packages.lock.json\n", once);
        Assert.Equal(once, GitIgnoreLines.Propose(once, ["packages.lock.json"], buildFoldersIgnored: false));
        Assert.Null(GitIgnoreLines.Propose(null, [], buildFoldersIgnored: true));
    }

    [Fact]
    public void Agents_get_one_section()
    {
        string once = Advice.AgentsSection("# Agents\n");

        Assert.StartsWith("# Agents\n\n## ReproGate\n", once, StringComparison.Ordinal);
        Assert.Equal(once, Advice.AgentsSection(once));
    }

    private static SourceMappingFact Mapping(string source, string pattern) => new(source, pattern, new SourceLocation("/r/NuGet.config"), SettingsLevel.Repository);

    private static PackageSourceFact Source(string name, string value, SettingsLevel level) => new(name, value, new SourceLocation("/r/NuGet.config"), level);

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("{\r\n  // ours\r\n  \"editor.rulers\": [120],\r\n}\r\n")]
    [InlineData("{ \"json.schemas\": [], \"files.associations\": { \"*.x\": \"xml\" } }")]
    [InlineData("{ \"json.schemas\": [{ \"fileMatch\": [\"a.json\"], \"url\": \"./a.schema.json\" }, ], }")]
    public void VS_Code_finds_the_schemas_and_keeps_what_was_there(string? before)
    {
        string after = VsCodeSettings.Propose(before);

        using JsonDocument settings = JsonDocument.Parse(after, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        string[] urls = [.. settings.RootElement.GetProperty("json.schemas").EnumerateArray().Select(static entry => entry.GetProperty("url").GetString()!)];
        Assert.Equal(["./obj/reprogate/reprogate.env.schema.json", "./obj/reprogate/reprogate.allow.schema.json", "./obj/reprogate/reprogate.baseline.schema.json"], urls.Take(3));
        Assert.Equal("jsonc", settings.RootElement.GetProperty("files.associations").GetProperty("reprogate.*.json").GetString());
        Assert.All((before ?? "").Split(['\r', '\n', '{', '}', '[', ']'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), kept => Assert.Contains(kept, after, StringComparison.Ordinal));
        Assert.Equal(after, VsCodeSettings.Propose(after));
        Assert.Equal(before?.Contains("\r\n", StringComparison.Ordinal) == true, after.Contains("\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{ \"a\": ")]
    [InlineData("{ \"json.schemas\": 1 }")]
    public void Settings_that_are_none_are_refused(string text) => Assert.Throws<ToolException>(() => VsCodeSettings.Propose(text));
}
