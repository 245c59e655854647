using System.CommandLine;
using ReproGate.Cli;
using ReproGate.Cli.Commands;

// The composition root: one command a file below Commands/. What a command needs is loaded when it runs, so that `reprogate --help` stays quick.
var root = new RootCommand("Finds what a .NET repository relies on and does not declare.")
{
    CheckCommand.Create(),
    FixCommand.Create(),
    LockCommand.Create(),
    ExplainCommand.Create(),
    WhyCommand.Create(),
    RulesCommand.Create(),
    BaselineCommand.Create(),
    InitCommand.Create(),
    ReportCommand.Create(),
    HookCommand.Create(),
    McpCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
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
