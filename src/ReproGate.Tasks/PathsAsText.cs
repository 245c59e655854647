namespace ReproGate.Tasks;

/// <summary>
/// Many paths as one text, for an item that MSBuild hands to every project: a list of items would be as long as there are projects, for each of them.
/// </summary>
internal static class PathsAsText
{
    /// <summary>The text, a line for each path. A path with a line end could pass for two, one of them another file's, and is left out.</summary>
    public static string Of(IEnumerable<string> paths) => string.Join('\n', [.. paths.Where(static path => !path.Contains('\n', StringComparison.Ordinal)).Order(StringComparer.Ordinal).Prepend(""), ""]);

    /// <summary>Whether the text holds a path, letter for letter.</summary>
    public static bool Has(string text, string path) => text.Contains($"\n{path}\n", StringComparison.Ordinal);
}
