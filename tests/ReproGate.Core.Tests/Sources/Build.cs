using System.Collections.Immutable;
using ReproGate.Facts;

namespace ReproGate.Core.Tests.Sources;

/// <summary>Facts written shortly.</summary>
internal static class Build
{
    public static readonly string Root = OperatingSystem.IsWindows() ? @"C:\repo\" : "/repo/";
    public static readonly string Home = OperatingSystem.IsWindows() ? @"C:\Users\me\" : "/home/me/";

    public static string InRepo(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    public static RestoreDeclaration Project(params DeclaredPackage[] packages) => new()
    {
        ProjectPath = InRepo("App/App.csproj"),
        ProjectName = "App",
        TargetFramework = "net10.0",
        LockFilePath = InRepo("App/packages.lock.json"),
        LockFileExists = true,
        LockFileEnabled = true,
        LockedMode = true,
        Packages = [.. packages],
    };

    public static DeclaredPackage Package(string id, string version) => new(id, version, "", InRepo("App/App.csproj"));

    public static ProjectElement Item(string type, string include, string? version = null, int line = 1, params string[] conditions) => new(type, new SourceLocation(InRepo("App/App.csproj"), line, 3))
    {
        Parent = "ItemGroup",
        Conditions = [.. conditions],
        Attributes = [Attribute("Include", include, line), .. version is null ? ImmutableArray<ProjectAttribute>.Empty : [Attribute("Version", version, line)]],
    };

    public static ProjectElement Property(string name, string value, int line = 1, params string[] conditions) => new(name, new SourceLocation(InRepo("Directory.Build.props"), line, 3))
    {
        Parent = "PropertyGroup",
        Text = value,
        TextSpan = new TextSpan(InRepo("Directory.Build.props"), line, 10, 10 + value.Length),
        Conditions = [.. conditions],
    };

    public static ProjectAttribute Attribute(string name, string value, int line) =>
        new(name, value, new SourceLocation(InRepo("App/App.csproj"), line, 40), new TextSpan(InRepo("App/App.csproj"), line, 40, 40 + value.Length));

    public static RepositoryFiles Files(params ProjectElement[] elements) => new() { Files = [new ProjectFileText(InRepo("App/App.csproj"), [.. elements])] };

    public static SettingsFileFact RepoConfig(params SettingsSectionFact[] sections) => new(InRepo("NuGet.config"), SettingsLevel.Repository) { Sections = [.. sections] };

    public static PackageSourceFact Source(string name, string value, SettingsLevel level = SettingsLevel.Repository, int line = 4, string? raw = null) => new(
        name,
        value,
        new SourceLocation(level == SettingsLevel.Repository ? InRepo("NuGet.config") : Path.Combine(Home, "NuGet.Config"), line, 5),
        level) { RawValue = raw ?? value };

    public static NuGetSettingsFacts Settings(params PackageSourceFact[] sources) => new()
    {
        Directory = Root,
        RepositoryRoot = Root,
        Sources = [.. sources],
        Files =
        [
            .. sources.Any(static source => source.Level == SettingsLevel.Repository) ? [RepoConfig(new SettingsSectionFact("packageSources", 3, 3, HasClear: true))] : ImmutableArray<SettingsFileFact>.Empty,
            new SettingsFileFact(Path.Combine(Home, "NuGet.Config"), SettingsLevel.User),
        ],
    };
}
