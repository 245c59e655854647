using System.Text;
using CsCheck;
using ReproGate.Facts;

namespace ReproGate.Repository.Tests.Sources;

public sealed class JsonVersionsTests
{
    private const string GlobalJson = """
        {
          // pinned
          "sdk": { "version": "10.0.100", "rollForward": "latestPatch" },
          "msbuild-sdks": {
            "ReproGate.Sdk": "1.2.3", "é": "2.*",
          }
        }
        """;

    private const string Tools = """
        { "version": 1, "isRoot": true,
          "tools": { "acme.tool": { "commands": ["acme"],
              "version": "1.0.0", "rollForward": false }, "odd": 3 } }
        """;

    [Fact]
    public void Manifests_between_a_project_and_the_root_are_found_and_those_of_the_root_and_beyond_are_not()
    {
        string outer = Directory.CreateTempSubdirectory("reprogate-tools-").FullName;
        try
        {
            string root = Path.Combine(outer, "repo");
            foreach (string path in (string[])["dotnet-tools.json", "repo/dotnet-tools.json", "repo/.config/dotnet-tools.json", "repo/src/dotnet-tools.json", "repo/src/App/.config/dotnet-tools.json", "repo/src/Other/dotnet-tools.json", "repository/dotnet-tools.json"])
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(outer, path))!);
                File.WriteAllText(Path.Combine(outer, path), "{}");
            }

            string[] expected = [Path.Combine(root, "src", "App", ".config", "dotnet-tools.json"), Path.Combine(root, "src", "dotnet-tools.json")];
            foreach (string written in (string[])[root, root + Path.DirectorySeparatorChar])
            {
                Assert.Equal(expected, ToolManifestReader.Nested(Path.Combine(root, "src", "App", "App.csproj"), written));
                Assert.Empty(ToolManifestReader.Nested(Path.Combine(root, "App.csproj"), written));
                Assert.Empty(ToolManifestReader.Nested(Path.Combine(outer, "repository", "App.csproj"), written));
            }
        }
        finally
        {
            Directory.Delete(outer, recursive: true);
        }
    }

    [Fact]
    public void Sdks_of_global_json_have_the_place_of_their_version()
    {
        JsonVersions read = JsonVersions.Parse(Encoding.UTF8.GetBytes(GlobalJson), "/r/global.json", "msbuild-sdks", null);
        Assert.Null(read.Fault);
        Assert.Equal(
            [new DeclaredVersion("ReproGate.Sdk", "1.2.3", new TextSpan("/r/global.json", 5, 23, 28)) { IdSpan = new TextSpan("/r/global.json", 5, 6, 19) }, new DeclaredVersion("é", "2.*", new TextSpan("/r/global.json", 5, 37, 40)) { IdSpan = new TextSpan("/r/global.json", 5, 32, 33) }],
            read.Versions.ToArray());
    }

    [Fact]
    public void Tools_of_a_manifest_have_the_place_of_their_version()
    {
        JsonVersions read = JsonVersions.Parse([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Tools)], "/r/dotnet-tools.json", "tools", "version");
        Assert.Null(read.Fault);
        Assert.Equal(new DeclaredVersion("acme.tool", "1.0.0", new TextSpan("/r/dotnet-tools.json", 3, 19, 24)) { IdSpan = new TextSpan("/r/dotnet-tools.json", 2, 15, 24) }, Assert.Single(read.Versions));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"tools\":")]
    [InlineData("{\"tools\": {} } x")]
    [InlineData("{\"tools\": { \"a\": { \"version\": \"\\ud800\" } } }")]
    public void A_broken_file_is_said_with_a_place(string json)
    {
        JsonVersions read = JsonVersions.Parse(Encoding.UTF8.GetBytes(json), "/r/x.json", "tools", "version");
        Assert.NotNull(read.Fault);
        Assert.True(read.FaultLocation.Line >= 1);
    }

    [Fact]
    public void Hundred_thousand_mutated_files_are_read_or_refused_clearly()
    {
        foreach ((string seed, string section, string? member) in ((string, string, string?)[])[(GlobalJson, "msbuild-sdks", null), (Tools, "tools", "version")])
        {
            Mutations.Of(seed).Sample(
                text =>
                {
                    JsonVersions read = JsonVersions.Parse(Encoding.UTF8.GetBytes(text), "/r/x.json", section, member);
                    Assert.True(read.Fault is null || read.Fault.EndsWith('.'));
                    Assert.All(read.Versions, static version => Assert.True(version.Span is { Line: > 0, StartColumn: > 0 } && version.Span.EndColumn >= version.Span.StartColumn));
                },
                iter: 50_000);
        }
    }
}
