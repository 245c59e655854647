using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace ReproGate.Tasks;

/// <summary>
/// Which files the commit has as they are in the work tree, as an item that MSBuild hands to every project on every node: git is asked once in a
/// build, and of a project whose lock is among them nothing is new that the lock holds.
/// </summary>
internal static class CommittedLocks
{
    // One item, not one for each file: every project would be handed a list as long as there are projects.
    private const string Paths = "Paths";

    /// <summary>The item; none where git could not say.</summary>
    public static ITaskItem[] ToItems(IReadOnlyCollection<string> unchanged)
    {
        // A name with a line end could pass for two, one of them another file's.
        string[] paths = [.. unchanged.Where(static path => !path.Contains('\n', StringComparison.Ordinal))];
        if (paths.Length == 0)
        {
            return [];
        }

        var item = new TaskItem("Committed");
        item.SetLiteral(Paths, $"\n{string.Join('\n', paths)}\n");
        return [item];
    }

    /// <summary>Whether the commit has a file as it is in the work tree; false where nobody asked.</summary>
    /// <param name="items">What <see cref="ReadCommittedLocks"/> gave.</param>
    /// <param name="path">Absolute path.</param>
    public static bool Contains(ITaskItem[] items, string path) =>
        items.Length > 0 && items[0].GetMetadata(Paths).Contains($"\n{path}\n", StringComparison.Ordinal);
}
