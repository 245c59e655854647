using ReproGate.Facts;
using ReproGate.NuGet.Configuration;

namespace ReproGate.NuGet.Tests.Configuration;

public sealed class CachedPackageOriginsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("reprogate-origins-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The packages folder serves all repositories of a user, so what it recorded may be a source of another one.</summary>
    [Theory]
    [InlineData("https://a.example/index.json/", "", "https://a.example/index.json/")]
    [InlineData("/gone/feed", "Acme.Tools.1.0.0.nupkg", "feed")]
    [InlineData("/gone/feed", "acme.tools.1.0.0.NUPKG", "feed")]
    [InlineData("/gone/feed", "acme.tools/1.0.0/acme.tools.1.0.0.nupkg", "feed")]
    [InlineData(null, "Acme.Tools.1.0.0.nupkg", "feed")]
    [InlineData("/gone/feed", "Acme.Tools.1.0.1.nupkg", "/gone/feed")]
    [InlineData("https://a.example/index.json", "Acme.Tools.1.0.0.nupkg", "https://a.example/index.json")]
    [InlineData(null, "Other.1.0.0.nupkg", null)]
    public void A_folder_among_the_sources_counts_where_the_record_is_of_none_of_them(string? recorded, string held, string? expected)
    {
        string feed = Directory.CreateDirectory(Path.Combine(_directory, "feed")).FullName;
        if (held.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(feed, held))!);
            File.WriteAllText(Path.Combine(feed, held), "");
        }

        string packages = Path.Combine(_directory, "packages");
        if (recorded is not null)
        {
            string folder = Directory.CreateDirectory(Path.Combine(packages, "acme.tools", "1.0.0")).FullName;
            File.WriteAllText(Path.Combine(folder, ".nupkg.metadata"), $$"""{ "version": 2, "source": "{{recorded}}" }""");
        }

        IReadOnlyDictionary<string, string> origins = CachedPackageOrigins.Read(
            packages,
            [("Acme.Tools", "1.0.0"), ("../x", "1.0.0"), ("Acme.*", "*")],
            [Source("public", "https://a.example/index.json"), Source("missing", Path.Combine(_directory, "missing")), Source("own", feed)]);

        Assert.Equal(expected == "feed" ? feed : expected, origins.GetValueOrDefault("Acme.Tools"));
        Assert.Equal(expected is null ? 0 : 1, origins.Count);
    }

    private static PackageSourceFact Source(string name, string value) => new(name, value, new SourceLocation("/r/NuGet.config", 3, 5), SettingsLevel.Repository);
}
