using System.Text.RegularExpressions;
using ReproGate.Cli.Building;

namespace ReproGate.Cli.Why;

/// <summary>Where a configuration key is read, and what wins in each environment: the target <c>ReproGateExplainConfig</c>, asked for one key.</summary>
internal static partial class ConfigurationAnswer
{
    /// <summary>Builds what is not built, and asks each application.</summary>
    /// <returns>The answer, empty where no application knows the key; and what was tried, one sentence.</returns>
    public static async Task<(IReadOnlyList<string> Lines, string Tried)> FindAsync(Repo repo, string key, string environment, Action<string> step, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(repo.Root, "reprogate.env.json")))
        {
            return ([], "There is no reprogate.env.json, so configuration keys are not known: dotnet build -t:ReproGateInit writes it.");
        }

        if (!IsPlain(key))
        {
            return ([], "It is no configuration key.");
        }

        return (await AskAsync(repo, key, environment, step, cancellation), "No application of the matrix reads, declares or is given such a key.");
    }

    /// <summary>Everything the target tells, of all applications.</summary>
    /// <exception cref="ToolException">There is no matrix, or the build fails.</exception>
    public static async Task<IReadOnlyList<string>> AllAsync(Repo repo, string environment, CancellationToken cancellation) => File.Exists(Path.Combine(repo.Root, "reprogate.env.json"))
        ? await AskAsync(repo, "*", environment, static _ => { }, cancellation)
        : throw new ToolException("there is no reprogate.env.json: dotnet build -t:ReproGateInit writes it.");

    private static async Task<IReadOnlyList<string>> AskAsync(Repo repo, string key, string environment, Action<string> step, CancellationToken cancellation)
    {
        if (!IsPlain(environment))
        {
            throw new ToolException($"'{environment}' is the name of no environment.");
        }

        var lines = new List<string>();
        var other = new List<string>();
        string? last = null;
        int exitCode = await GateBuild.RunDotnetAsync(
            repo.Root,
            ["build", repo.Entry, "-t:ReproGateExplainConfig", $"-p:ConfigurationKey={key}", $"-p:Environment={environment}", "-p:ReproGateMode=observe", "-v:minimal", "-tl:off", "-nologo", "-clp:NoSummary"],
            line =>
            {
                if (Answer().Match(line) is { Success: true } match)
                {
                    string app = match.Groups["app"].Value;
                    if (app != last)
                    {
                        lines.Add(app);
                        last = app;
                    }

                    lines.Add("  " + match.Groups["line"].Value);
                }
                else
                {
                    GateBuild.Sort(line, [], other, step);
                }
            },
            cancellation);
        return exitCode == 0 || lines.Count > 0
            ? lines
            : throw new ToolException($"the build that tells of configuration keys fails: {(other.Count > 0 ? other[0] : $"exit code {exitCode}")}");
    }

    /// <summary>Whether MSBuild takes a text on its command line for one value: after a separator it would read another property, which can run anything.</summary>
    internal static bool IsPlain(string text) => text.AsSpan().IndexOfAny(";,%$@'\"\r\n") < 0;

    [GeneratedRegex(@"^\s*\[(?<app>[^\]\r\n]+)\] (?<line>.*)$")]
    private static partial Regex Answer();
}
