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
}
