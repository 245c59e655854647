using NuGet.Packaging;

namespace ReproGate.NuGet.Feeds;

/// <summary>Ids and texts that come from outside.</summary>
public static class PackageIds
{
    /// <summary>Whether NuGet takes a text for a package id.</summary>
    public static bool IsValid(string id) => id.Length is > 0 and <= PackageIdValidator.MaxPackageIdLength && PackageIdValidator.IsValidPackageId(id);

    /// <summary>A text of a feed as it may be printed: on one line, without control characters, no longer than asked.</summary>
    public static string Printable(string text, int length)
    {
        string line = new([.. text.Take(length + 1).Select(static letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') ? ' ' : letter)]);
        return line.Length > length ? line[..length].TrimEnd() + "…" : line.Trim();
    }
}
