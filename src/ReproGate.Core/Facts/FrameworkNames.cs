namespace ReproGate.Facts;

/// <summary>
/// Target frameworks in one form, so that a project's declaration, a lock file and an assets file can be compared:
/// <c>.NETCoreApp,Version=v10.0</c>, with <c>;windows7.0</c> behind it where there is a platform.
/// </summary>
public static class FrameworkNames
{
    private static readonly (string Prefix, string Name)[] Dotted = [("netstandard", ".NETStandard"), ("netcoreapp", ".NETCoreApp")];

    /// <summary>
    /// The canonical form of a key of a lock or assets file, or of a name in a project: <c>net10.0-windows7.0</c>, <c>.NETStandard,Version=v2.0</c>, <c>net472</c>, <c>netstandard2.0</c>.
    /// Null where the text is of another form.
    /// </summary>
    public static string? Canonical(string key)
    {
        key = key.Trim();
        if (key.StartsWith('.'))
        {
            return key.Replace(", ", ",", StringComparison.Ordinal);
        }

        foreach ((string prefix, string name) in Dotted)
        {
            if (key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return System.Version.TryParse(key[prefix.Length..], out Version? dotted) ? $"{name},Version=v{dotted.Major}.{dotted.Minor}" : null;
            }
        }

        if (key.StartsWith("net", StringComparison.OrdinalIgnoreCase) && key.Length is 5 or 6 && key[3] is >= '1' and <= '4' && key.Skip(3).All(static part => part is >= '0' and <= '9'))
        {
            return $".NETFramework,Version=v{string.Join(".", key.Skip(3))}";
        }

        if (key.Length < 6 || !key.StartsWith("net", StringComparison.OrdinalIgnoreCase) || key[3] is not (>= '0' and <= '9'))
        {
            return null;
        }

        int dash = key.IndexOf('-', StringComparison.Ordinal);
        string platform = dash < 0 ? "" : key[(dash + 1)..];
        return System.Version.TryParse(dash < 0 ? key[3..] : key[3..dash], out Version? version) && version.Major >= 5
            ? WithPlatform($".NETCoreApp,Version=v{version.Major}.{version.Minor}", platform)
            : null;
    }

    /// <summary>The canonical form of MSBuild's TargetFrameworkMoniker and TargetPlatformMoniker (<c>Windows,Version=7.0</c>).</summary>
    public static string Canonical(string targetFrameworkMoniker, string targetPlatformMoniker)
    {
        bool platforms = targetFrameworkMoniker.StartsWith(".NETCoreApp,Version=v", StringComparison.OrdinalIgnoreCase)
            && System.Version.TryParse(targetFrameworkMoniker[".NETCoreApp,Version=v".Length..], out Version? version)
            && version.Major >= 5;
        return WithPlatform(
            targetFrameworkMoniker.Replace(", ", ",", StringComparison.Ordinal),
            platforms ? targetPlatformMoniker.Replace(",Version=", "", StringComparison.OrdinalIgnoreCase) : "");
    }

    /// <summary>
    /// Whether a locked framework is the declared one, both in canonical form. A platform without a version
    /// (<c>net10.0-windows</c>) stands for the version the SDK gives it, which the outer build of a project does not know.
    /// </summary>
    public static bool AreSame(string declared, string locked) =>
        declared.Equals(locked, StringComparison.OrdinalIgnoreCase)
        || (Platform(declared) < declared.Length
            && declared[^1] is not (>= '0' and <= '9')
            && locked.StartsWith(declared, StringComparison.OrdinalIgnoreCase)
            && System.Version.TryParse(locked[declared.Length..], out _));

    /// <summary>Whether a graph of an assets file is that of a framework of the same file: formats differ in which of its names they write.</summary>
    /// <param name="graph">The graph's framework: <c>net8.0</c>, <c>.NETStandard,Version=v2.0</c>.</param>
    /// <param name="alias">The framework as the project writes it; may be empty.</param>
    /// <param name="name">Its short folder name.</param>
    public static bool IsGraphOf(string graph, string alias, string name) =>
        graph.Equals(alias, StringComparison.OrdinalIgnoreCase)
        || graph.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (Canonical(name) is { } canonical && canonical.Equals(Canonical(graph), StringComparison.OrdinalIgnoreCase));

    /// <summary>The short name a person would write, for messages: <c>net10.0-windows7.0</c>; other frameworks keep their long name.</summary>
    public static string Display(string canonical) => canonical.StartsWith(".NETCoreApp,Version=v", StringComparison.OrdinalIgnoreCase)
        && System.Version.TryParse(canonical.Substring(".NETCoreApp,Version=v".Length, Math.Max(0, Platform(canonical) - ".NETCoreApp,Version=v".Length)), out Version? version)
        && version.Major >= 5
            ? $"net{version.Major}.{version.Minor}" + (Platform(canonical) < canonical.Length ? "-" + canonical[(Platform(canonical) + 1)..] : "")
            : canonical;

    private static int Platform(string canonical) => canonical.IndexOf(';', StringComparison.Ordinal) is var at and >= 0 ? at : canonical.Length;

    private static string WithPlatform(string framework, string platform) => platform.Length == 0 ? framework : $"{framework};{platform.ToLowerInvariant()}";
}
