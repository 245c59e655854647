using System.CommandLine;

namespace ReproGate.Cli.Commands;

/// <summary>Arguments that several commands take.</summary>
internal static class Shared
{
    public static Argument<string?> PathArgument() => new("path")
    {
        Description = "A solution, a project, or a folder that holds one; the current folder where it is left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
