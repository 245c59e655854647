using System.IO.Compression;

namespace ReproGate.Bench;

/// <summary>An MSBuild SDK as a package that does nothing: what any such package costs before it does anything.</summary>
internal static class EmptySdk
{
    public const string Id = "Bench.EmptySdk";
    public const string Version = "1.0.0";

    private static readonly (string Name, string Content)[] Files =
    [
        ("Sdk/Sdk.props", "<Project />"),
        ("Sdk/Sdk.targets", "<Project />"),
        ($"{Id}.nuspec", $"<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata><id>{Id}</id><version>{Version}</version><authors>bench</authors><description>empty</description></metadata></package>"),
    ];

    /// <summary>Writes the package into a folder feed.</summary>
    public static void Pack(string feed)
    {
        using ZipArchive package = ZipFile.Open(Path.Combine(feed, $"{Id}.{Version}.nupkg"), ZipArchiveMode.Create);
        foreach ((string name, string content) in Files)
        {
            using var writer = new StreamWriter(package.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    /// <summary>Writes the package as NuGet extracts it: for a repository whose feeds do not know it.</summary>
    /// <param name="packages">The global packages folder.</param>
    /// <returns>The folder to delete afterwards.</returns>
    public static string Extract(string packages)
    {
        string folder = Path.Combine(packages, Id.ToLowerInvariant());
        foreach ((string name, string content) in Files)
        {
            string file = Path.Combine(folder, Version, name.Replace($"{Id}.nuspec", $"{Id.ToLowerInvariant()}.nuspec", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }

        // NuGet takes a package for whole when this file is there.
        File.WriteAllText(Path.Combine(folder, Version, ".nupkg.metadata"), """{ "version": 2, "contentHash": "", "source": null }""");
        return folder;
    }
}
