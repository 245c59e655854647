using System.Xml.Linq;

namespace ReproGate.Architecture.Tests;

/// <summary>The package's props and targets keep their promises to the builds they live in.</summary>
public sealed class BuildFileTests
{
    public static TheoryData<string> Files => [.. Source.Files("sdk", "*.props").Concat(Source.Files("sdk", "*.targets")).Concat(Source.Files("sdk", "*.proj")).Select(static file => Path.GetRelativePath(Source.Root, file))];

    [Fact]
    public void Every_public_property_gives_way_to_the_users()
    {
        // Those of the clean room are set by its target.
        IEnumerable<XElement> groups = XDocument.Load(Source.PathOf("sdk/targets/ReproGate.Defaults.props")).Root!.Elements("PropertyGroup")
            .Concat(XDocument.Load(Source.PathOf("sdk/targets/ReproGate.CleanRoom.targets")).Descendants("PropertyGroup"));
        XElement[] properties = [.. groups.Elements().Where(static element => element.Name.LocalName.StartsWith("ReproGate", StringComparison.Ordinal))];

        Assert.NotEmpty(properties);
        Assert.All(properties.GroupBy(static element => element.Name.LocalName), static group =>
            Assert.True(
                // A later line may normalise the value it finds, as the trailing slash of the root.
                group.First().Attribute("Condition")?.Value.Contains($"'$({group.Key})' == ''", StringComparison.Ordinal) == true
                && group.Skip(1).All(element => element.Attribute("Condition")?.Value.Contains($"'$({group.Key})' == ''", StringComparison.Ordinal) == true || element.Value.Contains($"$({group.Key})", StringComparison.Ordinal)),
                $"{group.Key} overrides what a project sets"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Names_are_ours(string file)
    {
        XElement root = XDocument.Load(Source.PathOf(file)).Root!;
        // A .proj of ours is a project by itself: nothing imports it, so its target names meet no one's; and ReproGate.TwoSdks.targets stands where others' targets are lost.
        if (!file.EndsWith(".proj", StringComparison.Ordinal) && !file.EndsWith("/ReproGate.TwoSdks.targets", StringComparison.Ordinal))
        {
            // CleanRoom is what people type; ReproGateCleanRoom is its full name.
            Assert.All(root.Descendants("Target"), static target => Assert.Matches("^(_?ReproGate|CleanRoom$)", target.Attribute("Name")!.Value));
        }

        Assert.All(
            root.Descendants("UsingTask"),
            static task => Assert.Equal("NET", task.Attribute("Runtime")?.Value));
    }

    /// <summary>What one framework does not have another may: a check that does not know of the others calls it gone.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_check_of_one_target_framework_is_told_the_others(string file) => Assert.All(
        XDocument.Load(Source.PathOf(file)).Descendants().Where(static task => task.Attribute("TargetFramework") is not null),
        static task => Assert.Equal("$(TargetFrameworks)", task.Attribute("TargetFrameworks")?.Value));

    /// <summary>MSBuild binds NormalizeDirectory of several paths by reflection: two of them were 0.25 ms of each evaluation in its own profile (docs/benchmarks/cost-bars.md).</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void What_every_evaluation_calls_is_not_bound_by_reflection(string file) => Assert.All(
        XDocument.Load(Source.PathOf(file)).Root!.Elements("PropertyGroup").Elements(),
        static property => Assert.DoesNotMatch(@"NormalizeDirectory\('[^']*',", property.Value));
}
