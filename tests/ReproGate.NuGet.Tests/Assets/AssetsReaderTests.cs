using System.Text;
using CsCheck;
using ReproGate.Facts;
using ReproGate.NuGet.Assets;
using ReproGate.NuGet.Packages;

namespace ReproGate.NuGet.Tests.Assets;

public sealed class AssetsReaderTests
{
    private const string Good = """
        {
          "version": 3,
          "targets": {
            ".NETStandard,Version=v2.0": {
              "Acme.Json/1.1.0": { "type": "package", "dependencies": { "Acme.Base": "[1.0.0, 2.0.0)" }, "compile": { "lib/netstandard2.0/Acme.Json.dll": { "related": ".xml" } }, "build": { "build/_._": {}, "build/Acme.Json.targets": {} } },
              "Lib/1.0.0": { "type": "project", "dependencies": { "Acme.Json": "1.0.0" } }
            },
            "net10.0": { "Acme.Json/1.1.0": { "type": "package" } },
            "net10.0/linux-x64": { "Acme.Json/1.1.0": { "type": "package", "native": { "runtimes/linux-x64/native/acme.so": {} } } }
          },
          "libraries": {
            "Acme.Json/1.1.0": { "sha512": "abc", "type": "package", "path": "acme.json/1.1.0", "files": [ "analyzers/dotnet/cs/A.dll", "lib/netstandard2.0/Acme.Json.dll" ] },
            "Lib/1.0.0": { "type": "project", "path": "../Lib/Lib.csproj" }
          },
          "packageFolders": { "/packages/": {}, "/fallback": {} },
          "project": {
            "restore": { "CentralPackageTransitivePinningEnabled": true },
            "frameworks": {
              "netstandard2.0": { "targetAlias": "netstandard2.0", "dependencies": { "Acme.Json": { "target": "Package", "version": "[1.1.0, )" } }, "centralPackageVersions": { "Acme.Base": "1.0.0" } },
              "net10.0": { "targetAlias": "net10.0", "framework": "net10.0", "downloadDependencies": [ { "name": "Acme.Pack", "version": "[2.0.0, 2.0.0];[3.0, 3.0]" } ] }
            }
          }
        }
        """;

    [Fact]
    public void Everything_judged_is_read()
    {
        RestoredAssets assets = Parse(Good);

        Assert.Equal<string>(["/packages/", "/fallback"], assets.PackageFolders);
        RestoredTarget standard = Assert.Single(assets.TargetsOf("netstandard2.0", ".NETStandard,Version=v2.0"));
        Assert.Equal<string>(["lib/netstandard2.0/Acme.Json.dll", "build/Acme.Json.targets"], standard.Libraries[0].Files);
        Assert.Equal(new RestoredRequest("Acme.Base", "[1.0.0, 2.0.0)", "1.0.0", true, false), standard.Libraries[0].Dependencies[0]);
        Assert.False(standard.Libraries[1].IsPackage);
        Assert.Equal<string>(["", "linux-x64"], assets.TargetsOf("net10.0", ".NETCoreApp,Version=v10.0").Select(static target => target.RuntimeIdentifier));
        Assert.Equal("acme.json/1.1.0", assets.Packages["acme.json/1.1.0"].Path);
        Assert.Equal<RestoredDownload>([new RestoredDownload("Acme.Pack", "2.0.0"), new RestoredDownload("Acme.Pack", "3.0.0")], assets.FrameworkOf("net10.0")!.Downloads);
        Assert.True(assets.PinsTransitively);
        Assert.Equal("1.0.0", Assert.Single(assets.FrameworkOf("netstandard2.0")!.Central).Minimum);
        Assert.Equal("1.0.0", assets.FrameworkOf(standard)!.CentralVersions["acme.base"]);
        Assert.Empty(assets.FrameworkOf(assets.Targets[1])!.CentralVersions);
    }

    /// <summary>NuGet writes <c>_._</c> for files that it withholds, and for a folder that the package itself left empty.</summary>
    [Theory]
    [InlineData("ref/net10.0/Acme.Json.dll", "lib/net10.0/_._", "lib/net10.0/Acme.Json.dll", true)]
    [InlineData("lib/net10.0/Acme.Json.dll", "lib/net10.0/_._", "lib/net10.0/Acme.Json.dll", true)]
    [InlineData("ref/net10.0/Acme.Json.dll", "lib/net10.0/_._", "lib/net10.0/_._", false)]
    [InlineData("ref/net10.0/Acme.Json.dll", "lib/net10.0/_._", "lib/net10.0/de/Acme.Json.resources.dll", false)]
    [InlineData("ref/net10.0/Acme.Json.dll", "lib/net10.0/_._", "lib/net472/Acme.Json.dll", false)]
    [InlineData("ref/net10.0/Acme.Json.dll", "lib/net10.0/Acme.Json.dll", "lib/net10.0/Acme.Json.dll", false)]
    [InlineData("ref/net10.0/_._", "lib/net10.0/_._", "lib/net10.0/Acme.Json.dll", false)]
    public void What_is_withheld_at_run_time_is_told_from_what_is_empty(string compile, string runtime, string listed, bool withheld)
    {
        RestoredAssets assets = Parse($$"""
            {
              "version": 3,
              "targets": { "net10.0": { "Acme.Json/1.1.0": { "type": "package", "compile": { "{{compile}}": {} }, "runtime": { "{{runtime}}": {} } } } },
              "libraries": { "Acme.Json/1.1.0": { "sha512": "abc", "type": "package", "path": "acme.json/1.1.0", "files": [ "{{listed}}" ] } }
            }
            """);

        Assert.Equal(withheld, assets.Targets[0].Libraries[0].CompileOnly);
    }

    [Fact]
    public void Central_versions_are_known_without_pinning_too_and_twice_in_a_damaged_file()
    {
        RestoredFramework framework = Assert.Single(Parse("""
            { "version": 3, "project": { "frameworks": { "net472": { "centralPackageVersions": { "Acme.Base": "1.0.0", "acme.base": "[2.0.0]" } } } } }
            """).Frameworks);

        Assert.Empty(framework.Central);
        Assert.Equal("[2.0.0]", framework.CentralVersions["Acme.Base"]);
        Assert.Equal("net472", Parse("""
            { "version": 3, "targets": { ".NETFramework,Version=v4.7.2": {} }, "project": { "frameworks": { "net48": {}, "net472": {} } } }
            """) is var assets ? assets.FrameworkOf(assets.Targets[0])!.Alias : "");
    }

    [Theory]
    [InlineData("", "not complete JSON")]
    [InlineData("[]", "no version")]
    [InlineData("{ \"version\": 9 }", "format 9")]
    [InlineData("{ \"version\": 3, \"targets\": [] }", "another kind")]
    [InlineData("{ \"version\": 3, \"targets\": { \"net10.0\": { \"A/1\"", "not complete JSON")]
    [InlineData("{ \"version\": 3, \"libraries\": { \"A/1.0.0\": { \"type\": \"package\", \"path\": \"../../etc\" } } }", "outside its package")]
    public void A_malformed_file_is_told_in_words(string text, string expected)
    {
        AssetsException exception = Assert.Throws<AssetsException>(() => Parse(text));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("/repo/obj/project.assets.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_absent_file_is_told()
    {
        Assert.Contains("does not exist", Assert.Throws<AssetsException>(static () => AssetsReader.Read("/nowhere/project.assets.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_damaged_files_are_read_or_told()
    {
        Damage.Of(Encoding.UTF8.GetBytes(Good)).Sample(
            static content =>
            {
                try
                {
                    return AssetsReader.Parse("/repo/obj/project.assets.json", content).Targets.Length >= 0;
                }
                catch (AssetsException exception)
                {
                    return exception.Message.Length > 40;
                }
            },
            iter: 100_000);
    }

    [Fact]
    public void Content_hashes_of_a_lock_file_have_their_line_and_damaged_ones_are_none()
    {
        byte[] good = """
            {
              "version": 2,
              "dependencies": {
                "net10.0": {
                  "Acme.Json": {
                    "type": "Direct",
                    "requested": "[1.0.0, )",
                    "resolved": "1.1.0",
                    "contentHash": "a\u002Bb",
                    "dependencies": { "Acme.Base": "1.0.0" }
                  },
                  "lib": { "type": "Project" }
                }
              }
            }
            """u8.ToArray();
        LockedPackages locked = LockedPackages.Parse(good)!;
        Assert.Equal(("a+b", 9), (locked.HashOf("acme.json/1.1.0"), locked.LineOf("Acme.Json/1.1.0")));
        Assert.Equal<string>(["1.1.0"], locked.Versions["acme.json"]);
        Assert.Empty(locked.Versions["Acme.Base"]);
        Damage.Of(good).Sample(static content => LockedPackages.Parse(content) is null or { Versions: not null }, iter: 100_000);
    }

    private static RestoredAssets Parse(string text) => AssetsReader.Parse("/repo/obj/project.assets.json", Encoding.UTF8.GetBytes(text));
}
