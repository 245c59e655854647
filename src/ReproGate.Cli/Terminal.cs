using Spectre.Console;

namespace ReproGate.Cli;

/// <summary>Where the tool writes: results to standard output, progress and remarks to standard error, so that a pipe gets results only.</summary>
internal static class Terminal
{
    private const int Epipe = 32;
    private const int ErrorNoData = 232;

    /// <summary>How long a command may take to end after Ctrl-C: putting a container away takes seconds, and whatever is killed at once does not wait for it.</summary>
    public static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(1);

    /// <summary>Standard output, with colours where a terminal reads it and NO_COLOR is not set.</summary>
    public static IAnsiConsole Out => field ??= Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error, likewise.</summary>
    public static IAnsiConsole Error => field ??= Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Shows a diff, in colours where a terminal reads it.</summary>
    public static void ShowDiff(string diff)
    {
        if (!Out.Profile.Capabilities.Ansi)
        {
            Console.Out.Write(diff);
            return;
        }

        foreach (string line in diff.TrimEnd('\n').Split('\n'))
        {
            string text = Markup.Escape(line);
            Out.MarkupLine(line switch
            {
                ['+', ..] => $"[green]{text}[/]",
                ['-', ..] => $"[red]{text}[/]",
                ['@', ..] => $"[cyan]{text}[/]",
                _ => text,
            });
        }
    }

    /// <summary>A remark on standard error, also while a spinner turns there.</summary>
    public static void Remark(string text)
    {
        if (Error.Profile.Capabilities.Interactive)
        {
            Error.MarkupLineInterpolated($"{text}");
            return;
        }

        // Whole: a file or pipe breaks no lines.
        Console.Error.WriteLine(text);
    }

    /// <summary>Whether the error means that the reader of a pipe has gone.</summary>
    public static bool IsPipeClosed(IOException exception) => (exception.HResult & 0xFFFF) is Epipe or ErrorNoData;

    /// <summary>Runs work behind a spinner where a person watches; elsewhere one line says that it has begun.</summary>
    public static async Task<T> WithStatusAsync<T>(string what, Func<Action<string>, Task<T>> work)
    {
        if (Console.IsErrorRedirected || !Error.Profile.Capabilities.Interactive)
        {
            Console.Error.WriteLine(what + " …");
            return await work(static _ => { });
        }

        return await Error.Status().StartAsync(Markup.Escape(what), context => work(step => context.Status(Markup.Escape(step))));
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            // A file or pipe has no width of its own, and a table squeezed into 80 columns is hard to read.
            console.Profile.Width = 160;
            console.Profile.Capabilities.Ansi = false;
            console.Profile.Capabilities.Interactive = false;
        }

        return console;
    }
}
