namespace ReproGate.Assemblies;

/// <summary>
/// Finds where the text of a C# file names a type: outside comments and texts, as the compiler would read it, though without knowing what a name means. Only a line to look at
/// depends on it, and no verdict; the compiler's own parser would be the largest assembly of the package.
/// </summary>
public static class SourceNames
{
    private const string Suffix = "Attribute";

    /// <summary>
    /// The place that names the type: of several the last one up to a line, because a signature stands above its body, else the first; a qualified
    /// name before a plain one. Null where there is none. One-based.
    /// </summary>
    /// <param name="text">The file's text.</param>
    /// <param name="type">Full name of the type as metadata has it (<c>A.B`1+C</c>).</param>
    /// <param name="line">The line near which it is named; 0 where that is unknown.</param>
    public static (int Line, int Column)? Find(string text, string type, int line)
    {
        string[] parts = [.. type.Split('.', '+').Select(static part => part.Split('`')[0])];
        string name = parts[^1];
        string before = parts.Length > 1 ? parts[^2] : "";
        if (name.Length == 0)
        {
            return null;
        }

        List<(int At, bool Qualified)> found = [];
        string code = Blank(text);
        foreach (string spelling in name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? (string[])[name, name[..^Suffix.Length]] : [name])
        {
            for (int at = code.IndexOf(spelling, StringComparison.Ordinal); at >= 0; at = code.IndexOf(spelling, at + spelling.Length, StringComparison.Ordinal))
            {
                int end = at + spelling.Length;
                if ((at > 0 && IsPart(code[at - 1])) || (end < code.Length && IsPart(code[end])))
                {
                    continue;
                }

                string left = Qualifier(code, at);
                // Something.Name is another type, or a member; class Name declares what is called the same.
                if ((left.Length > 0 && left != before) || IsDeclared(code, at))
                {
                    continue;
                }

                found.Add((at, left.Length > 0));
            }
        }

        if (found.Count == 0)
        {
            return null;
        }

        List<(int At, int Line, bool Qualified)> placed = Lines(text, found);
        List<(int At, int Line, bool Qualified)> known = placed.Exists(static place => place.Qualified) ? placed.FindAll(static place => place.Qualified) : placed;
        (int At, int Line, bool Qualified) best = known.FindLast(place => place.Line <= line) is { Line: > 0 } above ? above : known[0];
        return (best.Line, best.At - text.LastIndexOf('\n', best.At));
    }

    private static List<(int At, int Line, bool Qualified)> Lines(string text, List<(int At, bool Qualified)> found)
    {
        var placed = new List<(int, int, bool)>();
        int line = 1, read = 0;
        foreach ((int at, bool qualified) in found.OrderBy(static place => place.At))
        {
            line += text.AsSpan(read, at - read).Count('\n');
            read = at;
            placed.Add((at, line, qualified));
        }

        return placed;
    }

    private static bool IsPart(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    /// <summary>The name before the dot (or <c>::</c>) before a place; empty where there is none.</summary>
    private static string Qualifier(string code, int at)
    {
        int end = at;
        while (end > 0 && char.IsWhiteSpace(code[end - 1]))
        {
            end--;
        }

        if (end == 0 || !(code[end - 1] == '.' || (end > 1 && code[end - 1] == ':' && code[end - 2] == ':')))
        {
            return "";
        }

        // What is called or indexed (x().Name) has no name there, and is no type.
        return WordBefore(code, end - (code[end - 1] == '.' ? 1 : 2)) is { Length: > 0 } word ? word : "?";
    }

    private static bool IsDeclared(string code, int at) => WordBefore(code, at) is "class" or "struct" or "interface" or "enum" or "record" or "namespace" or "delegate";

    private static string WordBefore(string code, int end)
    {
        while (end > 0 && char.IsWhiteSpace(code[end - 1]))
        {
            end--;
        }

        int start = end;
        while (start > 0 && IsPart(code[start - 1]))
        {
            start--;
        }

        return code[start..end];
    }

    /// <summary>The text with blanks for comments and for what stands in quotes; as long as it was, line for line.</summary>
    private static string Blank(string text)
    {
        char[] code = text.ToCharArray();
        for (int i = 0; i < code.Length;)
        {
            int end = text[i] switch
            {
                '/' when Next(i) == '/' => EndOfLine(i),
                '/' when Next(i) == '*' => text.IndexOf("*/", i + 2, StringComparison.Ordinal) is >= 0 and var close ? close + 2 : text.Length,
                '\'' => EndOfQuote(i, '\''),
                '"' => EndOfText(i),
                _ => i,
            };
            if (end == i)
            {
                i++;
                continue;
            }

            for (; i < end; i++)
            {
                if (code[i] is not ('\n' or '\r'))
                {
                    code[i] = ' ';
                }
            }
        }

        return new string(code);

        char Next(int at) => at + 1 < text.Length ? text[at + 1] : '\0';

        int EndOfLine(int at) => text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;

        int EndOfText(int at)
        {
            int quotes = 0;
            while (at + quotes < text.Length && text[at + quotes] == '"')
            {
                quotes++;
            }

            if (quotes >= 3)
            {
                int close = text.IndexOf(new string('"', quotes), at + quotes, StringComparison.Ordinal);
                return close < 0 ? text.Length : close + quotes;
            }

            bool verbatim = at > 0 && (text[at - 1] == '@' || (text[at - 1] == '$' && at > 1 && text[at - 2] == '@'));
            if (!verbatim)
            {
                return EndOfQuote(at, '"');
            }

            int end = at + 1;
            while (end < text.Length && (text[end] != '"' || Next(end) == '"'))
            {
                end += text[end] == '"' ? 2 : 1;
            }

            return Math.Min(text.Length, end + 1);
        }

        // What is not closed on its line is no text (an apostrophe in #region or in other languages' code).
        int EndOfQuote(int at, char quote)
        {
            for (int end = at + 1; end < text.Length && text[end] != '\n'; end++)
            {
                if (text[end] == quote)
                {
                    return end + 1;
                }

                end += text[end] == '\\' ? 1 : 0;
            }

            return at + 1;
        }
    }
}
