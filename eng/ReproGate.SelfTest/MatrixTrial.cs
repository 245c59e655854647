using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;

namespace ReproGate.SelfTest;

/// <summary>One required cell of the matrix whose providers were taken away.</summary>
/// <param name="Environment">The environment's name in the matrix.</param>
/// <param name="Row">The row.</param>
/// <param name="Given">What gave the key until then; empty where nothing in the repository did and only the cell said so.</param>
/// <param name="New">What the gate finds that it did not find before.</param>
internal sealed record MatrixTrial(string Environment, MatrixKey Row, ImmutableArray<string> Given, ImmutableArray<Finding> New)
{
    /// <summary>
    /// Takes away, for each required cell of an application in turn, whatever gives the key in that environment, and judges again. Nothing is written.
    /// A cell's source outside the repository (a vault, a chart's value, an app host) is taken away with the cell's word for it. Of keys of which one is
    /// enough all are taken, and what is then told of the others is expected too.
    /// </summary>
    public static IEnumerable<MatrixTrial> Of(AppConfiguration facts)
    {
        var app = new JudgedApp(facts);
        HashSet<string> before = [.. ConfigurationGate.Check(facts).Select(Identity)];
        foreach (JudgedEnvironment environment in app.Environments)
        {
            foreach (MatrixKey row in app.Rows.Where(static row => !row.BuildPhase && !KeyPattern.IsPattern(row.Key)))
            {
                ConfigurationRead[] reads = [.. app.ReadsOf(row)];
                if (reads.Length == 0 || environment.PresenceOf(row, reads) != Presence.Required)
                {
                    continue;
                }

                HashSet<string> groups = [.. reads.Select(static read => read.AnyOf).Where(static group => group.Length > 0)];
                string[] keys = [row.Key, .. facts.Code.Reads.Where(read => groups.Contains(read.AnyOf)).Select(static read => read.Key), .. app.Rows.Where(other => row.AnyOf.Length > 0 && other.AnyOf == row.AnyOf).Select(static other => other.Key)];
                AppConfiguration without = Without(facts, environment, keys, row);
                string[] given = [.. environment.Loaded.Where(provider => provider.Keys.Any(key => Is(key, keys))).Select(static provider => provider.Name)];
                yield return new MatrixTrial(environment.Environment.Name, row, [.. given], [.. ConfigurationGate.Check(without).Where(finding => !before.Contains(Identity(finding)) && !IsOfGroup(app, finding, environment, row))]);
            }
        }
    }

    /// <summary>Whether exactly the missing key was told.</summary>
    public bool IsTold(string app) => New is [var finding] && finding.Rule.Id == RuleCatalog.KeyMissingInEnvironment.Id && finding.Subject == $"{app} {Environment} {Row.Key}";

    private static AppConfiguration Without(AppConfiguration facts, JudgedEnvironment environment, string[] keys, MatrixKey row) => facts with
    {
        Environments =
        [
            .. facts.Environments.Select(other => other.Environment != environment.Environment ? other : other with
            {
                Set = other.Set with
                {
                    Providers = [.. other.Set.Providers.Where(static provider => !provider.Opaque && provider.Kind != ProviderKind.External).Select(provider => provider with { Keys = [.. provider.Keys.Where(key => !Is(key, keys))] })],
                    Variables = [.. other.Set.Variables.Where(static provider => !provider.Opaque).Select(provider => provider with { Keys = [.. provider.Keys.Where(key => !keys.Any(name => Names(name, key)))] })],
                },
            }),
        ],
        Matrix = facts.Matrix with
        {
            Keys = [.. facts.Matrix.Keys.Select(other => !ReferenceEquals(other, row) || !other.Cells.TryGetValue(environment.Environment.Name, out MatrixCell? cell) ? other : other with { Cells = other.Cells.SetItem(environment.Environment.Name, cell with { Source = "any" }) })],
        },
    };

    private static bool Is(ProvidedKey given, string[] keys) => keys.Any(key => given.Key.Equals(key, StringComparison.OrdinalIgnoreCase) || KeyPattern.IsBelow(given.Key, key));

    private static bool Names(string key, ProvidedKey variable) =>
        variable.Key == key || JudgedApp.KeyOfVariable(variable.Key) is var mapped && (mapped.Equals(key, StringComparison.OrdinalIgnoreCase) || KeyPattern.IsBelow(mapped, key));

    private static bool IsOfGroup(JudgedApp app, Finding finding, JudgedEnvironment environment, MatrixKey row) =>
        finding.Rule.Id == RuleCatalog.KeyMissingInEnvironment.Id
        && app.Rows.Any(other => !ReferenceEquals(other, row) && row.AnyOf.Length > 0 && other.AnyOf == row.AnyOf && finding.Subject == $"{app.Name} {environment.Environment.Name} {other.Key}");

    private static string Identity(Finding finding) => $"{finding.Rule.Id} {finding.Subject} {finding.Location}";
}
