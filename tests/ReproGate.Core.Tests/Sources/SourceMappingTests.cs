using ReproGate.Facts;

namespace ReproGate.Core.Tests.Sources;

public sealed class SourceMappingTests
{
    private static readonly SourceMapping Mapping = new([("nuget.org", "*"), ("corp", "Corp.*"), ("lib", "Corp.Lib.*"), ("exact", "Corp.Lib.Core"), ("twin", "corp.*")]);

    [Theory]
    [InlineData("Newtonsoft.Json", "nuget.org")]
    [InlineData("Corp.App", "corp,twin")]
    [InlineData("CORP.LIB.X", "lib")]
    [InlineData("Corp.Lib.Core", "exact")]
    [InlineData("Corp.Lib.Core2", "lib")]
    [InlineData("Corp.", "corp,twin")]
    [InlineData("Corp", "nuget.org")]
    public void The_longest_pattern_wins_and_an_exact_one_beats_every_prefix(string id, string sources) =>
        Assert.Equal(sources, string.Join(',', Mapping.SourcesFor(id)));

    [Fact]
    public void Without_a_match_there_is_no_source()
    {
        var mapping = new SourceMapping([("corp", "Corp.*")]);
        Assert.True(mapping.IsEnabled);
        Assert.Empty(mapping.SourcesFor("Newtonsoft.Json"));
        Assert.False(new SourceMapping([]).IsEnabled);
    }
}
