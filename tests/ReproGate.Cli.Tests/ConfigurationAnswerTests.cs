using ReproGate.Cli.Why;

namespace ReproGate.Cli.Tests;

/// <summary>What an agent asks becomes an argument of MSBuild, and must stay one value.</summary>
public sealed class ConfigurationAnswerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-why-").FullName;

    private Repo Repository => new(_root, Path.Combine(_root, "Nothing.slnx"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("prod;CustomBeforeMicrosoftCommonTargets=/tmp/x.targets")]
    [InlineData("prod,A=b")]
    [InlineData("prod%3BA=b")]
    [InlineData("$([System.IO.File]::Delete('x'))")]
    [InlineData("a\"b")]
    public async Task An_environment_that_would_set_more_properties_is_refused_before_anything_is_built(string environment)
    {
        File.WriteAllText(Path.Combine(_root, "reprogate.env.json"), "{}");

        ToolException all = await Assert.ThrowsAsync<ToolException>(() => ConfigurationAnswer.AllAsync(Repository, environment, CancellationToken.None));
        ToolException one = await Assert.ThrowsAsync<ToolException>(() => ConfigurationAnswer.FindAsync(Repository, "Orders:Url", environment, static _ => { }, CancellationToken.None));

        Assert.EndsWith("is the name of no environment.", all.Message, StringComparison.Ordinal);
        Assert.EndsWith("is the name of no environment.", one.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orders:Url", true)]
    [InlineData("ORDERS__URL", true)]
    [InlineData("Tenants:*:Url", true)]
    [InlineData("a;b", false)]
    [InlineData("a\nb", false)]
    public void A_key_is_one_value(string key, bool expected) => Assert.Equal(expected, ConfigurationAnswer.IsPlain(key));
}
