using System.Text.RegularExpressions;

namespace ReproGate.Cli.Adoption;

/// <summary>The one line in <c>Directory.Build.props</c>.</summary>
internal static partial class SdkLine
{
    /// <summary>The file with the line, pinned exactly; the same text where it has one already.</summary>
    /// <param name="current">The file's text; null where there is no such file.</param>
    /// <param name="version">The version to pin.</param>
    /// <exception cref="ToolException">The file has no project element to put it into.</exception>
    public static string Propose(string? current, string version)
    {
        string line = $"""<Sdk Name="ReproGate.Sdk" Version="{version}" />""";
        if (current is null)
        {
            return $"<Project>\n  {line}\n</Project>\n";
        }

        if (Declared().IsMatch(current))
        {
            return current;
        }

        string newLine = current.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        Match empty = Empty().Match(current);
        if (empty.Success)
        {
            return current[..empty.Index] + $"<Project{empty.Groups["attributes"].Value.TrimEnd()}>{newLine}  {line}{newLine}</Project>" + current[(empty.Index + empty.Length)..];
        }

        Match start = Start().Match(current);
        return start.Success
            ? current.Insert(start.Index + start.Length, $"{newLine}  {line}")
            : throw new ToolException("Directory.Build.props has no <Project> element.");
    }

    [GeneratedRegex("""<Sdk\s[^>]*Name\s*=\s*["']ReproGate\.Sdk["']""", RegexOptions.IgnoreCase)]
    private static partial Regex Declared();

    [GeneratedRegex(@"<Project(?<attributes>(\s[^>]*?)?)/>")]
    private static partial Regex Empty();

    [GeneratedRegex(@"<Project(\s[^>]*)?(?<!/)>")]
    private static partial Regex Start();
}
