using System.Collections.Immutable;
using ReproGate.CleanRoom;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Cli.Commands;
using ReproGate.Cli.Verify;
using ReproGate.Facts.CleanRoom;
using ReproGate.Tasks.CleanRoom;

namespace ReproGate.Cli.Tests;

public sealed class VerifyTests : IDisposable
{
    private static readonly PublishedPackage Published = new("Acme.Lib", "1.2.0", "https://example.invalid/acme/lib", new string('a', 40), IsSigned: true);
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Grade.Identical, "", "5.0", "4.0", 0, "The same bytes.")]
    // A feed's signature is not made again; what is under it is.
    [InlineData(Grade.MetadataOnly, PartKinds.Signature, "", "", 0, "signed besides")]
    [InlineData(Grade.MetadataOnly, PartKinds.EntryTime, "5.0", "5.0", 1, "Metadata only")]
    [InlineData(Grade.NotTested, PartKinds.NotTested, "5.0", "5.0", 2, "could not be compared")]
    // Only the same compiler makes a difference one of the sources.
    [InlineData(Grade.Different, PartKinds.MethodBody, "5.0", "5.0", 1, "the same compiler")]
    [InlineData(Grade.Different, PartKinds.MethodBody, "4.14", "5.0", 2, "4.14 published, 5.0 here")]
    [InlineData(Grade.Different, PartKinds.MethodBody, "", "5.0", 2, "is not known")]
    [InlineData(Grade.Different, PartKinds.MethodBody, "5.0", "", 2, "is not known")]
    // What only one of them has was not left out by a compiler.
    [InlineData(Grade.Different, PartKinds.Entry, "", "", 1, "no compiler makes")]
    [InlineData(Grade.Different, PartKinds.NotTested, "", "", 2, "is not known")]
    public void Only_what_is_known_is_said(Grade grade, string part, string published, string rebuilt, int exitCode, string text)
    {
        ImmutableArray<DifferencePart> parts = part.Length == 0 ? [] : [new DifferencePart("a.dll", part, "1", "2")];

        Verdict verdict = Verdict.Of(new PackageComparison(Published, grade, parts), published.Length == 0 ? [] : [published], rebuilt.Length == 0 ? [] : [rebuilt]);

        Assert.Equal(exitCode, verdict.ExitCode);
        Assert.Contains(text, verdict.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "https://x", null, "names no commit")]
    [InlineData("main", "https://x", null, "which is no commit")]
    [InlineData("--help", "https://x", null, "which is no commit")]
    [InlineData("2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "", null, "and no repository")]
    public void What_a_package_does_not_say_is_told(string commit, string address, string? repository, string text) =>
        Assert.Contains(text, Assert.Throws<ToolException>(() => VerifyCommand.Require(Published with { Commit = commit, RepositoryUrl = address }, "X.nupkg", repository)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_repository_that_the_user_names_stands_for_the_address()
    {
        Exception? fault = Record.Exception(() => VerifyCommand.Require(Published with { RepositoryUrl = "" }, "X.nupkg", "/a/clone"));

        Assert.Null(fault);
    }

    [Theory]
    [InlineData("Version=1.2.0", "Version=1.2.0")]
    [InlineData("Tags=a;b", "Tags=a%3Bb")]
    [InlineData("Empty=", "Empty=")]
    public void Properties_go_to_the_room_as_they_are_meant(string given, string expected) => Assert.Equal(expected, Assert.Single(VerifyCommand.Properties([given])));

    [Theory]
    [InlineData("Version")]
    [InlineData("=1")]
    [InlineData("a b=1")]
    [InlineData("-x=1")]
    public void What_is_no_property_is_refused(string given) => Assert.Contains("is no property", Assert.Throws<ToolException>(() => VerifyCommand.Properties([given])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_project_is_found_by_what_the_files_say()
    {
        string[] files =
        [
            Write("src/Core/Core.csproj", "<Project><PropertyGroup><PackageId>Acme.Lib</PackageId></PropertyGroup></Project>"),
            // Its name says another thing than it does.
            Write("old/Acme.Lib.csproj", "<Project><PropertyGroup><PackageId>Acme.Old</PackageId></PropertyGroup></Project>"),
            Write("src/Acme.Two/Acme.Two.csproj", "<Project />"),
            Write("src/Three/Three.fsproj", "<Project><PropertyGroup><AssemblyName>Acme.Three</AssemblyName></PropertyGroup></Project>"),
        ];

        Assert.Equal("src/Core/Core.csproj", PackageProject.Find(_root, files, "acme.lib", null));
        Assert.Equal("src/Acme.Two/Acme.Two.csproj", PackageProject.Find(_root, files, "Acme.Two", null));
        Assert.Equal("src/Three/Three.fsproj", PackageProject.Find(_root, files, "Acme.Three", null));
        Assert.Equal("old/Acme.Lib.csproj", PackageProject.Find(_root, files, "Acme.Lib", "./old/Acme.Lib.csproj"));
        Assert.Contains("Name the one that does with --project", Assert.Throws<ToolException>(() => PackageProject.Find(_root, files, "Acme.Four", null)).Message, StringComparison.Ordinal);
        Assert.Contains("no project src/None.csproj", Assert.Throws<ToolException>(() => PackageProject.Find(_root, files, "Acme.Lib", "src/None.csproj")).Message, StringComparison.Ordinal);
        string[] twice = [.. files, Write("src/Again/Again.csproj", "<Project><PropertyGroup><PackageId>Acme.Lib</PackageId></PropertyGroup></Project>")];
        Assert.Contains("more than one project may make Acme.Lib", Assert.Throws<ToolException>(() => PackageProject.Find(_root, twice, "Acme.Lib", null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locks_are_those_that_NuGet_looks_for()
    {
        Write("a/A.csproj", "<Project />");
        Write("b/B.csproj", "<Project />");
        Write("Directory.Build.props", "<Project />");

        Assert.True(PackageProject.IsLocked(_root, ["a/A.csproj", "a/packages.lock.json"], "a/A.csproj"));
        Assert.True(PackageProject.IsLocked(_root, ["a/A.csproj", "a/packages.A.lock.json"], "a/A.csproj"));
        Assert.False(PackageProject.IsLocked(_root, ["a/A.csproj", "b/packages.lock.json", "Directory.Build.props"], "a/A.csproj"));
        Assert.False(PackageProject.IsLocked(_root, ["a/A.csproj", "a/reprogate.lock.json"], "a/A.csproj"));
        Write("Directory.Build.props", "<Project><PropertyGroup><NuGetLockFilePath>locks/$(MSBuildProjectName).lock.json</NuGetLockFilePath></PropertyGroup></Project>");
        Assert.True(PackageProject.IsLocked(_root, ["a/A.csproj", "locks/A.lock.json", "Directory.Build.props"], "a/A.csproj"));
    }

    [Theory]
    [InlineData("{ \"sdk\": { \"version\": \"9.0.304\" } }", "9.0")]
    [InlineData("{ // as built\n \"sdk\": { \"version\": \"10.0.100-rc.1\", }, }", "10.0")]
    public void The_image_is_that_of_the_sdk_the_commit_asks_for(string json, string version)
    {
        Write("global.json", json);

        Assert.Equal(version, VerifyCommand.SdkOf(_root, "src/A/A.csproj"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{ \"sdk\": { \"version\": 9 } }")]
    public void Without_such_a_version_it_is_the_one_of_the_tools_runtime(string json)
    {
        if (json.Length > 0)
        {
            Write("global.json", json);
        }

        Assert.Equal(Environment.Version.ToString(2), VerifyCommand.SdkOf(_root, "A.csproj"));
    }

    [Fact]
    public void Packages_are_brought_by_a_project_that_runs_nothing_of_the_commit()
    {
        string project = LockedDownloads.Project(
        [
            new WantedPackage("Acme.One", "1.0.0", "h", "packages.lock.json", 1),
            new WantedPackage("acme.one", "2.0.0-beta.1", "h", "packages.lock.json", 2),
            new WantedPackage("$([System.IO.File]::ReadAllText('/etc/passwd'))", "1.0.0", "h", "packages.lock.json", 3),
            new WantedPackage("Acme.Two;Other", "1.0.0", "h", "packages.lock.json", 4),
            new WantedPackage("Acme.Three", "$(HOME)", "h", "packages.lock.json", 5),
        ]);

        Assert.Contains("<PackageDownload Include=\"Acme.One\" Version=\"[1.0.0];[2.0.0-beta.1]\" />", project, StringComparison.Ordinal);
        Assert.Contains("<ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>", project, StringComparison.Ordinal);
        Assert.Equal(2, project.Split("PackageDownload").Length);
        Assert.DoesNotContain("passwd", project, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_there_is_nothing_to_compare_is_told()
    {
        var engine = new CleanRoomOutcome { Engine = "docker 28", Image = new RoomImage("sdk:9.0", "sha256:1") };
        var error = new RoomError("NU1101", "Unable to find package Acme.Far.", new SourceLocation("/x/A.csproj"), "A.csproj");

        Assert.Contains("no container engine answers (docker: not on the PATH)", Obstacle.Of(new CleanRoomOutcome { Tried = [new EngineAttempt("docker", "not on the PATH")] }), StringComparison.Ordinal);
        Assert.Contains("because the disk is full.", Obstacle.Of(engine with { Obstacle = "the disk is full" }), StringComparison.Ordinal);
        Assert.Contains("the .NET SDK that the commit asks for (9.0.999)", Obstacle.Of(engine with { Failures = [new RoomFailure(RoomPhase.Build, error, MissingInput.Sdk, "9.0.999")] }), StringComparison.Ordinal);
        string package = Obstacle.Of(engine with { Failures = [new RoomFailure(RoomPhase.Restore, error, MissingInput.Package, "Acme.Far")], FailureOutput = ["last line"] })!;
        Assert.Contains("Acme.Far is named by no lock of the commit", package, StringComparison.Ordinal);
        Assert.Contains("last line", package, StringComparison.Ordinal);
        string gone = Obstacle.Of(engine with { Failures = [new RoomFailure(RoomPhase.Restore, error, MissingInput.Package, "Acme.Far")] }, [("Acme.Far", "1.2.3"), ("Acme.Near", "1.0.0")])!;
        Assert.Contains("Acme.Far 1.2.3 is locked, and none of your NuGet sources has it (2 locked packages cannot be had)", gone, StringComparison.Ordinal);
        Assert.DoesNotContain("named by no lock", gone, StringComparison.Ordinal);
        Assert.NotNull(Obstacle.Of(engine));
        Assert.Null(Obstacle.Of(engine with { FirstOutputs = "/outputs" }));
    }

    private string Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return path;
    }
}
