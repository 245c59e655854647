using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Repository.Machine;

/// <summary>Finds the environment variables and properties that a text of an MSBuild file reads.</summary>
internal static partial class EnvironmentText
{
    /// <summary>Name, form and offset of each read.</summary>
    public static IEnumerable<(string Name, VariableForm Form, int Offset)> Reads(string text)
    {
        if (!text.Contains("$(", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (Match match in Asked().Matches(text))
        {
            // A computed name ($(…)) does not match: what is asked for is not known.
            yield return (match.Groups["name"].Value, VariableForm.Function, match.Index);
        }

        foreach (Match match in Expanded().Matches(text))
        {
            // MSBuild takes %25 for a percent sign, and many write it so, lest two digits behind it be taken for a character.
            foreach (Match variable in Percent().Matches(match.Groups["text"].Value.Replace("%25", "%", StringComparison.Ordinal)))
            {
                yield return (variable.Groups["name"].Value, VariableForm.Function, match.Index);
            }
        }

        foreach (Match match in Property().Matches(text))
        {
            yield return (match.Groups["name"].Value, VariableForm.Property, match.Index);
        }
    }

    [GeneratedRegex(@"\[\s*(System\.)?Environment\s*\]::GetEnvironmentVariable\(\s*['""`]?(?<name>[A-Za-z_][A-Za-z0-9_().]*?)['""`]?\s*\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Asked();

    [GeneratedRegex(@"\[\s*(System\.)?Environment\s*\]::ExpandEnvironmentVariables\(\s*['""`]?(?<text>[^'""`)]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expanded();

    [GeneratedRegex(@"%(?<name>[A-Za-z_][A-Za-z0-9_]*)%", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percent();

    [GeneratedRegex(@"\$\(\s*(?<name>[A-Za-z_][A-Za-z0-9_\-]*)\s*[).\[]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Property();
}
