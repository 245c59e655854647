using ReproGate.Facts;
using ReproGate.Gates.LockedRestore;
using static ReproGate.Core.Tests.Sources.Build;

namespace ReproGate.Core.Tests.Sources;

public sealed class FloatingVersionTests
{
    [Theory]
    [InlineData("1.*")]
    [InlineData("*")]
    [InlineData("*-*")]
    [InlineData("1.0.0-*")]
    [InlineData("1.0.*-beta.*")]
    [InlineData("[1.*, 2.0)")]
    [InlineData("(,2.0)")]
    [InlineData("( , 2.0]")]
    [InlineData("[,2.0]")]
    [InlineData("(1.0,2.0)")]
    [InlineData("")]
    public void A_version_that_another_day_resolves_otherwise_is_found(string version)
    {
        Finding finding = Assert.Single(FloatingVersion.Check(Project(Package("Acme", version)), Files(Item("PackageReference", "Acme", version, 7)), static _ => null));
        Assert.Equal("RGATE1007", finding.Rule.Id);
        Assert.Equal(7, finding.Location.Line);
        Assert.Equal("Acme", finding.Subject);
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.0.0-beta.1")]
    [InlineData("[1.0.0]")]
    [InlineData("[1.0,2.0)")]
    [InlineData("[1.0,)")]
    [InlineData(" 1.0 ")]
    public void A_version_with_an_inclusive_lower_bound_is_not(string version) =>
        Assert.Empty(FloatingVersion.Check(Project(Package("Acme", version)), Files(Item("PackageReference", "Acme", version)), static _ => null));

    [Fact]
    public void The_edit_writes_the_locked_version_in_place_of_the_text()
    {
        Finding finding = Assert.Single(FloatingVersion.Check(Project(Package("Acme", "1.*")), Files(Item("PackageReference", "Acme", "1.*", 7)), static _ => "1.4.2"));
        TextEdit edit = Assert.Single(finding.Edits);
        Assert.Equal((7, 40, 43, "1.4.2"), (edit.StartLine, edit.StartColumn, edit.EndColumn, edit.NewText));
        Assert.Equal(40, finding.Location.Column);
    }

    [Fact]
    public void A_version_from_a_property_is_found_where_the_property_is_set()
    {
        Finding finding = Assert.Single(FloatingVersion.Check(Project(Package("Acme", "2.*")), Files(Property("AcmeVersion", "2.*", 12), Item("PackageReference", "Acme", "$(AcmeVersion)", 7)), static _ => "2.1.0"));
        Assert.Equal((InRepo("Directory.Build.props"), 12, 10), (finding.Location.File, finding.Location.Line, finding.Location.Column));
        Assert.Equal("2.1.0", Assert.Single(finding.Edits).NewText);
    }

    [Fact]
    public void Implicit_packages_and_missing_central_versions_are_not_accused()
    {
        Assert.Empty(FloatingVersion.Check(Project(Package("Sdk.Added", "*") with { Implicit = true }), new RepositoryFiles(), static _ => null));
        Assert.Empty(FloatingVersion.Check(Project(Package("Acme", "")) with { CentralVersions = true }, new RepositoryFiles(), static _ => null));
    }

    [Fact]
    public void A_central_version_counts_where_it_is_used_or_pinned()
    {
        RestoreDeclaration project = Project() with { CentralVersions = true, CentralPackages = [Package("Acme", "1.*")] };
        Assert.Empty(FloatingVersion.Check(project, new RepositoryFiles(), static _ => "1.0.0"));
        Assert.Empty(FloatingVersion.Check(project with { CentralTransitivePinning = true }, new RepositoryFiles(), static _ => null));
        Assert.Single(FloatingVersion.Check(project with { CentralTransitivePinning = true }, new RepositoryFiles(), static _ => "1.0.0"));
    }

    [Fact]
    public void Every_version_of_a_package_download_is_judged() =>
        Assert.Single(FloatingVersion.Check(Project() with { Downloads = [Package("Pack", "[1.0.0];[2.*]")] }, new RepositoryFiles(), static _ => null));

    [Theory]
    [InlineData("ReproGate.Sdk", "", 0)]
    [InlineData("A/1.0.0;B/2.*", "B", 1)]
    [InlineData("A/1.0.0", "", 0)]
    [InlineData("A/$(V)", "", 0)]
    public void Sdk_attributes_are_judged_one_by_one(string sdk, string name, int count)
    {
        var project = new ProjectElement("Project", new SourceLocation(InRepo("App/App.csproj"), 1, 1)) { Attributes = [Attribute("Sdk", sdk, 1)] };
        Finding[] findings = [.. FloatingVersion.CheckSdks(Files(project))];
        Assert.Equal(count, findings.Length);
        if (count == 1)
        {
            Assert.Equal(name, findings[0].Subject);
            Assert.Equal(40 + sdk.LastIndexOf('/') + 1, findings[0].Location.Column);
        }
    }

    [Theory]
    [InlineData("1.0", "1.0.0", true)]
    [InlineData("1.0.0+build", "1.0.0", true)]
    [InlineData("1.0.0.0", "1.0.0", true)]
    [InlineData("1.0.0-RC", "1.0.0-rc", true)]
    [InlineData("1.0.0", "1.0.1", false)]
    [InlineData("1.0.0-a", "1.0.0", false)]
    [InlineData("junk", "1.0.0", false)]
    public void Versions_are_compared_as_NuGet_does(string left, string right, bool same) => Assert.Equal(same, VersionText.AreSame(left, right));
}
