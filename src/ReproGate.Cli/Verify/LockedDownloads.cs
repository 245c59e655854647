using System.Xml.Linq;
using ReproGate.Cli.Building;
using ReproGate.Tasks.CleanRoom;

namespace ReproGate.Cli.Verify;

/// <summary>
/// Brings locked packages through NuGet, from the user's own sources: by a project of our own that names them and nothing else. The foreign repository's
/// projects would run its code on this machine, and its NuGet.config could send the user's credentials elsewhere.
/// </summary>
internal static class LockedDownloads
{
    /// <summary>The project. An id or version that NuGet would not take, which could mean something to MSBuild, is left out.</summary>
    public static string Project(IEnumerable<WantedPackage> packages) => new XElement(
        "Project",
        new XElement(
            "PropertyGroup",
            new XElement("ImportDirectoryBuildProps", "false"),
            new XElement("ImportDirectoryBuildTargets", "false"),
            new XElement("ImportDirectoryPackagesProps", "false")),
        Sdk("Sdk.props"),
        new XElement(
            "PropertyGroup",
            new XElement("TargetFramework", "net$(BundledNETCoreAppTargetFrameworkVersion)"),
            new XElement("DisableImplicitFrameworkReferences", "true"),
            new XElement("NuGetAudit", "false")),
        new XElement(
            "ItemGroup",
            packages.Where(static package => IsPlain(package.Id) && IsPlain(package.Version)).GroupBy(static package => package.Id, StringComparer.OrdinalIgnoreCase).Select(static versions => new XElement(
                "PackageDownload",
                new XAttribute("Include", versions.Key),
                new XAttribute("Version", string.Join(';', versions.Select(static package => $"[{package.Version}]").Distinct(StringComparer.OrdinalIgnoreCase)))))),
        Sdk("Sdk.targets")).ToString();

    /// <summary>Restores it with the configuration that counts in the current folder.</summary>
    /// <param name="packages">What is missing.</param>
    /// <param name="folder">Absolute path of a folder of our own.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task BringAsync(IEnumerable<WantedPackage> packages, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string project = Path.Combine(folder, "downloads.proj");
        await File.WriteAllTextAsync(project, Project(packages), cancellation);
        string current = Directory.GetCurrentDirectory();
        await GateBuild.RunDotnetAsync(
            current,
            ["restore", project, "-v:minimal", "-tl:off", "-nologo", "-clp:NoSummary", CommandLineProperty.Of("RestoreRootConfigDirectory", current)],
            static line =>
            {
                if (line.Contains("error", StringComparison.Ordinal))
                {
                    Terminal.Remark(line.Trim());
                }
            },
            cancellation);
    }

    private static XElement Sdk(string file) => new("Import", new XAttribute("Project", file), new XAttribute("Sdk", "Microsoft.NET.Sdk"));

    private static bool IsPlain(string text) => text.Length is > 0 and <= 200 && text.All(static letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or '+');
}
