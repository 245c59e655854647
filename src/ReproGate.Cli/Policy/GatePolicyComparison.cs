using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.Itself;
using ReproGate.Reports;
using ReproGate.Repository.Policy;
using ReproGate.Settings.Matrix;

namespace ReproGate.Cli.Policy;

/// <summary>Tells what a change loosens in the gates that judge it (RGATE0020): the work tree's files against a commit's, without a build.</summary>
internal static class GatePolicyComparison
{
    private const string MatrixFile = "reprogate.env.json";

    /// <summary>Compares.</summary>
    /// <param name="repo">The repository.</param>
    /// <param name="revision">The base as the user named it.</param>
    /// <param name="commit">Its object name.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ToolException">git cannot read one of the two states.</exception>
    public static async Task<ImmutableArray<ReportedFinding>> RunAsync(Repo repo, string revision, string commit, CancellationToken cancellation)
    {
        RepositoryState before = await RepositoryState.OfCommitAsync(repo.Root, commit, GatePolicyReader.Speaks, cancellation)
            ?? throw new ToolException($"git could not read the files of {revision}, so what the change loosens cannot be told.");
        RepositoryState now = await RepositoryState.OfWorkTreeAsync(repo.Root, GatePolicyReader.Speaks, cancellation)
            ?? throw new ToolException("git could not list the files of the work tree, so what the change loosens cannot be told.");
        GatePolicy then = Read(before, fallback: null);
        if (!then.Statements.Any(static statement => statement.Kind == PolicyKind.SdkReference))
        {
            // The change that brings the gate weakens nothing.
            return [];
        }

        var paths = new ReportPaths(repo.Root, ignoreCase: !OperatingSystem.IsLinux());
        return
        [
            .. GateWeakened.Check(then, Read(now, then), repo.Root, revision, InContinuousIntegration()).Select(finding =>
                new ReportedFinding(finding.Rule.Id, finding.DefaultSeverity ?? finding.Rule.DefaultSeverity, repo.Relative(finding.Location.File), finding.Location.Line, finding.Location.Column, finding.Message)
                {
                    What = finding.What,
                    Why = finding.Why,
                    Fix = finding.Fix,
                    Subject = finding.Subject,
                    Command = finding.Command ?? "",
                    Fingerprint = Fingerprint.Of(finding, paths),
                    IsNew = true,
                }),
        ];
    }

    private static GatePolicy Read(RepositoryState state, GatePolicy? fallback)
    {
        GatePolicy policy = GatePolicyReader.Read(state);
        if (!state.Contents.TryGetValue(MatrixFile, out ReadOnlyMemory<byte> matrix))
        {
            return policy;
        }

        // A matrix that cannot be read is RGATE0001's, which stops the build; it is not a row less.
        IEnumerable<PolicyStatement> rows = MatrixPolicy.Read(MatrixFile, matrix.Span)
            ?? (IEnumerable<PolicyStatement>?)fallback?.Statements.Where(static statement => statement.Kind is PolicyKind.MatrixPart or PolicyKind.MatrixCell)
            ?? [];
        return policy with { Statements = [.. policy.Statements, .. rows] };
    }

    /// <summary>The variables by which ReproGate.Defaults.props knows CI too.</summary>
    private static bool InContinuousIntegration() =>
        Is("CI", "true", "1") || Is("ContinuousIntegrationBuild", "true") || Is("TF_BUILD", "true") || Is("GITHUB_ACTIONS", "true") || Is("GITLAB_CI", "true")
        || Environment.GetEnvironmentVariable("TEAMCITY_VERSION") is { Length: > 0 } || Environment.GetEnvironmentVariable("JENKINS_URL") is { Length: > 0 };

    private static bool Is(string variable, params ReadOnlySpan<string> values)
    {
        foreach (string value in values)
        {
            if (string.Equals(Environment.GetEnvironmentVariable(variable), value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
