using System.Collections.Immutable;
using System.Text;

namespace ReproGate.Repository.Machine;

/// <summary>
/// Takes the simple commands out of a command line as sh and cmd both read it. What would need a shell to understand
/// (loops, here-documents, unbalanced quotes) ends the reading: nothing behind it is accused.
/// </summary>
public static class CommandText
{
    private const int MaxLength = 100_000;

    /// <summary>The words of each command: those after a line break, <c>&amp;&amp;</c> or <c>||</c>; of a pipeline only the first.</summary>
    public static IEnumerable<ImmutableArray<string>> Commands(string text)
    {
        if (text.Length > MaxLength)
        {
            yield break;
        }

        string joined = text.ReplaceLineEndings("\n").Replace("\\\n", " ", StringComparison.Ordinal).Replace("^\n", " ", StringComparison.Ordinal);
        foreach (string line in joined.Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed.StartsWith('#') || trimmed.StartsWith("::", StringComparison.Ordinal))
            {
                continue;
            }

            List<ImmutableArray<string>>? commands = OfLine(trimmed);
            if (commands is null)
            {
                yield break;
            }

            foreach (ImmutableArray<string> command in commands)
            {
                ImmutableArray<string> words = Strip(command);
                if (words.IsEmpty)
                {
                    continue;
                }

                // The grammar of both shells begins here.
                if (words[0].ToLowerInvariant() is "if" or "for" or "while" or "until" or "case" or "function" or "{" or "then" or "do" or "else")
                {
                    yield break;
                }

                yield return words;
            }
        }
    }

    // Null where the line does not end what it begins.
    private static List<ImmutableArray<string>>? OfLine(string line)
    {
        var commands = new List<ImmutableArray<string>>();
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        bool inWord = false;
        bool skipping = false;
        char quote = '\0';
        int depth = 0;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (depth > 0)
            {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                word.Append(c);
            }
            else if ((c is '$' or '@' or '%') && i + 1 < line.Length && line[i + 1] == '(')
            {
                // $(…), @(…) and %(…) are MSBuild's, spaces and quotes included.
                word.Append(c).Append('(');
                inWord = true;
                depth = 1;
                i++;
            }
            else if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (c == '<' && i + 1 < line.Length && line[i + 1] == '<')
            {
                return null;
            }
            else if (c is '&' or '|' or ';' or '>' or '<' or ')')
            {
                EndWord();
                bool chains = c is '&' or '|' && i + 1 < line.Length && line[i + 1] == c;
                if (chains)
                {
                    i++;
                    EndCommand();
                    skipping = false;
                }
                else
                {
                    // Redirections and what a pipe feeds are not looked at.
                    skipping = true;
                }
            }
            else if (char.IsWhiteSpace(c))
            {
                EndWord();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        EndWord();
        EndCommand();
        return quote == '\0' && depth == 0 ? commands : null;

        void EndWord()
        {
            if (inWord && !skipping)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            inWord = false;
        }

        void EndCommand()
        {
            if (words.Count > 0)
            {
                commands.Add(words.ToImmutable());
            }

            words.Clear();
        }
    }

    /// <summary>Drops what stands before the program: <c>@</c>, <c>(</c>, assignments, and the words that only start it.</summary>
    private static ImmutableArray<string> Strip(ImmutableArray<string> words)
    {
        while (!words.IsEmpty)
        {
            string first = words[0].TrimStart('@', '(', '!');
            if (words[0].StartsWith("@(", StringComparison.Ordinal))
            {
                return [];
            }

            if (first.Length == 0 || IsAssignment(first) || first.ToLowerInvariant() is "env" or "sudo" or "exec" or "command" or "call" or "time" or "nice")
            {
                words = words.RemoveAt(0);
                continue;
            }

            return first.Length == words[0].Length ? words : words.SetItem(0, first);
        }

        return words;
    }

    private static bool IsAssignment(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && word[..equals].All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
    }
}
