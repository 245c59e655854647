using System.Globalization;
using ReproGate.Drawing;

namespace ReproGate.Corpus;

/// <summary>The plot beside the tables: for each rule its mutations, as they were told.</summary>
internal static class DetectionPlot
{
    private static readonly (string Title, string Colour, Func<Outcome, bool> Is)[] Kinds =
    [
        ("right rule, right line", "#4c9f70", static outcome => outcome.Answer == Answer.Right),
        ("right rule elsewhere", "#b5c34b", static outcome => outcome.Answer == Answer.Elsewhere),
        ("another rule", "#e0a43a", static outcome => outcome.Answer == Answer.Other),
        ("missed", "#c8553d", static outcome => outcome.Answer == Answer.Missed),
    ];

    /// <summary>A bar for each rule, and a mark at how many of its mutations the plain SDK says anything of.</summary>
    public static string Svg(IReadOnlyList<Outcome> outcomes)
    {
        const int left = 110, width = 560, row = 16, top = 46;
        IGrouping<string, Outcome>[] rules = [.. outcomes.GroupBy(static outcome => outcome.Rule).OrderBy(static group => group.Key, StringComparer.Ordinal)];
        int most = Math.Max(1, rules.Select(static rule => rule.Count()).DefaultIfEmpty().Max());
        double X(int count) => left + ((double)count / most * width);
        var drawing = new SvgDrawing(left + width + 60, top + (row * rules.Length) + 10, fontSize: 11);
        drawing.Text(left, 16, "start", "mutations of each rule, as the gate told them; the line: of how many the plain SDK says anything");
        foreach ((int index, var kind) in Kinds.Index())
        {
            drawing.Bar(left + (index * 150), 24, 10, 10, kind.Colour);
            drawing.Text(left + (index * 150) + 14, 33, "start", kind.Title);
        }

        foreach ((int index, IGrouping<string, Outcome> rule) in rules.Index())
        {
            int y = top + (index * row);
            drawing.Text(left - 8, y + 11, "end", rule.Key);
            int begin = 0;
            foreach (var kind in Kinds)
            {
                int count = rule.Count(kind.Is);
                if (count > 0)
                {
                    drawing.Bar(X(begin), y + 2, X(begin + count) - X(begin), row - 5, kind.Colour);
                }

                begin += count;
            }

            int plain = rule.Count(static outcome => outcome.Plain is { Length: > 0 });
            drawing.Line(X(plain), y + 1, X(plain), y + row - 2, 2);
            drawing.Text(X(begin) + 6, y + 11, "start", begin.ToString(CultureInfo.InvariantCulture));
        }

        return drawing.ToString();
    }
}
