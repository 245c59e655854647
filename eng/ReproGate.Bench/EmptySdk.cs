using System.IO.Compression;

namespace ReproGate.Bench;

/// <summary>An MSBuild SDK as a package that does nothing: what any such package costs before it does anything.</summary>
internal static class EmptySdk
{
    public const string Id = "Bench.EmptySdk";
    public const string Version = "1.0.0";

    /// <summary>Writes the package into a folder feed.</summary>
    public static void Pack(string feed)
    {
        using ZipArchive package = ZipFile.Open(Path.Combine(feed, $"{Id}.{Version}.nupkg"), ZipArchiveMode.Create);
        Write("Sdk/Sdk.props", "<Project />");
        Write("Sdk/Sdk.targets", "<Project />");
        Write($"{Id}.nuspec", $"<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata><id>{Id}</id><version>{Version}</version><authors>bench</authors><description>empty</description></metadata></package>");

        void Write(string name, string content)
        {
            using var writer = new StreamWriter(package.CreateEntry(name).Open());
            writer.Write(content);
        }
    }
}
