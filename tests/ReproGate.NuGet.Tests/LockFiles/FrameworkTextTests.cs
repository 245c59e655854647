using NuGet.Frameworks;
using ReproGate.Facts;

namespace ReproGate.NuGet.Tests.LockFiles;

public sealed class FrameworkTextTests
{
    /// <summary>What is read without NuGet's assembly must be what that assembly reads.</summary>
    [Theory]
    [InlineData("net35")]
    [InlineData("net45")]
    [InlineData("net451")]
    [InlineData("net462")]
    [InlineData("net481")]
    [InlineData("netstandard1.6")]
    [InlineData("netstandard2.0")]
    [InlineData("netcoreapp3.1")]
    [InlineData("net8.0")]
    public void A_framework_read_from_its_text_is_NuGets(string text) => Assert.Equal(NuGetFramework.Parse(text).DotNetFrameworkName, FrameworkNames.Canonical(text));
}
