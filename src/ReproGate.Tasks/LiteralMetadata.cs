using Microsoft.Build.Utilities;

namespace ReproGate.Tasks;

/// <summary>Metadata of items that a task hands on, read back as it was set.</summary>
internal static class LiteralMetadata
{
    /// <summary>Sets metadata. MSBuild takes it as escaped: %XX would be read back as one character.</summary>
    public static void SetLiteral(this TaskItem item, string name, string value) =>
        item.SetMetadata(name, value.Replace("%", "%25", StringComparison.Ordinal));
}
