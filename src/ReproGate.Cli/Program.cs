using System.CommandLine;
using System.CommandLine.Invocation;
using ReproGate.Cli;
using ReproGate.Cli.Commands;

// The composition root: one command a file below Commands/. A command that is named first is the only one that is set up, so that it starts quickly;
// help, completion and what is misspelt need all of them.
(string Name, Func<Command> Create)[] commands =
[
    ("check", CheckCommand.Create),
    ("fix", FixCommand.Create),
    ("lock", LockCommand.Create),
    ("cleanroom", CleanRoomCommand.Create),
    ("explain", ExplainCommand.Create),
    ("why", WhyCommand.Create),
    ("rules", RulesCommand.Create),
    ("verify", VerifyCommand.Create),
    ("baseline", BaselineCommand.Create),
    ("init", InitCommand.Create),
    ("report", ReportCommand.Create),
    ("hook", HookCommand.Create),
    ("mcp", McpCommand.Create),
];
var root = new RootCommand("Finds what a .NET repository relies on and does not declare.");
(string Name, Func<Command> Create)[] named = [.. commands.Where(command => args.Length > 0 && command.Name == args[0])];
foreach ((_, Func<Command> create) in named.Length > 0 || args is ["--version"] ? named : commands)
{
    root.Add(create());
}

try
{
    ParseResult parsed = root.Parse(args);
    int exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Terminal.LongestEnd });
    // A word that is no command is nothing found, and System.CommandLine's own code for it is the one for findings.
    return parsed.Action is ParseErrorAction ? ExitCode.CouldNotRun : exitCode;
}
catch (ToolException exception)
{
    Console.Error.WriteLine("reprogate: " + exception.Message);
    return ExitCode.CouldNotRun;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("reprogate: cancelled");
    return ExitCode.CouldNotRun;
}
catch (IOException exception) when (Terminal.IsPipeClosed(exception))
{
    // The reader of our output has gone, as with `reprogate rules | head`.
    return ExitCode.Clean;
}
catch (Exception exception) when (exception is not OutOfMemoryException)
{
    // Ours to mend, so everything that helps to find it is told; what ran before stays, and nothing is said to be clean.
    Console.Error.WriteLine("reprogate: a fault of the tool itself, please report it: " + exception);
    return ExitCode.CouldNotRun;
}
