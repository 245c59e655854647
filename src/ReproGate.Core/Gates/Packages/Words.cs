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

    /// <summary>An id that may be none, as it may be printed: what steers a terminal or turns the direction of the text is replaced.</summary>
    public static string Printable(string id) => new([.. id.Take(120).Select(static letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator ? '\uFFFD' : letter)]);

    /// <summary>A number of days in words.</summary>
    public static string Age(TimeSpan age) => age.TotalHours < 1 ? "less than an hour"
        : age.TotalHours < 48 ? Count((int)age.TotalHours, "hour")
        : Count((int)age.TotalDays, "day");

    /// <summary>A number and its noun.</summary>
    public static string Count(int number, string noun) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
