using ReproGate.Facts.Feeds;

namespace ReproGate.Gates.Packages;

/// <summary>Words that the rules about packages share.</summary>
internal static class Words
{
    /// <summary>What a declaration declares, within a sentence.</summary>
    public static string Of(PackageDeclarationKind kind) => kind switch
    {
        PackageDeclarationKind.Tool => "tool",
        PackageDeclarationKind.Sdk => "MSBuild SDK",
        _ => "package",
    };

    /// <summary>A number of days in words.</summary>
    public static string Age(TimeSpan age) => age.TotalHours < 1 ? "less than an hour"
        : age.TotalHours < 48 ? Count((int)age.TotalHours, "hour")
        : Count((int)age.TotalDays, "day");

    /// <summary>A number and its noun.</summary>
    public static string Count(int number, string noun) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
