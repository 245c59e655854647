using System.Collections.Immutable;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReproGate.Facts;

namespace ReproGate.Tasks;

/// <summary>What git does not track, as items that the one check of the repository hands to every project of the build.</summary>
internal static class UntrackedItems
{
    public static ITaskItem[] ToItems(UntrackedFiles? files) => files is null ? [] :
    [
        Item("Git", "available"),
        .. files.Untracked.Order(StringComparer.Ordinal).Select(static path => Item("Untracked", path)),
        .. files.Ignored.Order(StringComparer.Ordinal).Select(static path => Item("Ignored", path)),
    ];

    /// <summary>Null where git could not say.</summary>
    public static UntrackedFiles? FromItems(IEnumerable<ITaskItem> items)
    {
        ILookup<string, string> kinds = items.ToLookup(static item => item.GetMetadata("Kind"), static item => item.GetMetadata("Value"), StringComparer.Ordinal);
        return kinds["Git"].Any() ? new UntrackedFiles([.. kinds["Untracked"]], [.. kinds["Ignored"]]) : null;
    }

    // The value is metadata, because an item's identity is taken for a path and its slashes are turned.
    private static TaskItem Item(string kind, string value)
    {
        var item = new TaskItem(kind);
        item.SetMetadata("Kind", kind);
        item.SetLiteral("Value", value);
        return item;
    }
}
