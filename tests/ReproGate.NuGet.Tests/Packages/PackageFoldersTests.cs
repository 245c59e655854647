using ReproGate.NuGet.Packages;

namespace ReproGate.NuGet.Tests.Packages;

public sealed class PackageFoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-folders-").FullName;

    [Fact]
    public void A_tool_is_known_by_its_settings_in_any_extracted_version()
    {
        Extract("one/acme.tool/1.0.0/lib/net8.0/x.dll");
        Extract("two/acme.tool/2.0.0/tools/net10.0/any/DotnetToolSettings.xml");
        Extract("one/acme.json/1.0.0/lib/net8.0/x.dll");
        // A library with a folder of that name, and the file elsewhere.
        Extract("one/acme.build/1.0.0/tools/install.ps1");
        Extract("one/acme.build/1.0.0/content/DotnetToolSettings.xml");
        string[] folders = [Path.Combine(_root, "one"), Path.Combine(_root, "two"), Path.Combine(_root, "gone")];

        Assert.True(PackageFolders.IsTool(folders, "Acme.Tool"));
        Assert.False(PackageFolders.IsTool(folders, "Acme.Json"));
        Assert.False(PackageFolders.IsTool(folders, "Acme.Build"));
        Assert.Null(PackageFolders.IsTool(folders, "Acme.Gone"));
        Assert.All(["", ".", "..", "../one", "a\0b", "a\\b"], id => Assert.Null(PackageFolders.IsTool(folders, id)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Extract(string file)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
