using System.Text;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Formats;

/// <summary>What a variable is while a text is put together.</summary>
/// <param name="Value">Its text; null where it is not known.</param>
/// <param name="Location">Where it is defined.</param>
internal sealed record VariableValue(string? Value, SourceLocation? Location);

/// <summary>Puts variables into text as compose and Dockerfiles do: <c>$X</c>, <c>${X}</c>, <c>${X:-d}</c>, <c>${X-d}</c>, <c>${X:?e}</c>, <c>${X:+a}</c>, <c>$$</c>.</summary>
internal sealed class Interpolation(Func<string, VariableValue?> lookup, bool dollarEscapes)
{
    private const int MaxDepth = 16;
    private const int MaxResult = 1024 * 1024;

    /// <summary>Each variable met, in order: name, form, where it is defined, offset in the text (-1 within a default).</summary>
    public List<(string Name, InterpolationForm Form, SourceLocation? DefinedAt, int Offset)> Met { get; } = [];

    /// <summary>Offset of the first <c>$</c> that begins nothing; -1 where there is none.</summary>
    public int Invalid { get; private set; } = -1;

    /// <summary>False once something went into the text that is not known.</summary>
    public bool Known { get; private set; } = true;

    /// <summary>Puts the variables in.</summary>
    public string Expand(string text)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        Append(result, text, 0, 0);
        return result.ToString();
    }

    private void Append(StringBuilder result, string text, int offset, int depth)
    {
        int position = 0;
        while (position < text.Length)
        {
            int dollar = text.IndexOf('$', position);
            if (dollar < 0 || depth > MaxDepth || result.Length > MaxResult)
            {
                result.Append(text.AsSpan(position, Math.Min(text.Length - position, MaxResult)));
                Known &= dollar < 0;
                return;
            }

            result.Append(text.AsSpan(position, dollar - position));
            int next = dollar + 1;
            if (next < text.Length && text[next] == '$' && dollarEscapes)
            {
                result.Append('$');
                position = next + 1;
            }
            else if (next < text.Length && IsStart(text[next]))
            {
                int end = NameEnd(text, next);
                Put(result, text[next..end], "", "", depth == 0 ? offset + dollar : -1, depth);
                position = end;
            }
            else if (next < text.Length && text[next] == '{' && Braced(text, next) is ({ } name, { } operation, { } argument, int after))
            {
                Put(result, name, operation, argument, depth == 0 ? offset + dollar : -1, depth);
                position = after;
            }
            else
            {
                if (Invalid < 0)
                {
                    Invalid = dollar;
                }

                result.Append('$');
                position = next;
            }
        }
    }

    private void Put(StringBuilder result, string name, string operation, string argument, int offset, int depth)
    {
        VariableValue? value = lookup(name);
        InterpolationForm form = operation switch
        {
            "" => InterpolationForm.Plain,
            ":?" or "?" => InterpolationForm.Required,
            _ => InterpolationForm.WithDefault,
        };
        Met.Add((name, form, value?.Location, offset));
        bool given = value is not null && (operation.Length < 2 || value.Value != "");
        switch (operation)
        {
            case ":-" or "-" when !given:
                Append(result, argument, 0, depth + 1);
                break;
            case ":+" or "+":
                if (given)
                {
                    Append(result, argument, 0, depth + 1);
                }

                break;
            default:
                // A variable that only the shell may have is not known; its text stays open.
                Known &= value?.Value is not null;
                result.Append(value?.Value);
                break;
        }
    }

    private static (string Name, string Operation, string Argument, int After)? Braced(string text, int brace)
    {
        int start = brace + 1;
        if (start >= text.Length || !IsStart(text[start]))
        {
            return null;
        }

        int nameEnd = NameEnd(text, start);
        int level = 1;
        int end = nameEnd;
        for (; end < text.Length; end++)
        {
            if (text[end] == '{' && text[end - 1] == '$')
            {
                level++;
            }
            else if (text[end] == '}' && --level == 0)
            {
                break;
            }
        }

        if (end >= text.Length)
        {
            return null;
        }

        string rest = text[nameEnd..end];
        string operation = rest.Length == 0 ? ""
            : rest.Length > 1 && rest[0] == ':' && rest[1] is '-' or '?' or '+' ? rest[..2]
            : rest[0] is '-' or '?' or '+' ? rest[..1]
            : "bad";
        return operation == "bad" ? null : (text[start..nameEnd], operation, rest[operation.Length..], end + 1);
    }

    private static bool IsStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';

    private static int NameEnd(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end;
    }
}
