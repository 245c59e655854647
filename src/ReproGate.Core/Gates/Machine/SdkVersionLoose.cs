using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReproGate.Facts;

namespace ReproGate.Gates.Machine;

/// <summary>RGATE4001: the repository leaves open which .NET SDK builds it, by more than the patch number.</summary>
public static partial class SdkVersionLoose
{
    private static readonly ImmutableHashSet<string> WithinBand = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "disable", "patch", "latestPatch");

    private const string Why = "Another machine builds with another SDK: another compiler, other analyzers, other implicit package versions.";

    /// <summary>Judges global.json.</summary>
    /// <param name="policy">What it says.</param>
    /// <param name="repositoryRoot">Absolute path of the repository's root.</param>
    /// <param name="running">Version of the SDK that builds now; empty where it is unknown.</param>
    public static IEnumerable<Finding> Check(SdkPolicy policy, string repositoryRoot, string running)
    {
        string version = running.Length > 0 ? running : "10.0.100";
        string sdk = $"\"sdk\": {{ \"version\": \"{version}\", \"rollForward\": \"latestPatch\" }}";
        if (!policy.Exists)
        {
            string target = Path.Combine(repositoryRoot, "global.json");
            yield return new Finding(
                RuleCatalog.SdkVersionLoose,
                new SourceLocation(target),
                "The repository has no global.json, so whichever .NET SDK is the newest on a machine builds it.",
                Why,
                $"Create {target} with: {{ {sdk} }}")
            {
                Subject = "missing",
                Edits = [new TextEdit(target, 1, 1, 1, 1, $"{{\n  \"sdk\": {{\n    \"version\": \"{version}\",\n    \"rollForward\": \"latestPatch\"\n  }}\n}}\n")],
            };
        }
        else if (!Territory.IsBelow(policy.Path, repositoryRoot))
        {
            yield return new Finding(
                RuleCatalog.SdkVersionLoose,
                new SourceLocation(policy.Path, 1, 1),
                $"The global.json that decides which .NET SDK builds lies outside the repository, at {policy.Path}.",
                "Whoever clones the repository does not get that file, and builds with another SDK.",
                $"Create {Path.Combine(repositoryRoot, "global.json")} with: {{ {sdk} }}")
            {
                Subject = "outside",
            };
        }
        else if (policy.Version is not { } pinned)
        {
            yield return new Finding(
                RuleCatalog.SdkVersionLoose,
                policy.Sdk ?? new SourceLocation(policy.Path, 1, 1),
                "global.json names no version of the .NET SDK, so whichever is the newest on a machine builds the repository.",
                Why,
                $"Write into it: {sdk}")
            {
                Subject = "version",
            };
        }
        else if (!FullVersion().IsMatch(pinned.Value))
        {
            yield return new Finding(
                RuleCatalog.SdkVersionLoose,
                pinned.Span.Start,
                $"global.json asks for the .NET SDK '{pinned.Value}', which is not one full version.",
                "The .NET SDK cannot match it, and takes another one or none.",
                $"Write \"{version}\", the version that runs now.")
            {
                Subject = "version",
                Edits = [pinned.Span.Replace(version)],
            };
        }
        else if (policy.RollForward is { } roll && !WithinBand.Contains(roll.Value))
        {
            yield return new Finding(
                RuleCatalog.SdkVersionLoose,
                roll.Span.Start,
                $"global.json lets the .NET SDK roll forward from {pinned.Value} by \"{roll.Value}\", beyond the patches of its band{(running.Length > 0 && running != pinned.Value ? $"; {running} runs now" : "")}.",
                Why,
                SameBand(pinned.Value, running)
                    ? "Write \"rollForward\": \"latestPatch\"."
                    : $"Write {sdk}, the version that runs now and its patches.")
            {
                Subject = "rollForward",
                Edits = SameBand(pinned.Value, running) ? [roll.Span.Replace("latestPatch")] : [pinned.Span.Replace(version), roll.Span.Replace("latestPatch")],
            };
        }
    }

    /// <summary>Whether two SDK versions are of one feature band, as 10.0.401 and 10.0.405 are of 10.0.4xx; what is no full version is of none.</summary>
    public static bool AreOfOneBand(string version, string other) => Band(version) is { } band && band == Band(other);

    private static bool SameBand(string pinned, string running) => running.Length == 0 || AreOfOneBand(pinned, running);

    private static string? Band(string version) => FullVersion().Match(version) is { Success: true } match ? match.Groups["band"].Value : null;

    [GeneratedRegex(@"^(?<band>\d{1,4}\.\d{1,4}\.\d)\d\d([-+][0-9A-Za-z.\-+]+)?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FullVersion();
}
