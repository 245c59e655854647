using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ReproGate.Drawing;

namespace ReproGate.Bench;

/// <summary>The page and the plot.</summary>
internal static class CostReport
{
    private const string InTurn = "Builds run in turn (A B, B A, …)";
    private const string OneNode = "Builds run in turn (A B, B A, …), each in one node (`-maxcpucount:1`) and on one processor, where they differ less from round to round than in many nodes";
    private const string Beside = "Both builds of a pair run at the same time, each on one processor and in one node (`-maxcpucount:1`), on the other processor in the next round, so that\nwhat disturbs the machine disturbs both";

    public static string Markdown(IReadOnlyList<Measurement> measurements, IReadOnlyList<GateParts> parts, Choice choice, string sdk)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # What the gate costs

            Written by `eng/bench.sh`. Machine: {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Trim()}, .NET SDK {sdk}, {DateTime.UtcNow:yyyy-MM-dd}.

            Every bar, the floor, parts and earlier runs: [cost-bars.md](cost-bars.md).

            ![Ratio of processor time to the plain SDK](cost.svg)

            | solution | scenario | with | plain CPU | with it | more | ratio (quartiles) | its median, 95 % sure | plain wall | with it | bar | kept |
            |---:|---|---|---:|---:|---:|---|---|---:|---:|---|---|

            """);
        foreach (Measurement m in measurements)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {m.Subject.Name} | {m.Scenario.Title} | {m.Variant.Title}{(m.Base == Variant.Plain ? "" : ", over the floor")} | {m.PlainCpu:0} ms | {m.GatedCpu:0} ms | {m.MoreCpu:+0;-0;0} ms | {m.Ratio.Median:0.000} ({m.Ratio.Low:0.000}–{m.Ratio.High:0.000}) | {(m.MedianInterval is { } sure ? string.Create(CultureInfo.InvariantCulture, $"{sure.Low:0.000}–{sure.High:0.000}") : "–")} | {m.PlainWall:0} ms | {m.GatedWall:0} ms | {m.Bar?.ToString() ?? "–"} | {(m.Bar is null ? "–" : m.KeepsBar ? "yes" : m.Regressed ? "**no**" : "no, within noise")} |\n");
        }

        Measurement[] floored = [.. measurements.Where(static m => m.Variant == Variant.ReproGate && m.MoreThanFloor is not null)];
        if (floored.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                ## The floor
                Any SDK that comes as a package is found by NuGet's resolver, which MSBuild loads for it: the rows of {Variant.Floor.Title} show what that takes.
                No gate can be under it, so the bar in milliseconds counts from there. Median of what ReproGate took beyond it in the same round:

                | solution | scenario | beyond the floor |
                |---:|---|---:|

                """);
            foreach (Measurement m in floored)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {m.Subject.Name} | {m.Scenario.Title} | {m.MoreThanFloor:+0;-0;0} ms |\n");
            }
        }

        text.Append(GatePartsReport.Markdown(parts, choice.Repeats));
        text.Append(CultureInfo.InvariantCulture, $"""

            ## Method
            Each solution is generated once for each row's "with", and once for the plain SDK with lock files and locked mode on;
            a repository that was given is cloned once as it is committed, once without the line of the gate's SDK and once with an empty SDK in it.
            Libraries reference each other in a chain, every tenth project is a web application, each project has five
            packages, all of them used. {(choice.SideBySide ? Beside : choice.OneNode ? OneNode : InTurn)}, {choice.Rounds} rounds after one to warm up; the table shows medians,
            "more" the median of the differences within a round. CPU is user
            and system time of the whole tree of processes{(choice.SideBySide || choice.OneNode ? "" : ", MSBuild's nodes included (the benchmark reaps them)")}. Node reuse and
            the compiler server are off, so that all of it is counted; with them on, the plain build's own share is smaller
            and a ratio may be larger. No binary log is written while measuring.

            Up to date, a build with a binary log is read afterwards: no task of ours may have run in it, or the benchmark fails.
            A ratio is over its bar when the median pair is, and counts as broken when three pairs of four are.

            ## Limits
            One machine, one operating system, generated code, packages from a folder feed. A wall time of a build on few cores
            says little about many cores.

            """);
        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>Bars of the median ratio with its quartiles, and a line at 1.</summary>
    public static string Svg(IReadOnlyList<Measurement> measurements)
    {
        const int left = 330, width = 420, row = 26, top = 30;
        double max = Math.Max(1.1, measurements.Max(static m => m.Ratio.High) * 1.02);
        double X(double ratio) => left + (ratio / max * width);
        int height = top + (row * measurements.Count) + 20;
        var drawing = new SvgDrawing(left + width + 90, height, fontSize: 13);
        drawing.Text(left, 18, "start", "processor time / plain SDK (median and quartiles)");
        foreach ((int index, Measurement m) in measurements.Index())
        {
            int y = top + (index * row);
            drawing.Text(left - 8, y + 16, "end", $"{m.Subject.Name} × {m.Variant.Key}{(m.Base == Variant.Plain ? "" : " / " + m.Base.Key)}: {m.Scenario.Title.Replace("`", "", StringComparison.Ordinal)}");
            drawing.Bar(left, y + 4, X(m.Ratio.Median) - left, row - 9, m.KeepsBar ? "#4c9f70" : "#c8553d");
            drawing.Line(X(m.Ratio.Low), y + 13, X(m.Ratio.High), y + 13, 1.5);
            drawing.Text(X(max) + 6, y + 16, "start", m.Ratio.Median.ToString("0.000", CultureInfo.InvariantCulture));
        }

        drawing.Line(X(1), top - 4, X(1), height - 16, 1.5);
        return drawing.ToString();
    }
}
