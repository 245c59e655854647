using CsCheck;
using ReproGate.Facts;
using ReproGate.Repository.Evaluation;

namespace ReproGate.Repository.Tests.Sources;

public sealed class RepositoryFilesReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-files-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Write(string relative, string content)
    {
        string path = Path.Combine(_root, "repo", relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private RepositoryFiles Read(params string[] entries) => RepositoryFilesReader.Read(Path.Combine(_root, "repo"), entries, new Dictionary<string, string>());

    [Fact]
    public void Elements_have_places_conditions_and_spans()
    {
        string path = Write("App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <Choose>
                <When Condition="'$(OS)' == 'Unix'"><PropertyGroup><A>1</A></PropertyGroup></When>
                <Otherwise><PropertyGroup><A> 2 </A></PropertyGroup></Otherwise>
              </Choose>
              <ItemGroup Condition="outer">
                <PackageReference Include="Acme" Version="1.*" Condition="inner" />
                <PackageReference Include="B"><Version>2.*</Version></PackageReference>
                <PackageReference Include="C" Version="1&amp;2" />
              </ItemGroup>
            </Project>
            """);
        RepositoryFiles files = Read(path);

        ProjectElement acme = Assert.Single(files.Items("packagereference", "acme"));
        Assert.Equal(new SourceLocation(path, 7, 5), acme.Location);
        Assert.Equal(["outer", "inner"], acme.Conditions.ToArray());
        Assert.Equal(new TextSpan(path, 7, 47, 50), acme.Attribute("Version")!.Span);
        ProjectElement child = files.Elements.Single(static element => element.Name == "Version");
        Assert.Same(files.Items("PackageReference", "B").Single(), child.ParentItem);
        Assert.Equal(("2.*", new TextSpan(path, 8, 44, 47)), (child.Text, child.TextSpan));
        Assert.Null(files.Items("PackageReference", "C").Single().Attribute("Version")!.Span);
        Assert.Equal(["'$(OS)' == 'Unix'", "'$(OS)' == 'Unix'"], files.Properties("A").SelectMany(static element => element.Conditions));
        Assert.Equal(("2", 35), (files.Properties("A").Last().Text, files.Properties("A").Last().TextSpan!.StartColumn));
    }

    [Fact]
    public void Imports_inside_the_repository_are_followed_with_their_conditions()
    {
        Write("Directory.Build.props", "<Project><Import Project=\"$(MSBuildThisFileDirectory)eng/a.props\" Condition=\"'$(OS)' == 'Unix'\" /></Project>");
        Write("eng/a.props", "<Project><PropertyGroup><Dir>eng</Dir></PropertyGroup><Import Project=\"../$(Dir)/b.props\" /><Import Project=\"a.props\" /></Project>");
        string b = Write("eng/b.props", "<Project><ItemGroup><PackageReference Include=\"X\" /></ItemGroup><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Packages.props', '$(MSBuildThisFileDirectory)'))\" /></Project>");
        string packages = Write("Directory.Packages.props", "<Project><Import Project=\"../outside.props\" /><Import Project=\"$(Unknown)/c.props\" /><Import Project=\"p*.props\" /></Project>");
        File.WriteAllText(Path.Combine(_root, "outside.props"), "<Project />");

        RepositoryFiles files = Read(Path.Combine(_root, "repo", "Directory.Build.props"));

        Assert.Contains(b, files.Files.Select(static file => file.Path));
        Assert.Contains(packages, files.Files.Select(static file => file.Path));
        Assert.Equal(4, files.Files.Length);
        Assert.Equal(["'$(OS)' == 'Unix'"], files.Items("PackageReference", "X").Single().Conditions.ToArray());
    }

    [Theory]
    [InlineData("$([System.IO.Path]::Combine($(MSBuildThisFileDirectory), '..', 'Directory.Build.props'))", true)]
    [InlineData("$([MSBuild]::NormalizePath('$(MSBuildThisFileDirectory)', '..\\Directory.Build.props'))", true)]
    [InlineData("$([MSBuild]::GetDirectoryNameOfFileAbove($(MSBuildThisFileDirectory), 'All.slnx'))/Directory.Build.props", true)]
    [InlineData("$([MSBuild]::EnsureTrailingSlash('$(MSBuildThisFileDirectory)..'))Directory.Build.props", true)]
    [InlineData("../Absent.props", false)]
    [InlineData("$([System.String]::Copy('../Directory.Build.props'))", false)]
    public void An_import_is_followed_or_the_answer_is_said_to_be_incomplete(string import, bool followed)
    {
        Write("All.slnx", "<Solution />");
        string shared = Write("Directory.Build.props", "<Project />");
        string nested = Write("docs/Directory.Build.props", $"<Project><Import Project=\"{import}\" /></Project>");

        RepositoryFiles files = Read(nested);

        Assert.Equal(followed, files.IsComplete);
        Assert.Equal(followed ? [nested, shared] : [nested], files.Files.Select(static file => file.Path));
    }

    [Fact]
    public void Mutated_files_never_break_the_reader()
    {
        string path = Path.Combine(_root, "App.csproj");
        Mutations.Of("<Project Sdk=\"A/1.0;B\">\n  <PropertyGroup Condition=\"'$(OS)' == 'x'\"><A>$(B) &amp; c</A></PropertyGroup>\n  <ItemGroup><PackageReference Include=\"Acme\" Version=\"1.*\"><Version>2</Version></PackageReference></ItemGroup>\n  <Import Project=\"$(X)/y.props\" Sdk=\"C\" Version=\"1.*\" />\n</Project>").Sample(
            text =>
            {
                File.WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(text));
                RepositoryFiles files = RepositoryFilesReader.Read(_root, [path], new Dictionary<string, string>());
                Assert.All(files.Elements, static element => Assert.True(element.Location.Line > 0));
                Assert.All(MachineDependencies.Of(files), static dependency => Assert.NotEmpty(dependency.Evidence));
                Assert.All(SdkDeclaration.Of(files), static sdk => Assert.NotEmpty(sdk.Name));
            },
            iter: 20_000,
            threads: 1);
    }
}
