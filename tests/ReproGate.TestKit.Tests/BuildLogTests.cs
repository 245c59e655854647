using ReproGate.TestKit;

namespace ReproGate.TestKit.Tests;

/// <summary>What of a binary log is the gate's own.</summary>
public sealed class BuildLogTests
{
    [Theory]
    [InlineData("/packages/reprogate.sdk/1.0.0/tools/net10.0/ReproGate.Tasks.dll", true)]
    [InlineData("/packages/reprogate.sdk/1.0.0/targets/ReproGate.Machine.targets", true)]
    [InlineData("ReproGate.Tasks, Version=1.0.0.0, Culture=neutral", true)]
    [InlineData("/home/me/ReproGate.Samples/Shop.slnx.metaproj", false)]
    [InlineData("/sdk/10.0.100/Microsoft.Build.Tasks.Core.dll", false)]
    [InlineData(null, false)]
    public void A_file_is_the_gates_by_its_name_and_not_by_where_it_lies(string? file, bool isOfGate) => Assert.Equal(isOfGate, BuildLog.IsOfGate(file));
}
