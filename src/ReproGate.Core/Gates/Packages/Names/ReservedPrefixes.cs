namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// Prefixes that nuget.org keeps for one owner: nobody else can publish below them, so what lies there is that owner's, however its name
/// looks. Only prefixes known to be reserved; missing one costs an accusation's weight, not a wrong one.
/// </summary>
public static class ReservedPrefixes
{
    private static readonly string[] Known =
    [
        "Microsoft.", "System.", "Azure.", "Aspire.", "NuGet.", "Xamarin.", "AWSSDK.", "Amazon.", "Google.", "MongoDB.", "Elastic.",
        "JetBrains.", "Duende.", "Syncfusion.", "Telerik.", "DevExpress.", "Umbraco.Cms.",
    ];

    /// <summary>Whether an id lies below a reserved prefix.</summary>
    public static bool Cover(string id) => Of(id) is not null;

    /// <summary>The reserved prefix that an id lies below, with its trailing dot, or null.</summary>
    public static string? Of(string id) => Array.Find(Known, prefix => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
