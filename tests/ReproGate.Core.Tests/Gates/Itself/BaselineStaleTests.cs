using ReproGate.Facts;
using ReproGate.Gates.Itself;

namespace ReproGate.Core.Tests.Gates.Itself;

public sealed class BaselineStaleTests
{
    private static readonly DateOnly Today = new(2027, 1, 15);

    [Theory]
    [InlineData("told", "2027-01-15", true, null)] // its last day is today
    [InlineData("told", "2027-01-14", true, "until 2027-01-14, and it still stands")]
    [InlineData("told", "2027-01-14", false, "until 2027-01-14, and it still stands")]
    [InlineData("gone", "2027-12-31", true, "no longer found")]
    [InlineData("gone", "2027-01-01", true, "no longer found")]
    [InlineData("gone", "2027-12-31", false, null)] // the check did not see everything
    public void An_entry_is_told_when_it_is_no_longer_true(string fingerprint, string expires, bool complete, string? text)
    {
        Finding[] findings = [.. BaselineStale.Check(new Baseline([Entry(fingerprint, "check|a", expires)]), "check|a", new HashSet<string> { "told" }, complete, Today)];

        if (text is null)
        {
            Assert.Empty(findings);
            return;
        }

        Finding finding = Assert.Single(findings);
        Assert.Equal(RuleCatalog.SuppressionStale, finding.Rule);
        Assert.Contains(text, finding.What, StringComparison.Ordinal);
        Assert.Equal(7, finding.Location.Line);
    }

    [Fact]
    public void Another_check_s_entry_is_not_judged() =>
        Assert.Empty(BaselineStale.Check(new Baseline([Entry("gone", "check|b", "2020-01-01")]), "check|a", new HashSet<string>(), complete: true, Today));

    [Fact]
    public void The_mend_of_an_entry_that_is_gone_is_a_command_and_of_an_expired_one_a_person_s()
    {
        var baseline = new Baseline([Entry("gone", "c", "2027-12-31"), Entry("told", "c", "2027-01-01")]);

        string?[] commands = [.. BaselineStale.Check(baseline, "c", new HashSet<string> { "told" }, complete: true, Today).Select(static finding => finding.Command)];

        Assert.Equal("reprogate baseline prune,", string.Join(',', commands));
    }

    private static BaselineEntry Entry(string fingerprint, string check, string expires) =>
        new("RGATE2003", "a.csproj", "Acme", fingerprint, check, "team", "why", DateOnly.Parse(expires, System.Globalization.CultureInfo.InvariantCulture), new SourceLocation("/r/reprogate.baseline.json", 7, 5));
}
