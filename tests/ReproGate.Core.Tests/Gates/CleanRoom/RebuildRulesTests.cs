using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;
using ReproGate.Gates.CleanRoom;

namespace ReproGate.Core.Tests.Gates.CleanRoom;

public sealed class RebuildRulesTests
{
    private const string Root = "/repo";

    private static readonly DifferenceCause Time = new(CauseClass.Timestamp, "the value is a time", "property BuildStamp", new SourceLocation("/repo/src/Shop.csproj", 7, 5), "Leave it out.", []);

    private static DifferingOutput Output(DifferenceCause? cause = null, bool metadata = false, bool flaky = false, params ImmutableArray<string> variations) => new(
        "src/bin/Shop.dll", "src/bin/Shop.dll › Shop.Clock..cctor (IL)", "string constant", "\"2024\"", "\"2025\"", metadata, flaky, variations,
        "task Csc in target CoreCompile of Shop.csproj", "/repo/src/Shop.csproj", cause ?? Time);

    [Fact]
    public void A_difference_names_place_values_cause_variation_producer_and_mend()
    {
        Finding finding = Assert.Single(OutputDiffers.Check([Output(variations: ["time zone"])], Root));

        Assert.Equal("RGATE4201", finding.Rule.Id);
        Assert.Equal(new SourceLocation("/repo/src/Shop.csproj", 7, 5), finding.Location);
        Assert.Equal(
            "src/bin/Shop.dll differs in Shop.Clock..cctor (IL), between two builds as soon as time zone is varied, string constant: '2024' became '2025'; the value is a time (from property BuildStamp). It is written by task Csc in target CoreCompile of Shop.csproj.",
            finding.What);
        Assert.Equal("Leave it out.", finding.Fix);
    }

    [Fact]
    public void Without_a_known_cause_the_producer_and_the_project_are_told()
    {
        Finding finding = Assert.Single(OutputDiffers.Check([Output(new DifferenceCause(CauseClass.Unknown, "", "", null, "", []))], Root));

        Assert.Equal("/repo/src/Shop.csproj", finding.Location.File);
        Assert.Contains("Look at what wrote it, task Csc", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_producer_the_output_itself_is_the_place()
    {
        DifferingOutput output = Output(new DifferenceCause(CauseClass.Unknown, "", "", null, "", [])) with { Project = "", Producer = "", Where = "src/bin/Shop.dll", Left = "", Right = "x" };

        Finding finding = Assert.Single(OutputDiffers.Check([output], Root));

        Assert.Equal(Path.Combine(Root, "src", "bin", "Shop.dll"), finding.Location.File);
        Assert.StartsWith("src/bin/Shop.dll differs between two builds, string constant: only the second build has 'x'.", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_from_another_output_is_not_told_twice()
    {
        DifferingOutput follows = Output(Time with { Class = CauseClass.Follows }) with { Path = "src/bin/Other.dll" };

        Assert.Equal("src/bin/Shop.dll Timestamp", Assert.Single(OutputDiffers.Check([Output(), follows], Root)).Subject);
        Assert.Single(OutputDiffers.Check([follows], Root));
        Assert.Empty(MetadataDiffers.Check([Output(), follows with { IsMetadataOnly = true }], Root));
        Assert.Single(MetadataDiffers.Check([follows with { IsMetadataOnly = true }], Root));
    }

    [Fact]
    public void Each_output_is_judged_by_one_rule()
    {
        ImmutableArray<DifferingOutput> outputs = [Output() with { Path = "a" }, Output(metadata: true) with { Path = "b" }, Output(flaky: true) with { Path = "c" }, Output(metadata: true, flaky: true) with { Path = "d" }];

        string[] told = [.. OutputDiffers.Check(outputs, Root).Concat(MetadataDiffers.Check(outputs, Root)).Concat(OutputDiffersByItself.Check(outputs, Root)).Select(static finding => $"{finding.Rule.Id} {finding.Subject}")];

        Assert.Equal(["RGATE4201 a Timestamp", "RGATE4202 b Timestamp", "RGATE4202 d Timestamp", "RGATE4204 c Timestamp"], told);
    }

    [Fact]
    public void What_differs_by_itself_names_no_variation()
    {
        Finding finding = Assert.Single(OutputDiffersByItself.Check([Output(flaky: true, variations: ["path"])], Root));

        Assert.EndsWith("Nothing was varied.", finding.What, StringComparison.Ordinal);
        Assert.DoesNotContain("path is varied", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_canary_is_told_once_an_output_without_its_value()
    {
        ImmutableArray<FoundCanary> found =
        [
            new("src/bin/Shop.dll", "src/bin/Shop.dll › C.M (IL)", "build path", "task Csc in target CoreCompile of Shop.csproj", "/repo/src/Shop.csproj"),
            new("src/bin/Shop.dll", "src/bin/Shop.dll › PDB path", "build path", "task Csc in target CoreCompile of Shop.csproj", "/repo/src/Shop.csproj"),
            new("src/bin/Shop.dll", "src/bin/Shop.dll", "user name", "", ""),
        ];

        Finding[] findings = [.. MachineValueInOutput.Check(found, Root)];

        Assert.Equal(2, findings.Length);
        Assert.Contains("in src/bin/Shop.dll › C.M (IL); src/bin/Shop.dll › PDB path.", findings[0].What, StringComparison.Ordinal);
        Assert.Contains("PathMap", findings[0].Fix, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(Root, "src", "bin", "Shop.dll"), findings[1].Location.File);
    }

    [Fact]
    public void Nothing_found_is_nothing_told()
    {
        Assert.Empty(OutputDiffers.Check([], Root));
        Assert.Empty(MetadataDiffers.Check([], Root));
        Assert.Empty(OutputDiffersByItself.Check([], Root));
        Assert.Empty(MachineValueInOutput.Check([], Root));
    }
}
