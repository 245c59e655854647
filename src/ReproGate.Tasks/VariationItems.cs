using System.Collections.Immutable;
using Microsoft.Build.Framework;
using ReproGate.Facts;

namespace ReproGate.Tasks;

/// <summary>Other evaluations of a project, as the items that target _ReproGateDeclaredItems returned, each with what was varied.</summary>
internal static class VariationItems
{
    /// <summary>Reads the evaluations; each names its variation in metadata <c>Variation</c>, for example <c>Configuration=Release</c>.</summary>
    public static IReadOnlyList<EvaluationVariation> Read(ITaskItem[] varied, params ITaskItem[][] actual)
    {
        if (varied.Length == 0)
        {
            return [];
        }

        string[] types = ["PackageReference", "PackageVersion", "ProjectReference"];
        DeclaredSet here = new([.. actual.SelectMany((items, index) => items.Select(item => Item(types[index], item)))], ImmutableDictionary<string, string>.Empty);
        return
        [
            .. varied.GroupBy(static item => item.GetMetadata("Variation"), StringComparer.Ordinal).Select(group => new EvaluationVariation(
                group.Key.StartsWith("OS=", StringComparison.Ordinal) ? MachineAspects.OperatingSystem : group.Key.StartsWith("RuntimeIdentifier=", StringComparison.Ordinal) ? MachineAspects.RuntimeIdentifier : MachineAspects.Configuration,
                group.Key,
                here,
                new DeclaredSet([.. group.Where(static item => item.GetMetadata("ItemType").Length > 0).Select(static item => Item(item.GetMetadata("ItemType"), item))], ImmutableDictionary<string, string>.Empty))),
        ];
    }

    private static DeclaredSetItem Item(string type, ITaskItem item)
    {
        string version = item.GetMetadata("VersionOverride");
        string identity = type == "ProjectReference" ? item.GetMetadata("FullPath") : item.ItemSpec;
        return new DeclaredSetItem(type, identity.ToLowerInvariant(), version.Length > 0 ? version : item.GetMetadata("Version"));
    }
}
