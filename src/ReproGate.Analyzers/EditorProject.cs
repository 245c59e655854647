using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ReproGate.Analyzers;

/// <summary>What the build says about the project that is edited: properties that ReproGate.Editor.targets makes visible to the compiler.</summary>
internal sealed class EditorProject
{
    private readonly AnalyzerConfigOptions _options;

    public EditorProject(AnalyzerConfigOptions options) => _options = options;

    /// <summary>Absolute path of the project file.</summary>
    public string ProjectPath => Get("MSBuildProjectFullPath");

    /// <summary>The repository's root.</summary>
    public string Root => Get("ReproGateRepositoryRoot");

    /// <summary>The matrix's path.</summary>
    public string MatrixFile => Get("ReproGateEnvironmentFile");

    /// <summary>Path of project.assets.json.</summary>
    public string AssetsFile => Get("ProjectAssetsFile");

    /// <summary>Absolute path of Directory.Packages.props; empty where central versions are off.</summary>
    public string CentralFile => CentralVersions ? Get("DirectoryPackagesPropsPath") : "";

    public bool CentralVersions => Is("ManagePackageVersionsCentrally");

    public string TargetFramework => Get("TargetFramework");

    public string TargetFrameworkMoniker => Get("TargetFrameworkMoniker");

    /// <summary>Whether the build has said anything of the project. A gate that is off hands over no file to judge by.</summary>
    public bool IsKnown => ProjectPath.Length > 0;

    /// <summary>As in the build, tests read what they like.</summary>
    public bool IsTest => Is("IsTestProject");

    /// <summary>The text of a file that the compiler was handed beside the sources; null where it was not.</summary>
    public static AdditionalText? Find(ImmutableArray<AdditionalText> files, string path) =>
        path.Length == 0 ? null : files.FirstOrDefault(file => AreSame(file.Path, path));

    /// <summary>Whether two paths name one file; one of them may be relative to the project's folder.</summary>
    public static bool AreSame(string full, string path)
    {
        string left = full.Replace('\\', '/');
        string right = path.Replace('\\', '/');
        return left.Equals(right, StringComparison.OrdinalIgnoreCase) || left.EndsWith("/" + right, StringComparison.OrdinalIgnoreCase);
    }

    private string Get(string property) => _options.TryGetValue("build_property." + property, out string? value) ? value.Trim() : "";

    private bool Is(string property) => Get(property).Equals("true", StringComparison.OrdinalIgnoreCase);
}
