using System.Collections.Immutable;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReproGate.Facts;

namespace ReproGate.Tasks;

/// <summary>
/// What the one check of the repository learns, as items: MSBuild hands them to every project of the build on every node,
/// so no project asks git or loads NuGet's configuration again.
/// </summary>
internal sealed record RepositoryFactItems
{
    /// <summary>Whether git answered.</summary>
    public bool GitAvailable { get; init; }

    /// <summary>Absolute paths of tracked lock files.</summary>
    public ImmutableHashSet<string> TrackedLocks { get; init; } = [];

    /// <summary>Whether NuGet's configuration could be read.</summary>
    public bool SettingsAvailable { get; init; }

    /// <summary>Keys of the enabled package sources.</summary>
    public ImmutableArray<string> EnabledSources { get; init; } = [];

    /// <summary>Source key and pattern of each mapping entry.</summary>
    public ImmutableArray<(string Source, string Pattern)> Mappings { get; init; } = [];

    /// <summary>The configuration file to change; empty where the repository has none.</summary>
    public string ConfigFile { get; init; } = "";

    public ITaskItem[] ToItems() =>
    [
        .. GitAvailable ? [Item("Git", "available")] : Array.Empty<ITaskItem>(),
        .. SettingsAvailable ? [Item("Settings", ConfigFile.Length > 0 ? ConfigFile : "-")] : Array.Empty<ITaskItem>(),
        .. TrackedLocks.Order(StringComparer.Ordinal).Select(static path => Item("Tracked", path)),
        .. EnabledSources.Select(static source => Item("Source", source)),
        .. Mappings.Select(static entry => Item("Mapping", entry.Pattern, entry.Source)),
    ];

    public static RepositoryFactItems FromItems(IEnumerable<ITaskItem> items)
    {
        ILookup<string, ITaskItem> kinds = items.ToLookup(static item => item.GetMetadata("Kind"), StringComparer.Ordinal);
        string config = kinds["Settings"].Select(Value).FirstOrDefault("");
        return new RepositoryFactItems
        {
            GitAvailable = kinds["Git"].Any(),
            TrackedLocks = [.. kinds["Tracked"].Select(Value)],
            SettingsAvailable = kinds["Settings"].Any(),
            EnabledSources = [.. kinds["Source"].Select(Value)],
            Mappings = [.. kinds["Mapping"].Select(static item => (item.GetMetadata("Source"), Value(item)))],
            ConfigFile = config == "-" ? "" : config,
        };
    }

    // The value is metadata, because an item's identity is taken for a path and its slashes are turned.
    private static TaskItem Item(string kind, string value, string? source = null)
    {
        var item = new TaskItem(kind);
        item.SetMetadata("Kind", kind);
        item.SetMetadata("Value", Escape(value));
        if (source is not null)
        {
            item.SetMetadata("Source", Escape(source));
        }

        return item;
    }

    private static string Value(ITaskItem item) => item.GetMetadata("Value");

    // Metadata is taken as escaped: %XX would be read back as one character.
    private static string Escape(string value) => value.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3b", StringComparison.Ordinal);
}
