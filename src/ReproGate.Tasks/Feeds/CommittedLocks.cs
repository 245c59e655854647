using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ReproGate.Tasks;

/// <summary>
/// Which files the commit has as they are in the work tree, as an item that MSBuild hands to every project on every node: git is asked once in a
/// build, and of a project whose lock is among them nothing is new that the lock holds.
/// </summary>
internal static class CommittedLocks
{
    private const string Paths = "Paths";

    /// <summary>The item; none where git could not say.</summary>
    public static ITaskItem[] ToItems(IReadOnlyCollection<string> unchanged)
    {
        if (unchanged.Count == 0)
        {
            return [];
        }

        var item = new TaskItem("Committed");
        item.SetLiteral(Paths, PathsAsText.Of(unchanged));
        return [item];
    }

    /// <summary>Whether the commit has a file as it is in the work tree; false where nobody asked.</summary>
    /// <param name="items">What <see cref="ReadCommittedLocks"/> gave.</param>
    /// <param name="path">Absolute path.</param>
    public static bool Contains(ITaskItem[] items, string path) =>
        items.Length > 0 && PathsAsText.Has(items[0].GetMetadata(Paths), path);
}
