using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Tool;

/// <summary><c>reprogate init</c> on a repository that knows nothing of it: afterwards the build passes, and a second init changes nothing.</summary>
public sealed class InitTests
{
    [Fact]
    public void A_repository_is_brought_under_the_gate_once()
    {
        using TestRepository repo = TestRepository.Create("dépôt neuf", gate: false);
        PackageFixture.Create(repo.Feed, "Acme.Far", "2.0.0");
        PackageFixture.Create(repo.Feed, "Acme.Near", "1.0.0", ["Acme.Far/2.0.0"]);
        File.Copy(Path.Combine(TestEnvironment.SdkFeed, $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg"), Path.Combine(repo.Feed, $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg"));
        File.Delete(repo.PathOf("Directory.Build.props"));
        File.Delete(repo.PathOf("global.json"));
        File.Delete(repo.PathOf("NuGet.config"));
        // The solution's folder has the settings that count there; one of the sources is a folder of this machine, which a person has to move.
        string machine = Directory.CreateDirectory(Path.Combine(repo.Home, "feed")).FullName;
        repo.Write("src/NuGet.config", $"""<configuration><packageSources><clear /><add key="machine" value="{machine}" /><add key="feed" value="../.feeds/feed" /></packageSources></configuration>""");
        repo.Write(".gitignore", "bin/\nobj/\n.feeds/\npackages.lock.json\n");
        repo.Project("src/App/App.csproj", static project => project.Package("Acme.Near", "1.0.0"));
        // A use that is not declared: an edit mends it. A variable: a person has to decide.
        repo.Write("src/App/Program.cs", "public static class Program { public static int Run() => AcmeNear.Thing.Do() + AcmeFar.Thing.Do(); }");
        repo.Replace("src/App/App.csproj", "</Project>", "<PropertyGroup><Description>$([System.Environment]::GetEnvironmentVariable('ACME_LABEL'))</Description></PropertyGroup></Project>");
        repo.Solution("src/All.slnx", "App/App.csproj");
        repo.Commit();

        ProcessResult dry = repo.Reprogate("init", "src", "--dry-run", "--sdk-version", TestEnvironment.SdkVersion);
        Assert.True(dry.ExitCode == 0 && dry.Output.Contains("+++ b/Directory.Build.props", StringComparison.Ordinal), dry.ToString());
        Assert.Empty(repo.Git("status", "--porcelain").Output);

        repo.Write("dirty.txt", "x");
        Assert.Contains("uncommitted changes", repo.Reprogate("init", "src").Output, StringComparison.Ordinal);
        File.Delete(repo.PathOf("dirty.txt"));

        ProcessResult init = repo.Reprogate("init", "src", "--sdk-version", TestEnvironment.SdkVersion, "--agents", "--owner", "shop team");
        Assert.True(init.ExitCode == 0, init.ToString());
        Assert.Contains("Acme.Far", repo.Read("src/App/App.csproj"), StringComparison.Ordinal);
        Assert.Contains("\"RGATE4003\"", repo.Read("reprogate.baseline.json"), StringComparison.Ordinal);
        Assert.Contains("\"RGATE1009\"", repo.Read("reprogate.baseline.json"), StringComparison.Ordinal);
        Assert.Contains("packageSourceMapping", repo.Read("src/NuGet.config"), StringComparison.Ordinal);
        Assert.False(File.Exists(repo.PathOf("NuGet.config")));
        Assert.DoesNotContain("RGATE2001", repo.Read("reprogate.baseline.json"), StringComparison.Ordinal);
        Assert.Contains("!packages.lock.json", repo.Read(".gitignore"), StringComparison.Ordinal);
        Assert.Contains("## ReproGate", repo.Read("AGENTS.md"), StringComparison.Ordinal);
        repo.Commit("under the gate");
        repo.Git("clean", "-xfdq", "-e", ".feeds");
        repo.Dotnet("build", "src/All.slnx").AssertGreen();

        ProcessResult again = repo.Reprogate("init", "src", "--sdk-version", TestEnvironment.SdkVersion, "--agents", "--owner", "shop team");
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Empty(repo.Git("status", "--porcelain").Output);
    }

    [Fact]
    public void A_configuration_file_that_only_some_systems_read_is_to_be_renamed_before_anything_is_written()
    {
        using TestRepository repo = TestRepository.Create(gate: false);
        File.Move(repo.PathOf("NuGet.config"), repo.PathOf("Nuget.config"));
        repo.Project("App/App.csproj", static project => project.Property("Nullable", "enable"));
        repo.Commit();

        foreach (string[] arguments in (string[][])[["init", "App"], ["init", "App", "--dry-run"]])
        {
            ProcessResult init = repo.Reprogate([.. arguments, "--sdk-version", TestEnvironment.SdkVersion]);
            Assert.NotEqual(0, init.ExitCode);
            Assert.Contains("git mv \"Nuget.config\" \"NuGet.config\"", init.Output, StringComparison.Ordinal);
            Assert.Empty(repo.Git("status", "--porcelain").Output);
        }
    }
}
