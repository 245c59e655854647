using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.RestoredBytes;

/// <summary>RGATE1008, and RGATE1010 after restore.</summary>
public sealed class VersionSubstitutedTests
{
    [Fact]
    public void A_version_that_no_source_has_is_told_although_NuGets_warning_is_silenced()
    {
        using TestRepository repo = TestRepository.Create(privatePackages: true);
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.1.0");
        repo.Project("App/App.csproj", project => project.Property("NoWarn", "$(NoWarn);NU1603;NU1601").Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");

        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1008", repo.PathOf("App/App.csproj"), repo.LineOf("App/App.csproj", "Acme.Json")), (error.Code, error.File, error.Line));
        Assert.Contains("Version=\"1.1.0\"", error.Text, StringComparison.Ordinal);
        repo.Replace("App/App.csproj", "1.0.0", "1.1.0").Lock("App/App.csproj");
        ProcessResult mended = repo.Dotnet("build", "App/App.csproj");
        Assert.True(mended.ExitCode == 0, mended.ToString());
        Assert.Empty(mended.Findings);
    }

    [Fact]
    public void An_uplift_by_another_package_and_a_direct_downgrade_are_no_substitution()
    {
        using TestRepository repo = TestRepository.Create(privatePackages: true);
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        foreach (string version in new[] { "1.0.0", "1.5.0", "2.0.0" })
        {
            PackageFixture.Create(repo.Feed, "Acme.Json", version);
        }

        PackageFixture.Create(repo.Feed, "Acme.A", "1.0.0", ["Acme.Json/1.0.0"]);
        PackageFixture.Create(repo.Feed, "Acme.B", "1.0.0", ["Acme.Json/1.5.0"]);
        repo.Project("Up/Up.csproj", project => project.Package("Acme.A", "1.0.0").Package("Acme.B", "1.0.0"));
        repo.Project("Down/Down.csproj", project => project.Property("NoWarn", "$(NoWarn);NU1605").Property("WarningsNotAsErrors", "NU1605").Package("Acme.Json", "1.0.0").Package("Acme.B", "1.0.0"));
        repo.Write("S.slnx", """<Solution><Project Path="Up/Up.csproj" /><Project Path="Down/Down.csproj" /></Solution>""");
        repo.Lock("S.slnx");

        ProcessResult result = repo.Dotnet("build", "S.slnx");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(result.Findings);
    }

    [Fact]
    public void A_cached_package_from_a_source_the_mapping_forbids_passes_NuGet_and_fails_the_gate()
    {
        using TestRepository repo = TestRepository.Create(privatePackages: true);
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        string other = Path.Combine(repo.Root, "other");
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(repo.Feed, "Acme.Json.1.0.0.nupkg"), Path.Combine(other, "Acme.Json.1.0.0.nupkg"));
        repo.Replace("NuGet.config", "</packageSources>", "  <add key=\"other\" value=\"other\" />\n  </packageSources>");
        repo.Project("App/App.csproj", project => project.Package("Acme.Json", "1.0.0"));
        repo.Lock("App/App.csproj");
        Assert.Equal(0, repo.Dotnet("build", "App/App.csproj").ExitCode);

        // Now the mapping says the other source alone may serve it; the cached copy came from the first.
        repo.Replace("NuGet.config", "</packageSourceMapping>", "  <packageSource key=\"other\"><package pattern=\"Acme.*\" /></packageSource>\n  </packageSourceMapping>");
        ProcessResult plain = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateEnabled=false", "-p:RestorePackagesWithLockFile=true", "-p:RestoreLockedMode=true");
        Assert.True(plain.ExitCode == 0, plain.ToString());

        ProcessResult result = repo.Dotnet("build", "App/App.csproj");
        Diagnostic error = Assert.Single(result.Errors);
        Assert.Equal(("RGATE1010", repo.PathOf("NuGet.config"), repo.LineOf("NuGet.config", "Acme.*")), (error.Code, error.File, error.Line));
    }
}
