using System.CommandLine;
using System.Reflection;
using Spectre.Console;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate explain RGATE2001</c>: a rule's page, without network.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var rule = new Argument<string>("rule") { Description = "The rule's id (RGATE2001, or 2001) or its name.", HelpName = "rule" };
        // Help lists what an argument completes to where it has no name for help: seventy ids, in every line's width.
        rule.CompletionSources.Add(static _ => RuleCatalog.All.Select(static entry => new System.CommandLine.Completions.CompletionItem(entry.Id)));
        var command = new Command("explain", "Explains a rule: what it finds, why it matters, how to mend it, when to suppress it.") { rule };
        command.SetAction(parsed => Explain(parsed.GetValue(rule)!));
        return command;
    }

    /// <summary>The Markdown of a rule's page.</summary>
    public static string Page(Rule rule)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"rules/{rule.Id}.md")
            ?? throw new ToolException($"{rule.Id} has no page in this build of the tool.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Finds a rule by id, number or name, ignoring case.</summary>
    public static Rule Find(string text)
    {
        string word = text.Trim();
        Rule? rule = RuleCatalog.Find(word.Length == 4 ? "RGATE" + word : word)
            ?? RuleCatalog.All.FirstOrDefault(entry => entry.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
        return rule ?? throw new ToolException($"there is no rule '{text}'. `reprogate rules` lists them.");
    }

    private static int Explain(string text)
    {
        string page = Page(Find(text));
        if (Console.IsOutputRedirected || !Terminal.Out.Profile.Capabilities.Ansi)
        {
            Console.Out.Write(page);
            return ExitCode.Clean;
        }

        bool code = false;
        foreach (string line in page.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                code = !code;
                continue;
            }

            string escaped = Markup.Escape(line);
            Terminal.Out.MarkupLine(code ? $"  [cyan]{escaped}[/]" : line.StartsWith('#') ? $"[bold]{Markup.Escape(line.TrimStart('#', ' '))}[/]" : escaped);
        }

        return ExitCode.Clean;
    }
}
