using System.Collections.Immutable;
using System.Text;
using ReproGate.Facts;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Matrix;

/// <summary>Adds to the text of a matrix and leaves everything else, comments included, as it stands.</summary>
public static class MatrixWriter
{
    private const string Inferred = " // inferred";

    /// <summary>The text of a matrix without keys and apps.</summary>
    /// <param name="schema">Where the schema lies, relative to the file; for editors.</param>
    public static string Empty(string schema) => $$"""
        // What each application needs in each environment, and where it comes from there. Never a value.
        // Lines marked "inferred" were written by a machine: look at each, then delete the mark.
        {
          "$schema": "{{schema}}",
          "environments": {
          },
          "apps": {
          },
          "keys": {
          },
        }

        """.ReplaceLineEndings("\n");

    /// <summary>Adds environments, apps and rows, and writes inferred rows anew.</summary>
    /// <param name="path">The file's absolute path, for messages.</param>
    /// <param name="text">The file's text; it must be well-formed.</param>
    /// <param name="additions">What to add. A row whose key the file has replaces it where that one is inferred, and is left out else.</param>
    /// <exception cref="ArgumentException">The text is malformed.</exception>
    public static string Add(string path, string text, MatrixAdditions additions)
    {
        foreach (MatrixEnvironment environment in additions.Environments)
        {
            string value = environment.Network == NetworkKind.Host
                ? $"\"{environment.DotNetName}\""
                : $"{{ \"name\": \"{environment.DotNetName}\", \"network\": \"{MatrixWords.Of(environment.Network)}\" }}";
            text = Append(path, text, static layout => layout.Environments, $"\"{environment.Name}\": {value}");
        }

        foreach (MatrixApp app in additions.Apps)
        {
            text = Append(path, text, static layout => layout.Apps, App(app));
        }

        foreach (MatrixKey row in additions.Keys.OrderBy(static row => row.Key, StringComparer.OrdinalIgnoreCase))
        {
            text = Row(path, text, row);
        }

        return text;
    }

    private static string App(MatrixApp app)
    {
        var sources = app.Sources.Where(static pair => !pair.Value.IsEmpty).OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToList();
        if (sources.Count == 0)
        {
            return $"\"{app.Name}\": \"{app.Project}\"";
        }

        var text = new StringBuilder($"\"{app.Name}\": {{\n      \"project\": \"{app.Project}\",\n      \"sources\": {{\n");
        foreach ((string environment, ImmutableArray<MatrixSource> list) in sources)
        {
            text.Append($"        \"{environment}\": [{string.Join(", ", list.Select(static source => $"\"{Text(source)}\""))}],\n");
        }

        return text.Append("      },\n    }").ToString();
    }

    /// <summary>Writes a source as the matrix has it.</summary>
    public static string Text(MatrixSource source) =>
        source.Kind + (source.Files.IsEmpty ? "" : $":{string.Join(',', source.Files)}") + (source.Target.Length > 0 ? $"{(source.Files.IsEmpty ? ":" : "")}#{source.Target}" : "");

    private static string Append(string path, string text, Func<MatrixLayout, MatrixGap> where, string member)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        (_, MatrixLayout layout) = Read(path, bytes);
        MatrixGap gap = where(layout);
        return Insert(bytes, layout, gap, member);
    }

    private static string Row(string path, string text, MatrixKey row)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        (EnvironmentMatrix matrix, MatrixLayout layout) = Read(path, bytes);
        string written = MatrixText.Row(row, matrix.Environments);
        for (int i = 0; i < matrix.Keys.Length; i++)
        {
            MatrixKey other = matrix.Keys[i];
            if (other.Key.Equals(row.Key, StringComparison.OrdinalIgnoreCase))
            {
                return other.Inferred ? Splice(bytes, layout.Skipped + layout.Rows[i].Start, layout.Skipped + layout.Rows[i].End, written) : text;
            }
        }

        for (int i = 0; i < matrix.Keys.Length; i++)
        {
            if (string.Compare(matrix.Keys[i].Key, row.Key, StringComparison.OrdinalIgnoreCase) > 0)
            {
                int start = layout.Skipped + layout.Rows[i].Start;
                int line = BeforeComments(bytes, start);
                string indent = Indent(bytes, start);
                return line < 0
                    ? Splice(bytes, start, start, $"{written},{Inferred}\n{indent}")
                    : Splice(bytes, line, line, $"{indent}{written},{Inferred}\n");
            }
        }

        return Insert(bytes, layout, layout.Keys, written, Inferred);
    }

    private static string Insert(byte[] bytes, MatrixLayout layout, MatrixGap gap, string member, string comment = Inferred)
    {
        int at = layout.Skipped + gap.Offset;
        // Behind what the last line says of itself.
        int end = EndOfLine(bytes, at);
        string rest = Encoding.UTF8.GetString(bytes[at..end]).Trim();
        bool whole = rest.Length == 0 || rest.StartsWith("//", StringComparison.Ordinal);
        if (!whole)
        {
            return Splice(bytes, at, at, $"{(gap.NeedsComma ? "," : "")}\n    {member},{comment}\n  ");
        }

        string text = Splice(bytes, end, end, $"\n    {member},{comment}");
        return gap.NeedsComma ? Splice(Encoding.UTF8.GetBytes(text), at, at, ",") : text;
    }

    private static (EnvironmentMatrix Matrix, MatrixLayout Layout) Read(string path, byte[] bytes)
    {
        var layout = new MatrixLayout();
        EnvironmentMatrix? matrix = MatrixReader.Parse(path, bytes, out MalformedFile? malformed, layout);
        return matrix is null ? throw new ArgumentException(malformed!.Problem, nameof(bytes)) : (matrix, layout);
    }

    private static string Splice(byte[] bytes, int start, int end, string text) =>
        string.Concat(Encoding.UTF8.GetString(bytes[..start]), text, Encoding.UTF8.GetString(bytes[end..]));

    private static int EndOfLine(byte[] bytes, int offset)
    {
        int end = Array.IndexOf(bytes, (byte)'\n', offset);
        end = end < 0 ? bytes.Length : end;
        return end > offset && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    private static string Indent(byte[] bytes, int offset)
    {
        int line = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(0, offset - 1)) + 1;
        string before = Encoding.UTF8.GetString(bytes[line..offset]);
        return string.IsNullOrWhiteSpace(before) ? before : "    ";
    }

    /// <summary>The begin of the line, or of the comments right above it, that a row stands alone on; -1 where it shares its line.</summary>
    private static int BeforeComments(byte[] bytes, int offset)
    {
        int line = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(0, offset - 1)) + 1;
        if (!string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(bytes[line..offset])))
        {
            return -1;
        }

        while (line > 1)
        {
            int above = Array.LastIndexOf(bytes, (byte)'\n', line - 2) + 1;
            if (!Encoding.UTF8.GetString(bytes[above..(line - 1)]).TrimStart().StartsWith("//", StringComparison.Ordinal))
            {
                break;
            }

            line = above;
        }

        return line;
    }
}

/// <summary>What to add to a matrix.</summary>
public sealed record MatrixAdditions
{
    public ImmutableArray<MatrixEnvironment> Environments { get; init; } = [];

    public ImmutableArray<MatrixApp> Apps { get; init; } = [];

    public ImmutableArray<MatrixKey> Keys { get; init; } = [];

    /// <summary>What may belong into the matrix and is not certain, or would change what people wrote: whole sentences for a person, about the application.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether there is nothing to add.</summary>
    public bool IsEmpty => Environments.IsEmpty && Apps.IsEmpty && Keys.IsEmpty;
}
