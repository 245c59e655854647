using System.Text;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Repository.Evaluation;
using ReproGate.Repository.Git;
using ReproGate.TestKit;

namespace ReproGate.Repository.Tests;

/// <summary>The readers behind RGATE21xx: what git has, exceptions with an end, and lines of file-based apps.</summary>
public sealed class NewPackageReadersTests
{
    [Fact]
    public async Task Git_tells_what_the_commit_has_whatever_lies_in_the_work_tree()
    {
        using TestRepository repo = TestRepository.Create("répo with space", gate: false);
        repo.Write("A/packages.lock.json", "committed").Write("B ü/packages.lock.json", "committed").Write("C/packages.lock.json", "committed");
        CommittedFiles none = GitReader.Committed(repo.Root, ["**/*.lock.json"], default);
        Assert.True(none is { Available: true, Unchanged.IsEmpty: true, Contents.IsEmpty: true });

        repo.Commit();
        repo.Write("B ü/packages.lock.json", "changed").Write("D/packages.lock.json", "new").Write("E/packages.lock.json", "staged");
        File.Delete(repo.PathOf("C/packages.lock.json"));
        repo.Git("add", "E/packages.lock.json");
        CommittedFiles files = GitReader.Committed(repo.Root, ["**/*.lock.json"], default);

        Assert.Equal([repo.PathOf("A/packages.lock.json")], files.Unchanged.Select(static path => path));
        Assert.Equal([repo.PathOf("B ü/packages.lock.json"), repo.PathOf("C/packages.lock.json")], files.Contents.Keys.Order(StringComparer.Ordinal));
        Assert.All(files.Contents.Values, static content => Assert.Equal("committed", Encoding.UTF8.GetString(content)));
        Assert.Equal(
            ["A/packages.lock.json", "B ü/packages.lock.json", "C/packages.lock.json", "D/packages.lock.json", "E/packages.lock.json"],
            (GitReader.WorkTree(repo.Root, ["**/*.lock.json"], default))!.Select(path => Path.GetRelativePath(repo.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_git_it_says_why()
    {
        using TestRepository repo = TestRepository.Create(gate: false, git: false);
        CommittedFiles files = GitReader.Committed(repo.Root, ["**/*.lock.json"], default);
        Assert.False(files.Available);
        Assert.NotEqual("", files.Reason);
    }

    [Theory]
    [InlineData("""{"package":"Acme.*","until":"2026-12-31","reason":"x"}""", "")]
    [InlineData("""{"package":"Acme","version":"1.0.0","until":"2026-12-31","reason":"x"}""", "")]
    [InlineData("""{"package":"Acme","reason":"x"}""", "no \"until\"")]
    [InlineData("""{"package":"Acme","until":"31.12.2026","reason":"x"}""", "is no day")]
    [InlineData("""{"package":"Acme","until":"2026-02-30","reason":"x"}""", "is no day")]
    [InlineData("""{"package":"*","until":"2026-12-31","reason":"x"}""", "allow everything")]
    [InlineData("""{"variable":"A","until":"2026-12-31","reason":"x"}""", "is no package")]
    [InlineData("""{"package":"Acme","until":"2026-12-31"}""", "no \"reason\"")]
    [InlineData("""{"lookalike":"Newtonsoft.Jsom","reason":"x"}""", "")]
    [InlineData("""{"lookalike":"Newtonsoft.Jsom","until":"2026-12-31","reason":"x"}""", "")]
    [InlineData("""{"lookalike":"Newtonsoft.*","reason":"x"}""", "every impostor")]
    [InlineData("""{"lookalike":"Newtonsoft.Jsom","version":"1.0.0","reason":"x"}""", "whatever its version")]
    [InlineData("""{"lookalike":"Newtonsoft.Jsom"}""", "no \"reason\"")]
    public void A_package_is_allowed_until_a_day_and_a_lookalike_by_its_id(string entry, string problem)
    {
        AllowList list = AllowListReader.Parse("/x", Encoding.UTF8.GetBytes($$"""{"allow":[{{entry}}]}"""), out MalformedFile? malformed);
        Assert.Equal(problem.Length > 0, malformed is not null);
        Assert.Contains(problem, malformed?.Problem ?? "", StringComparison.Ordinal);
        Assert.Equal(problem.Length > 0 ? [] : [entry.Contains("lookalike", StringComparison.Ordinal) ? AllowedKind.Lookalike : AllowedKind.Package], list.Entries.Select(static found => found.Kind));
    }

    [Fact]
    public void An_app_names_its_sdks_and_those_with_a_version_are_packages()
    {
        IReadOnlyList<SharedDeclaration> sdks = PackageDirectives.Sdks("/app.cs", new StringReader("#!/usr/bin/env dotnet\n#:sdk Microsoft.NET.Sdk.Web\n#:sdk Acme.Sdk@1.2.3\n#:package Acme@1.0.0\n// #:sdk Acme.Old@1.0.0\n"));
        SharedDeclaration sdk = Assert.Single(sdks);
        Assert.Equal(("Acme.Sdk", "1.2.3", 3, 7, 16), (sdk.Id, sdk.Version, sdk.Location.Line, sdk.IdSpan!.StartColumn, sdk.VersionSpan!.StartColumn));
        Assert.Empty(PackageDirectives.Sdks("/there/is/no/such.cs"));
    }

    [Fact]
    public void References_are_found_in_projects_and_apps_whatever_their_condition()
    {
        using TestRepository repo = TestRepository.Create("répo with space", gate: false, git: false);
        repo.Write("A/A.csproj", """<Project><ItemGroup Condition="'$(Never)' == 'true'"><PackageReference Include="Acme.A; acme.b" /></ItemGroup></Project>""");
        repo.Write("Directory.Build.props", """<Project><ItemGroup><GlobalPackageReference Include="Acme.C" /><PackageVersion Include="Acme.D" Version="1.0.0" /></ItemGroup></Project>""");
        repo.Write("app.cs", "#:package Acme.E\nConsole.WriteLine();\n");
        repo.Write("code.cs", "namespace X;\n#:package Acme.F\n");
        repo.Write("broken.props", "<Project><ItemGroup>");
        IReadOnlySet<string> ids = new HashSet<string>(["Acme.A", "Acme.B", "Acme.C", "Acme.D", "Acme.E", "Acme.F"], StringComparer.OrdinalIgnoreCase);
        string[] files = [.. ((string[])["A/A.csproj", "Directory.Build.props", "app.cs", "code.cs", "broken.props", "gone.csproj", "gone.cs"]).Select(repo.PathOf)];
        Assert.Equal(["Acme.A", "Acme.C", "Acme.E", "acme.b"], ReferencedIds.Of(files, ids, default).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("#:package Acme.Json@1.0.0", 3, 11, 21)]
    [InlineData("  #:package  acme.json", 3, 14, 3)]
    [InlineData("#:package Acme.Json2@1.0.0", 0, 0, 0)]
    [InlineData("// #:package Acme.Json@1.0.0", 0, 0, 0)]
    public void A_directive_is_found_with_its_columns(string line, int number, int idColumn, int versionColumn)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("reprogate-app-").FullName, "app.cs");
        try
        {
            File.WriteAllText(file, $"#!/usr/bin/env dotnet\n#:package Other@1.0.0\n{line}\nConsole.WriteLine();\n");
            PackagePlaces? places = PackageDirectives.Find(file, "Acme.Json");
            Assert.Equal(number, places?.Id.Line ?? 0);
            Assert.Equal(idColumn, places?.IdSpan?.StartColumn ?? 0);
            Assert.Equal(line.Contains('@', StringComparison.Ordinal) ? versionColumn : 0, places?.VersionSpan?.StartColumn ?? 0);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
