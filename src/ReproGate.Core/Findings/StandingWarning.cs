using System.Text;

namespace ReproGate;

/// <summary>
/// A warning as a stamp keeps it, one line each, so that MSBuild's own tasks can tell it again on an up-to-date build
/// without loading an assembly of ours.
/// </summary>
/// <remarks>
/// The line is <c>code,place,help,text</c>. Within a field everything but letters, digits and a few harmless characters is
/// written as MSBuild's own escape, twice (<c>%25XX</c>): the target takes one level back when it splits the line
/// (<c>[MSBuild]::Unescape</c>), and MSBuild the other when it hands the field to the Warning task, after it has looked for items and
/// properties to expand. So semicolons, percent signs, quotes, <c>$(…)</c>, <c>@(…)</c> and backslashes arrive as they were.
/// Characters beyond ASCII stay as they are: MSBuild's escape cannot express them, and they mean nothing to it. The Warning task has no line parameter, so the place carries
/// the position in the form MSBuild prints: <c>file(line,column)</c>.
/// </remarks>
public static class StandingWarning
{
    /// <summary>Writes one line, without line end.</summary>
    /// <param name="code">The rule's id.</param>
    /// <param name="location">The place.</param>
    /// <param name="helpLink">Help link.</param>
    /// <param name="text">The message.</param>
    public static string ToLine(string code, SourceLocation location, string helpLink, string text) =>
        string.Join(',', Escape(code), Escape(location.ToString()), Escape(helpLink), Escape(text));

    private static string Escape(string field)
    {
        var result = new StringBuilder(field.Length + 16);
        foreach (char character in field)
        {
            if (character >= 0x80 || char.IsAsciiLetterOrDigit(character) || character is ' ' or '.' or '-' or '_' or '/' or ':')
            {
                result.Append(character);
            }
            else
            {
                result.Append("%25").Append(((int)character).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return result.ToString();
    }
}
