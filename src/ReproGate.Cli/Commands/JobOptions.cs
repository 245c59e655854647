using System.CommandLine;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Commands;

/// <summary>Options that say what the jobs of a clean room are, for the command that runs them and the one that lists them.</summary>
internal static class JobOptions
{
    public static Option<string[]> Platform() => new("--platform") { Description = "The platform of the room, as linux/arm64; several times for a job each.", Arity = ArgumentArity.OneOrMore };

    public static Option<string[]> Context() => new("--context") { Description = "A docker context or podman connection; several times to deal the jobs out, one at a time on each.", Arity = ArgumentArity.OneOrMore };

    public static Option<bool> CompareContexts() => new("--compare-contexts") { Description = "Build everything on each context, and compare what comes out." };

    /// <summary>The platforms, checked.</summary>
    /// <exception cref="ToolException">One is none.</exception>
    public static IReadOnlyList<string> Platforms(string[]? given) => Checked(given, Job.IsPlatform, "a platform", "linux/amd64 or linux/arm64");

    /// <summary>The contexts, checked.</summary>
    /// <exception cref="ToolException">One is none.</exception>
    public static IReadOnlyList<string> Contexts(string[]? given) => Checked(given, Job.IsContext, "a context's name", "default; `docker context ls` lists them");

    private static string[] Checked(string[]? given, Func<string, bool> check, string what, string example)
    {
        string[] values = [.. (given ?? []).Distinct(StringComparer.Ordinal)];
        return values.FirstOrDefault(value => !check(value)) is { } wrong ? throw new ToolException($"'{wrong}' is not {what}, as {example}.") : values;
    }
}
