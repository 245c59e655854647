using ReproGate.Repository.Machine;

namespace ReproGate.Repository.Tests.Machine;

public sealed class OwnFilesTests
{
    [Theory]
    [InlineData(@"C:\vendor\Acme.dll", "/C:/vendor/Acme.dll")]
    [InlineData("d:/vendor/Acme.dll", "/d:/vendor/Acme.dll")]
    [InlineData(@"\\server\share\Acme.dll", "/server/share/Acme.dll")]
    [InlineData("/opt/Acme.dll", "/opt/Acme.dll")]
    [InlineData(@"lib\Acme.dll", "/repo/App/lib/Acme.dll")]
    [InlineData("../lib/Acme.dll", "/repo/lib/Acme.dll")]
    [InlineData("c:lib", "/repo/App/c:lib")]
    public void A_path_is_absolute_from_the_project_and_a_drive_of_Windows_is_none_of_its_folders(string written, string absolute)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.True(Path.IsPathFullyQualified(OwnFiles.Absolute(written, @"C:\repo\App")!));
            return;
        }

        Assert.Equal(absolute, OwnFiles.Absolute(written, "/repo/App"));
    }
}
