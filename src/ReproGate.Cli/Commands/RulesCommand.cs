using System.CommandLine;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate rules</c>: the catalogue.</summary>
internal static class RulesCommand
{
    public static Command Create()
    {
        var command = new Command("rules", "Lists every rule with its default severity.");
        command.SetAction(static _ =>
        {
            if (Console.IsOutputRedirected)
            {
                WriteLines();
                return ExitCode.Clean;
            }

            var table = new Table { Border = TableBorder.Simple };
            table.AddColumns("id", "default", "gate", "fault");
            foreach (Rule rule in RuleCatalog.All)
            {
                table.AddRow(rule.Id, rule.DefaultSeverity == Severity.Error ? "[red]error[/]" : "[yellow]warning[/]", rule.Gate.ToString(), Markup.Escape(rule.Title));
            }

            Terminal.Out.Write(table);
            return ExitCode.Clean;
        });
        return command;
    }

    /// <summary>The same columns without a table's machinery, which takes as long to start as all the rest: a pipe has no width to fit into.</summary>
    private static void WriteLines()
    {
        int gate = RuleCatalog.All.Max(static rule => rule.Gate.ToString().Length);
        foreach (Rule rule in RuleCatalog.All)
        {
            Console.Out.WriteLine($"{rule.Id}  {(rule.DefaultSeverity == Severity.Error ? "error  " : "warning")}  {rule.Gate.ToString().PadRight(gate)}  {rule.Title}");
        }
    }
}
