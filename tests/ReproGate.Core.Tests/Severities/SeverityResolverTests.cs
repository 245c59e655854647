using CsCheck;
using ReproGate.Severities;

namespace ReproGate.Core.Tests.Severities;

public sealed class SeverityResolverTests
{
    private const Severity E = Severity.Error;
    private const Severity W = Severity.Warning;
    private const Severity I = Severity.Info;
    private const Severity N = Severity.None;

    private static readonly Rule ErrorRule = RuleCatalog.LockFileMissing;
    private static readonly Rule WarningRule = RuleCatalog.LockDependsOnMachine;

    [Theory]
    // default, configured, NoWarn, AsErrors, NotAsErrors, treat, observe, expected
    [InlineData(E, null, "", "", "", false, false, E)]
    [InlineData(W, null, "", "", "", false, false, W)]
    [InlineData(E, null, "ID", "", "", false, false, N)]
    [InlineData(W, E, "ID", "ID", "", true, false, N)]
    [InlineData(E, W, "", "", "", false, false, W)]
    [InlineData(E, I, "", "", "", false, false, I)]
    [InlineData(E, N, "", "", "", false, false, N)]
    [InlineData(W, E, "", "", "", false, false, E)]
    [InlineData(W, null, "", "ID", "", false, false, E)]
    [InlineData(W, N, "", "ID", "", false, false, E)]
    [InlineData(W, I, "", "ID", "", false, false, E)]
    [InlineData(W, null, "", "", "", true, false, E)]
    [InlineData(E, W, "", "", "", true, false, E)]
    [InlineData(E, I, "", "", "", true, false, I)]
    [InlineData(W, N, "", "", "", true, false, N)]
    [InlineData(W, null, "", "", "ID", true, false, W)]
    [InlineData(W, E, "", "", "ID", true, false, E)]
    [InlineData(E, null, "", "", "ID", true, false, E)]
    [InlineData(W, null, "", "ID", "ID", true, false, W)]
    [InlineData(E, null, "", "", "", false, true, W)]
    [InlineData(W, null, "", "ID", "", true, true, W)]
    [InlineData(E, null, "ID", "", "", false, true, N)]
    [InlineData(W, I, "", "", "", false, true, I)]
    public void It_follows_the_order_of_Roslyn(Severity byDefault, Severity? configured, string noWarn, string asErrors, string notAsErrors, bool treat, bool observe, Severity expected)
    {
        Rule rule = byDefault == E ? ErrorRule : WarningRule;
        SeveritySettings settings = Settings(noWarn.Replace("ID", rule.Id), asErrors.Replace("ID", rule.Id), notAsErrors.Replace("ID", rule.Id), treat, observe);

        Assert.Equal(expected, SeverityResolver.Resolve(rule, null, configured, settings));
        // The finding's own default takes the place of the rule's.
        Rule other = byDefault == E ? WarningRule : ErrorRule;
        SeveritySettings same = Settings(noWarn.Replace("ID", other.Id), asErrors.Replace("ID", other.Id), notAsErrors.Replace("ID", other.Id), treat, observe);
        Assert.Equal(expected, SeverityResolver.Resolve(other, byDefault, configured, same));
    }

    [Theory]
    [InlineData(null, "", true, W)]
    [InlineData(null, "CS1591", true, W)]
    [InlineData(W, "", true, W)]
    [InlineData(null, "RGATE0090", false, E)]
    [InlineData(E, "", false, E)]
    [InlineData(N, "", true, N)]
    public void A_check_that_could_not_run_becomes_an_error_only_by_its_id(Severity? configured, string asErrors, bool treat, Severity expected) =>
        Assert.Equal(expected, SeverityResolver.Resolve(RuleCatalog.CheckCouldNotRun, null, configured, Settings("", asErrors, "", treat, false)));

    [Theory]
    [InlineData("RGATE1001")]
    [InlineData("CS1591;rgate1001")]
    [InlineData("1701, 1702 ,RGATE1001")]
    [InlineData("\n      CS1591\r\n  rGaTe1001 NU1603\t;; nullable ")]
    public void Lists_take_every_separator_and_any_case(string list) =>
        Assert.Contains("RGATE1001", (IReadOnlySet<string>)SeveritySettings.ParseList(list));

    [Fact]
    public void A_list_of_something_else_holds_no_id_of_ours()
    {
        Assert.DoesNotContain("RGATE1001", (IReadOnlySet<string>)SeveritySettings.ParseList("nullable;RGATE10011;XRGATE1001;RGATE100"));
        Assert.Empty(SeveritySettings.ParseList(null));
    }

    [Fact]
    public void Observe_never_lets_an_error_through_and_never_makes_a_finding_louder_than_a_warning()
    {
        Severity?[] severities = [null, N, I, W, E];
        string[] lists = ["", "RGATE1001", "RGATE0090;RGATE1012", "CS1591"];
        Gen<Severity?> severity = Gen.Int[0, severities.Length - 1].Select(i => severities[i]);
        Gen<string> list = Gen.Int[0, lists.Length - 1].Select(i => lists[i]);
        Gen.Select(Gen.Int[0, RuleCatalog.All.Length - 1].Select(static i => RuleCatalog.All[i]), severity, severity, list, list, list, Gen.Bool)
            .Sample((rule, own, configured, noWarn, asErrors, notAsErrors, treat) =>
            {
                Severity enforced = SeverityResolver.Resolve(rule, own, configured, Settings(noWarn, asErrors, notAsErrors, treat, false));
                Severity observed = SeverityResolver.Resolve(rule, own, configured, Settings(noWarn, asErrors, notAsErrors, treat, true));
                Assert.Equal(enforced == E ? W : enforced, observed);
            });
    }

    private static SeveritySettings Settings(string noWarn, string asErrors, string notAsErrors, bool treat, bool observe) => new()
    {
        NoWarn = SeveritySettings.ParseList(noWarn),
        WarningsAsErrors = SeveritySettings.ParseList(asErrors),
        WarningsNotAsErrors = SeveritySettings.ParseList(notAsErrors),
        TreatWarningsAsErrors = treat,
        Observe = observe,
    };
}
