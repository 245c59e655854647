using ReproGate.TestKit;

namespace ReproGate.Integration.Tests;

/// <summary>ReproGate's own repository passes its own gate.</summary>
public sealed class SelfCheckTests
{
    [Fact]
    public void This_repository_builds_with_the_package_it_packs()
    {
        using TestRepository copy = CopyOfThisRepository();

        // Imported by path: an <Sdk> would have to be restored from a feed that the repository's NuGet.config does not know.
        ProcessResult result = copy.Dotnet("build", "ReproGate.sln", $"-p:ReproGateSelf={TestEnvironment.ExtractedSdk}");

        result.AssertGreen();
        Assert.Contains("CheckDeclaredRestore", BuildLog.Read(result).GateTasks);
    }

    /// <summary>A clone whose files are those of the work tree, changed and new ones included and tracked.</summary>
    private static TestRepository CopyOfThisRepository()
    {
        TestRepository copy = TestRepository.Create("self", gate: false, git: false);
        copy.Environment["NUGET_PACKAGES"] = HostPackages;
        Directory.Delete(copy.Root, recursive: true);
        copy.Run("git", ["clone", "--quiet", TestEnvironment.SourceRoot, copy.Root], directory: Path.GetDirectoryName(copy.Root));
        foreach (string path in copy.Git("ls-files").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            File.Delete(copy.PathOf(path));
        }

        ProcessResult files = copy.Run("git", ["-C", TestEnvironment.SourceRoot, "-c", "core.quotePath=false", "ls-files", "--cached", "--others", "--exclude-standard"]);
        Assert.Equal(0, files.ExitCode);
        foreach (string path in files.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static path => File.Exists(Path.Combine(TestEnvironment.SourceRoot, path))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy.PathOf(path))!);
            File.Copy(Path.Combine(TestEnvironment.SourceRoot, path), copy.PathOf(path));
        }

        copy.Git("add", "--all");
        return copy;
    }

    /// <summary>The packages this very build was restored into: they are there, so nothing is fetched again.</summary>
    private static string HostPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
