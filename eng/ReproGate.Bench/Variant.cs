using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>What a solution is built with.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">Its name in the table.</param>
/// <param name="Gate">With ReproGate.</param>
/// <param name="Arguments">Further arguments of each build.</param>
/// <param name="Props">Content of Directory.Build.props beside the gate; empty for none.</param>
/// <param name="Sdk">The SDK package in its place; null for none.</param>
internal sealed record Variant(string Key, string Title, bool Gate, string[] Arguments, string Props, Func<FloorSdk>? Sdk = null)
{
    private const string Locked = "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile><RestoreLockedMode>true</RestoreLockedMode>";

    /// <summary>The careful team without the gate: lock files and locked mode. Every ratio is to this one.</summary>
    public static Variant Plain { get; } = new("plain", "plain SDK, locked mode", false, [], $"<PropertyGroup>{Locked}</PropertyGroup>");

    /// <summary>What the bars are about.</summary>
    public static Variant ReproGate { get; } = new("reprogate", "ReproGate", true, [], "");

    /// <summary>What MSBuild and NuGet take for any SDK that comes as a package: one whose two files are empty. Measured unless told otherwise, for no SDK package costs less.</summary>
    public static Variant Floor { get; } = new("empty", "an SDK package with two empty files (the floor)", false, [], $"<PropertyGroup>{Locked}</PropertyGroup>", static () => FloorSdk.Empty);

    /// <summary>The floor, and others that do a part of what the gate does.</summary>
    public static IReadOnlyList<Variant> Others { get; } =
    [
        Floor,
        new("look", "an SDK package that only looks at the files the gate must look at", false, [], $"<PropertyGroup>{Locked}</PropertyGroup>", static () => FloorSdk.Looking),
        new("off", "ReproGate, `ReproGateEnabled=false`", true, [], "<PropertyGroup><ReproGateEnabled>false</ReproGateEnabled></PropertyGroup>"),
        new("unlocked", "plain SDK, no lock files", false, [], ""),
        new("audit", "plain SDK, locked mode, NuGetAudit of all packages", false, [], $"<PropertyGroup>{Locked}<NuGetAudit>true</NuGetAudit><NuGetAuditMode>all</NuGetAuditMode></PropertyGroup>"),
        new("check", "plain SDK, locked mode, `-check`", false, ["-check"], $"<PropertyGroup>{Locked}</PropertyGroup>"),
    ];

    /// <summary>Writes Directory.Build.props.</summary>
    public void Apply(TestRepository repository)
    {
        FloorSdk? floor = Sdk?.Invoke();
        string sdk = Gate ? $"<Sdk Name=\"ReproGate.Sdk\" Version=\"{TestEnvironment.SdkVersion}\" />" : floor is null ? "" : $"<Sdk Name=\"{floor.Id}\" Version=\"{FloorSdk.Version}\" />";
        repository.Write("Directory.Build.props", $"<Project>{sdk}{Props}</Project>");
        floor?.Pack(repository.Feed);
    }
}
