namespace ReproGate.Cli.Tests;

/// <summary>Which file of a name counts for a solution.</summary>
public sealed class RepoTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-repo").FullName;

    [Fact]
    public void The_nearest_file_up_to_the_root_counts_as_it_is_written()
    {
        Directory.CreateDirectory(Path.Combine(_root, "src", "shop", "App"));
        var repo = new Repo(_root, Path.Combine(_root, "src", "shop", "Shop.slnx"));
        Assert.Equal("NuGet.config", repo.Nearest("NuGet.config"));

        File.WriteAllText(Path.Combine(_root, "nuget.config"), "");
        Assert.Equal("nuget.config", repo.Nearest("NuGet.config"));

        File.WriteAllText(Path.Combine(_root, "src", "NuGet.Config"), "");
        Assert.Equal("src/NuGet.Config", repo.Nearest("NuGet.config"));

        // Below the solution is one project's own business.
        File.WriteAllText(Path.Combine(_root, "src", "shop", "App", "NuGet.config"), "");
        Assert.Equal("src/NuGet.Config", repo.Nearest("NuGet.config"));
    }

    [Fact]
    public void A_command_names_what_it_means_unless_it_is_the_only_thing_to_build()
    {
        var repo = new Repo(_root, Path.Combine(_root, "One.slnx"));
        File.WriteAllText(repo.Entry, "");
        Assert.Equal("", repo.Argument);

        // dotnet build would not choose.
        File.WriteAllText(Path.Combine(_root, "One.sln"), "");
        Assert.Equal(" \"One.slnx\"", repo.Argument);
        Assert.Equal(" \"src/My App/App.csproj\"", new Repo(_root, Path.Combine(_root, "src", "My App", "App.csproj")).Argument);
    }

    [Fact]
    public void Nothing_above_the_root_counts()
    {
        File.WriteAllText(Path.Combine(_root, "global.json"), "{}");
        string inner = Directory.CreateDirectory(Path.Combine(_root, "inner")).FullName;
        Assert.Equal("global.json", new Repo(inner, Path.Combine(inner, "Shop.slnx")).Nearest("global.json"));
        Assert.False(File.Exists(new Repo(inner, Path.Combine(inner, "Shop.slnx")).PathOf("global.json")));
    }

    [Fact]
    public void A_folder_without_a_solution_is_told_of_those_below_it()
    {
        Assert.Equal($"{_root} holds no solution and no project. Name one.", Assert.Throws<ToolException>(() => Repo.Find(_root)).Message);

        Directory.CreateDirectory(Path.Combine(_root, "src", "My App"));
        File.WriteAllText(Path.Combine(_root, "src", "My App", "App.csproj"), "");
        Assert.Contains($"Below it there are: {Path.Combine("src", "My App", "App.csproj")}. Name one.", Assert.Throws<ToolException>(() => Repo.Find(_root)).Message, StringComparison.Ordinal);

        // Solutions are what one builds.
        File.WriteAllText(Path.Combine(_root, "src", "Shop.slnx"), "");
        Assert.Contains($"Below it there are: {Path.Combine("src", "Shop.slnx")}. Name one.", Assert.Throws<ToolException>(() => Repo.Find(_root)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
