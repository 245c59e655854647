using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ReproGate.Reports;

namespace ReproGate.Cli.Building;

/// <summary>Applies the edits of findings to texts. Edits that say the same are applied once; of two that overlap, the first wins and the other waits for the next run.</summary>
internal static partial class EditApplier
{
    /// <summary>
    /// The findings whose edits may be applied together. Of two that would declare one item of one file differently (two projects got a package
    /// in two versions, and neither has a central one yet) the later waits: judged anew, it asks for what fits the first one's declaration.
    /// </summary>
    public static IEnumerable<ReportedFinding> Together(IEnumerable<ReportedFinding> findings)
    {
        var declared = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (ReportedFinding finding in findings)
        {
            List<(string Item, string Text)> items =
            [
                .. from edit in finding.Edits
                   let match = Declaration().Match(edit.NewText)
                   where match.Success && !match.Value.Contains(" Condition=", StringComparison.Ordinal)
                   select ($"{edit.File}|{match.Groups["type"].Value}|{match.Groups["id"].Value}", match.Value),
            ];
            if (items.Exists(item => declared.TryGetValue(item.Item, out string? text) && text != item.Text))
            {
                continue;
            }

            foreach ((string item, string text) in items)
            {
                declared[item] = text;
            }

            yield return finding;
        }
    }

    [GeneratedRegex("""<(?<type>\w+) Include="(?<id>[^"]+)"[^>]*>""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();

    /// <summary>True where an edit only adds text.</summary>
    public static bool OnlyAdds(ReportedEdit edit) => edit.StartLine == edit.EndLine && edit.StartColumn == edit.EndColumn;

    /// <summary>The new text of a file.</summary>
    /// <param name="text">The text as it is; empty for a file that does not exist.</param>
    /// <param name="edits">Edits of this file.</param>
    /// <param name="left">Edits that could not be applied: they overlap another or lie outside the text.</param>
    public static string Apply(string text, IEnumerable<ReportedEdit> edits, out ImmutableArray<ReportedEdit> left)
    {
        List<int> lines = LineStarts(text);
        var placed = new List<(int Start, int End, ReportedEdit Edit)>();
        var rest = ImmutableArray.CreateBuilder<ReportedEdit>();
        foreach (ReportedEdit edit in InOneGroup(edits.Distinct()))
        {
            int start = Offset(lines, text, edit.StartLine, edit.StartColumn);
            int end = Offset(lines, text, edit.EndLine, edit.EndColumn);
            if (start < 0 || end < start || placed.Exists(other => Overlaps(other.Start, other.End, start, end)))
            {
                rest.Add(edit);
                continue;
            }

            placed.Add((start, end, edit));
        }

        string newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var result = new StringBuilder(text);
        // From the end, so that earlier offsets stay true; insertions at one place keep their order.
        foreach ((int start, int end, ReportedEdit edit) in placed.AsEnumerable().Reverse().OrderByDescending(static place => place.Start))
        {
            result.Remove(start, end - start).Insert(start, edit.NewText.ReplaceLineEndings(newLine));
        }

        left = rest.ToImmutable();
        return result.ToString();
    }

    /// <summary>Findings that each bring a group with one item of one kind to one place get one group, in the order of its lines.</summary>
    private static IEnumerable<ReportedEdit> InOneGroup(IEnumerable<ReportedEdit> edits) =>
        from edit in edits
        let match = OnlyGroup().Match(edit.NewText)
        group (edit, match) by match.Success ? (edit with { NewText = "" }, match.Groups["type"].Value, match.Groups["open"].Value) : (edit, "", "") into place
        let first = place.First()
        select !first.match.Success
            ? first.edit
            : first.edit with
            {
                NewText = first.match.Groups["open"].Value
                    + string.Concat(place.Select(static entry => entry.match.Groups["item"].Value).Order(StringComparer.OrdinalIgnoreCase))
                    + first.match.Groups["close"].Value,
            };

    [GeneratedRegex("""\A(?<open>[ \t]*<ItemGroup>\n)(?<item>[ \t]*<(?<type>\w+) [^\n]*/>\n)(?<close>[ \t]*</ItemGroup>\n)\z""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OnlyGroup();

    private static bool Overlaps(int start, int end, int otherStart, int otherEnd) =>
        start == end || otherStart == otherEnd
            // An insertion inside a replaced span would be lost; at its border it is not.
            ? (start == end ? otherStart < start && start < otherEnd : start < otherStart && otherStart < end)
            : start < otherEnd && otherStart < end;

    private static List<int> LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        return starts;
    }

    private static int Offset(List<int> lines, string text, int line, int column)
    {
        if (line < 1 || line > lines.Count || column < 1)
        {
            return -1;
        }

        int end = line < lines.Count ? lines[line] : text.Length;
        int offset = lines[line - 1] + column - 1;
        return offset <= end ? offset : -1;
    }
}
