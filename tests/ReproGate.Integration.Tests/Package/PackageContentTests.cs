using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.Package;

public sealed class PackageContentTests
{
    private static readonly string Package = Path.Combine(TestEnvironment.SdkFeed, $"ReproGate.Sdk.{TestEnvironment.SdkVersion}.nupkg");

    [Fact]
    public void It_holds_exactly_the_listed_files()
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        // NuGet's own envelope, and a page per rule, which the architecture tests look after.
        string[] entries =
        [
            .. archive.Entries.Select(static entry => entry.FullName)
                .Where(static name => name is not ("[Content_Types].xml" or "_rels/.rels") && !name.EndsWith(".psmdcp", StringComparison.Ordinal) && !name.StartsWith("docs/rules/RGATE", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Package", "entries.txt")), entries);
    }

    [Fact]
    public void Every_rule_has_its_page_in_it()
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        string[] source = [.. Directory.GetFiles(Path.Combine(TestEnvironment.SourceRoot, "docs", "rules"), "RGATE*.md").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

        Assert.Equal(source, archive.Entries.Where(static entry => entry.FullName.StartsWith("docs/rules/RGATE", StringComparison.Ordinal)).Select(static entry => entry.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Its_metadata_is_whole_and_invents_no_address()
    {
        using ZipArchive archive = ZipFile.OpenRead(Package);
        using Stream stream = archive.GetEntry("ReproGate.Sdk.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

        Assert.Equal("ReproGate.Sdk", Value("id"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.Equal("true", Value("developmentDependency"));
        Assert.Equal(File.ReadAllText(Path.Combine(TestEnvironment.SourceRoot, "CHANGELOG.md")).ReplaceLineEndings("\n").Trim(), Value("releaseNotes")?.ReplaceLineEndings("\n").Trim());
        Assert.Equal("MSBuildSdk", metadata.Descendants().Single(static element => element.Name.LocalName == "packageType").Attribute("name")!.Value);
        Assert.Null(Value("projectUrl"));
        Assert.DoesNotContain(metadata.Descendants(), static element => element.Name.LocalName == "dependency");
        Assert.Null(metadata.Elements().SingleOrDefault(static element => element.Name.LocalName == "repository")?.Attribute("url"));
    }

    [Fact]
    public void What_most_builds_need_is_compiled_ahead_for_one_platform()
    {
        string folder = Path.Combine(TestEnvironment.ExtractedSdk, "tools", "net10.0", "linux-x64");
        string[] jitted = [.. Directory.GetFiles(folder, "*.dll").Where(static file => !IsReadyToRun(file)).Select(Path.GetFileName).OfType<string>()];

        Assert.Equal(["NuGet.Protocol.dll"], jitted);
    }

    [Fact]
    public void Where_there_is_no_image_the_build_runs_the_same_tasks_from_IL()
    {
        using TestRepository repo = TestRepository.Create().Project("App/App.csproj").Lock("App/App.csproj");

        ProcessResult ahead = repo.Dotnet("build", "App/App.csproj");
        string used = BuildLog.Read(ahead).Property("App.csproj", "ReproGateTasksAssembly")!;
        string il = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(used))!, "ReproGate.Tasks.dll");
        ProcessResult jitted = repo.Dotnet("build", "App/App.csproj", "-p:ReproGateTasksAssembly=" + il);

        ahead.AssertGreen();
        jitted.AssertGreen();
        Assert.EndsWith("/tools/net10.0/linux-x64/ReproGate.Tasks.dll", used, StringComparison.Ordinal);
        // The first build found some checks done by the restore before it; for the second every key is new.
        Assert.NotEmpty(BuildLog.Read(ahead).GateTasks);
        Assert.Empty(BuildLog.Read(ahead).GateTasks.Except(BuildLog.Read(jitted).GateTasks));
    }

    private static bool IsReadyToRun(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    [Fact]
    public void Two_packs_are_the_same_bytes()
    {
        string folder = Directory.CreateTempSubdirectory("reprogate-pack-").FullName;
        try
        {
            byte[] first = Pack(Path.Combine(folder, "one"));
            byte[] second = Pack(Path.Combine(folder, "two"));

            Assert.True(first.AsSpan().SequenceEqual(second), "Two packs of the same build differ.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Pack(string output)
    {
        using TestRepository repo = TestRepository.Create(gate: false, git: false);
        string project = Path.Combine(TestEnvironment.SourceRoot, "sdk", "ReproGate.Sdk.csproj");
        ProcessResult result = repo.Dotnet("msbuild", project, "-t:Pack", "-p:NoBuild=true", $"-p:Configuration={Configuration}", "-p:PackageVersion=999.9.9", $"-p:PackageOutputPath={output}", $"-p:NuspecOutputPath={output}/nuspec/");
        Assert.True(result.ExitCode == 0, result.Output);
        return File.ReadAllBytes(Path.Combine(output, "ReproGate.Sdk.999.9.9.nupkg"));
    }

    // …/bin/<configuration>/net10.0/
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
