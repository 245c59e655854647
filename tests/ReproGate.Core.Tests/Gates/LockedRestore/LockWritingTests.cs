using ReproGate.Gates.LockedRestore;

namespace ReproGate.Core.Tests.Gates.LockedRestore;

public sealed class LockWritingTests
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), "my repo");

    private static readonly string App = At("src/App/App.csproj");
    private static readonly string Lib = At("src/Lib/Lib.csproj");
    private static readonly string Tool = At("eng/Tool.fsproj");

    [Fact]
    public void Without_a_solution_every_project_is_named() =>
        Assert.Equal($"{Restore(App)} && {Restore(Lib)}", LockWriting.Command([App, Lib]));

    [Theory]
    [InlineData("All.slnx", """<Solution><Project Path="src/Lib/Lib.csproj" /><Project Path='src\App\App.csproj'/></Solution>""")]
    [InlineData("All.sln", "Project(\"{9A19103F-16F7-4668-BE54-9A1E7A4F7556}\") = \"Lib\", \"src\\Lib\\Lib.csproj\", \"{1}\"\r\nProject(\"{9A19}\") = \"App\", \"src\\App\\App.csproj\", \"{2}\"")]
    [InlineData("src/Some.slnf", """{ "solution": { "path": "..\\All.sln", "projects": [ "src\\Lib\\Lib.csproj", "src/App/App.csproj" ] } }""")]
    [InlineData("All.slnx", """<Solution><File Path="other/Other.sln" /><Project Path="src/Lib/Lib.csproj" /><Project Path="src/App/App.csproj" /></Solution>""")]
    public void A_solution_stands_for_its_projects_and_others_are_named(string name, string text)
    {
        string solution = At(name);
        Assert.Equal(Restore(solution), LockWriting.Command(solution, text, Lib, [App, Lib]));
        Assert.Equal($"{Restore(solution)} && {Restore(Tool)}", LockWriting.Command(solution, text, Lib, [Tool, App]));
        Assert.Equal(Restore(Tool), LockWriting.Command(solution, text, Lib, [Tool]));
    }

    [Fact]
    public void The_project_that_a_solution_s_build_has_come_to_is_its_own_whatever_its_text() =>
        Assert.Equal(Restore(At("All.slnx")), LockWriting.Command(At("All.slnx"), "", Lib, [Lib]));

    [Fact]
    public void A_solution_that_is_no_text_names_nothing() =>
        Assert.Equal(Restore(App), LockWriting.Command(At("All.slnx"), "\"\0.csproj\" \"", Lib, [App]));

    private static string At(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    private static string Restore(string path) => $"dotnet restore \"{path}\" --force-evaluate";
}
