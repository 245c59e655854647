using ReproGate.Reports;

namespace ReproGate.Core.Tests.Reports;

public sealed class ReportPathsTests
{
    private static readonly ReportPaths Linux = new("/home/ann/my repo/", [("HOME", "/home/ann", "~"), ("PACKAGES", "/home/ann/.nuget/packages/", "$NUGET_PACKAGES"), ("TEMP", "", "$TMPDIR")]);
    private static readonly ReportPaths Windows = new(@"C:\Users\Ann\repo\", [("HOME", @"C:\Users\Ann", "~")], ignoreCase: true);

    [Theory]
    [InlineData("/home/ann/my repo/src/Ünit Ö/A;b%20.csproj", "src/%C3%9Cnit%20%C3%96/A%3Bb%2520.csproj", "SRCROOT")]
    [InlineData("/home/ann/.nuget/NuGet/NuGet.Config", ".nuget/NuGet/NuGet.Config", "HOME")]
    [InlineData("/home/ann/.nuget/packages/a/1.0.0/a.dll", "a/1.0.0/a.dll", "PACKAGES")]
    [InlineData("/home/anne/x.txt", "x.txt", "OUTSIDE")]
    [InlineData("/etc/opt/NuGet/Config/x.config", "x.config", "OUTSIDE")]
    public void A_file_is_located_below_the_nearest_root(string file, string uri, string baseId) =>
        Assert.Equal((uri, baseId), Linux.Locate(file));

    [Fact]
    public void Windows_paths_become_uris_in_any_case() =>
        Assert.Equal(("src/A%20b/A.csproj", "SRCROOT"), Windows.Locate(@"c:\users\ann\Repo\src\A b\A.csproj"));

    [Theory]
    [InlineData("run: dotnet restore \"/home/ann/my repo/App/App.csproj\" --force-evaluate", "run: dotnet restore \"App/App.csproj\" --force-evaluate")]
    [InlineData("/home/ann/my repo holds it", ". holds it")]
    [InlineData("/home/ann/my repository/x", "~/my repository/x")]
    [InlineData("/home/ann/x and /home/anne/x", "~/x and /home/anne/x")]
    [InlineData("nothing here", "nothing here")]
    public void Text_names_no_user(string text, string expected) => Assert.Equal(expected, Linux.Scrub(text));

    [Fact]
    public void The_root_folder_as_home_swallows_nothing()
    {
        var paths = new ReportPaths("/src", [("HOME", "/", "~")]);

        Assert.Equal("a/b c", paths.Scrub("a/b c"));
        Assert.Equal(("a.csproj", "SRCROOT"), paths.Locate("/src/a.csproj"));
        Assert.Equal(("x", "OUTSIDE"), paths.Locate("/usr/x"));
    }
}
