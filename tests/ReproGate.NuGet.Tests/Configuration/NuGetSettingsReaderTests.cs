using CsCheck;
using NuGet.Configuration;
using ReproGate.Facts;
using ReproGate.NuGet.Configuration;

namespace ReproGate.NuGet.Tests.Configuration;

public sealed class NuGetSettingsReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reprogate-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Write(string relative, string content)
    {
        string path = Path.Combine(_directory, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void NuGet_reads_the_spellings_that_are_named_and_no_other_where_case_counts()
    {
        // Settings.OrderedSettingsFileNames; what is not among them on Linux is found by any spelling elsewhere.
        foreach (string name in (string[])[.. NuGetConfigNames.All, "Nuget.config", "NUGET.CONFIG"])
        {
            string path = Write($"{name}.d/{name}", "<configuration><packageSources><clear /></packageSources></configuration>");
            string directory = Path.GetDirectoryName(path)!;

            NuGetSettingsFacts facts = NuGetSettingsReader.Read(directory, directory);

            bool everywhere = NuGetConfigNames.AreReadEverywhere(name);
            Assert.Equal(everywhere || !OperatingSystem.IsLinux(), facts.Files.Any(file => file.Path.Equals(path, StringComparison.OrdinalIgnoreCase)));
            Assert.Equal(everywhere ? [] : [path], facts.MisspelledFiles.ToArray());
        }
    }

    [Fact]
    public void A_misspelled_file_counts_up_to_the_root_and_not_beside_one_that_is_read()
    {
        string own = Write("repo/src/ä b/Nuget.config", "<configuration />");
        string root = Write("repo/NUGET.config", "<configuration />");
        Write("Nuget.config", "<configuration />");
        string repository = Path.Combine(_directory, "repo");

        Assert.Equal([own, root], NuGetConfigNames.Misspelled(Path.GetDirectoryName(own)!, repository + Path.DirectorySeparatorChar).ToArray());
        Assert.Equal([root], NuGetConfigNames.Misspelled(Path.Combine(repository, "src", "none"), repository).ToArray());
        Assert.Empty(NuGetConfigNames.Misspelled(_directory, repository));
        if (OperatingSystem.IsLinux())
        {
            Write("repo/nuget.config", "<configuration />");
            Assert.Empty(NuGetConfigNames.Misspelled(repository, repository));
        }
    }

    [Fact]
    public void Every_entry_has_the_file_and_line_that_has_the_last_word()
    {
        string near = Write("repo/NuGet.config", """
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <packageSources>
                <add key="feed" value="feed" />
                <add key="both" value="https://near/v3/index.json" protocolVersion="3" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="feed">
                  <package pattern="Acme.*" />
                </packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        string far = Write("NuGet.config", """
            <configuration>
              <packageSources>
                <add key="both" value="https://far/v3/index.json" />
                <add key="far" value="https://user:secret@far/v3/index.json" />
              </packageSources>
              <disabledPackageSources><add key="feed" value="true" /></disabledPackageSources>
              <fallbackPackageFolders><add key="old" value="fallback" /></fallbackPackageFolders>
              <packageSourceMapping><packageSource key="far"><package pattern="*" /></packageSource></packageSourceMapping>
              <config><add key="signatureValidationMode" value="require" /><add key="http_proxy.password" value="hunter2" /></config>
            </configuration>
            """);

        NuGetSettingsFacts facts = NuGetSettingsReader.ReadFiles([near, far], Path.Combine(_directory, "repo"), Path.Combine(_directory, "repo"));

        PackageSourceFact feed = facts.Sources.Single(static source => source.Name == "feed");
        Assert.Equal((near, 4, 5, SettingsLevel.Repository, false, "feed"), (feed.Origin.File, feed.Origin.Line, feed.Origin.Column, feed.Level, feed.Enabled, feed.RawValue));
        Assert.Equal(Path.Combine(_directory, "repo", "feed"), feed.Value);
        Assert.Equal((far, 6, SettingsLevel.Parent), (feed.DisabledBy!.Origin.File, feed.DisabledBy.Origin.Line, feed.DisabledBy.Level));
        PackageSourceFact both = facts.Sources.Single(static source => source.Name == "both");
        Assert.Equal(("https://near/v3/index.json", near, 5), (both.Value, both.Origin.File, both.Origin.Line));
        Assert.Equal((far, 4), (facts.Sources.Single(static source => source.Name == "far").Origin.File, facts.Sources.Single(static source => source.Name == "far").Origin.Line));
        Assert.Equal([("feed", "Acme.*", 9, 8), ("far", "*", 8, 8)], facts.Mappings.OrderByDescending(static entry => entry.Origin.Line).Select(static entry => (entry.SourceKey, entry.Pattern, entry.Origin.Line, entry.SourceOrigin.Line)));
        Assert.Equal((far, 7), (facts.FallbackFolders.Single().Origin.File, facts.FallbackFolders.Single().Origin.Line));
        Assert.Equal("***", facts.Values.Single(static value => value.Key.Contains("password", StringComparison.Ordinal)).Value);
        Assert.Equal(near, facts.NearestRepositoryFile!.Path);
        Assert.False(facts.NearestRepositoryFile.Section("packageSources")!.HasClear);
        Assert.DoesNotContain("secret", facts.Sources.Single(static source => source.Name == "far").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Clear_cuts_off_what_is_further_away()
    {
        string near = Write("repo/nuget.config", "<configuration><packageSources><clear /><add key=\"a\" value=\"https://a/v3\" /></packageSources></configuration>");
        string far = Write("nuget.config", "<configuration><packageSources><add key=\"b\" value=\"https://b/v3\" /></packageSources></configuration>");
        NuGetSettingsFacts facts = NuGetSettingsReader.ReadFiles([near, far], Path.Combine(_directory, "repo"), Path.Combine(_directory, "repo"));
        Assert.Equal("a", Assert.Single(facts.Sources).Name);
        Assert.True(facts.NearestRepositoryFile!.Section("packageSources")!.HasClear);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<configuration><packageSources>")]
    [InlineData("<configuration><packageSources><add key=\"a\" /></packageSources></configuration>")]
    [InlineData("<!DOCTYPE configuration [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><configuration><packageSources><add key=\"a\" value=\"&x;\" /></packageSources></configuration>")]
    [InlineData("<configuration><packageSourceMapping><packageSource key=\"a\" /></packageSourceMapping></configuration>")]
    public void A_file_that_NuGet_cannot_read_is_said_with_its_name(string content)
    {
        string path = Write("NuGet.config", content);
        NuGetSettingsException exception = Assert.Throws<NuGetSettingsException>(() => NuGetSettingsReader.ReadFiles([path], _directory, _directory));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mapping_agrees_with_NuGets_own_on_any_patterns_and_id()
    {
        Gen<string> name = Gen.OneOf(Gen.Const("A"), Gen.Const("a.B"), Gen.Const("A.b.C"), Gen.Const("AB"), Gen.Const("x"));
        Gen<string> pattern = Gen.Select(name, Gen.Int[0, 3], static (text, kind) => kind switch { 0 => text, 1 => text + ".*", 2 => text + "*", _ => "*" });
        Gen.Select(pattern.Array[1, 6], name, static (patterns, id) => (patterns, id)).Sample(
            static input =>
            {
                Dictionary<string, IReadOnlyList<string>> map = input.patterns.Select(static (text, index) => (text, index)).ToDictionary(static entry => "s" + entry.index, static entry => (IReadOnlyList<string>)[entry.text]);
                IReadOnlyList<string> expected = new PackageSourceMapping(map).GetConfiguredPackageSources(input.id);
                IReadOnlyList<string> actual = new SourceMapping(map.Select(static entry => (entry.Key, entry.Value[0]))).SourcesFor(input.id);
                Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
            },
            iter: 20_000);
    }

    [Fact]
    public void Mutated_configuration_files_are_read_or_refused_clearly()
    {
        const string Seed = """
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <packageSources><clear /><add key="a b" value="https://u:p@h/v3?x=1" protocolVersion="3" /><add key="l" value="../feed" /></packageSources>
              <disabledPackageSources><add key="l" value="true" /></disabledPackageSources>
              <packageSourceMapping><packageSource key="a b"><package pattern="A.*" /></packageSource></packageSourceMapping>
              <fallbackPackageFolders><add key="f" value="%X%/f" /></fallbackPackageFolders>
              <config><add key="globalPackagesFolder" value="p" /></config>
            </configuration>
            """;
        int read = 0;
        int refused = 0;
        // NuGet reads a file under a machine-wide lock of its name.
        using var paths = new ThreadLocal<string>(() => Path.Combine(_directory, $"NuGet.{Environment.CurrentManagedThreadId}.config"));
        Mutations.Of(Seed).Sample(
            text =>
            {
                string path = paths.Value!;
                File.WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(text));
                try
                {
                    NuGetSettingsFacts facts = NuGetSettingsReader.ReadFiles([path], _directory, _directory);
                    foreach (PackageSourceFact source in facts.Sources)
                    {
                        Assert.NotNull(source.Display);
                    }

                    Interlocked.Increment(ref read);
                }
                catch (NuGetSettingsException exception)
                {
                    Assert.NotEmpty(exception.Message);
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 100_000);
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }
}
