using System.CommandLine;
using System.Text.Json;
using ReproGate.Cli.Building;
using ReproGate.Reports;

namespace ReproGate.Cli.Commands;

/// <summary>
/// <c>reprogate hook</c>: for the stop hook of a coding agent. JSON comes on standard input (<c>cwd</c>, <c>stop_hook_active</c>), a verdict goes
/// to standard output, and exit code 2 keeps the agent at work, with the findings on standard error. Source of the protocol: Claude Code, "Hooks reference".
/// </summary>
internal static class HookCommand
{
    private const int Block = 2;
    private const int MaxFindings = 20;

    public static Command Create()
    {
        Argument<string?> path = Shared.PathArgument();
        var command = new Command("hook", "Stop hook for coding agents: JSON on standard input, exit code 2 while there are errors.") { path };
        command.SetAction((parsed, cancellation) => HookAsync(parsed.GetValue(path), Console.In, cancellation));
        return command;
    }

    private static async Task<int> HookAsync(string? path, TextReader input, CancellationToken cancellation)
    {
        (string? folder, bool again) = Read(await input.ReadToEndAsync(cancellation));
        if (again)
        {
            // The agent was sent back once already and stops all the same: a second refusal could go on for ever.
            return ExitCode.Clean;
        }

        Repo repo = Repo.Find(path ?? folder);
        GateBuildResult result = await GateBuild.RunAsync(repo, [], static _ => { }, cancellation);
        ReportedFinding[] errors = [.. result.Findings.Where(static finding => finding.Level == Severity.Error)];
        if (errors.Length == 0)
        {
            return ExitCode.Clean;
        }

        string lines = JsonLinesReport.Write(errors.Take(MaxFindings), CheckCommand.VerifyCommand(repo));
        string reason = $"ReproGate finds {errors.Length} errors. Mend each as its fix says, suppress none, then run: {CheckCommand.VerifyCommand(repo)}";
        Console.Out.WriteLine(JsonSerializer.Serialize(new { decision = "block", reason }));
        Console.Error.WriteLine(reason);
        Console.Error.Write(lines);
        return Block;
    }

    internal static (string? Folder, bool Again) Read(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return (null, false);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? (root.TryGetProperty("cwd", out JsonElement cwd) && cwd.ValueKind == JsonValueKind.String ? cwd.GetString() : null,
                    root.TryGetProperty("stop_hook_active", out JsonElement active) && active.ValueKind == JsonValueKind.True)
                : throw new ToolException("the hook's standard input must be one JSON object.");
        }
        catch (JsonException exception)
        {
            throw new ToolException("the hook's standard input is no JSON: " + exception.Message);
        }
    }
}
