using NuGet.Packaging;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>RGATE1013, RGATE0001 and the bytes part of RGATE0003.</summary>
public sealed class SdkOrToolNotLockedTests
{
    [Fact]
    public void A_missing_lock_is_one_error_with_the_command()
    {
        using TestRepository repo = Locked();
        File.Delete(repo.PathOf("reprogate.lock.json"));

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1013", repo.PathOf("Directory.Build.props"), repo.LineOf("Directory.Build.props", "<Sdk")), (error.Code, error.File, error.Line));
        Assert.Contains($"dotnet msbuild -t:ReproGateLock \"{repo.PathOf("App/App.csproj")}\"", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_for_the_repository_as_a_warning_is_told_again_by_an_up_to_date_build()
    {
        using TestRepository repo = Locked();
        string locked = repo.Read("reprogate.lock.json");
        File.Delete(repo.PathOf("reprogate.lock.json"));

        foreach (int _ in Enumerable.Range(0, 3))
        {
            ProcessResult build = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe");
            Assert.True(build.ExitCode == 0, build.ToString());
            Diagnostic warning = Assert.Single(build.Findings);
            Assert.Equal(("RGATE1013", repo.PathOf("Directory.Build.props"), repo.LineOf("Directory.Build.props", "<Sdk")), (warning.Code, warning.File, warning.Line));
        }

        // Mended, it is silent, and the build after that loads nothing.
        repo.Write("reprogate.lock.json", locked);
        ProcessResult mended = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe");
        Assert.True(mended.ExitCode == 0, mended.ToString());
        Assert.Empty(mended.Findings);
        BuildLog.Read(repo.Dotnet("build", "App/App.csproj", "-p:ReproGateMode=observe")).AssertNothingOfOursLoaded();
    }

    [Fact]
    public void A_new_PackageDownload_passes_NuGets_locked_mode_and_needs_an_entry()
    {
        using TestRepository repo = Locked();
        PackageFixture.Create(repo.Feed, "Acme.Pack", "2.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Item("PackageDownload", "Acme.Pack", null, ("Version", "[2.0.0]")));
        ProcessResult plain = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
        Assert.True(plain.ExitCode == 0, plain.ToString());

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1013", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "PackageDownload")), (error.Code, error.File, error.Line));
        Assert.Contains("Acme.Pack 2.0.0", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_SDK_and_a_pack_with_other_bytes_are_told_at_their_line()
    {
        using TestRepository repo = Locked();
        PackageFixture.Create(repo.Feed, "Acme.Pack", "2.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0").Item("PackageDownload", "Acme.Pack", null, ("Version", "[2.0.0]")));
        string other = Convert.ToBase64String(new byte[64]);
        string pack = HashOf(Path.Combine(repo.Feed, "Acme.Pack.2.0.0.nupkg"));
        repo.Write("reprogate.lock.json", PackedSdk.LockFile.Replace(PackedSdk.ContentHash, other, StringComparison.Ordinal));

        Diagnostic own = Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors);
        Assert.Equal(("RGATE0003", repo.PathOf("reprogate.lock.json"), 4), (own.Code, own.File, own.Line));
        Assert.Contains(other, own.Text, StringComparison.Ordinal);
        Assert.Contains(PackedSdk.ContentHash, own.Text, StringComparison.Ordinal);

        repo.Write("reprogate.lock.json", PackedSdk.LockFile.Replace("  \"sdks\"", $$"""  "packs": { "Acme.Pack/2.0.0": { "contentHash": "{{other}}" } },{{'\n'}}  "sdks" """, StringComparison.Ordinal));
        Diagnostic different = Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors);
        Assert.Equal(("RGATE1013", repo.PathOf("reprogate.lock.json"), 3), (different.Code, different.File, different.Line));

        repo.Replace("reprogate.lock.json", other, pack);
        ProcessResult right = repo.Dotnet("build", "App/App.csproj");
        Assert.True(right.ExitCode == 0, right.ToString());
    }

    [Fact]
    public void A_tool_without_entry_is_told_and_one_that_is_not_restored_but_locked_is_not()
    {
        using TestRepository repo = Locked();
        repo.Write(".config/dotnet-tools.json", """
            {
              "version": 1,
              "isRoot": true,
              "tools": {
                "acme.tool": { "version": "1.2.3", "commands": ["acme"] }
              }
            }
            """);
        Diagnostic error = Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors);
        Assert.Equal(("RGATE1013", repo.PathOf(".config/dotnet-tools.json"), 5), (error.Code, error.File, error.Line));

        // A manifest below the root counts for the projects below it.
        string hash = Convert.ToBase64String(new byte[64]);
        repo.Write("App/.config/dotnet-tools.json", "{\n  \"version\": 1, \"isRoot\": true,\n  \"tools\": {\n    \"acme.inner\": { \"version\": \"1.0.0\", \"commands\": [\"inner\"] } }\n}\n");
        repo.Write("reprogate.lock.json", PackedSdk.LockFile.Replace("  \"sdks\"", $$"""  "tools": { "acme.tool/1.2.3": { "contentHash": "{{hash}}" } },{{'\n'}}  "sdks" """, StringComparison.Ordinal));
        Diagnostic inner = Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors);
        Assert.Equal(("RGATE1013", repo.PathOf("App/.config/dotnet-tools.json"), 4), (inner.Code, inner.File, inner.Line));

        repo.Replace("reprogate.lock.json", $$"""{ "acme.tool/""", $$"""{ "acme.inner/1.0.0": { "contentHash": "{{hash}}" }, "acme.tool/""");
        ProcessResult green = repo.Dotnet("build", "App/App.csproj");
        Assert.True(green.ExitCode == 0, green.ToString());
        Assert.Empty(green.Findings);
    }

    [Fact]
    public void A_tool_that_no_source_has_is_told_and_keeps_nothing_else_from_being_locked()
    {
        using TestRepository repo = Locked();
        Directory.CreateDirectory(repo.Feed);
        File.WriteAllBytes(Path.Combine(repo.Feed, "Acme.Behind.1.0.0.nupkg"), PackageFixture.Tool("Acme.Behind", "1.0.0", "behind"));
        repo.Write(".config/dotnet-tools.json", """
            {
              // What the SDK reads.
              "version": 1, "isRoot": true,
              "tools": {
                "acme.absent": { "version": "1.0.0", "commands": ["acme"] },
                "acme.behind": { "version": "1.0.0", "commands": ["behind"], "rollForward": false },
              },
            }
            """);
        repo.Write("App/.config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "acme.inner": { "version": "1.0.0", "commands": ["inner"] }, "acme.newer": { "version": "1.0.0", "commands": ["newer"] } } }""");
        string hash = Convert.ToBase64String(new byte[64]);
        repo.Write("reprogate.lock.json", $$"""{ "version": 1, "tools": { "acme.gone/1.0.0": { "contentHash": "{{hash}}" }, "acme.inner/1.0.0": { "contentHash": "{{hash}}" } } }""");

        ProcessResult write = repo.Dotnet("msbuild", "-t:ReproGateLock", "App/App.csproj");

        Assert.Contains(write.Findings, finding => finding.Code == "RGATE0090" && finding.Text.Contains("acme.absent", StringComparison.Ordinal));
        Assert.Contains(write.Findings, finding => finding.Code == "RGATE0090" && finding.Text.Contains("acme.newer", StringComparison.Ordinal));
        string written = repo.Read("reprogate.lock.json");
        Assert.Contains("\"ReproGate.Sdk/999.9.9\"", written, StringComparison.Ordinal);
        // The .NET SDK itself restores nothing behind the first tool that it does not find.
        Assert.Contains("\"acme.behind/1.0.0\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain(write.Findings, static finding => finding.Text.Contains("acme.behind", StringComparison.Ordinal));
        Assert.Contains("acme.absent", write.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(repo.PathOf("obj/reprogate/tools")));
        // What a manifest below the root holds stays, what none holds goes.
        Assert.Contains("\"acme.inner/1.0.0\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("acme.gone", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_lock_is_told_with_its_position()
    {
        using TestRepository repo = Locked();
        repo.Write("reprogate.lock.json", "{\n  \"version\": 1,\n<<<<<<< HEAD\n  \"sdks\": {}\n=======\n  \"sdks\": {}\n>>>>>>> other\n}\n");

        Diagnostic error = Assert.Single(repo.Dotnet("build", "App/App.csproj").Errors);

        Assert.Equal(("RGATE0001", repo.PathOf("reprogate.lock.json"), 3, 1), (error.Code, error.File, error.Line, error.Column));
        Assert.Contains("conflict markers", error.Text, StringComparison.Ordinal);
    }

    private static string HashOf(string nupkg)
    {
        using var reader = new PackageArchiveReader(nupkg);
        return reader.GetContentHash(CancellationToken.None);
    }

    private static TestRepository Locked()
    {
        TestRepository repo = TestRepository.Create(privatePackages: true);
        // The fixtures' projects have no code that uses their package.
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0"));
        return repo.Lock("App/App.csproj");
    }
}
