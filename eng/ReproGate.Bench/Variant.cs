using ReproGate.TestKit;

namespace ReproGate.Bench;

/// <summary>What a solution is built with.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">Its name in the table.</param>
/// <param name="Gate">With ReproGate.</param>
/// <param name="Arguments">Further arguments of each build.</param>
/// <param name="Props">Content of Directory.Build.props beside the gate; empty for none.</param>
internal sealed record Variant(string Key, string Title, bool Gate, string[] Arguments, string Props)
{
    private const string Locked = "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile><RestoreLockedMode>true</RestoreLockedMode>";

    /// <summary>The careful team without the gate: lock files and locked mode. Every ratio is to this one.</summary>
    public static Variant Plain { get; } = new("plain", "plain SDK, locked mode", false, [], $"<PropertyGroup>{Locked}</PropertyGroup>");

    /// <summary>What the bars are about.</summary>
    public static Variant ReproGate { get; } = new("reprogate", "ReproGate", true, [], "");

    /// <summary>What MSBuild and NuGet take for any SDK that comes as a package: one whose two files are empty. Measured unless told otherwise, for no SDK package costs less.</summary>
    public static Variant Floor { get; } = new("empty", "an SDK package with two empty files (the floor)", false, [], $"<Sdk Name=\"{EmptySdk.Id}\" Version=\"{EmptySdk.Version}\" /><PropertyGroup>{Locked}</PropertyGroup>");

    /// <summary>The floor, and others that do a part of what the gate does.</summary>
    public static IReadOnlyList<Variant> Others { get; } =
    [
        Floor,
        new("off", "ReproGate, `ReproGateEnabled=false`", true, [], "<PropertyGroup><ReproGateEnabled>false</ReproGateEnabled></PropertyGroup>"),
        new("unlocked", "plain SDK, no lock files", false, [], ""),
        new("audit", "plain SDK, locked mode, NuGetAudit of all packages", false, [], $"<PropertyGroup>{Locked}<NuGetAudit>true</NuGetAudit><NuGetAuditMode>all</NuGetAuditMode></PropertyGroup>"),
        new("check", "plain SDK, locked mode, `-check`", false, ["-check"], $"<PropertyGroup>{Locked}</PropertyGroup>"),
    ];

    /// <summary>Writes Directory.Build.props.</summary>
    public void Apply(TestRepository repository)
    {
        string gate = Gate ? $"<Sdk Name=\"ReproGate.Sdk\" Version=\"{TestEnvironment.SdkVersion}\" />" : "";
        repository.Write("Directory.Build.props", $"<Project>{gate}{Props}</Project>");
        if (Props.Contains(EmptySdk.Id, StringComparison.Ordinal))
        {
            EmptySdk.Pack(repository.Feed);
        }
    }
}
