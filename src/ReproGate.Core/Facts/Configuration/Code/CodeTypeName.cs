using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration.Code;

/// <summary>Takes apart the names of types as facts hold them.</summary>
public static class CodeTypeName
{
    /// <summary>The name without type arguments.</summary>
    public static string Definition(string type)
    {
        int open = ArgumentsStart(type);
        return open < 0 ? type : type[..open];
    }

    /// <summary>The type arguments; empty where there are none.</summary>
    public static ImmutableArray<string> Arguments(string type)
    {
        int open = ArgumentsStart(type);
        if (open < 0 || type[^1] != '}')
        {
            return [];
        }

        var arguments = ImmutableArray.CreateBuilder<string>();
        int depth = 0, start = open + 1;
        for (int i = start; i < type.Length - 1; i++)
        {
            char c = type[i];
            if (c == '{')
            {
                depth++;
            }
            else if (c == '}')
            {
                depth--;
            }
            else if (c == ',' && depth == 0)
            {
                arguments.Add(type[start..i]);
                start = i + 1;
            }
        }

        arguments.Add(type[start..^1]);
        return arguments.DrainToImmutable();
    }

    /// <summary>Puts type arguments in for the type parameters.</summary>
    /// <param name="type">The type.</param>
    /// <param name="ofType">Arguments for <c>!n</c>.</param>
    /// <param name="ofMethod">Arguments for <c>!!n</c>.</param>
    public static string Substitute(string type, ImmutableArray<string> ofType, ImmutableArray<string> ofMethod)
    {
        if (!type.Contains('!', StringComparison.Ordinal) || (ofType.IsEmpty && ofMethod.IsEmpty))
        {
            return type;
        }

        var text = new System.Text.StringBuilder();
        for (int i = 0; i < type.Length;)
        {
            if (type[i] != '!')
            {
                text.Append(type[i++]);
                continue;
            }

            bool method = i + 1 < type.Length && type[i + 1] == '!';
            int start = i + (method ? 2 : 1), end = start;
            while (end < type.Length && char.IsAsciiDigit(type[end]))
            {
                end++;
            }

            ImmutableArray<string> arguments = method ? ofMethod : ofType;
            text.Append(int.TryParse(type.AsSpan(start, end - start), out int index) && index < arguments.Length ? arguments[index] : type[i..end]);
            i = end;
        }

        return text.Length <= 4096 ? text.ToString() : type;
    }

    /// <summary>The last part of the name, without namespace, outer types, arity and arguments.</summary>
    public static string Simple(string type)
    {
        string name = Definition(type);
        int start = name.LastIndexOfAny(['.', '+']) + 1;
        int end = name.IndexOf('`', start);
        return end < 0 ? name[start..] : name[start..end];
    }

    // Braces, because generated names hold angle brackets.
    private static int ArgumentsStart(string type) => type.IndexOf('{', StringComparison.Ordinal);
}
