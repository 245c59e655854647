using NuGet.Versioning;

namespace ReproGate.NuGet.LockFiles;

/// <summary>Version ranges in the one form lock files use.</summary>
public static class RangeText
{
    /// <summary>What NuGet takes a reference without a version for: any version.</summary>
    public const string Any = "(, )";

    /// <summary>
    /// The normalised form of a version or range, for example <c>[1.2.0, )</c> for <c>1.2</c> and <c>[1.0.*, )</c> for <c>1.0.*</c>;
    /// empty where the text is no range.
    /// </summary>
    public static string Normalize(string text) =>
        text.Trim() is { Length: > 0 } trimmed && VersionRange.TryParse(trimmed, out VersionRange? range) ? range.ToNormalizedString() : "";

    /// <summary>The normalised form of a version without build metadata, as lock files write resolved versions; empty where the text is no version.</summary>
    public static string NormalizeVersion(string text) => NuGetVersion.TryParse(text, out NuGetVersion? version) ? version.ToNormalizedString() : "";

    /// <summary>The version a range begins with, normalised: what NuGet takes where it exists. Empty where the range floats, has no inclusive lower bound, or is no range.</summary>
    public static string Minimum(string text) =>
        text.Trim() is { Length: > 0 } trimmed && VersionRange.TryParse(trimmed, out VersionRange? range) && range is { IsFloating: false, HasLowerBound: true, IsMinInclusive: true }
            ? range.MinVersion!.ToNormalizedString()
            : "";

    /// <summary>Whether a version lies in a range; both in normalised form.</summary>
    public static bool Contains(string range, string version) => VersionRange.Parse(range).Satisfies(NuGetVersion.Parse(version));

    /// <summary>
    /// Whether NuGet drops a package because the framework already has it: the declared range admits the newest version the framework stands in for.
    /// </summary>
    /// <param name="range">The declared range.</param>
    /// <param name="providedVersion">The version of the PrunePackageReference item.</param>
    public static bool IsPruned(string range, string providedVersion) =>
        VersionRange.TryParse(range, out VersionRange? declared)
        && NuGetVersion.TryParse(providedVersion, out NuGetVersion? provided)
        && declared.Satisfies(provided);
}
