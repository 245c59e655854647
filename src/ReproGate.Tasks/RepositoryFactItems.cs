using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Absolute paths of tracked lock files (<see cref="PathsAsText"/>). Of one that is not among them git is asked by itself.</summary>
    public string TrackedLocks { get; init; } = "";

    /// <summary>Whether NuGet's configuration could be read.</summary>
    public bool SettingsAvailable { get; init; }

    /// <summary>Keys of the enabled package sources.</summary>
    public ImmutableArray<string> EnabledSources { get; init; } = [];

    /// <summary>Source key and pattern of each mapping entry, and the place of the element that has the key.</summary>
    public ImmutableArray<(string Source, string Pattern, SourceLocation At)> Mappings { get; init; } = [];

    /// <summary>Where the mapping is to be changed; null where the repository has no configuration file.</summary>
    public SourceLocation? MappingPlace { get; init; }

    public ITaskItem[] ToItems() =>
    [
        .. GitAvailable ? [Item("Git", "available")] : Array.Empty<ITaskItem>(),
        .. SettingsAvailable ? [Item("Settings", MappingPlace is null ? "-" : MappingPlace.File, at: MappingPlace)] : Array.Empty<ITaskItem>(),
        Item("Tracked", TrackedLocks),
        .. EnabledSources.Select(static source => Item("Source", source)),
        .. Mappings.Select(static entry => Item("Mapping", entry.Pattern, entry.Source, entry.At)),
    ];

    public static RepositoryFactItems FromItems(IEnumerable<ITaskItem> items)
    {
        ILookup<string, ITaskItem> kinds = items.ToLookup(static item => item.GetMetadata("Kind"), StringComparer.Ordinal);
        return new RepositoryFactItems
        {
            GitAvailable = kinds["Git"].Any(),
            TrackedLocks = kinds["Tracked"].Select(Value).FirstOrDefault() ?? "",
            SettingsAvailable = kinds["Settings"].Any(),
            EnabledSources = [.. kinds["Source"].Select(Value)],
            Mappings = [.. kinds["Mapping"].Select(static item => (item.GetMetadata("Source"), Value(item), Place(item) ?? new SourceLocation("")))],
            MappingPlace = kinds["Settings"].Select(Place).FirstOrDefault(),
        };
    }

    // The value is metadata, because an item's identity is taken for a path and its slashes are turned.
    private static TaskItem Item(string kind, string value, string? source = null, SourceLocation? at = null)
    {
        var item = new TaskItem(kind);
        item.SetMetadata("Kind", kind);
        item.SetLiteral("Value", value);
        if (source is not null)
        {
            item.SetLiteral("Source", source);
        }

        if (at is not null)
        {
            item.SetLiteral("File", at.File);
            item.SetMetadata("At", string.Create(CultureInfo.InvariantCulture, $"{at.Line},{at.Column}"));
        }

        return item;
    }

    private static SourceLocation? Place(ITaskItem item)
    {
        string[] at = item.GetMetadata("At").Split(',');
        return item.GetMetadata("File") is { Length: > 0 } file
            ? new SourceLocation(file, int.Parse(at[0], CultureInfo.InvariantCulture), int.Parse(at[1], CultureInfo.InvariantCulture))
            : null;
    }

    private static string Value(ITaskItem item) => item.GetMetadata("Value");
}
