using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;

namespace ReproGate.Core.Tests.Gates.Packages;

/// <summary>What files declare without any project referencing it.</summary>
public sealed class SharedDeclarationTests
{
    private const string Path = "/repo/Directory.Packages.props";

    [Fact]
    public void Central_versions_have_the_places_of_id_and_version_and_a_property_is_followed_where_it_is_set_once()
    {
        ImmutableArray<SharedDeclaration> found =
        [
            .. SharedDeclaration.CentralVersions(Files(
                Element("PropertyGroup", 2, parent: "Project"),
                Element("Once", 3, "PropertyGroup") with { Text = "2.0.0", TextSpan = new TextSpan(Path, 3, 11, 16) },
                Element("Twice", 4, "PropertyGroup") with { Text = "3.0.0" },
                Element("Twice", 5, "PropertyGroup") with { Text = "4.0.0" },
                Item(7, ("Include", "Acme.Plain"), ("Version", "1.0.0")),
                Item(8, ("Include", "Acme.Once"), ("Version", "$(Once)")),
                Item(9, ("Include", "Acme.Twice"), ("Version", "$(Twice)")),
                Item(10, ("Include", "Acme.A;Acme.B"), ("Version", "1.0.0")),
                Item(11, ("Include", "Acme.$(Name)"), ("Version", "1.0.0")),
                Item(12, ("Include", "@(Others)"), ("Version", "1.0.0")),
                Item(13, ("Update", "Acme.Plain"), ("Version", "9.0.0")),
                Item(14, ("Include", "Acme.Bare")))),
        ];

        Assert.Equal(["Acme.Plain 1.0.0 7", "Acme.Once 2.0.0 3", "Acme.Twice  9", "Acme.A 1.0.0 10", "Acme.B 1.0.0 10", "Acme.Bare  14"], found.Select(static package => $"{package.Id} {package.Version} {package.VersionLocation.Line}"));
        Assert.Equal([true, true, true, false, false, true], found.Select(static package => package.IdSpan is not null));
        Assert.Equal([true, true, false, true, true, false], found.Select(static package => package.VersionSpan is not null));
        Assert.All(found, static package => Assert.Equal(PackageDeclarationKind.Reference, package.Kind));
    }

    [Fact]
    public void The_id_of_a_reference_is_found_in_all_its_central_versions()
    {
        RepositoryFiles files = Files(
            Item(7, ("Include", "Acme.Plain"), ("Version", "1.0.0")),
            Item(8, ("Include", "acme.plain"), ("Version", "2.0.0")),
            Item(9, ("Update", "Acme.Plain"), ("Version", "3.0.0")),
            Item(10, ("Include", "Acme.Plain;Acme.Other"), ("Version", "3.0.0")),
            Item(11, ("Include", "Acme.Other"), ("Version", "1.0.0")));

        Assert.Equal([7, 8], PackagePlaces.Of(files, "Acme.Plain", "1.0.0", isDownload: false, Path).CentralIdSpans.Select(static span => span.Line));
        Assert.Empty(PackagePlaces.Of(files, "Acme.Gone", "1.0.0", isDownload: false, Path).CentralIdSpans);
        Assert.Empty(PackagePlaces.Of(files, "Acme.Plain", "1.0.0", isDownload: true, Path).CentralIdSpans);
    }

    [Fact]
    public void Of_several_versions_under_conditions_the_place_is_that_of_the_one_in_effect()
    {
        RepositoryFiles files = Files(
            Item(7, ("Include", "Acme.Plain"), ("Version", "2.0.0")) with { Conditions = ["'$(Net)' == 'a'"] },
            Item(8, ("Include", "Acme.Plain"), ("Version", "1.0.0")) with { Conditions = ["'$(Net)' == 'b'"] },
            Item(9, ("Include", "Acme.Plain"), ("Version", "1.0.0")) with { Conditions = ["'$(Net)' == 'c'"] });

        Assert.Equal(9, Line("", "c"));
        Assert.Equal(9, Line("1.0.0", "c"));
        Assert.Equal(8, Line("1.0.0", "b"));
        // A condition that cannot be told counts; where none is in effect, or nobody can tell, it is as if there were no conditions.
        Assert.Equal(7, Line("", "?"));
        Assert.Equal(8, Line("1.0.0", "none"));
        Assert.Equal(8, PackagePlaces.Of(files, "Acme.Plain", "1.0.0", isDownload: false, Path).Version.Line);

        int Line(string version, string net) => PackagePlaces.Of(files, "Acme.Plain", version, isDownload: false, Path, condition => net == "?" ? null : condition == $"'$(Net)' == '{net}'").Version.Line;
    }

    [Fact]
    public void Sdks_have_the_places_of_name_and_version_and_those_without_version_are_left_to_global_json()
    {
        ImmutableArray<SharedDeclaration> found =
        [
            .. SharedDeclaration.Sdks(Files(
                new ProjectElement("Project", new SourceLocation(Path, 1, 1)) { Attributes = [Attribute("Sdk", "Microsoft.NET.Sdk; Acme.One/1.0.0 ;Acme.Two/2.0.0", 1, 15)] },
                Element("Sdk", 2, "Project") with { Attributes = [Attribute("Name", "Acme.Three", 2, 14), Attribute("Version", "3.0.0", 2, 35)] },
                Element("Import", 3, "Project") with { Attributes = [Attribute("Sdk", "Acme.Four", 3, 14), Attribute("Version", "$(Four)", 3, 35)] },
                Element("Import", 4, "Project") with { Attributes = [Attribute("Sdk", "Acme.$(Name)/1.0.0", 4, 14)] },
                Element("Import", 5, "Project") with { Attributes = [Attribute("Project", "other.props", 5, 14)] })),
        ];

        Assert.Equal(["Acme.One/1.0.0", "Acme.Two/2.0.0", "Acme.Three/3.0.0", "Acme.Four/"], found.Select(static sdk => $"{sdk.Id}/{sdk.Version}"));
        Assert.Equal([34, 50, 14, 14], found.Select(static sdk => sdk.Location.Column));
        Assert.Equal([43, 59, 35, 35], found.Select(static sdk => sdk.VersionLocation.Column));
        Assert.Equal([5, 5, 5, 0], found.Select(static sdk => sdk.VersionSpan is { } span ? span.EndColumn - span.StartColumn : 0));
    }

    [Fact]
    public void What_the_commit_declares_is_not_new_and_neither_is_the_id_of_another_version()
    {
        SharedDeclaration tool = Declared(PackageDeclarationKind.Tool, "Acme.Tool", "1.0.0");
        Assert.True(tool.IsIn([Declared(PackageDeclarationKind.Tool, "acme.tool", "1.0.0")]));
        Assert.False(tool.IsIn([Declared(PackageDeclarationKind.Tool, "Acme.Tool", "1.0.1")]));
        Assert.False(tool.IsIn([Declared(PackageDeclarationKind.Sdk, "Acme.Tool", "1.0.0")]));
        Assert.False(tool.IsIn([]));
        Assert.True(tool.IsSameId(Declared(PackageDeclarationKind.Tool, "ACME.TOOL", "")));
        Assert.False(tool.IsSameId(Declared(PackageDeclarationKind.Reference, "Acme.Tool", "")));

        NewPackage fresh = tool.ToNewPackage([tool], "1.0.0", isIdNew: false);
        Assert.Equal(("Acme.Tool", "1.0.0", PackageDeclarationKind.Tool, false, 3), (fresh.Id, fresh.Version, fresh.Kind, fresh.IsIdNew, fresh.Location.Line));
    }

    [Theory]
    // Where the gate asks for hashes, the hash makes a tool or SDK known, and the commit alone does not.
    [InlineData(PackageDeclarationKind.Tool, true, true, false, true, false)]
    [InlineData(PackageDeclarationKind.Tool, true, false, true, true, true)]
    [InlineData(PackageDeclarationKind.Sdk, true, true, false, true, false)]
    [InlineData(PackageDeclarationKind.Sdk, true, false, true, true, true)]
    // An SDK that nothing takes has no bytes to hash.
    [InlineData(PackageDeclarationKind.Sdk, true, true, false, false, true)]
    [InlineData(PackageDeclarationKind.Sdk, true, false, false, false, false)]
    // Where it does not ask for them, the commit decides.
    [InlineData(PackageDeclarationKind.Tool, false, true, false, true, true)]
    [InlineData(PackageDeclarationKind.Sdk, false, true, false, true, true)]
    [InlineData(PackageDeclarationKind.Tool, false, false, false, true, false)]
    // Central versions have no hash of their own.
    [InlineData(PackageDeclarationKind.Reference, true, true, false, true, true)]
    [InlineData(PackageDeclarationKind.Reference, true, false, true, true, true)]
    [InlineData(PackageDeclarationKind.Reference, true, false, false, true, false)]
    public void A_declaration_is_known_by_its_hash_or_by_the_commit(PackageDeclarationKind kind, bool mustBeLocked, bool committed, bool locked, bool taken, bool known)
    {
        SharedDeclaration declared = Declared(kind, "Acme.X", "1.0.0");
        var file = new ReproGateLock
        {
            Path = "/repo/reprogate.lock.json",
            Entries = locked && kind != PackageDeclarationKind.Reference ? [new LockedDownload(kind == PackageDeclarationKind.Tool ? DownloadKind.Tool : DownloadKind.Sdk, "acme.x", "1.0.0", "hash", "")] : [],
            Verdicts = locked && kind == PackageDeclarationKind.Reference ? [new RecordedVerdict("acme.x", "1.0.0", "")] : [],
        };
        var declarations = new KnownDeclarations(committed ? [declared] : [], file, mustBeLocked);
        Assert.Equal(known, declarations.Has(declared, "1.0.0", _ => taken));
        Assert.False(declarations.Has(declared with { Version = "2.0.0" }, "2.0.0", _ => taken));
        // A lock that cannot be read is told elsewhere, and binds nobody.
        Assert.Equal(committed, new KnownDeclarations(committed ? [declared] : [], null, mustBeLocked).Has(declared, "1.0.0", _ => taken));
        Assert.Equal(locked && kind != PackageDeclarationKind.Reference || (committed && !(mustBeLocked && kind != PackageDeclarationKind.Reference)), declarations.HasId(declared with { Version = "2.0.0" }));
    }

    [Fact]
    public void An_entry_of_a_json_file_is_told_at_its_name()
    {
        var version = new TextSpan(Path, 5, 18, 23);
        SharedDeclaration read = Assert.Single(SharedDeclaration.Of([new DeclaredVersion("Acme.Tool", " 1.0.0", version) { IdSpan = new TextSpan(Path, 4, 6, 15) }], PackageDeclarationKind.Tool));
        Assert.Equal((4, 6, 5, 18, "1.0.0"), (read.Location.Line, read.Location.Column, read.VersionLocation.Line, read.VersionLocation.Column, read.Version));
        Assert.Equal(version.Start, Assert.Single(SharedDeclaration.Of([new DeclaredVersion("Acme.Tool", "1.0.0", version)], PackageDeclarationKind.Tool)).Location);
    }

    private static SharedDeclaration Declared(PackageDeclarationKind kind, string id, string version) => new(kind, id, version, new SourceLocation(Path, 3, 5));

    private static RepositoryFiles Files(params ProjectElement[] elements) => new() { Files = [new ProjectFileText(Path, [.. elements])] };

    private static ProjectElement Element(string name, int line, string parent) => new(name, new SourceLocation(Path, line, 5)) { Parent = parent };

    private static ProjectElement Item(int line, params (string Name, string Value)[] attributes) =>
        Element("PackageVersion", line, "ItemGroup") with { Attributes = [.. attributes.Select((pair, number) => Attribute(pair.Name, pair.Value, line, 20 + (30 * number)))] };

    private static ProjectAttribute Attribute(string name, string value, int line, int column) =>
        new(name, value, new SourceLocation(Path, line, column), new TextSpan(Path, line, column, column + value.Length));
}
