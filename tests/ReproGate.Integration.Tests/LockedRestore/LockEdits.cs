using ReproGate.TestKit;

namespace ReproGate.Integration.Tests.LockedRestore;

/// <summary>What a restore in locked mode, or the gate before it, says of an edit.</summary>
public enum Verdict
{
    /// <summary>Nothing.</summary>
    Passes,

    /// <summary>The lock is stale: NU1004, or RGATE1003.</summary>
    Stale,

    /// <summary>The lock is malformed (RGATE1004); NuGet has no such verdict.</summary>
    Malformed,
}

/// <summary>One edit of one small repository whose locks were fresh before.</summary>
/// <param name="Name">The edit in words; also the row's name.</param>
/// <param name="Arrange">Writes the projects.</param>
/// <param name="Edit">Changes them after the locks were written.</param>
/// <param name="NuGet">What NuGet's locked mode says on a fresh clone.</param>
/// <param name="Ours">What ReproGate says before it.</param>
/// <param name="Says">A part of what ReproGate says.</param>
/// <param name="Because">Why the two differ.</param>
public sealed record LockEdit(string Name, Action<LockEditFiles> Arrange, Action<LockEditFiles> Edit, Verdict NuGet, Verdict Ours, string Says = "", string Because = "");

/// <summary>The files of one row.</summary>
public sealed class LockEditFiles(TestRepository repository, string folder)
{
    public string Folder => folder;

    public LockEditFiles Write(string path, string content)
    {
        repository.Write($"{folder}/{path}", content);
        return this;
    }

    public LockEditFiles Replace(string path, string from, string to)
    {
        repository.Replace($"{folder}/{path}", from, to);
        return this;
    }

    public string Read(string path) => repository.Read($"{folder}/{path}");

    public LockEditFiles Move(string from, string to)
    {
        File.Move(repository.PathOf($"{folder}/{from}"), repository.PathOf($"{folder}/{to}"));
        return this;
    }

    /// <summary>Writes App/App.csproj.</summary>
    public LockEditFiles App(string items, string properties = "<TargetFramework>net10.0</TargetFramework>") => Write("App/App.csproj", Project(items, properties));

    /// <summary>Writes Lib/Lib.csproj.</summary>
    public LockEditFiles Lib(string items, string properties = "<TargetFramework>net10.0</TargetFramework>") => Write("Lib/Lib.csproj", Project(items, properties));

    /// <summary>Writes Deep/Deep.csproj.</summary>
    public LockEditFiles Deep(string items, string properties = "<TargetFramework>net10.0</TargetFramework>") => Write("Deep/Deep.csproj", Project(items, properties));

    /// <summary>Writes Directory.Packages.props.</summary>
    public LockEditFiles Central(string items, string properties = "") => Write("Directory.Packages.props", $"""
        <Project>
          <PropertyGroup>
            <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {items}
          </ItemGroup>
        </Project>
        """);

    public static string Project(string items, string properties) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            {items}
          </ItemGroup>
        </Project>
        """;
}

/// <summary>The table: edits, NuGet's verdict, ours, and why they differ where they do.</summary>
public static class LockEdits
{
    private const string Json1 = """<PackageReference Include="Acme.Json" Version="1.0.0" />""";
    private const string Json11 = """<PackageReference Include="Acme.Json" Version="1.1.0" />""";
    private const string Log1 = """<PackageReference Include="Acme.Log" Version="1.0.0" />""";
    private const string ToLib = """<ProjectReference Include="../Lib/Lib.csproj" />""";
    private const string ToDeep = """<ProjectReference Include="../Deep/Deep.csproj" />""";
    private const string Pinning = "<CentralPackageTransitivePinningEnabled>true</CentralPackageTransitivePinningEnabled>";
    private const string CentralJson = """<PackageVersion Include="Acme.Json" Version="1.0.0" />""";
    private const string CentralCore = """<PackageVersion Include="Acme.Core" Version="1.1.0" />""";
    private const string Reference = """<PackageReference Include="Acme.Json" />""";
    private const string NoPruning = "<TargetFramework>net10.0</TargetFramework><RestoreEnablePackagePruning>false</RestoreEnablePackagePruning>";
    private const string ForApple = """<PackageReference Include="Acme.Json" Version="1.0.0" Condition="'$(TargetFramework)' == 'apple'" />""";
    private const string Aliases = """<TargetFrameworks>apple;banana</TargetFrameworks></PropertyGroup><PropertyGroup Condition="'$(TargetFramework)' != ''"><TargetFrameworkIdentifier>.NETCoreApp</TargetFrameworkIdentifier><TargetFrameworkVersion>v10.0</TargetFrameworkVersion><TargetFrameworkMoniker>.NETCoreApp,Version=v10.0</TargetFrameworkMoniker>""";
    private const string Lock = "App/packages.lock.json";

    public static IReadOnlyList<LockEdit> All { get; } =
    [
        // Nothing that matters.
        Row("no edit", f => f.App(Json1), f => { }, Verdict.Passes, Verdict.Passes),
        Row("a comment", f => f.App(Json1), f => f.Replace("App/App.csproj", Json1, "<!-- c -->" + Json1), Verdict.Passes, Verdict.Passes),
        Row("version 1.0.0 written as 1.0", f => f.App(Json1), f => f.Replace("App/App.csproj", "1.0.0", "1.0"), Verdict.Passes, Verdict.Passes),
        Row("version 1.0.0 written as [1.0.0, )", f => f.App(Json1), f => f.Replace("App/App.csproj", "1.0.0", "[1.0.0, )"), Verdict.Passes, Verdict.Passes),
        Row("package id in another case", f => f.App(Json1), f => f.Replace("App/App.csproj", "Acme.Json", "acme.JSON"), Verdict.Passes, Verdict.Passes),
        Row("PrivateAssets of a package", f => f.App(Json1), f => f.Replace("App/App.csproj", "/>", "PrivateAssets=\"all\" />"), Verdict.Passes, Verdict.Passes, because: "The lock of the project itself does not hold it; those of its dependents do."),
        Row("ExcludeAssets of a package", f => f.App(Json1), f => f.Replace("App/App.csproj", "/>", "ExcludeAssets=\"runtime\" />"), Verdict.Passes, Verdict.Passes, because: "The lock does not hold it."),
        Row("a new PackageDownload", f => f.App(Json1), f => f.Replace("App/App.csproj", Json1, Json1 + """<PackageDownload Include="Acme.Log" Version="[1.0.0]" />"""), Verdict.Passes, Verdict.Passes, because: "The lock does not hold it; RGATE1013 does."),
        Row("packages in another order", f => f.App(Json1 + Log1), f => f.App(Log1 + Json1), Verdict.Passes, Verdict.Passes),
        Row("lock with Windows line ends", f => f.App(Json1), f => f.Write(Lock, f.Read(Lock).ReplaceLineEndings("\r\n")), Verdict.Passes, Verdict.Passes),

        // Direct packages.
        Row("a package added", f => f.App(Json1), f => f.App(Json1 + Log1), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 added"),
        Row("a package removed", f => f.App(Json1 + Log1), f => f.App(Json1), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 removed"),
        Row("the last package removed", f => f.App(Json1), f => f.App(""), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 removed"),
        Row("a package replaced", f => f.App(Json1), f => f.App(Log1), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 added; Acme.Json 1.0.0 removed"),
        Row("a version raised", f => f.App(Json1), f => f.App(Json11), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("a version lowered", f => f.App(Json11), f => f.App(Json1), Verdict.Stale, Verdict.Stale, "Acme.Json 1.1.0 → 1.0.0"),
        Row("a minimum made exact", f => f.App(Json1), f => f.Replace("App/App.csproj", "1.0.0", "[1.0.0]"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → [1.0.0, 1.0.0]"),
        Row("an upper bound", f => f.App(Json1), f => f.Replace("App/App.csproj", "1.0.0", "[1.0.0,2.0.0)"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → [1.0.0, 2.0.0)"),
        Row("a transitive package made direct", f => f.App(Json1), f => f.App(Json1 + """<PackageReference Include="Acme.Core" Version="1.0.0" />"""), Verdict.Stale, Verdict.Stale, "Acme.Core 1.0.0 added"),
        Row("a direct package made transitive", f => f.App(Json1 + """<PackageReference Include="Acme.Core" Version="1.0.0" />"""), f => f.App(Json1), Verdict.Stale, Verdict.Stale, "Acme.Core 1.0.0 removed"),
        Row("a package in Directory.Build.props", f => f.App(Json1).Write("Directory.Build.props", Import("")), f => f.Write("Directory.Build.props", Import($"<ItemGroup>{Log1}</ItemGroup>")), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 added"),
        Row("a fixed version made floating", f => f.App(Json1), f => f.Replace("App/App.csproj", "1.0.0", "1.0.*"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.0.*"),

        // Frameworks and runtime identifiers.
        Row("a target framework added", f => f.App(Json1), f => f.App(Json1, "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"), Verdict.Stale, Verdict.Stale, "target framework net9.0 added"),
        Row("a target framework removed", f => f.App(Json1, "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"), f => f.App(Json1), Verdict.Stale, Verdict.Stale, "target framework net9.0 removed"),
        Row("the target framework changed", f => f.App(Json1, "<TargetFramework>net9.0</TargetFramework>"), f => f.App(Json1), Verdict.Stale, Verdict.Stale, "target framework net10.0 added; target framework net9.0 removed"),
        Row("TargetFramework made TargetFrameworks", f => f.App(Json1), f => f.App(Json1, "<TargetFrameworks>net10.0</TargetFrameworks>"), Verdict.Passes, Verdict.Passes),
        Row("a package for one framework of two", f => f.App(Json1, "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"), f => f.App(Json1 + """<PackageReference Include="Acme.Log" Version="1.0.0" Condition="'$(TargetFramework)' == 'net9.0'" />""", "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"), Verdict.Stale, Verdict.Stale, "stale for net9.0: Acme.Log 1.0.0 added"),
        Row("a runtime identifier added", f => f.App(Json1), f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><RuntimeIdentifiers>linux-x64</RuntimeIdentifiers>"), Verdict.Stale, Verdict.Stale, "runtime identifier linux-x64 added"),
        Row("a runtime identifier removed", f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><RuntimeIdentifiers>linux-x64;win-x64</RuntimeIdentifiers>"), f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><RuntimeIdentifiers>linux-x64</RuntimeIdentifiers>"), Verdict.Stale, Verdict.Stale, "runtime identifier win-x64 removed"),
        Row("RuntimeIdentifiers made RuntimeIdentifier", f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><RuntimeIdentifiers>linux-x64</RuntimeIdentifiers>"), f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><RuntimeIdentifier>linux-x64</RuntimeIdentifier>"), Verdict.Passes, Verdict.Passes),

        // Projects.
        Row("a project reference added", f => f.App(Json1).Lib(""), f => f.App(Json1 + ToLib), Verdict.Stale, Verdict.Stale, "project reference Lib added"),
        Row("a project reference removed", f => f.App(ToLib).Lib(Json1), f => f.App(""), Verdict.Passes, Verdict.Stale, "project reference lib removed", "NuGet does not look for entries without a reference."),
        Row("the referenced project gets a package", f => f.App(ToLib).Lib(Json1), f => f.Lib(Json1 + Log1), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0"),
        Row("the referenced project loses a package", f => f.App(ToLib).Lib(Json1 + Log1), f => f.Lib(Json1), Verdict.Stale, Verdict.Stale, "Acme.Log"),
        Row("the referenced project changes a version", f => f.App(ToLib).Lib(Json1), f => f.Lib(Json11), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("the referenced project changes a version, its own lock too", f => f.App(ToLib).Lib(Json1), f => { f.Lib(Json11); OwnLock(f, "Lib", Json11); }, Verdict.Stale, Verdict.Stale, "Lib now needs Acme.Json 1.1.0 instead of 1.0.0"),
        Row("the referenced project loses a package, its own lock too", f => f.App(ToLib).Lib(Json1), f => { f.Lib(""); f.Write("Lib/packages.lock.json", EmptyLock); }, Verdict.Passes, Verdict.Stale, "Lib no longer needs Acme.Json", "With pruning on, NuGet no longer counts a project's dependencies."),
        Row("the referenced project loses a package, without pruning", f => f.App(ToLib, NoPruning).Lib(Json1, NoPruning), f => { f.Lib("", NoPruning); f.Write("Lib/packages.lock.json", EmptyLock); }, Verdict.Stale, Verdict.Stale, "Lib no longer needs Acme.Json"),
        Row("the referenced project makes a package private", f => f.App(ToLib).Lib(Json1), f => f.Replace("Lib/Lib.csproj", "/>", "PrivateAssets=\"all\" />"), Verdict.Passes, Verdict.Stale, "Lib no longer needs Acme.Json", "With pruning on, NuGet no longer counts a project's dependencies."),
        Row("the referenced project makes a private package public", f => f.App(ToLib).Lib("""<PackageReference Include="Acme.Json" Version="1.0.0" PrivateAssets="all" />"""), f => f.Lib(Json1), Verdict.Stale, Verdict.Stale, "Lib now needs Acme.Json 1.0.0"),
        Row("a package the framework provides, in the referenced project", f => f.App(ToLib).Lib(Json1), f => { f.Lib(Json1 + """<PackageReference Include="System.Text.Json" Version="8.0.0" />"""); OwnLock(f, "Lib", Json1 + """<PackageReference Include="System.Text.Json" Version="8.0.0" />"""); }, Verdict.Passes, Verdict.Passes),
        Row("a project two levels down gets a package", f => f.App(ToLib).Lib(ToDeep).Deep(""), f => f.Deep(Json1), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0"),
        Row("a project two levels down is added", f => f.App(ToLib).Lib("").Deep(Json1), f => f.Lib(ToDeep), Verdict.Stale, Verdict.Stale, "Deep"),
        Row("a project two levels down made private", f => f.App(ToLib).Lib(ToDeep).Deep(Json1), f => f.Replace("Lib/Lib.csproj", "/>", "PrivateAssets=\"all\" />"), Verdict.Passes, Verdict.Stale, "Lib no longer needs Deep", "With pruning on, NuGet no longer counts a project's dependencies."),
        Row("a reference that only builds", f => f.App(Json1).Lib(""), f => f.App(Json1 + """<ProjectReference Include="../Lib/Lib.csproj" ReferenceOutputAssembly="false" />"""), Verdict.Passes, Verdict.Passes),
        Row("the nearest of two frameworks of the referenced project", f => f.App(ToLib).Lib(Json1, "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"), f => { f.Lib(Json1 + """<PackageReference Include="Acme.Log" Version="1.0.0" Condition="'$(TargetFramework)' == 'net9.0'" />""", "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>"); }, Verdict.Stale, Verdict.Stale, "Lib.csproj is stale for net9.0: Acme.Log 1.0.0 added"),

        // Central package management.
        Row("a central version raised", f => f.Central(CentralJson).App(Reference), f => f.Replace("Directory.Packages.props", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("an unused central version added", f => f.Central(CentralJson).App(Reference), f => f.Central(CentralJson + """<PackageVersion Include="Acme.Log" Version="1.0.0" />"""), Verdict.Passes, Verdict.Passes),
        Row("a central version for a transitive package", f => f.Central(CentralJson).App(Reference), f => f.Central(CentralJson + CentralCore), Verdict.Stale, Verdict.Stale, "the transitive package Acme.Core got the central version 1.1.0"),
        Row("the central version of a transitive package raised", f => f.Central(CentralJson + CentralCore).App(Reference), f => f.Replace("Directory.Packages.props", "1.1.0", "2.0.0"), Verdict.Stale, Verdict.Stale, "the central version of the transitive package Acme.Core 1.1.0 → 2.0.0"),
        Row("the central version of a pinned package raised", f => f.Central(CentralJson + CentralCore, Pinning).App(Reference), f => f.Replace("Directory.Packages.props", "1.1.0", "2.0.0"), Verdict.Stale, Verdict.Stale, "the central version of the transitive package Acme.Core 1.1.0 → 2.0.0"),
        Row("the central version of a pinned package removed", f => f.Central(CentralJson + CentralCore, Pinning).App(Reference), f => f.Central(CentralJson, Pinning), Verdict.Stale, Verdict.Stale, "the transitive package Acme.Core lost its central version 1.1.0"),
        Row("pinned packages, nothing changed", f => f.Central(CentralJson + CentralCore, Pinning).App(ToLib).Lib(Reference), f => { }, Verdict.Passes, Verdict.Passes),
        Row("a VersionOverride", f => f.Central(CentralJson).App(Reference), f => f.Replace("App/App.csproj", "/>", "VersionOverride=\"1.1.0\" />"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("a GlobalPackageReference added", f => f.Central(CentralJson).App(Reference), f => f.Central(CentralJson + """<GlobalPackageReference Include="Acme.Log" Version="1.0.0" />"""), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 added. Locked mode"),
        Row("a GlobalPackageReference raised", f => f.Central("""<GlobalPackageReference Include="Acme.Json" Version="1.0.0" />""").App(""), f => f.Replace("Directory.Packages.props", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("central management switched on, same versions", f => f.App(Log1), f => f.Central("""<PackageVersion Include="Acme.Log" Version="1.0.0" />""").App("""<PackageReference Include="Acme.Log" />"""), Verdict.Passes, Verdict.Passes),

        // Where the lock lies, other languages, conditions.
        Row("NuGetLockFilePath", f => f.App(Json1, "<TargetFramework>net10.0</TargetFramework><NuGetLockFilePath>../locks/app.json</NuGetLockFilePath>"), f => f.Replace("App/App.csproj", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "app.json of App.csproj is stale"),
        Row("a lock named after its project", f => { f.App(Json1); f.Write("App/packages.App.lock.json", EmptyLock); }, f => f.App(Json11), Verdict.Stale, Verdict.Stale, "packages.App.lock.json of App.csproj is stale"),
        Row("F#, nothing changed", f => f.Write("App/App.fsproj", LockEditFiles.Project(Json1, "<TargetFramework>net10.0</TargetFramework>")), f => { }, Verdict.Passes, Verdict.Passes),
        Row("F#, a version raised", f => f.Write("App/App.fsproj", LockEditFiles.Project(Json1, "<TargetFramework>net10.0</TargetFramework>")), f => f.Replace("App/App.fsproj", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("F#, the lock is another SDK's", f => f.Write("App/App.fsproj", LockEditFiles.Project("", "<TargetFramework>net10.0</TargetFramework>")), f => f.Write("App/packages.lock.json", f.Read("App/packages.lock.json").Replace("\"requested\": \"[10.", "\"requested\": \"[9.", StringComparison.Ordinal)), Verdict.Stale, Verdict.Stale, "The .NET SDK itself adds FSharp.Core"),
        Row("VB, a version raised", f => f.Write("App/App.vbproj", LockEditFiles.Project(Json1, "<TargetFramework>net10.0</TargetFramework>")), f => f.Replace("App/App.vbproj", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0"),
        Row("netstandard2.0, nothing changed", f => f.App(Json1, "<TargetFramework>netstandard2.0</TargetFramework>"), f => { }, Verdict.Passes, Verdict.Passes),
        Row("a package made Release-only", f => f.App(Json1 + Log1), f => f.App(Json1 + """<PackageReference Include="Acme.Log" Version="1.0.0" Condition="'$(Configuration)' == 'Release'" />"""), Verdict.Stale, Verdict.Stale, "It is declared under the condition '$(Configuration)' == 'Release'"),
        Row("a package that only another system has", f => f.App(Json1 + Log1), f => f.App(Json1 + """<PackageReference Include="Acme.Log" Version="1.0.0" Condition="'$(OS)' == 'Nonesuch'" />"""), Verdict.Stale, Verdict.Stale, "It is declared under the condition '$(OS)' == 'Nonesuch'"),

        // Format 3, which NuGet writes where frameworks are told apart by alias.
        Row("two names of one framework, nothing changed", f => f.App(ForApple, Aliases), f => { }, Verdict.Passes, Verdict.Passes),
        Row("two names of one framework, a version raised for one", f => f.App(ForApple, Aliases), f => f.Replace("App/App.csproj", "1.0.0", "1.1.0"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 → 1.1.0. Locked mode"),
        Row("two names of one framework, a package for the other too", f => f.App(ForApple, Aliases), f => f.App(Json1, Aliases), Verdict.Stale, Verdict.Stale, "Acme.Json 1.0.0 added"),
        Row("two names of one framework, one removed", f => f.App(ForApple, Aliases), f => f.Replace("App/App.csproj", "apple;banana", "apple"), Verdict.Stale, Verdict.Stale, "target framework banana removed. Locked mode"),

        // Hands in the lock.
        Row("requested edited in the lock", f => f.App(Json1), f => f.Replace(Lock, "[1.0.0, )", "[1.1.0, )"), Verdict.Stale, Verdict.Stale, "Acme.Json 1.1.0 → 1.0.0"),
        Row("a direct entry deleted", f => f.App(Log1), f => f.Write(Lock, EmptyLock), Verdict.Stale, Verdict.Stale, "Acme.Log 1.0.0 added"),
        Row("a junk entry", f => f.App(Log1), f => f.Replace(Lock, "\"net10.0\": {", $"\"net10.0\": {{\n      \"Junk\": {{ \"type\": \"Transitive\", \"resolved\": \"1.0.0\", \"contentHash\": \"{Hash}\" }},"), Verdict.Passes, Verdict.Malformed, "Junk 1.0.0 in \"net10.0\" is needed by no other entry", "NuGet reads only what it looks for."),
        Row("a junk target", f => f.App(Log1), f => f.Replace(Lock, "\"net10.0\": {", "\"net9.0\": {},\n    \"net10.0\": {"), Verdict.Stale, Verdict.Stale, "target framework net9.0 removed"),
        Row("an unknown format", f => f.App(Log1), f => f.Replace(Lock, "\"version\": 1", "\"version\": 9"), Verdict.Stale, Verdict.Malformed, "its format is 9", "NuGet calls it stale; no declaration has changed."),
        Row("conflict markers", f => f.App(Log1), f => f.Replace(Lock, "{\n  \"version\": 1,", "{\n<<<<<<< HEAD\n  \"version\": 1,\n=======\n  \"version\": 2,\n>>>>>>> b"), Verdict.Stale, Verdict.Malformed, "conflict markers", "NuGet calls it stale; no declaration has changed."),
        Row("a lock cut off", f => f.App(Log1), f => f.Write(Lock, f.Read(Lock)[..60]), Verdict.Stale, Verdict.Malformed, "ends in the middle", "NuGet calls it stale; no declaration has changed."),
        Row("a lock of no bytes", f => f.App(Log1), f => f.Write(Lock, ""), Verdict.Stale, Verdict.Malformed, "it is empty", "NuGet calls it stale; no declaration has changed."),
        Row("a lock without targets", f => f.App(Log1), f => f.Write(Lock, "{ \"version\": 1, \"dependencies\": {} }"), Verdict.Stale, Verdict.Malformed, "it locks no target framework", "NuGet calls it stale; no declaration has changed."),
        Row("resolved outside of requested", f => f.App("""<PackageReference Include="Acme.Log" Version="[1.0.0]" />"""), f => f.Replace(Lock, "\"resolved\": \"1.0.0\"", "\"resolved\": \"2.0.0\""), Verdict.Passes, Verdict.Malformed, "which the requested [1.0.0, 1.0.0] does not admit", "NuGet's verdict on the lock does not look at resolved versions."),
    ];

    private const string EmptyLock = "{\n  \"version\": 1,\n  \"dependencies\": {\n    \"net10.0\": {}\n  }\n}";

    private const string Hash = "AswatAJyBQ0BniKqO3pK79a5qAGpYVfjT5SSa1Z28891s4ximMSP1k89Th6f95e3dCzMzkqZsO7IOX9oJxHvww==";

    private static string Import(string content) => $"""<Project><Import Project="$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))" />{content}</Project>""";

    /// <summary>Brings a project's own lock up to date by text, as a bot does that knows one lock only: versions change, new packages are added.</summary>
    private static void OwnLock(LockEditFiles files, string project, string items)
    {
        string path = $"{project}/packages.lock.json";
        if (items.Contains("Acme.Json\" Version=\"1.1.0", StringComparison.Ordinal))
        {
            files.Replace(path, "\"requested\": \"[1.0.0, )\"", "\"requested\": \"[1.1.0, )\"").Replace(path, "\"resolved\": \"1.0.0\"", "\"resolved\": \"1.1.0\"");
        }

        if (items.Contains("System.Text.Json", StringComparison.Ordinal))
        {
            files.Replace(path, "\"net10.0\": {", $"\"net10.0\": {{\n      \"System.Text.Json\": {{ \"type\": \"Direct\", \"requested\": \"[8.0.0, )\", \"resolved\": \"8.0.0\", \"contentHash\": \"{Hash}\" }},");
        }
    }

    private static LockEdit Row(string name, Action<LockEditFiles> arrange, Action<LockEditFiles> edit, Verdict nuget, Verdict ours, string says = "", string because = "") =>
        new(name, arrange, edit, nuget, ours, says, because);
}
