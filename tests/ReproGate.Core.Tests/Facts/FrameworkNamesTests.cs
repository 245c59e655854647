using ReproGate.Facts;

namespace ReproGate.Core.Tests.Facts;

public sealed class FrameworkNamesTests
{
    [Theory]
    [InlineData("net10.0", "net10.0", true)]
    [InlineData("net10.0-windows", "net10.0-windows7.0", true)]
    [InlineData("net10.0-windows", "net10.0-windows10.0.19041.0", true)]
    [InlineData("net10.0-windows7.0", "net10.0-windows7.0", true)]
    [InlineData("net10.0-windows7.0", "net10.0-windows10.0.19041.0", false)]
    [InlineData("net10.0-windows", "net10.0-android36.0", false)]
    [InlineData("net10.0-mac", "net10.0-macos26.0", false)]
    [InlineData("net10.0", "net10.0-windows7.0", false)]
    [InlineData("net9.0-windows", "net10.0-windows7.0", false)]
    public void A_platform_without_version_is_any_version_of_it(string declared, string locked, bool same) =>
        Assert.Equal(same, FrameworkNames.AreSame(FrameworkNames.Canonical(declared)!, FrameworkNames.Canonical(locked)!));

    [Theory]
    [InlineData("net10.0-windows7.0", ".NETCoreApp,Version=v10.0;windows7.0")]
    [InlineData("net472", ".NETFramework,Version=v4.7.2")]
    [InlineData("NET48", ".NETFramework,Version=v4.8")]
    [InlineData("netstandard2.1", ".NETStandard,Version=v2.1")]
    [InlineData("netcoreapp3.1", ".NETCoreApp,Version=v3.1")]
    [InlineData(".NETStandard, Version=v2.0", ".NETStandard,Version=v2.0")]
    [InlineData("net50", null)]
    [InlineData("net4.7.2", null)]
    [InlineData("net40-client", null)]
    [InlineData("netstandard", null)]
    [InlineData("network", null)]
    public void What_the_text_alone_says_has_one_form(string text, string? canonical) => Assert.Equal(canonical, FrameworkNames.Canonical(text));
}
