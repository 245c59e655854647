using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Sources;

public sealed class LockFileUntrackedTests
{
    private static TestRepository Locked(string name = "repo", bool git = true)
    {
        TestRepository repo = TestRepository.Create(name, git: git);
        // What is judged here is where packages come from, not whether the code uses them.
        repo.Environment["ReproGatePackagesEnabled"] = "false";
        PackageFixture.Create(repo.Feed, "Acme.Json", "1.0.0");
        repo.Project("App/App.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        ProcessResult result = repo.Dotnet("restore", "App/App.csproj", "--force-evaluate");
        Assert.True(result.ExitCode == 0, result.Describe());
        return repo;
    }

    [Fact]
    public void A_lock_file_that_git_does_not_know_fails_and_passes_once_it_is_staged()
    {
        using TestRepository repo = Locked("répo with space");

        Diagnostic error = repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1002", repo.PathOf("App/packages.lock.json"), 1);
        Assert.Contains("git add", error.Text, StringComparison.Ordinal);

        // As a warning it stands until git knows the file, and no longer: nothing but the index changes.
        repo.Dotnet("restore", "App/App.csproj", "-p:ReproGateMode=observe").AssertWarns("RGATE1002", repo.PathOf("App/packages.lock.json"), 1);
        repo.Git("add", "App/packages.lock.json");
        Assert.Empty(repo.Dotnet("restore", "App/App.csproj", "-p:ReproGateMode=observe").Findings);
        repo.Dotnet("build", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void An_ignored_lock_file_fails_at_the_line_that_ignores_it()
    {
        using TestRepository repo = Locked();
        repo.Write(".gitignore", repo.Read(".gitignore") + "# local files\n*.lock.json\n");

        repo.Dotnet("restore", "App/App.csproj").AssertOnlyRed("RGATE1002", repo.PathOf(".gitignore"), repo.LineOf(".gitignore", "*.lock.json"));
    }

    [Fact]
    public void An_ignored_pattern_does_not_matter_where_the_file_is_tracked()
    {
        using TestRepository repo = Locked();
        repo.Commit();
        repo.Write(".gitignore", repo.Read(".gitignore") + "*.lock.json\n");

        repo.Dotnet("restore", "App/App.csproj").AssertGreen();
    }

    [Fact]
    public void Without_git_the_check_says_once_that_it_could_not_run_and_says_it_again_when_nothing_changed()
    {
        using TestRepository repo = Locked(git: false);
        repo.Project("Lib/Lib.csproj", static project => project.Package("Acme.Json", "1.0.0"));
        repo.Solution("All.slnx", "App/App.csproj", "Lib/Lib.csproj");
        repo.Dotnet("restore", "All.slnx", "--force-evaluate");

        ProcessResult first = repo.Dotnet("build", "All.slnx", "-m:2");
        ProcessResult second = repo.Dotnet("build", "All.slnx", "-m:2");

        foreach (ProcessResult result in (ProcessResult[])[first, second])
        {
            Assert.True(result.ExitCode == 0, result.Describe());
            Diagnostic warning = Assert.Single(result.WithCode("RGATE0090"));
            Assert.False(warning.IsError);
            Assert.Contains("not in a git work tree", warning.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_lock_file_in_a_linked_work_tree_is_asked_of_that_work_tree()
    {
        using TestRepository repo = Locked();
        repo.Commit();
        string tree = Path.Combine(Path.GetDirectoryName(repo.Root)!, "linked");
        repo.Git("worktree", "add", "--quiet", tree);
        Directory.CreateDirectory(Path.Combine(tree, ".feeds"));
        foreach (string file in Directory.EnumerateFiles(repo.PathOf(".feeds"), "*.nupkg", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(tree, Path.GetRelativePath(repo.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        ProcessResult result = repo.Run("dotnet", ["restore", "App/App.csproj"], directory: tree);
        Assert.True(result.ExitCode == 0 && !result.Findings.Any(), result.Describe());

        File.Delete(Path.Combine(tree, "App", "packages.lock.json"));
        repo.Run("git", ["rm", "--quiet", "--cached", "App/packages.lock.json"], directory: tree);
        File.Copy(repo.PathOf("App/packages.lock.json"), Path.Combine(tree, "App", "packages.lock.json"));
        ProcessResult removed = repo.Run("dotnet", ["restore", "App/App.csproj"], directory: tree);
        removed.AssertOnlyRed("RGATE1002", Path.Combine(tree, "App", "packages.lock.json"), 1);
    }

    [Fact]
    public void A_work_tree_inside_another_is_its_own_repository_and_a_submodule_is_not()
    {
        using TestRepository repo = Locked();
        repo.Commit();
        repo.Git("worktree", "add", "--quiet", ".trees/inner");
        repo.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.Root, "sub");

        Assert.Equal(repo.PathOf(".trees/inner") + Path.DirectorySeparatorChar, Root(".trees/inner/App/App.csproj"));
        Assert.Equal(repo.Root + Path.DirectorySeparatorChar, Root("sub/App/App.csproj"));
        Assert.Equal(repo.Root + Path.DirectorySeparatorChar, Root("App/App.csproj"));

        string Root(string project) => repo.Run("dotnet", ["msbuild", project, "-getProperty:ReproGateRepositoryRoot"]).Output.Trim();
    }
}
