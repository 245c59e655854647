using System.CommandLine;
using ReproGate.Cli.Why;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate why</c>: the chain behind a verdict.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var subject = new Argument<string>("subject") { Description = "A package id, a configuration key (Orders:Url), or an output of the clean room (its path, or the end of it)." };
        Argument<string?> path = Shared.PathArgument();
        var environment = new Option<string>("--environment") { Description = "For a configuration key: only this environment of the matrix.", DefaultValueFactory = static _ => "" };
        var command = new Command("why", "Says who brings a package, where a configuration key is read and what wins in each environment, or what made an output differ.") { subject, path, environment };
        command.SetAction((parsed, cancellation) => WhyAsync(Repo.Find(parsed.GetValue(path)), parsed.GetValue(subject)!, parsed.GetValue(environment)!, cancellation));
        return command;
    }

    /// <summary>The answer, one line each; the first source that knows the subject gives it.</summary>
    /// <exception cref="ToolException">No lock file, matrix, build or report knows it.</exception>
    public static async Task<IReadOnlyList<string>> AnswerAsync(Repo repo, string subject, string environment, Action<string> step, CancellationToken cancellation)
    {
        if (subject.Trim().Length == 0)
        {
            throw new ToolException("name a package, a configuration key or an output.");
        }

        PackageAnswer packages = await PackageAnswer.FindAsync(repo, subject, cancellation);
        if (packages.Lines.Count > 0)
        {
            return packages.Lines;
        }

        if (OutputAnswer.Find(repo, subject) is { Count: > 0 } output)
        {
            return output;
        }

        // Last, because it builds.
        (IReadOnlyList<string> configuration, string tried) = await ConfigurationAnswer.FindAsync(repo, subject, environment, step, cancellation);
        return configuration.Count > 0
            ? configuration
            : throw new ToolException($"nothing is known of '{subject}'. {packages.Tried} {OutputAnswer.Tried(repo)} {tried}");
    }

    private static async Task<int> WhyAsync(Repo repo, string subject, string environment, CancellationToken cancellation)
    {
        foreach (string line in await Terminal.WithStatusAsync($"Looking for {subject}", step => AnswerAsync(repo, subject, environment, step, cancellation)))
        {
            await Console.Out.WriteLineAsync(line);
        }

        return ExitCode.Clean;
    }
}
