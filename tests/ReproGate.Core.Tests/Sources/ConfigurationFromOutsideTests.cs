using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using static ReproGate.Core.Tests.Sources.Build;

namespace ReproGate.Core.Tests.Sources;

public sealed class ConfigurationFromOutsideTests
{
    private const string Org = "https://api.nuget.org/v3/index.json";

    [Fact]
    public void A_repository_that_states_its_own_sources_is_fine() =>
        Assert.Empty(ConfigurationFromOutside.Check(Settings(Source("nuget.org", Org))));

    [Theory]
    [InlineData(SettingsLevel.User)]
    [InlineData(SettingsLevel.Machine)]
    [InlineData(SettingsLevel.Parent)]
    public void A_source_of_another_level_is_found_once_a_file(SettingsLevel level)
    {
        Finding finding = Assert.Single(ConfigurationFromOutside.Check(Settings(Source("nuget.org", Org), Source("a", "https://a/v3", level, 9), Source("b", "https://b/v3", level, 6))));
        Assert.Equal("RGATE1009", finding.Rule.Id);
        Assert.Equal(6, finding.Location.Line);
        Assert.Contains("'a' (https://a/v3)", finding.What, StringComparison.Ordinal);
        Assert.Contains("<clear />", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_file_of_its_own_the_repository_gets_one_to_paste()
    {
        Finding finding = Assert.Single(ConfigurationFromOutside.Check(Settings(Source("nuget.org", Org, SettingsLevel.User))));
        TextEdit edit = Assert.Single(finding.Edits);
        Assert.Equal(InRepo("NuGet.config"), edit.File);
        Assert.Contains("<packageSources><clear /><add key=\"nuget.org\" value=\"" + Org, edit.NewText, StringComparison.Ordinal);
        System.Xml.Linq.XDocument.Parse(edit.NewText);
    }

    [Theory]
    [InlineData("Nuget.config", "git mv \"Nuget.config\" \"NuGet.config\"")]
    [InlineData("src/NUGET.CONFIG", "git mv \"src/NUGET.CONFIG\" \"src/NuGet.config\"")]
    public void A_file_that_is_not_read_everywhere_is_all_that_is_told_where_it_is_not_read(string name, string command)
    {
        // The user's source came in its place: a second file, as it would be proposed otherwise, mends nothing.
        NuGetSettingsFacts settings = Settings(Source("nuget.org", Org, SettingsLevel.User), Source("mine", "https://mine/v3", SettingsLevel.User)) with { MisspelledFiles = [InRepo(name)] };

        // A mapping of the user's sources would be that second file.
        Assert.NotEmpty(SourceNotMapped.Check(settings with { MisspelledFiles = [] }, ImmutableDictionary<string, string>.Empty));
        Assert.Empty(SourceNotMapped.Check(settings, ImmutableDictionary<string, string>.Empty));
        Finding finding = Assert.Single(ConfigurationFromOutside.Check(settings));
        Assert.Equal(("RGATE1009", InRepo(name), 1, command), (finding.Rule.Id, finding.Location.File, finding.Location.Line, finding.Command));
        Assert.EndsWith(command, finding.Fix, StringComparison.Ordinal);
        Assert.Empty(finding.Edits);
    }

    [Fact]
    public void A_file_that_is_not_read_everywhere_hides_nothing_where_it_is_read()
    {
        NuGetSettingsFacts settings = Settings(Source("nuget.org", Org), Source("mine", "https://mine/v3", SettingsLevel.User)) with { MisspelledFiles = [InRepo("Nuget.config")] };

        Assert.Equal(["Nuget.config", "packageSources"], ConfigurationFromOutside.Check(settings).Select(static finding => finding.Subject));
    }

    [Fact]
    public void A_foreign_source_with_the_address_of_an_own_one_changes_nothing() =>
        Assert.Empty(ConfigurationFromOutside.Check(Settings(Source("NuGet", Org), Source("nuget.org", Org + "/", SettingsLevel.User))));

    [Fact]
    public void A_disabled_foreign_source_changes_nothing() =>
        Assert.Empty(ConfigurationFromOutside.Check(Settings(Source("nuget.org", Org), Source("mine", "https://mine/v3", SettingsLevel.User) with { Enabled = false })));

    [Fact]
    public void No_secret_of_a_source_is_printed()
    {
        Finding finding = Assert.Single(ConfigurationFromOutside.Check(Settings(Source("nuget.org", Org), Source("mine", "https://me:s3cret@host/v3?sig=t0ken", SettingsLevel.User))));
        string text = finding.Message + string.Concat(finding.Edits.Select(static edit => edit.NewText));
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_entries_of_the_users_file_are_found_by_section()
    {
        var user = new SourceLocation(Path.Combine(Home, "NuGet.Config"), 20, 5);
        NuGetSettingsFacts settings = Settings(Source("nuget.org", Org), Source("corp", "https://corp/v3") with { Enabled = false, DisabledBy = new SettingsValueFact("corp", "true", user, SettingsLevel.User) }) with
        {
            Mappings = [new SourceMappingFact("corp", "Corp.*", user, SettingsLevel.User), new SourceMappingFact("nuget.org", "*", user, SettingsLevel.Repository)],
            FallbackFolders = [new SettingsValueFact("old", Home, user, SettingsLevel.Machine)],
            Values =
            [
                new SettingsValueFact("signatureValidationMode", "require", user, SettingsLevel.User),
                new SettingsValueFact("globalPackagesFolder", "/fast", user, SettingsLevel.User),
                new SettingsValueFact("http_proxy", "http://proxy", user, SettingsLevel.User),
                new SettingsValueFact("defaultPushSource", "https://corp", user, SettingsLevel.User),
            ],
        };
        Assert.Equal(["config", "disabledPackageSources", "fallbackPackageFolders", "packageSourceMapping"], ConfigurationFromOutside.Check(settings).Select(static finding => finding.Subject).Order());
    }

    [Theory]
    [InlineData("%NUGET_FEED%/v3", "https://x/v3", true)]
    [InlineData("https://host/%C3%A9/index.json", "https://host/%C3%A9/index.json", false)]
    [InlineData("https://host/a%20b%20c", "https://host/a%20b%20c", false)]
    [InlineData("https://host/v3", "https://host/v3", false)]
    public void An_environment_variable_in_an_own_source_is_found(string raw, string value, bool found) =>
        Assert.Equal(found, ConfigurationFromOutside.Check(Settings(Source("own", value, raw: raw))).Any());

    [Fact]
    public void Own_folder_sources_must_lie_inside_and_be_written_relative()
    {
        Assert.Empty(ConfigurationFromOutside.Check(Settings(Source("own", InRepo("feed"), raw: "feed"))));
        Assert.Contains("\"feed\"", Assert.Single(ConfigurationFromOutside.Check(Settings(Source("own", InRepo("feed"), raw: InRepo("feed"))))).Fix, StringComparison.Ordinal);
        Assert.Contains("outside the repository", Assert.Single(ConfigurationFromOutside.Check(Settings(Source("own", Path.Combine(Home, "feed"), raw: "../home/feed")))).What, StringComparison.Ordinal);
        // A sibling whose name begins like the repository's is outside.
        Assert.Single(ConfigurationFromOutside.Check(Settings(Source("own", Root.TrimEnd('/', '\\') + "-feed", raw: "../repo-feed"))));
    }

    [Theory]
    [InlineData("RestoreSources", "https://host/v3", 0)]
    [InlineData("RestoreSources", "feed;clear", 0)]
    [InlineData("RestoreAdditionalProjectSources", "SDK", 0)]
    [InlineData("RestoreSources", "OUTSIDE", 1)]
    [InlineData("RestoreConfigFile", "OUTSIDE", 1)]
    public void Restore_properties_must_not_name_a_folder_outside(string name, string value, int count)
    {
        string sdk = Path.Combine(Home, "dotnet");
        string actual = value switch { "SDK" => Path.Combine(sdk, "library-packs"), "OUTSIDE" => Path.Combine(Home, "feed"), _ => value };
        Finding[] findings = [.. ConfigurationFromOutside.Check(Project(), [(name, actual)], Root, [sdk], Files(Property(name, actual, 5)))];
        Assert.Equal(count, findings.Length);
        Assert.All(findings, static finding => Assert.Equal(5, finding.Location.Line));
    }
}
