using System.CommandLine;
using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using ReproGate.Cli.Building;
using ReproGate.Cli.Why;
using ReproGate.Reports;

namespace ReproGate.Cli.Commands;

/// <summary>
/// <c>reprogate mcp</c>: a server of the Model Context Protocol on standard input and output. It reads and builds; it changes no file that git tracks.
/// Source: modelcontextprotocol.io, "Specification", through the official package.
/// </summary>
internal static class McpCommand
{
    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var command = new Command("mcp", "Serves check, explain, why, configuration and rules to coding agents by the Model Context Protocol on standard input and output.") { path };
        command.SetAction((parsed, cancellation) => ServeAsync(Repo.Find(parsed.GetValue(path)), cancellation));
        return command;
    }

    private static async Task<int> ServeAsync(Repo repo, CancellationToken cancellation)
    {
        var tools = new Tools(repo);
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "reprogate", Version = MergedSarif.Version },
            ServerInstructions = "Finds what this .NET repository relies on and does not declare. Mend findings as their fix says; do not suppress them.",
            ToolCollection =
            [
                Tool(tools.CheckAsync, "check", "Runs all gates over the repository and lists every finding as one JSON object a line, each with the edit or command that mends it. Empty text: nothing was found."),
                Tool(Tools.Explain, "explain", "The page of one rule: what it finds, why it matters, how to mend it, when to suppress it."),
                Tool(tools.WhyAsync, "why", "The chain behind a verdict: who brings a package, where a configuration key is read and what wins in each environment, or what made an output of the clean room differ."),
                Tool(tools.ConfigurationAsync, "configuration", "The effective configuration of each application and environment of the matrix: each key with the provider that wins, where, and what it shadows. Secrets are left out."),
                Tool(Tools.Rules, "rules", "Every rule with its id, default severity and fault."),
            ],
        };
        await using var transport = new StdioServerTransport("reprogate");
        await using McpServer server = McpServer.Create(transport, options);
        await server.RunAsync(cancellation);
        return ExitCode.Clean;
    }

    private static McpServerTool Tool(Delegate method, string name, string description) =>
        McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, Description = description, ReadOnly = true, Idempotent = true, Destructive = false, OpenWorld = false });

    private sealed class Tools(Repo repo)
    {
        private readonly SemaphoreSlim _one = new(1, 1);

        public async Task<string> CheckAsync(
            [Description("A solution or project relative to the repository's root; the one the server was started for where it is left out.")] string? path = null,
            CancellationToken cancellation = default)
        {
            Repo asked = path is null ? repo : Within(path);
            // Two builds of one tree at once would wait for each other's files.
            await _one.WaitAsync(cancellation);
            try
            {
                GateBuildResult result = await GateBuild.RunAsync(asked, [], static _ => { }, cancellation);
                string findings = JsonLinesReport.Write(result.Findings, CheckCommand.VerifyCommand(asked));
                return result.OtherErrors.Length > 0
                    ? findings + "The build fails for other reasons, so some gates have not run:\n" + string.Join('\n', result.OtherErrors)
                    : result.Gated ? findings : $"No gate has run in {asked.EntryName}: it does not use ReproGate.Sdk.";
            }
            finally
            {
                _one.Release();
            }
        }

        public async Task<string> WhyAsync(
            [Description("A package id, a configuration key such as Orders:Url, or an output's path.")] string subject,
            [Description("For a configuration key: only this environment.")] string environment = "",
            CancellationToken cancellation = default)
        {
            await _one.WaitAsync(cancellation);
            try
            {
                return string.Join('\n', await WhyCommand.AnswerAsync(repo, subject, environment, static _ => { }, cancellation));
            }
            finally
            {
                _one.Release();
            }
        }

        public async Task<string> ConfigurationAsync([Description("One environment of the matrix; all where it is left out.")] string environment = "", CancellationToken cancellation = default)
        {
            await _one.WaitAsync(cancellation);
            try
            {
                return string.Join('\n', await ConfigurationAnswer.AllAsync(repo, environment, cancellation));
            }
            finally
            {
                _one.Release();
            }
        }

        public static string Explain([Description("The rule's id, for example RGATE2001.")] string rule) => ExplainCommand.Page(ExplainCommand.Find(rule));

        public static string Rules() => string.Concat(RuleCatalog.All.Select(static rule => $"{rule.Id} {LineReports.Word(rule.DefaultSeverity)}: {rule.Title}\n"));

        private Repo Within(string path)
        {
            string full = Path.GetFullPath(Path.Combine(repo.Root, path));
            return full.StartsWith(repo.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? Repo.Find(full)
                : throw new ToolException($"'{path}' lies outside the repository.");
        }
    }
}
