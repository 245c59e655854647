using System.Text.RegularExpressions;
using ReproGate.TestKit;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReproGate.Demo;

/// <summary>The table a person reads.</summary>
internal static partial class DemoTable
{
    public static IRenderable Of(IEnumerable<Verdict> verdicts)
    {
        Table table = new Table()
            .Border(TableBorder.Rounded)
            .ShowRowSeparators()
            .AddColumn(new TableColumn("[bold]Fault[/]").Width(38))
            .AddColumn(new TableColumn("[bold]Plain SDK[/]").Width(14))
            .AddColumn("[bold]ReproGate[/]")
            .AddColumn(new TableColumn("[bold]Time[/]").RightAligned().NoWrap());
        foreach (Verdict verdict in verdicts)
        {
            table.AddRow(new Markup(Markup.Escape(verdict.Fault.Name)), Plain(verdict), Gated(verdict), new Text($"{verdict.Elapsed.TotalSeconds:0.0} s"));
        }

        return table;
    }

    private static Markup Plain(Verdict verdict)
    {
        if (verdict.Plain.ExitCode != 0)
        {
            return new Markup($"[red]{Markup.Escape(verdict.Plain.Errors.FirstOrDefault()?.Code ?? "fails")}[/]");
        }

        Diagnostic? warning = verdict.Plain.Warnings.FirstOrDefault();
        return verdict.Fault.Rule.Length == 0 ? new Markup("[green]passes[/]")
            : new Markup(warning is null ? "[yellow]passes[/]" : $"[yellow]passes[/], warns {Markup.Escape(warning.Code)}");
    }

    private static Markup Gated(Verdict verdict)
    {
        if (verdict.Problem is not null)
        {
            return new Markup($"[red bold]not as expected:[/] {Markup.Escape(verdict.Problem)}");
        }

        return verdict.Told is { } told
            ? new Markup($"[red]{told.Code}[/] [bold]{Markup.Escape(verdict.Place)}[/]\n{Markup.Escape(FirstSentence(ContentHash().Replace(verdict.Sentences, "${start}…")))}")
            : new Markup("[green]passes[/]");
    }

    /// <summary>Up to the first full stop that a capital letter follows: file names and versions hold others.</summary>
    private static string FirstSentence(string text) => SentenceEnd().Match(text) is { Success: true } end ? text[..(end.Index + 1)] : text;

    [GeneratedRegex(@"\.(?=\s+\p{Lu})")]
    private static partial Regex SentenceEnd();

    // 64 bytes in base64: the eye needs only its beginning.
    [GeneratedRegex(@"(?<start>[A-Za-z0-9+/]{8})[A-Za-z0-9+/]{78}==")]
    private static partial Regex ContentHash();
}
