using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Gates.Itself;

namespace ReproGate.Core.Tests.Gates.Itself;

public sealed class GateWeakenedTests
{
    private const string Props = "Directory.Build.props";
    private const string App = "src/App/App.csproj";
    private const string Moved = "src/New/App.csproj";

    [Fact]
    public void What_is_new_or_looser_is_told_at_its_line()
    {
        PolicyStatement day = new(PolicyKind.AcceptedFinding, "reprogate.baseline.json", "ab12", 100, "accepts RGATE2001 (Acme) until 2027-01-31", 3, 5);

        Assert.Equal(5, Assert.Single(Check([], [day])).Location.Column);
        Finding longer = Assert.Single(Check([day], [day with { Looseness = 101 }]));
        Assert.Equal((RuleCatalog.GateWeakened, 3), (longer.Rule, longer.Location.Line));
        Assert.StartsWith("reprogate.baseline.json accepts RGATE2001 (Acme) until 2027-01-31, which main does not.", longer.What, StringComparison.Ordinal);
        Assert.Empty(Check([day], [day]));
        Assert.Empty(Check([day], [day with { Looseness = 99 }]));
        Assert.Empty(Check([day], []));
    }

    [Theory]
    [InlineData(App, App, true, false)]
    [InlineData(Props, App, true, false)] // narrower than what the base says
    [InlineData(App, Props, true, true)] // wider
    [InlineData("src/App2/App.csproj", App, true, true)] // another project's, which still says it
    [InlineData("src/Old/App.csproj", App, false, false)] // the same project in another folder
    [InlineData("src/Old/Old.csproj", App, false, true)]
    [InlineData("src/App.csproj", App, true, true)] // a project's own property is not heard below it
    public void A_switch_that_moves_is_no_switch_that_is_new(string from, string to, bool fromStays, bool told)
    {
        PolicyStatement was = new(PolicyKind.Switch, from, "ReproGateMachineEnabled", 0, "sets ReproGateMachineEnabled to false", 4);

        IEnumerable<Finding> findings = GateWeakened.Check(Policy([was], from, App), Policy([was with { File = to }], fromStays ? [from, to, App] : [to, App]), "/r", "main", continuousIntegration: false);

        Assert.Equal(told ? 1 : 0, findings.Count());
    }

    [Fact]
    public void The_gate_s_line_must_stay_where_its_projects_stay()
    {
        PolicyStatement line = new(PolicyKind.SdkReference, Props, "ReproGate.Sdk", 0, "refers to ReproGate.Sdk", 2);
        GatePolicy before = Policy([line], Props, App);

        Finding removed = Assert.Single(Judge(before, Policy([], Props, App)));
        Assert.Equal(Path.Combine("/r", Props), removed.Location.File);
        Assert.Contains("no longer refers to ReproGate.Sdk", removed.What, StringComparison.Ordinal);
        Assert.Equal($"git checkout main -- \"{Props}\"", removed.Command);
        Assert.Contains("is gone", Assert.Single(Judge(before, Policy([], App))).What, StringComparison.Ordinal);
        // Narrower than before: another project no longer hears it.
        Assert.Single(Judge(before, Policy([line with { File = App }], Props, App)));

        // Nothing that heard it is left; it stands in a folder above; the project that said it moved.
        Assert.Empty(Judge(before, Policy([], "other/Other.csproj")));
        PolicyStatement inner = line with { File = "src/" + Props };
        Assert.Empty(Judge(Policy([inner], "src/" + Props, App), Policy([line], Props, App)));
        Assert.Empty(Judge(Policy([line with { File = App }], App), Policy([line with { File = Moved }], Moved)));
    }

    [Fact]
    public void A_lock_file_goes_only_together_with_its_project()
    {
        PolicyStatement locked = new(PolicyKind.LockFile, "src/App/packages.lock.json", "src/App/packages.lock.json", 0, "locks the packages of the project beside it", 0);
        GatePolicy before = Policy([locked], locked.File, App);

        Assert.Single(Judge(before, Policy([], App)));
        Assert.Empty(Judge(before, Policy([])));
        Assert.Empty(Judge(before, Policy([], Moved)));
    }

    [Fact]
    public void A_cell_gets_looser_and_a_key_may_come_and_go()
    {
        PolicyStatement cell = new(PolicyKind.MatrixCell, "reprogate.env.json", "Shop:Url in prod", 0, "no longer demands Shop:Url in prod", 9);

        Assert.Equal(9, Assert.Single(Check([cell], [cell with { Looseness = 1 }])).Location.Line);
        Assert.Empty(Check([cell with { Looseness = 1 }], [cell]));
        Assert.Empty(Check([], [cell with { Looseness = 1 }]));
        Assert.Empty(Check([cell], []));
        PolicyStatement part = cell with { Kind = PolicyKind.MatrixPart, Subject = "environment prod" };
        Assert.Single(Check([part], []));
        Assert.Empty(Check([], [part]));
    }

    [Fact]
    public void In_CI_it_is_an_error()
    {
        PolicyStatement added = new(PolicyKind.Suppression, App, "RGATE1003 in NoWarn", 0, "suppresses RGATE1003 by NoWarn", 7);

        Assert.Equal(Severity.Error, Assert.Single(GateWeakened.Check(Policy([], App), Policy([added], App), "/r", "main", continuousIntegration: true)).DefaultSeverity);
        Assert.Null(Assert.Single(Check([], [added])).DefaultSeverity);
    }

    private static Finding[] Check(PolicyStatement[] before, PolicyStatement[] now) => [.. Judge(Policy(before, App, "reprogate.env.json"), Policy(now, App, "reprogate.env.json"))];

    private static Finding[] Judge(GatePolicy before, GatePolicy now) => [.. GateWeakened.Check(before, now, "/r", "main", continuousIntegration: false)];

    private static GatePolicy Policy(PolicyStatement[] statements, params string[] files) => new([.. files], [.. statements]);
}
