using System.IO.Compression;
using System.Xml.Linq;
using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>An MSBuild SDK as a package that judges nothing: what is paid before anything of the gate's own.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Props">Content of Sdk.props.</param>
/// <param name="Targets">Content of Sdk.targets.</param>
internal sealed record FloorSdk(string Id, string Props, string Targets)
{
    public const string Version = "1.0.0";

    /// <summary>What any such package costs.</summary>
    public static FloorSdk Empty { get; } = new("Bench.EmptySdk", "<Project />", "<Project />");

    /// <summary>
    /// What a package costs that does nothing but look, where the gate looks and with the gate's own list, when the files were changed that decide what is
    /// found. It takes nothing else of the evaluation in, looks at no package and compares nothing: a gate that notices a change without loading an assembly cannot do less.
    /// </summary>
    public static FloorSdk Looking { get; } = new(
        "Bench.LookingSdk",
        """
        <Project>
          <PropertyGroup>
            <ReproGateRepositoryRoot>$([MSBuild]::GetDirectoryNameOfFileAbove('$(MSBuildProjectDirectory)', '.git'))/</ReproGateRepositoryRoot>
            <ReproGateLockFile>$(ReproGateRepositoryRoot)reprogate.lock.json</ReproGateLockFile>
            <ReproGateAllowFile>$(ReproGateRepositoryRoot)reprogate.allow.json</ReproGateAllowFile>
            <ReproGateEnvironmentFile>$(ReproGateRepositoryRoot)reprogate.env.json</ReproGateEnvironmentFile>
          </PropertyGroup>
        </Project>
        """,
        new XElement(
            "Project",
            new XElement(
                "Target",
                new XAttribute("Name", "_BenchLook"),
                new XAttribute("BeforeTargets", "CollectPackageReferences;ResolvePackageAssets"),
                Watched(),
                new XElement("PropertyGroup", new XElement("_BenchLooked", "@(_ReproGateWatched->'%(Identity)|%(ModifiedTime)')")))).ToString());

    /// <summary>Writes the package into a folder feed.</summary>
    public void Pack(string feed)
    {
        using ZipArchive package = ZipFile.Open(Path.Combine(feed, $"{Id}.{Version}.nupkg"), ZipArchiveMode.Create);
        foreach ((string name, string content) in Files())
        {
            using var writer = new StreamWriter(package.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    /// <summary>Writes the package as NuGet extracts it: for a repository whose feeds do not know it.</summary>
    /// <param name="packages">The global packages folder.</param>
    /// <returns>The folder to delete afterwards.</returns>
    public string Extract(string packages)
    {
        string folder = Path.Combine(packages, Id.ToLowerInvariant());
        foreach ((string name, string content) in Files())
        {
            string file = Path.Combine(folder, Version, name.Replace($"{Id}.nuspec", $"{Id.ToLowerInvariant()}.nuspec", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }

        // NuGet takes a package for whole when this file is there.
        File.WriteAllText(Path.Combine(folder, Version, ".nupkg.metadata"), """{ "version": 2, "contentHash": "", "source": null }""");
        return folder;
    }

    private IEnumerable<(string Name, string Content)> Files() =>
    [
        ("Sdk/Sdk.props", Props),
        ("Sdk/Sdk.targets", Targets),
        ($"{Id}.nuspec", $"<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata><id>{Id}</id><version>{Version}</version><authors>bench</authors><description>floor</description></metadata></package>"),
    ];

    /// <summary>The files that the gate's guard looks at, as the package under test names them.</summary>
    private static XElement Watched()
    {
        using ZipArchive gate = ZipFile.OpenRead(Path.Combine(TestEnvironment.SdkFeed, $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg"));
        using Stream targets = gate.GetEntry("targets/ReproGate.Common.targets")!.Open();
        return XDocument.Load(targets).Descendants("Target").Single(static target => target.Attribute("Name")?.Value == "_ReproGateGuard").Elements("ItemGroup").First();
    }
}
