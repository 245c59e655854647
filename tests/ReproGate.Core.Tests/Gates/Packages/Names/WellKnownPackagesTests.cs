using ReproGate.Gates.Packages.Names;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

public sealed class WellKnownPackagesTests
{
    [Fact]
    public void The_list_is_whole()
    {
        Assert.True(WellKnownPackages.All.Count >= 2500);
        Assert.Equal(Enumerable.Range(1, WellKnownPackages.All.Count), WellKnownPackages.All.Select(static package => package.Rank));
        Assert.Equal(WellKnownPackages.All.Count, WellKnownPackages.All.DistinctBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(WellKnownPackages.All, static package => Assert.Matches("^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$", package.Id));
    }

    [Theory]
    [InlineData("Newtonsoft.Json", "Newtonsoft")]
    [InlineData("serilog", "Serilog")]
    [InlineData("SERILOG.SINKS.FILE", "")]
    [InlineData("Microsoft.Extensions.Logging", "Microsoft")]
    [InlineData("AWSSDK.S3", "Amazon")]
    public void Letter_case_does_not_matter_and_owners_are_told_where_evident(string id, string owner)
    {
        WellKnownPackage package = WellKnownPackages.Find(id)!;

        Assert.Equal(id, package.Id, ignoreCase: true);
        Assert.Equal(owner, package.Owner);
    }

    [Fact]
    public void What_everybody_references_ranks_high()
    {
        Assert.InRange(WellKnownPackages.Find("Newtonsoft.Json")!.Rank, 1, 10);
        Assert.True(WellKnownPackages.Find("Serilog")!.Rank < WellKnownPackages.Find("Serilog.Sinks.Seq")!.Rank);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Newtonsoft.Jsom")]
    public void Others_are_not_well_known(string id) => Assert.Null(WellKnownPackages.Find(id));
}
