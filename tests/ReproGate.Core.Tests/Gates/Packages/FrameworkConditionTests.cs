using ReproGate.Gates.Packages;

namespace ReproGate.Core.Tests.Gates.Packages;

public sealed class FrameworkConditionTests
{
    [Theory]
    [InlineData("'$(TargetFramework)' == 'net472'", true)]
    [InlineData("!$([MSBuild]::IsTargetFrameworkCompatible($(TargetFramework), 'net8.0'))", true)]
    [InlineData("$(TargetFramework.StartsWith('net4'))", true)]
    [InlineData("'$(TargetFrameworkIdentifier)' == '.NETFramework' and '$(TargetFramework)' != 'net40'", true)]
    [InlineData("'$(TargetFramework)' == 'net472' and '$(Pack)' == 'true'", false)]
    [InlineData("'$(Pack)' == 'true'", false)]
    [InlineData("$([MSBuild]::IsOSPlatform('Windows'))", false)]
    [InlineData("", false)]
    public void A_condition_on_the_framework_depends_on_nothing_else(string condition, bool only) => Assert.Equal(only, FrameworkCondition.IsOnly(condition));
}
